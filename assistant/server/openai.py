"""The OpenAI-style API, so that its clients and chat front ends work unchanged.

The last user message is the question, the ones before it are its history. What sampling settings a client sends is
taken and means nothing here; `as_of` is the one field of our own. The answer's text carries a list of its sources; the
whole answer as REST gives it stands beside it, in `answer`.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.answering.model import Answer, Began, Said
from assistant.errors import AssistantError, QuestionError
from assistant.retrieval.question import Turn
from assistant.server.answers import told_json
from assistant.server.asking import Asked, Told, ask, opened, stream
from assistant.server.bodies import AsOf, Got
from assistant.server.connection import while_connected
from assistant.server.problems import PROBLEMS, Problem, openai_error
from assistant.server.prose import closing
from assistant.server.rights import Reader, Server, sends_json

MODEL = "export-control-assistant"
_MADE = 1_735_689_600  # 1 January 2025: a model must say when it was made, and this one changes with its corpus

_EVENT = {"type": "object", "required": ["data"], "properties": {"data": {"type": "string"}}}

router = APIRouter(prefix="/v1", tags=["OpenAI-style"], responses=PROBLEMS, dependencies=[Depends(sends_json)])


class Part(BaseModel):
    """A part of a message; text alone is read."""

    type: str
    text: str | None = Field(default=None, max_length=20_000)


class Message(BaseModel):
    """A message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    def text(self) -> str:
        """Its words. Raises Problem where it holds something that is not text."""
        if isinstance(self.content, str):
            return self.content
        parts = self.content or []
        other = next((each.type for each in parts if each.type != "text"), None)
        if other is not None:
            raise Problem(422, f"A message holds a part of the type {other!r}; only text can be read.")
        return "\n".join(each.text or "" for each in parts)


class Completion(BaseModel):
    """A request for a chat completion. Further fields of OpenAI's are taken and mean nothing here."""

    model_config = ConfigDict(extra="ignore")

    model: str = Field(max_length=200)
    messages: list[Message] = Field(min_length=1, max_length=400)
    stream: bool = False
    as_of: AsOf = None


class CompletionGot(Got):
    """A chat completion, with the answer as REST gives it."""

    id: str
    object: str
    created: int
    model: str
    choices: list[dict[str, Any]]
    answer: dict[str, Any]


class ModelsGot(Got):
    """The models: there is one."""

    object: str
    data: list[dict[str, Any]]


@router.get("/models", response_model=None, responses={200: {"model": ModelsGot}})
async def models(_: Reader) -> JSONResponse:
    """The one model there is."""
    return JSONResponse({"object": "list", "data": [_model()]})


@router.get("/models/{name}", response_model=None)
async def model(name: str, _: Reader) -> JSONResponse:
    """The one model there is."""
    _check_model(name)
    return JSONResponse(_model())


@router.post(
    "/chat/completions",
    response_model=None,
    responses={200: {"model": CompletionGot, "content": {"text/event-stream": {"schema": _EVENT}}}},
)
async def complete(
    request: Request, body: Completion, server: Server, caller: Reader
) -> JSONResponse | StreamingResponse:
    """Answers the last user message in the light of the ones before it."""
    _check_model(body.model)
    asked = _asked(body)
    frame = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}
    if body.stream:
        first, rest = await while_connected(request, opened(stream(server, caller, asked, channel="openai")))
        return StreamingResponse(_chunks(frame, first, rest), media_type="text/event-stream")
    told = await while_connected(request, ask(server, caller, asked, channel="openai"))
    message = {
        "role": "assistant",
        "content": f"{told.answer.text}\n\n{closing(told.answer)}",
        "refusal": None,
        "annotations": _annotations(told.answer),
    }
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return JSONResponse({**frame, "object": "chat.completion", "choices": [choice], "answer": told_json(told)})


def _asked(body: Completion) -> Asked:
    """The question and what was said before it."""
    turns = [(each.role, each.text()) for each in body.messages if each.role in ("user", "assistant")]
    if not turns or turns[-1][0] != "user":
        raise QuestionError("The last message must be the user's: it is the question.")
    history = tuple(Turn("user" if role == "user" else "assistant", text) for role, text in turns[:-1])
    return Asked(turns[-1][1], body.as_of, history)


async def _chunks(
    frame: dict[str, Any], first: Began | Said | Told, rest: AsyncIterator[Began | Said | Told]
) -> AsyncIterator[str]:
    said = False
    yield _chunk(frame, {"role": "assistant", "content": ""})
    event: Began | Said | Told = first
    try:
        while not isinstance(event, Told):
            if isinstance(event, Said):
                marks = "".join(f" [{each.n}]" for each in event.citations)
                yield _chunk(frame, {"content": ("\n" if said else "") + event.statement.text + marks})
                said = True
            event = await anext(rest)
    except AssistantError as error:
        yield f"data: {json.dumps(openai_error(error), ensure_ascii=False)}\n\n"
        return
    opening = "" if said else event.answer.text
    yield _chunk(frame, {"content": f"{opening}\n\n{closing(event.answer)}"})
    last = {"annotations": _annotations(event.answer)}
    yield _chunk(frame, last, finish="stop", answer=told_json(event))
    yield "data: [DONE]\n\n"


def _chunk(frame: dict[str, Any], delta: dict[str, Any], *, finish: str | None = None, **further: Any) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    chunk = {**frame, "object": "chat.completion.chunk", "choices": [choice], **further}
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"


def _annotations(answer: Answer) -> list[dict[str, Any]]:
    """The citations as OpenAI's API writes them: where in the text a mark stands, and the page it is about."""
    text, found = answer.text, []
    for citation in answer.citations:
        mark, at = f"[{citation.n}]", -1
        while citation.quote.source.url and (at := text.find(mark, at + 1)) >= 0:
            place = {
                "start_index": at,
                "end_index": at + len(mark),
                "title": citation.quote.source.title,
                "url": citation.quote.source.url,
            }
            found.append({"type": "url_citation", "url_citation": place})
    return found


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": _MADE, "owned_by": MODEL}


def _check_model(name: str) -> None:
    if name != MODEL:
        raise Problem(404, f"There is no such model here; the one there is, is named {MODEL}.")
