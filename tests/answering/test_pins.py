"""Words a model quotes find the stored words, or nothing: never other ones."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.chatting.pins import pinned
from assistant.documents.model import Source
from assistant.documents.validity import standing
from assistant.retrieval.evidence import Evidence
from tests.acts import act

TEXT = (
    "A licence is “needed” for magnets of 5\xa0% or more; spare parts are free.\n"
    "- Magnets for military users may not be exported without a licence.\n"
    "- Magnets for civil users may be exported. Magnets for civil users may be imported."
)
ACT = act("a", TEXT)


def evidence(source: Source = ACT) -> Evidence:
    provision = next(each for each in source.provisions if each.label == "Art. 1")
    stands = standing(source, provision, dt.date(2025, 5, 1))
    return Evidence(source, provision, stands, 0.0, 0.0, 0.0, provision.sentences[0])


@pytest.mark.parametrize(
    "words",
    [
        'A licence is "needed" for magnets of 5 % or more',
        "A  licence is\n“needed” for magnets",
        "spare parts are free. Magnets for military users",
        "A licence is “needed” … spare parts are free",
        '"spare parts are free"',
    ],
)
def test_other_white_space_and_quotation_marks_are_mended_to_the_stored_words(words):
    quote = pinned(words, evidence())
    assert quote is not None
    assert quote.text in ACT.text


def test_the_pin_is_the_whole_sentence_so_that_no_negation_is_cut_off():
    quote = pinned("exported without a licence", evidence())
    assert quote.text == "Magnets for military users may not be exported without a licence."


@pytest.mark.parametrize(
    "words",
    [
        "Magnets for civil users may be",  # stands in two sentences
        "a licence is needed for magnets",  # another letter, and no quotation marks
        "spare parts are free … A licence is “needed”",  # not in this order
        "Magnets",
        "…",
        "",
        "A licence is “needed” for magnets of 6 % or more",
    ],
)
def test_what_does_not_stand_there_or_in_two_places_pins_nothing(words):
    assert pinned(words, evidence()) is None


@given(st.text(max_size=120) | st.from_regex(r"(Magnets|licence|for|users|may|not|be| |“|”|…){1,12}", fullmatch=True))
def test_whatever_is_quoted_a_pin_is_stored_words_that_hold_it(words):
    quote = pinned(words, evidence())
    if quote is not None:
        span = quote.provision.span
        assert span.start <= quote.span.start < quote.span.end <= span.end
        assert ACT.text[quote.span.start : quote.span.end] == quote.text
        letters = [re.sub(r"\W", "", part) for part in re.split("…|\\.\\.\\.", words)]
        assert all(part in re.sub(r"\W", "", quote.text) for part in letters)


def running(text: str) -> str:
    """A text without the marks of its lists, as it is searched."""
    return text.replace("\n- ", " ")


@given(st.integers(0, len(TEXT)), st.integers(0, len(TEXT)))
def test_every_stretch_of_the_text_that_stands_there_once_is_found(one, other):
    words = TEXT[min(one, other) : max(one, other)]
    quote = pinned(words, evidence())
    whole = words[:1] not in "-\n “" and not words.rstrip().endswith("\n-")  # no list mark without its item
    if len(words.strip()) >= 30 and running(TEXT).count(running(words).strip()) == 1 and "…" not in words and whole:
        assert quote is not None
