"""Verification: what a statement's quotes do not bear out is not said."""

import datetime as dt
from dataclasses import replace

import pytest

from assistant.answering.model import Quote, Statement
from assistant.answering.verify import borne_out
from assistant.documents import loaders
from assistant.documents.model import Span
from assistant.documents.validity import standing
from assistant.settings import packaged

TODAY = dt.date(2026, 3, 15)
ACT = loaders.load(packaged("corpus") / "mofcom-2025-62.md")


def quote(label: str = "Art. 1(2)") -> Quote:
    provision = ACT.provision(label)
    return Quote(ACT, provision, provision.sentences[0], standing(ACT, provision, TODAY))


def test_a_statement_without_a_quote_cannot_be_made():
    with pytest.raises(ValueError, match="pinned"):
        Statement("Trust me.", ())


def test_the_quoted_words_are_borne_out():
    assert borne_out(Statement(quote().text, (quote(),)), TODAY)


def test_a_changed_word_is_not():
    assert not borne_out(Statement(quote().text.replace("may not", "may"), (quote(),)), TODAY)


def test_a_quote_from_outside_its_provision_is_not():
    elsewhere = replace(quote(), span=Span(0, 10))
    assert not borne_out(Statement(elsewhere.text, (elsewhere,)), TODAY)


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("It is suspended on 15 March 2026, from 7 November 2025 until 10 November 2026.", True),
        ("It is suspended on 15 March 2026, from 7 November 2025 until 28 November 2026.", False),
        ("Code 1E902.b covers it.", True),
        ("Announcement No. 63 of 2025 covers it.", False),
    ],
)
def test_a_sentence_of_our_own_names_no_figure_that_its_quotes_do_not_have(sentence, holds):
    assert borne_out(Statement(sentence, (quote(),), spoken=True), TODAY) is holds
