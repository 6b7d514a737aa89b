"""A selection of sources, and answers that rest on it alone."""

from __future__ import annotations

import datetime as dt

from acts import act

from assistant.answering.model import Answer
from assistant.documents.model import Kind
from assistant.documents.selection import EVERYTHING, Selection, jurisdiction_of


def test_an_empty_selection_leaves_nothing_out() -> None:
    assert EVERYTHING.includes(act("an-act", "Text."))
    assert not EVERYTHING


def test_a_selection_names_kinds_and_jurisdictions() -> None:
    source = act("an-act", "Text.")
    assert Selection(frozenset({Kind.ANNOUNCEMENT})).includes(source)
    assert not Selection(frozenset({Kind.LAW})).includes(source)
    assert Selection(jurisdictions=frozenset({jurisdiction_of(source)})).includes(source)
    assert not Selection(jurisdictions=frozenset({"Elsewhere"})).includes(source)


def test_an_answer_rests_on_what_is_selected(whole) -> None:
    selection = Selection(frozenset({Kind.LAW, Kind.REGULATION}))
    *_, answer = whole.stream("Is dysprosium metal controlled?", as_of=dt.date(2026, 3, 15), selection=selection)
    assert isinstance(answer, Answer)
    assert {each.source.kind for each in answer.evidence} <= selection.kinds
    assert answer.caveats[0].startswith("Only part of the sources was asked: law, regulation.")
