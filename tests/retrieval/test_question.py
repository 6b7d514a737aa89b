"""A question is read before it is searched: what it asks for, what it follows on, what cannot be asked."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import QuestionError
from assistant.retrieval.question import MAX_CHARACTERS, Turn, understand, visible

TODAY = dt.date(2026, 11, 22)


def test_a_short_question_is_searched_with_the_one_it_follows_on():
    earlier = [Turn("user", "Does samarium oxide need a licence for France?"), Turn("assistant", "Yes. [1]")]
    found = understand("And holmium?", TODAY, earlier)
    assert found.search == "Does samarium oxide need a licence for France? And holmium?"


def test_a_question_that_stands_alone_is_searched_alone():
    earlier = [Turn("user", "Does samarium oxide need a licence for France?")]
    text = "How many working days does MOFCOM have to decide on an application for a dual-use export licence?"
    assert understand(text, TODAY, earlier).search == text


@pytest.mark.parametrize("text", ["", "   ", "?!", "\u200b\u202e", "x" * (MAX_CHARACTERS + 1)])
def test_what_cannot_be_asked_is_refused_in_a_sentence(text):
    with pytest.raises(QuestionError):
        understand(text, TODAY)


@pytest.mark.parametrize("day", [dt.date(1, 1, 1), dt.date(9999, 12, 31)])
def test_a_date_no_corpus_can_have_is_refused(day):
    with pytest.raises(QuestionError, match="lies outside"):
        understand("Is it controlled?", day)


def test_invisible_characters_are_not_part_of_a_question():
    assert understand("Is\u200b dys\u00adprosium\U000e0041 controlled?", TODAY).asked == "Is dysprosium controlled?"


@given(st.text(max_size=300))
def test_what_is_visible_stays_so(text):
    once = visible(text)
    assert visible(once) == once


@given(st.text(min_size=1, max_size=500).filter(lambda text: any(c.isalnum() for c in visible(text))))
def test_any_text_with_a_letter_can_be_asked(text):
    assert understand(text, TODAY).asked


def test_a_name_goes_without_the_capital_that_opens_a_question_and_without_its_legal_form():
    assert understand("May Oshkosh Defense LLC be supplied?", TODAY).names == {frozenset({"oshkosh", "defens"})}
    assert understand("Does it bind Vigo Photonics S.A. or not?", TODAY).names == {frozenset({"vigo", "photon"})}
    assert understand("Does it bind nobody?", TODAY).names == frozenset()


@pytest.mark.parametrize(
    ("question", "follows"),
    [
        ("那钬呢？", True),
        ("如果只是不含镝和铽的钕铁硼磁体呢？", True),
        ("为什么不行？是哪个公告列的？", True),
        ("两用物项出口许可申请被商务部受理以后，审查期限一共是多少个工作日？", False),
    ],
)
def test_a_chinese_question_follows_on_where_it_is_short_or_says_so(question, follows):
    before = [Turn("user", "出口氧化镝到德国需要许可证吗？"), Turn("assistant", "需要许可。")]
    assert bool(understand(question, TODAY, before).before) is follows


def test_what_asks_is_told_with_the_sentence_before_it_and_without_the_rest_of_the_story():
    told = "Our terbium is licensed. The landlord of the warehouse has raised the rent. May he do that?"
    asking = understand(told, TODAY).asking
    assert asking == "The landlord of the warehouse has raised the rent. May he do that?"
    assert understand("Terbium leaves today. Nobody asks.", TODAY).asking == "Terbium leaves today. Nobody asks."
