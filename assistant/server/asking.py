"""One way to ask, for every channel: within the bounds of the answer pool, under the caller's groups, counted."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass

from assistant.answering.model import Answer, Began, Said
from assistant.documents.selection import EVERYTHING, Selection
from assistant.retrieval.question import Turn
from assistant.server.caller import Caller
from assistant.server.context import Context


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a caller put it. ``as_of`` is today where it is None; ``selection`` the sources to rest on."""

    question: str
    as_of: dt.date | None = None
    history: tuple[Turn, ...] = ()
    selection: Selection = EVERYTHING


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as a caller gets it, and its entry in the journal."""

    answer: Answer
    entry: str | None = None


async def ask(context: Context, caller: Caller, asked: Asked, *, channel: str) -> Told:
    """The answer to a question.

    Raises QuestionError where it cannot be used, NotReady before the index is open, Busy where too many wait.
    """
    async with aclosing(stream(context, caller, asked, channel=channel)) as events:
        async for event in events:
            if isinstance(event, Told):
                return event
    raise AssertionError("an answer ends with the whole of it")


async def stream(
    context: Context, caller: Caller, asked: Asked, *, channel: str
) -> AsyncGenerator[Began | Said | Told]:
    """The answer as it comes: its verdict, each statement as it is verified, and last the whole.

    Raises as `ask` does, before anything is yielded. Where nobody listens any more, the writing ends with the next
    statement.
    """
    told = answering(context, caller, asked, channel=channel)
    loop, stopped = asyncio.get_running_loop(), threading.Event()
    events: asyncio.Queue[Began | Said | Told | None] = asyncio.Queue()

    def work() -> None:
        for event in told:
            if stopped.is_set():
                return
            loop.call_soon_threadsafe(events.put_nowait, event)

    working = asyncio.wrap_future(context.answers.submit(work))
    working.add_done_callback(lambda _: events.put_nowait(None))
    try:
        while (event := await events.get()) is not None:
            yield event
        await working
    finally:
        stopped.set()
        if not working.done():
            working.cancel()


async def opened(
    events: AsyncGenerator[Began | Said | Told],
) -> tuple[Began | Said | Told, AsyncIterator[Began | Said | Told]]:
    """The first event of a stream, and the others: what is wrong with a question is raised here, before a response has
    begun."""
    return await anext(events), events


def answering(context: Context, caller: Caller, asked: Asked, *, channel: str) -> Iterator[Began | Said | Told]:
    """The answer as it comes, in the calling thread and beside the pool: recorded before its last word is given.

    Raises QuestionError where the question cannot be used, NotReady before the index is open, JournalError where the
    answer cannot be recorded.
    """
    assistant = context.assistant
    events = assistant.stream(
        asked.question,
        as_of=asked.as_of,
        history=asked.history,
        groups=caller.groups,
        selection=asked.selection,
    )
    for event in events:
        if isinstance(event, Answer):
            context.metrics.answered(event, channel, model=context.settings.model)
            yield Told(event, _recorded(context, caller, asked, event, channel))
        else:
            yield event


def _recorded(context: Context, caller: Caller, asked: Asked, answer: Answer, channel: str) -> str | None:
    """The id of the answer's entry in the journal; None where none is kept."""
    if not context.settings.journal.enabled:
        return None
    return context.journal.record(
        answer,
        caller=caller.name,
        channel=channel,
        settings=context.settings,
        history=asked.history,
        groups=caller.groups,
    )
