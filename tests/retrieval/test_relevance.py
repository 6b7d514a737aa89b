"""How relevant a passage is: each feature says what it says it does, whatever the texts, without reading them again."""

import datetime as dt
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.documents.model import Kind, PartDate, Provision, Source, Span
from assistant.index.lexical import as_written, tokens
from assistant.index.records import StoredSource
from assistant.index.snapshot import Snapshot
from assistant.index.store import Index
from assistant.retrieval.relevance import features

TEXTS = [
    "A Relevant Person must keep records of magnets and lathes.",
    "Records",
    "Magnets of samarium must be kept for 1,500 days; code 1E902.b applies to no lathe, and records of it are kept.",
    "The person who is relevant must keep the records of the magnets.",
    "Lathes. " + "Nothing of this is said here again and again, whatever happens. " * 6 + "Magnets.",
]
WORDS = st.lists(
    st.sampled_from(["magnets", "of", "samarium", "Relevant", "Person", "records", "1E902.b", "lathes", "must", "?"]),
    min_size=1,
    max_size=8,
).map(" ".join)


def source(number: int, text: str) -> Source:
    span = Span(0, len(text))
    provision = Provision(f"source-{number}", "Art. 1", (), span, (span,))
    date = (PartDate(dt.date(2025, 1, 1)),)
    return Source(f"source-{number}", "", Kind.REGULATION, text, (provision,), date, date, "en")


@pytest.fixture(scope="module")
def snapshot(shared_encoder, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The texts, a passage each, in several segments."""
    folder: Path = tmp_path_factory.mktemp("relevance")
    index = Index(folder, lambda: shared_encoder)
    for number, text in enumerate(TEXTS):
        index.put([StoredSource(source(number, text), "test")])
    return index.snapshot()


def found(snapshot: Snapshot, question: str) -> dict[str, np.ndarray]:
    rows = np.arange(len(TEXTS))
    zeros = np.zeros(len(rows), dtype=np.float32)
    return dict(features(question, snapshot, rows, zeros, zeros))


def stand_together(sought: list[str], words: list[str]) -> bool:
    return bool(sought) and any(words[at : at + len(sought)] == sought for at in range(len(words)))


@given(WORDS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_shared_is_counted_as_if_the_texts_were_read(snapshot, question):
    values = found(snapshot, question)
    terms = [tokens(text) for text in TEXTS]
    asked = [each for each in tokens(question) if any(each in text for text in terms)]
    rarity = {each: snapshot.lexical.rarity(each) for each in asked}
    pairs = {(one, other) for one, other in pairwise(tokens(question)) if one in rarity and other in rarity}
    weight = {pair: rarity[pair[0]] + rarity[pair[1]] for pair in pairs}
    phrases = [sum(w for pair, w in weight.items() if stand_together(list(pair), text)) for text in terms]
    assert values["phrases"] == pytest.approx(np.array(phrases) / max(sum(weight.values()), 1e-9))
    places = [
        max(sum(rarity[each] for each in rarity if each in text[at : at + 25]) for at in range(len(text)))
        for text in terms
    ]
    assert values["in_one_place"] == pytest.approx(np.array(places) / max(sum(rarity.values()), 1e-9))
    for name, runs in (
        ("words", {(word,) for word in as_written(question)}),
        ("wording", set(pairwise(as_written(question)))),
    ):
        has = np.array([[stand_together(list(run), as_written(text)) for run in sorted(runs)] for text in TEXTS])
        has = has.reshape(len(TEXTS), len(runs))
        counts = has.sum(axis=0)
        rare = np.where(counts > 0, np.log1p(len(TEXTS) / (counts + 0.5)), 0)
        assert values[name] == pytest.approx(has @ rare / max(rare.sum(), 1e-9))


def test_names_and_codes_are_told_from_other_words(snapshot):
    values = found(snapshot, "Must a Relevant Person report under 1E902.b?")
    assert values["names"].tolist() == [1, 0, 0, 0, 0]
    assert values["codes"].tolist() == [0, 0, 1, 0, 0]


def test_a_heading_is_short_and_no_sentence(snapshot):
    assert found(snapshot, "records")["heading"].tolist() == [0, 1, 0, 0, 0]


def test_of_no_passages_there_are_no_values(snapshot):
    none = np.zeros(0, dtype=np.intp)
    values = features("Are records kept?", snapshot, none, none.astype(np.float32), none.astype(np.float32))
    assert {each.shape for each in values.values()} == {(0,)}
