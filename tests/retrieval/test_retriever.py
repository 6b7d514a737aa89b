"""Evidence: the provisions that bear on a question, for a date."""

import datetime as dt

from langchain_core.retrievers import BaseRetriever

from assistant.documents.validity import State
from assistant.retrieval.related import acting, exceptions

REPAIR = "do I need a permit to repair separation equipment abroad?"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def evidence(whole, question, on, source_id, label):
    return next(each for each in whole.search(question, k=30, as_of=day(on)) if each.key == (source_id, label))


def test_a_source_issued_after_the_date_is_no_evidence(whole):
    found = whole.search(REPAIR, k=30, as_of=day("2025-09-15"))
    assert found
    assert all(each.standing.state is not State.NOT_ISSUED for each in found)
    assert "mofcom-2025-62" not in {each.source.id for each in found}


def test_evidence_carries_its_standing_on_the_date(whole):
    found = evidence(whole, REPAIR, "2026-03-15", "mofcom-2025-62", "Art. 1(2)")
    assert (found.standing.state, found.standing.by) == (State.SUSPENDED, "mofcom-2025-70")


def test_the_act_behind_a_standing_comes_along_with_the_sentence_that_names_its_target(whole):
    found = evidence(whole, REPAIR, "2026-03-15", "mofcom-2025-62", "Art. 1(2)")
    (act,) = acting(whole.index.snapshot(), found, day("2026-03-15"))
    assert act.key == ("mofcom-2025-70", "Operative paragraph")
    assert "No. 62" in act.source.quote(act.best)


def test_so_does_whoever_says_that_a_window_runs_on(whole):
    found = evidence(whole, REPAIR, "2026-11-22", "mofcom-2025-62", "Art. 1(2)")
    assert [each.source.id for each in acting(whole.index.snapshot(), found, day("2026-11-22"))] == [
        "mofcom-2025-70",
        "mofcom-readout-2026-09-28",
    ]


def test_the_exceptions_to_a_rule_are_found_by_what_they_bend(whole):
    found = evidence(whole, REPAIR, "2025-10-20", "mofcom-2025-62", "Art. 1(2)")
    bending = {each.key for each, _ in exceptions(whole.index.snapshot(), found, day("2025-10-20"))}
    assert ("mofcom-2025-62", "Art. 6") in bending


def test_near_duplicates_do_not_crowd_out(whole):
    found = whole.search(
        "licence duty and customs declaration of the October announcements", k=10, as_of=day("2025-12-15")
    )
    texts = [each.source.quote(each.provision.span) for each in found]
    assert len(set(texts)) == len(texts)


def test_the_same_question_finds_the_same_evidence(whole):
    first, second = (whole.search(REPAIR, k=20, as_of=day("2026-03-15")) for _ in range(2))
    assert [(each.key, each.score) for each in first] == [(each.key, each.score) for each in second]


def test_it_is_a_langchain_retriever(whole):
    retriever = whole.retriever
    assert isinstance(retriever, BaseRetriever)
    documents = retriever.invoke(REPAIR, as_of=day("2026-03-15"))
    assert documents[0].metadata.keys() >= {"source_id", "provision", "score", "standing", "by"}
    assert len(documents) == retriever.k


def test_a_topic_the_corpus_leaves_out_is_noticed(whole):
    scope, encoder = whole.retriever.scope, whole.index.encoder
    price = scope.nearest("What does a kilo of dysprosium oxide cost?", encoder)
    assert price.topic["en"] == "prices and markets"
    assert price.nearest > price.inside
    licence = scope.nearest("Does terbium oxide need an export licence?", encoder)
    assert licence.inside > licence.nearest
    assert not licence.marked
