"""What an answer leaves out: rules on things of another nature, other items, the same again of another act."""

import datetime as dt

DAY = dt.date(2026, 3, 1)


def cited(answer):
    return [(each.quotes[-1].source.id, each.quotes[-1].provision.label) for each in answer.statements]


def test_a_penalty_for_goods_is_that_of_the_law_on_them_and_not_of_the_rules_on_technology(whole):
    answer = whole.ask("What is the penalty for exporting terbium without a licence?", as_of=DAY)
    assert cited(answer)[0] == ("prc-export-control-law-2020", "Art. 34")
    assert "prc-technology-import-export-regulations" not in {source for source, _ in cited(answer)}


def test_one_for_technology_is_that_of_the_rules_on_technology(whole):
    answer = whole.ask("What is the penalty for exporting restricted technology without a licence?", as_of=DAY)
    assert ("prc-technology-import-export-regulations", "Art. 43") in cited(answer)


def test_what_several_acts_say_in_the_same_words_is_said_once(whole):
    answer = whole.ask("What must the customs declaration for controlled dual-use goods say?", as_of=DAY)
    remarks = [each for each in answer.statements if "must carry the remark that the goods are dual-use" in each.text]
    assert len(remarks) == 1


def test_entries_for_other_elements_are_left_out(whole):
    answer = whole.ask("We mix scandium into aluminium alloy rods. Is a licence needed?", as_of=DAY)
    assert {label for _, label in cited(answer) if label.startswith("Items")} == {"Items – 1C907 Scandium"}
