"""The Ask page: a question goes in, its answer comes statement by statement, and sources open beside it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from assistant.answering.model import Began, Said
from assistant.documents.model import Kind, Span
from assistant.documents.selection import Selection
from assistant.errors import AssistantError, SourceError, UnknownEntry, UnknownSource
from assistant.journal import Entry, Rating
from assistant.retrieval.question import MAX_CHARACTERS
from assistant.server.asking import Asked, Told
from assistant.server.caller import Role
from assistant.ui import examples, turns
from assistant.ui.asked import day_of
from assistant.ui.desk import Desk
from assistant.ui.pages import render
from assistant.ui.sources import Place, SourceView, cited_passage, view
from assistant.ui.turns import Reader, TurnView
from assistant.ui.wording import Wording

_LOOK_AGAIN_SECONDS = 0.5
_LONGEST_COMMENT = 2_000
_LONGEST_CONVERSATION = 50
"""How many turns of a conversation are shown and taken as history."""


def welcome(desk: Desk) -> str:
    """The page before the first question."""
    return render("welcome.html", desk.wording, examples=examples.read(desk), jurisdictions=desk.jurisdictions())


def composer(wording: Wording) -> str:
    """Where one writes."""
    return render("composer.html", wording, limit=MAX_CHARACTERS)


async def reopened(desk: Desk, told: Mapping[str, Any]) -> AsyncIterator[str]:
    """The page as it opens: how far the index is, while it is not ready; then a conversation out of the journal, by its
    entry ids, or the welcome where there is none."""
    while not desk.ready:
        yield render("starting.html", desk.wording, progress=desk.progress, failure=desk.failure)
        if desk.failure:
            return
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    shown = _restored(desk, _ids(told))
    yield _thread(desk, shown) if shown else welcome(desk)


async def answer(desk: Desk, asked: Mapping[str, Any]) -> AsyncIterator[str]:
    """The conversation with a new question and its answer, again with each statement that is ready.

    ``asked`` comes from the browser: ``question``, ``as_of``, ``conversation`` (entry ids), ``kinds``,
    ``jurisdictions``.
    """
    question = str(asked.get("question") or "")
    before = _restored(desk, _ids(asked))
    turn = turns.asked(len(before) + 1, question[: MAX_CHARACTERS + 1], str(asked.get("as_of") or ""))
    yield _thread(desk, [*before, turn])
    reader = desk.reader()
    try:
        chosen = day_of(asked.get("as_of"))
        put = Asked(question, chosen, tuple(turns.as_history(before)), _selection(asked))
        async for event in desk.stream(put):
            match event:
                case Began():
                    turn = turns.begun(
                        turn, reader, event.verdict.value, event.as_of.isoformat(), chosen, event.language
                    )
                case Said():
                    turn = turns.said(turn, reader, event)
                case Told():
                    recorded = turns.recorded(event.answer)
                    turn = turns.answered(turn.number, recorded, reader, chosen=chosen, entry=event.entry)
            yield _thread(desk, [*before, turn])
    except AssistantError as error:
        yield _thread(desk, [*before, turns.failed(turn, str(error))])


def opened(desk: Desk, wanted: Mapping[str, Any]) -> str:
    """The source pane at a place. ``wanted`` comes from the browser: ``source``, ``version``, ``on``, ``spans`` (pairs,
    the one asked for first), ``whole``, ``entry`` and ``n`` of the citation."""
    at = _place(wanted)
    try:
        source, notice = desk.version(at.source_id, at.version)
    except SourceError:
        return _passage(desk, at, wanted)
    shown = view(
        source, at, desk.wording, desk.name_of, cited_in=desk.cited_in(at.source_id), notice=notice, version=at.version
    )
    return _pane(desk, shown, at)


def feedback(desk: Desk, told: Mapping[str, Any]) -> str:
    """Records an opinion on an answer and says so. ``told`` comes from the browser: ``entry``, ``helpful``, ``reason``
    and ``comment``."""
    reason = str(told.get("reason") or "")
    comment = str(told.get("comment") or "")[:_LONGEST_COMMENT]
    if told.get("helpful"):
        desk.feedback(str(told.get("entry")), Rating.HELPFUL, comment)
    else:
        known = reason if reason in desk.wording.under("ask.reasons") else ""
        desk.feedback(str(told.get("entry")), Rating.NOT_HELPFUL, f"{known}: {comment}".strip(": "))
    return render("thanks.html", desk.wording)


def _passage(desk: Desk, at: Place, wanted: Mapping[str, Any]) -> str:
    """What the journal keeps of a source whose cited version is not in the index any more."""
    if not wanted.get("entry"):
        raise UnknownSource(at.source_id)
    entry = desk.entry(str(wanted["entry"]))
    number = wanted.get("n")
    citation = next((each for each in entry.answer["citations"] if each["n"] == number), None)
    if citation is None:
        raise UnknownSource(at.source_id)
    return _pane(desk, cited_passage(citation, desk.wording, desk.name_of), at)


def _pane(desk: Desk, view: SourceView, at: Place) -> str:
    may_change = desk.caller.role.includes(Role.CURATOR)
    return render("source.html", desk.wording, view=view, on=at.on.isoformat(), may_change=may_change)


def _restored(desk: Desk, entry_ids: Sequence[str]) -> list[TurnView]:
    """The turns of a conversation; an entry that is gone, or not the caller's to see, is left out in so many words."""
    reader = desk.reader()
    shown = []
    for number, entry_id in enumerate(entry_ids[-_LONGEST_CONVERSATION:], start=1):
        try:
            shown.append(_recalled(number, desk.entry(entry_id), reader))
        except UnknownEntry:
            turn = turns.asked(number, "…", "")
            shown.append(turns.failed(turn, desk.wording("state.expired")))
    return shown


def _recalled(number: int, entry: Entry, reader: Reader) -> TurnView:
    opinion = entry.feedback[-1].rating is Rating.HELPFUL if entry.feedback else None
    chosen = entry.as_of if entry.as_of != entry.at.date() else None
    return turns.answered(number, entry.answer, reader, chosen=chosen, entry=entry.id, helpful=opinion)


def _thread(desk: Desk, shown: Sequence[TurnView]) -> str:
    busy = any(turn.state == "pending" for turn in shown)
    ids = turns.conversation_ids(shown)
    given = turns.with_memo(shown, desk.wording.language)
    return render(
        "thread.html", desk.wording, turns=given, conversation=ids, busy=busy, jurisdictions=desk.jurisdictions()
    )


def _ids(asked: Mapping[str, Any]) -> list[str]:
    given = asked.get("conversation")
    return [str(each) for each in given if each] if isinstance(given, list) else []


def _selection(asked: Mapping[str, Any]) -> Selection:
    """The chosen filters; unknown kinds are none."""
    chosen = {name: asked.get(name) for name in ("kinds", "jurisdictions")}
    kinds, jurisdictions = ({str(one) for one in each} if isinstance(each, list) else set() for each in chosen.values())
    return Selection(frozenset(Kind(each) for each in kinds & set(Kind)), frozenset(jurisdictions))


def _place(wanted: Mapping[str, Any]) -> Place:
    given = wanted.get("spans")
    spans = [Span(int(start), int(end)) for start, end in given] if isinstance(given, list) else []
    return Place(
        source_id=str(wanted.get("source") or ""),
        on=day_of(wanted.get("on")) or dt.date.today(),
        version=str(wanted.get("version") or ""),
        spans=tuple(spans),
        whole=bool(wanted.get("whole")),
    )
