"""The check of a chat model's sentences against their quotes, held to the error rates that docs/models.md gives."""

import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.answering.reading.entailment import unsupported
from assistant.documents import loaders
from assistant.settings import packaged

PAIRS = Path(__file__).parents[2] / "evals" / "entailment"


def pairs(half: str) -> list[dict]:
    return [json.loads(line) for line in (PAIRS / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def sources() -> dict:
    return {source.id: source for source in map(loaders.load, loaders.find(packaged("corpus")))}


def rates(half: str, sources: dict) -> tuple[float, float]:
    """The shares of wrong statements let through and of right ones refused."""
    wrongly: Counter[bool] = Counter()
    for pair in pairs(half):
        source = sources[pair["source"]]
        heading = f"{source.number or ''}; {source.title}; {pair['provision']}"
        holds = not unsupported(pair["statement"], pair["quote"], heading)
        wrongly[pair["holds"]] += holds != pair["holds"]
    count = Counter(pair["holds"] for pair in pairs(half))
    return wrongly[False] / count[False], wrongly[True] / count[True]


@pytest.mark.parametrize(("half", "false_accepts", "false_rejects"), [("dev", 0.006, 0.0), ("test", 0.05, 0.16)])
def test_it_errs_no_more_often_than_documented(sources, half, false_accepts, false_rejects):
    accepted, rejected = rates(half, sources)
    assert accepted <= false_accepts
    assert rejected <= false_rejects


@pytest.mark.parametrize("half", ["dev", "test"])
def test_the_pairs_quote_the_corpus_word_for_word(sources, half):
    for pair in pairs(half):
        provision = sources[pair["source"]].provision(pair["provision"])
        assert pair["quote"] in sources[pair["source"]].quote(provision.span), pair["id"]
        assert pair["holds"] is (pair["kind"] == "entailed")


def test_no_quote_is_in_both_halves():
    assert not {each["quote"] for each in pairs("dev")} & {each["quote"] for each in pairs("test")}


def test_there_are_enough_pairs_of_every_kind():
    kinds = Counter(pair["kind"] for half in ("dev", "test") for pair in pairs(half))
    assert kinds.total() >= 200
    assert kinds.keys() == {
        "entailed", "wrong_number", "wrong_date", "flipped_negation", "swapped_actor", "wrong_modality",
        "over_generalised", "wrong_source",
    }  # fmt: skip
    assert min(kinds.values()) >= 10


QUOTE = (
    "Under Announcement No. 9 of 2025, MOFCOM may refuse the export of 14 nm chips to military users within 30 days."
)


@pytest.mark.parametrize(
    "said",
    [
        "MOFCOM may refuse the export of 28 nm chips to military users within 30 days.",
        "Under Announcement No. 8 of 2025, MOFCOM may refuse the export of 14 nm chips to military users.",
        "MOFCOM must refuse the export of 14 nm chips to military users.",
        "MOFCOM may not refuse the export of 14 nm chips to military users.",
        "MOFCOM may refuse the export of 14 nm chips to all users.",
        "Customs may refuse the export of 14 nm chips to military users.",
        "MOFCOM may refuse the export of 14 nm chips.",
        "Lockheed may refuse the export of 14 nm chips to military users.",
        "The sun is warm.",
    ],
)
def test_a_sentence_that_says_other_than_its_quote_is_refused_with_a_reason(said):
    assert unsupported(said, QUOTE)


def test_a_paraphrase_that_keeps_everything_holds():
    assert not unsupported(
        "The export of 14 nm chips to military users may be refused by MOFCOM within 30 days.", QUOTE
    )
