"""Metrics on answers made by hand."""

import datetime as dt

import pytest
from conftest import gold

from assistant.evaluation import metrics
from assistant.evaluation.answers import Cited, Given, from_json
from assistant.evaluation.metrics import Case

DAY = "2025-03-01"


def cited(sources, n, source_id, label, state="in_force"):
    source = sources[source_id]
    span = source.provision(label).sentences[0]
    return Cited(n, source_id, label, source.quote(span), span.start, span.end, state)


def case(sources, question, citations=(), statements=None, verdict="informational", as_of=DAY, abstained=False, ms=1.0):
    said = [(each.quote, (each.n,)) for each in citations] if statements is None else statements
    given = Given(verdict, tuple(said), tuple(citations), abstained, ms)
    return Case(question, given, sources, dt.date.fromisoformat(as_of))


QUESTION = gold(
    "q", "Q?", DAY, "permit_required", ["a fine of 500000 yuan", "5 years"], [("lathes", "Art. 2"), ("magnets",)]
)


def test_sources_and_provisions(sources):
    found = case(sources, QUESTION, [cited(sources, 1, "lathes", "Art. 2"), cited(sources, 2, "lathes", "Art. 3")])
    assert metrics.source_recall(found) == (1 / 2, 1)
    assert metrics.source_precision(found) == (1, 1)
    assert metrics.provision_recall(found) == (1, 1)
    assert metrics.provision_precision(found) == (1 / 2, 1)


def test_an_empty_answer_scores_0_and_never_divides_by_nothing(sources):
    found = case(sources, QUESTION, abstained=True, verdict="not_covered")
    for metric in metrics.METRICS:
        part = metric.of(found)
        assert part is None or part == part
    assert (
        metrics.point_coverage(found) == metrics.citation_recall(found) == metrics.provision_precision(found) == (0, 1)
    )
    assert metrics.quotes_verbatim(found) is None


def test_a_failure_is_a_wrong_answer(sources):
    given = from_json({"answer": None, "ms": 3.0, "error": "It broke."})
    found = Case(QUESTION, given, sources, dt.date.fromisoformat(DAY))
    assert metrics.verdict_accuracy(found) == (0, 1)
    assert metrics.citation_recall(found) == (0, 1)


def test_a_point_counts_when_one_quote_bears_it_out(sources):
    found = case(sources, QUESTION, [cited(sources, 1, "lathes", "Art. 2")])
    assert metrics.point_coverage(found) == (1 / 2, 1)


def test_what_an_abstention_names_as_nearest_is_no_citation(sources):
    nearest = cited(sources, 1, "lathes", "Art. 2")
    found = case(sources, QUESTION, [nearest], statements=[], abstained=True, verdict="not_covered")
    assert metrics.source_recall(found) == (0, 1)
    assert metrics.quotes_verbatim(found) == (1, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda c: Cited(c.n, c.source_id, c.provision, c.quote.upper(), c.start, c.end, c.state),
        lambda c: Cited(c.n, c.source_id, c.provision, c.quote, c.start + 1, c.end + 1, c.state),
        lambda c: Cited(c.n, c.source_id, "Art. 1", c.quote, c.start, c.end, c.state),
        lambda c: Cited(c.n, "nowhere", c.provision, c.quote, c.start, c.end, c.state),
    ],
)
def test_a_quote_is_verbatim_only_at_its_place_in_its_provision(sources, wrong):
    good = cited(sources, 1, "lathes", "Art. 2")
    assert metrics.is_verbatim(good, sources)
    assert not metrics.is_verbatim(wrong(good), sources)


def test_citation_recall_wants_every_statement_borne_out(sources):
    fine, papers = cited(sources, 1, "lathes", "Art. 2"), cited(sources, 2, "lathes", "Art. 3")
    said = [("The fine is CNY 500,000 to 5,000,000.", (1,)), ("The fine is CNY 700,000.", (1,)), ("No pin at all.", ())]
    assert metrics.citation_recall(case(sources, QUESTION, [fine, papers], said)) == (1 / 3, 1)


def test_citation_precision_counts_what_is_superfluous(sources):
    fine, papers = cited(sources, 1, "lathes", "Art. 2"), cited(sources, 2, "lathes", "Art. 3")
    found = case(sources, QUESTION, [fine, papers], [("The fine is CNY 500,000 to 5,000,000.", (1, 2))])
    assert metrics.citation_precision(found) == (1 / 2, 1)


def test_two_citations_that_bear_out_only_together_are_both_needed(sources):
    fine, papers = cited(sources, 1, "lathes", "Art. 2"), cited(sources, 2, "lathes", "Art. 3")
    found = case(sources, QUESTION, [fine, papers], [("A fine of CNY 500,000; papers are kept for 5 years.", (1, 2))])
    assert metrics.citation_precision(found) == (1, 1)


def test_a_statement_of_standing_is_held_to_the_true_standing(sources):
    magnets, pause = cited(sources, 1, "magnets", "Art. 1"), cited(sources, 2, "pause", "Art. 1")
    said = "Announcement No. 5 of 2025, Art. 1 is suspended until 31 May 2026."
    assert metrics.citation_recall(case(sources, QUESTION, [magnets, pause], [(said, (1,))], as_of="2025-08-01")) == (
        1,
        1,
    )
    assert metrics.citation_recall(case(sources, QUESTION, [magnets, pause], [(said, (1,))], as_of=DAY)) == (0, 1)


def test_a_right_abstention_is_left_out_of_the_citation_metrics(sources):
    nothing = gold("n", "N?", DAY, "not_covered", unanswerable=True)
    found = case(sources, nothing, abstained=True, verdict="not_covered")
    assert metrics.citation_recall(found) is None
    assert metrics.abstention_f1(found) == (2, 2)


def test_a_citation_shown_as_in_force_that_is_not_is_a_wrong_date(sources):
    found = case(sources, QUESTION, [cited(sources, 1, "magnets", "Art. 1")], as_of="2025-08-01")
    assert metrics.wrong_date_citations(found) == (1, 0)
    honest = case(sources, QUESTION, [cited(sources, 1, "magnets", "Art. 1", "suspended")], as_of="2025-08-01")
    assert metrics.wrong_date_citations(honest) == (0, 0)


def test_a_binding_verdict_on_a_suspended_rule_is_a_wrong_date_whatever_else_is_cited(sources):
    citations = [cited(sources, 1, "magnets", "Art. 1", "suspended"), cited(sources, 2, "lathes", "Art. 3")]
    found = case(sources, QUESTION, citations, verdict="permit_required", as_of="2025-08-01")
    assert metrics.wrong_date_citations(found) == (1, 0)
    assert metrics.wrong_date_citations(case(sources, QUESTION, citations, as_of="2025-08-01")) == (0, 0)


def test_every_metric_is_defined_in_words():
    assert all(len(metric.definition.split()) > 8 for metric in metrics.METRICS)
