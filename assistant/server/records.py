"""REST: the journal, and what people say of answers.

Readers see what they asked themselves, curators what rests on sources that they may see, admins everything. Who nobody
knows sees nothing, and can say what they think of an answer whose entry they were told.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.answering.model import Verdict
from assistant.errors import UnknownEntry
from assistant.journal import Entry, Filter, Rating
from assistant.journal.journal import MAX_COMMENT
from assistant.server.bodies import Day, EntryGot, ListGot, ReplayGot, Sent
from assistant.server.caller import Caller, Role
from assistant.server.context import Context
from assistant.server.problems import PROBLEMS, Problem
from assistant.server.rights import Reader, Server, sends_json

router = APIRouter(prefix="/api/v1/journal", tags=["journal"], responses=PROBLEMS, dependencies=[Depends(sends_json)])


class Wanted(BaseModel):
    """Which entries, and how many."""

    model_config = ConfigDict(extra="forbid")

    words: str = Field(default="", max_length=500, description='Words, or "a phrase", that an entry holds.')
    caller: str | None = Field(default=None, max_length=300)
    channel: str | None = Field(default=None, max_length=50)
    verdict: Verdict | None = None
    since: Day | None = None
    until: Day | None = None
    rating: Rating | None = None
    before: str | None = Field(default=None, max_length=64, description="The id of the entry to go on after.")
    limit: int = Field(default=50, ge=1, le=200)


class Resting(BaseModel):
    """What answers may rest on."""

    model_config = ConfigDict(extra="forbid")

    source_id: str = Field(min_length=1, max_length=200)
    provision: str | None = Field(default=None, max_length=500, description="One provision, or what stands under it.")


class FeedbackSent(Sent):
    """What somebody thinks of an answer."""

    rating: Literal["helpful", "not_helpful"]
    comment: str = Field(default="", max_length=MAX_COMMENT)


@router.get("", response_model=None, responses={200: {"model": ListGot[EntryGot]}})
def entries(server: Server, caller: Reader, wanted: Annotated[Wanted, Query()]) -> JSONResponse:
    """The entries that you may see, the newest first."""
    chosen = Filter(
        words=wanted.words,
        caller=_only(caller, wanted.caller),
        channel=wanted.channel,
        verdict=wanted.verdict,
        since=wanted.since,
        until=wanted.until,
        rating=wanted.rating,
    )
    journal = server.journal
    found = journal.search(chosen, limit=wanted.limit, before=wanted.before, groups=caller.groups)
    body = {
        "items": [each.as_json() for each in found],
        "total": journal.count(chosen, groups=caller.groups),
        "next": _next(wanted, found) if len(found) == wanted.limit else None,
    }
    return JSONResponse(body)


@router.get("/resting-on", response_model=None, responses={200: {"model": ListGot[EntryGot]}})
def resting_on(server: Server, caller: Reader, what: Annotated[Resting, Query()]) -> JSONResponse:
    """The entries whose answers rest on a source, or on one provision of it, the newest first: whom to tell when it
    changes."""
    own = _only(caller, None)
    found = server.journal.resting_on(what.source_id, what.provision, groups=caller.groups)
    items = [each.as_json() for each in found if own in (None, each.caller)]
    return JSONResponse({"items": items, "total": len(items), "next": None})


@router.get("/{entry_id}", response_model=None, responses={200: {"model": EntryGot}})
def entry(entry_id: str, server: Server, caller: Reader) -> JSONResponse:
    """One entry, whole: question, answer, evidence, quotes, versions, feedback."""
    _only(caller, None)
    return JSONResponse(_entry(server, caller, entry_id).as_json())


@router.post("/{entry_id}/replay", response_model=None, responses={200: {"model": ReplayGot}})
async def replay(entry_id: str, server: Server, caller: Reader) -> JSONResponse:
    """Asks the question of an entry again, for the same date, and says whether the answer is the same, or exactly what
    differs and why."""
    _only(caller, None)
    found, assistant = _entry(server, caller, entry_id), server.assistant
    again = await server.answers.run(lambda: server.journal.replay(found.id, assistant, groups=caller.groups))
    return JSONResponse(again.as_json())


@router.post("/{entry_id}/feedback", status_code=204, response_model=None)
def feedback(entry_id: str, body: FeedbackSent, server: Server, caller: Reader) -> None:
    """Records what you think of an answer, beside what was said of it before."""
    found = _entry(server, caller, entry_id)
    server.journal.feedback(
        found.id,
        Rating(body.rating),
        caller=caller.name,
        channel="rest",
        comment=body.comment,
        groups=caller.groups,
    )


def _entry(server: Context, caller: Caller, entry_id: str) -> Entry:
    """An entry that the caller may see. Raises UnknownEntry."""
    found = server.journal.entry(entry_id, groups=caller.groups)
    if caller.role is Role.READER and found.caller != caller.name:
        raise UnknownEntry(entry_id)
    return found


def _only(caller: Caller, wanted: str | None) -> str | None:
    """Whose entries a caller gets: a reader's own, those of the one wanted, or all."""
    if caller.is_anonymous:
        raise Problem(403, "The journal is for callers with a key; an admin makes one with `assistant keys add`.")
    return caller.name if caller.role is Role.READER else wanted


def _next(wanted: Wanted, found: list[Entry]) -> str:
    asked: dict[str, Any] = wanted.model_dump(mode="json", exclude_defaults=True)
    return f"/api/v1/journal?{urlencode({**asked, 'before': found[-1].id, 'limit': wanted.limit})}"
