"""A question that asks for a sum, a time, a day or an address is answered by what has one."""

import datetime as dt

import pytest

from assistant.retrieval.figures import Figure, figures_asked, figures_in
from assistant.retrieval.question import understand

TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("asked", "figure"),
    [
        ("What does a courier pay who keeps quiet?", Figure.SUM),
        ("未经许可出口的罚款标准是什么？", Figure.SUM),
        ("Within how many working days is the licence decided?", Figure.TIME),
        ("How long must we keep invoices?", Figure.TIME),
        ("出口合同要保存几年？", Figure.TIME),
        ("Since when does the law apply?", Figure.DAY),
        ("To which e-mail address does the report go?", Figure.ADDRESS),
    ],
)
def test_the_kind_of_figure_is_told_by_what_asks(asked, figure):
    assert figure in figures_asked(understand(asked, TODAY))


def test_a_question_for_a_yes_or_a_story_with_figures_asks_for_none():
    assert not figures_asked(understand("Do we need a licence to ship terbium oxide?", TODAY))
    assert not figures_asked(understand("The fine was paid within 30 days. May we apply again?", TODAY))


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("a fine of CNY 100,000 to CNY 300,000", {Figure.SUM}),
        ("a fine of 5 to 10 times the illegal turnover", {Figure.SUM}),
        ("decides within 45 working days", {Figure.TIME}),
        ("took effect on 1 December 2020", {Figure.DAY}),
        ("by e-mail to report@ministry.example", {Figure.ADDRESS}),
        ("MOFCOM is the authority under Article 34", set()),
    ],
)
def test_a_text_has_the_figures_that_it_names(text, figures):
    assert figures_in(text) == figures
