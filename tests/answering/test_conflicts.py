"""Where the press says other than primary text, the answer says which says what and which weighs more, both quoted."""

import datetime as dt

import pytest

from assistant.answering.verify import borne_out
from assistant.documents.front_matter import parse
from assistant.errors import SourceError

LIFTED = (
    "The White House says that China has de facto removed its April 2025 rare earth controls. "
    "Do we still need a licence to export dysprosium oxide to the US?"
)
BLOCKED = "An article says China blocks exports for 14 nm chip makers. Is that what the rule says?"
AT_ONCE = "A news report says the rare earth regulations of October took immediate effect. True for the 0.1 % rule?"


def ask(assistant, question: str, day: str):
    return assistant.ask(question, as_of=dt.date.fromisoformat(day))


def weighing(answer):
    """The statements that weigh a claim against primary text."""
    return [each for each in answer.statements if each.spoken and "as primary text" in each.text]


@pytest.mark.parametrize(
    ("question", "day", "claimant", "rule", "said"),
    [
        (LIFTED, "2026-03-15", "white-house-fact-sheet-2025-11-01", "mofcom-2025-18", "in force on 15 March 2026"),
        (BLOCKED, "2025-10-20", "seed-000-flexi-rare-earth-export-rules", "mofcom-2025-61", "decided case by case"),
        (AT_ONCE, "2025-10-20", "seed-004-rare-earth-tiny-quantities", "mofcom-2025-61", "only from 1 December 2025"),
    ],
    ids=["that it was lifted", "what it does", "from when it applies"],
)
def test_a_claim_is_weighed_against_primary_text_and_both_are_cited(whole, question, day, claimant, rule, said):
    answer = ask(whole, question, day)
    statement = weighing(answer)[0]
    assert said in statement.text
    assert {claimant, rule} <= {quote.source.id for quote in statement.quotes}
    assert borne_out(statement, answer.as_of, question)


def test_the_claim_stands_in_its_own_words_right_before_it_is_weighed(whole):
    answer = ask(whole, LIFTED, "2026-03-15")
    at = answer.statements.index(weighing(answer)[0])
    assert "de facto removal" in answer.statements[at - 1].text


def test_in_chinese_too(whole):
    answer = ask(whole, "白宫称中国已取消2025年4月的稀土管制，出口镝还需要许可证吗？", "2026-03-15")
    assert any("效力更高" in each.text for each in answer.statements)


def test_a_rule_that_is_suspended_outweighs_a_claim_only_with_its_standing(whole):
    answer = ask(whole, BLOCKED, "2026-03-15")
    for statement in weighing(answer):
        after = answer.statements[answer.statements.index(statement) + 1]
        assert "is suspended on 15 March 2026" in after.text


@pytest.mark.parametrize(
    "question",
    [
        "The White House says China suspends the measures of 9 October 2025. Is that so?",
        "Do we need a licence to ship terbium metal to Korea?",
    ],
)
def test_what_primary_text_bears_out_or_nobody_asked_about_is_not_weighed(whole, question):
    assert not weighing(ask(whole, question, "2026-03-15"))


def test_a_recorded_claim_says_one_thing():
    front = """
id: press
title: Press
kind: news
issuer: Press
number: null
issued: 2025-11-01
effective: null
language: en
jurisdiction: PRC
url: null
checked_until: 2025-11-01
confidence: low
claims:
  - {provision: Claim 1, of: ["law#Art. 1"], lifted: true, modality: forbids}
"""
    with pytest.raises(SourceError, match="a claim says one thing"):
        parse("press.md", front)
