"""What follows the verdict and its rule: what is quoted, and what is only named at the end."""

import datetime as dt


def test_a_rule_that_asks_for_nothing_is_named_and_not_quoted_beside_one_that_does(whole):
    question = "Do we need a licence to ship terbium oxide to a magnet maker in Germany?"
    answer = whole.ask(question, as_of=dt.date(2025, 12, 10))
    suspended = [each for each in answer.statements if any(not quote.standing.applies for quote in each.quotes)]
    assert suspended
    assert all(each.text.startswith("See also: ") and each.text.endswith("suspended).") for each in suspended)


def test_what_is_named_at_the_end_has_not_been_quoted_before(whole):
    question = "What is the penalty for helping someone evade the export controls?"
    answer = whole.ask(question, as_of=dt.date(2026, 1, 15))
    named = [each.text.startswith("See also: ") for each in answer.statements]
    assert any(named)
    assert named == sorted(named)
    provisions = [{(quote.source.id, quote.provision.label) for quote in each.quotes} for each in answer.statements]
    said = set().union(*(each for each, last in zip(provisions, named, strict=True) if not last))
    assert all(each.isdisjoint(said) for each, last in zip(provisions, named, strict=True) if last)
