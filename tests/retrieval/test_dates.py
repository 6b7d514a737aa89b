"""A question names the day it asks about, in words; other dates in it are none of its business."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.dates import date_named

TODAY = dt.date(2026, 11, 22)
PAUSE = [(dt.date(2025, 11, 7), dt.date(2026, 11, 10))]


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("May we ship dysprosium metal on 15 March 2026?", dt.date(2026, 3, 15)),
        ("Was a licence needed as of 2025-10-20?", dt.date(2025, 10, 20)),
        ("Do we need a permit from 1 December?", dt.date(2026, 12, 1)),
        ("Was terbium oxide controlled last May?", dt.date(2026, 5, 15)),
        ("Was a permit needed last December?", dt.date(2025, 12, 15)),
        ("Was that allowed in October 2025?", dt.date(2025, 10, 15)),
        ("We shipped it two weeks ago. Was that in order?", dt.date(2026, 11, 8)),
        ("Will it need a licence next year?", dt.date(2027, 11, 22)),
        ("May we repair the line during the suspension?", dt.date(2025, 11, 7)),
        ("Do we need a licence after the suspension?", dt.date(2026, 11, 11)),
        ("Was it free before the suspension?", dt.date(2025, 11, 6)),
        ("2026年3月15日出口镝需要许可证吗？", dt.date(2026, 3, 15)),
        ("暂停期间可以维修生产线吗？", dt.date(2025, 11, 7)),
        ("暫停實施期間可以維修生產線嗎？", dt.date(2025, 11, 7)),
        ("暂停期满后还要许可吗？", dt.date(2026, 11, 11)),
        ("去年10月出口镝需要许可证吗？", dt.date(2025, 10, 15)),
        ("今年三月份发货要许可吗？", dt.date(2026, 3, 15)),
        ("自12月1日起出口氧化钬要许可吗？", dt.date(2026, 12, 1)),
        ("二〇二六年三月一日出口氧化镝要许可吗？", dt.date(2026, 3, 1)),
        ("三个月前我们出口过一批，合规吗？", dt.date(2026, 8, 22)),
        ("半年后还要许可吗？", dt.date(2027, 5, 22)),
        ("明年出口要许可吗？", dt.date(2027, 11, 22)),
    ],
)
def test_a_day_named_in_words_is_the_day_asked_about(question, day):
    assert date_named(question, TODAY, PAUSE).day == day


@pytest.mark.parametrize(
    "question",
    [
        "Does the announcement of 9 October 2025 still apply?",
        "Is No. 62 suspended until 10 November 2026?",
        "Is dysprosium controlled?",
        "Was it allowed on 31 February 2026?",
        "What changed between the answer on 15 March 2026 and the one on 22 November 2026?",
        "2025年10月9日公布的措施有哪些？",
        "去年10月9日的公告还有效吗？",
        "去年10月公布的第62号公告还有效吗？",
        "受理45天后会怎样？",
        "许可证有效期3年后自动失效吗？",
    ],
)
def test_other_dates_are_not(question):
    assert date_named(question, TODAY, PAUSE) is None


@given(st.text(max_size=200))
def test_whatever_is_asked_a_day_or_none_comes_back(text):
    found = date_named(text, TODAY, PAUSE)
    assert found is None or found.words in text


def test_the_words_of_a_date_are_given_as_they_were_written():
    assert date_named("暫停實施期間可以維修生產線嗎？", TODAY, PAUSE).words == "暫停實施期間"


def test_the_answer_says_which_date_it_took(whole):
    answer = whole.ask("Did we need a permit to repair separation equipment abroad on 20 October 2025?")
    assert answer.as_of == dt.date(2025, 10, 20)
    assert any("20 October 2025" in each and "taken to mean" in each for each in answer.caveats)


def test_a_date_that_is_given_outweighs_one_in_words(whole):
    answer = whole.ask("Is dysprosium metal controlled on 20 October 2025?", as_of=dt.date(2026, 3, 15))
    assert answer.as_of == dt.date(2026, 3, 15)
