"""REST: ask, ask and watch the answer being written, search."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, StreamingResponse

from assistant.answering.model import Began, Citation, Said, citation_json, standing_json
from assistant.errors import AssistantError
from assistant.retrieval.evidence import Evidence
from assistant.server.asking import Asked, Told, ask, opened, stream
from assistant.server.bodies import AnswerGot, HitsGot, Question, Search
from assistant.server.connection import while_connected
from assistant.server.problems import PROBLEMS, problem_of
from assistant.server.rights import Reader, Server, sends_json

_EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"enum": ["began", "statement", "answer", "error"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}

router = APIRouter(prefix="/api/v1", tags=["answers"], responses=PROBLEMS, dependencies=[Depends(sends_json)])


@router.post("/ask", response_model=None, responses={200: {"model": AnswerGot}})
async def answer(request: Request, body: Question, server: Server, caller: Reader) -> JSONResponse:
    """Answers a question for a date. An abstention is an answer too: its verdict is `not_covered`."""
    asked = Asked(body.question, body.as_of, body.turns())
    return JSONResponse(told_json(await while_connected(request, ask(server, caller, asked, channel="rest"))))


@router.post(
    "/ask/stream",
    response_model=None,
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": _EVENT}}}},
)
async def answer_stream(request: Request, body: Question, server: Server, caller: Reader) -> StreamingResponse:
    """Answers as server-sent events: `began` with the verdict, `statement` for each one when it is verified, with its
    citations, and last `answer`, the whole as `/ask` gives it; or `error`, a problem, where the writing fails."""
    asked = Asked(body.question, body.as_of, body.turns())
    first, rest = await while_connected(request, opened(stream(server, caller, asked, channel="rest")))
    return StreamingResponse(_events(first, rest), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


@router.post("/search", response_model=None, responses={200: {"model": HitsGot}})
async def search(body: Search, server: Server, caller: Reader) -> JSONResponse:
    """The provisions nearest to a question, best first, with their standing on the date."""
    assistant = server.assistant
    found = await server.answers.run(
        lambda: assistant.search(body.question, k=body.limit, as_of=body.as_of, groups=caller.groups)
    )
    return JSONResponse({"hits": [hit_json(each) for each in found]})


def told_json(told: Told) -> dict[str, Any]:
    """An answer with its entry in the journal."""
    return {**told.answer.as_json(), "entry": told.entry}


async def _events(first: Began | Said | Told, rest: AsyncIterator[Began | Said | Told]) -> AsyncIterator[str]:
    yield _event(first)
    try:
        async for each in rest:
            yield _event(each)
    except AssistantError as error:
        yield f"event: error\ndata: {json.dumps(problem_of(error), ensure_ascii=False)}\n\n"


def _event(event: Began | Said | Told) -> str:
    match event:
        case Began():
            name, data = "began", {"as_of": event.as_of.isoformat(), "verdict": event.verdict.value}
        case Said():
            name, data = "statement", _statement_json(event.statement.text, event.citations)
        case Told():
            name, data = "answer", told_json(event)
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _statement_json(text: str, citations: tuple[Citation, ...]) -> dict[str, Any]:
    return {"text": text, "citations": [citation_json(each) for each in citations]}


def hit_json(found: Evidence) -> dict[str, Any]:
    """A provision found, as plain data."""
    return {
        "source_id": found.source.id,
        "provision": found.provision.label,
        "text": found.source.quote(found.provision.span),
        "score": round(found.score, 4),
        "standing": standing_json(found.standing),
    }
