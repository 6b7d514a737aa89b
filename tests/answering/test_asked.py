import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.deciding.asked import acts_named, wanted, wants_all
from assistant.index.lexical import tokens


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("Which visa does our fitter need?", "visa"),
        ("How many general licences has the ministry granted?", "licences"),
        ("What is the melting point of gallium?", "point"),
        ("Our lot is held at customs. Which papers do they want?", "papers"),
    ],
)
def test_the_noun_that_a_question_wants_named_or_counted_is_read_off_it(question, noun):
    assert wanted(question) == frozenset(tokens(noun))


def test_a_question_for_a_yes_or_no_wants_nothing_named():
    assert wanted("Do we need a licence for terbium oxide?") == frozenset()


def test_who_asks_which_things_there_are_wants_all_of_them():
    assert wants_all("What are the eight things that the authority weighs?")
    assert wants_all("In which cases is registration enough?")
    assert wants_all("哪些企业不能取得通用许可？")
    assert not wants_all("Which control code does terbium have?")
    assert not wants_all("What is the fine?")


def test_acts_and_lists_are_told_by_their_capitals():
    named = list(acts_named("What do the Anti-Monopoly Law and the Unreliable Entity List say?"))
    assert frozenset(tokens("Anti-Monopoly Law")) in named
    assert frozenset(tokens("Unreliable Entity List")) in named
    assert not list(acts_named("Which law covers the control list?"))


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    assert all(wanted(text)) or not wanted(text)
    assert all(acts_named(text))
