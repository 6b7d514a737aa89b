"""Errors as problem details (RFC 9457): every one with a sentence that says what happened and what to do."""

from __future__ import annotations

import http
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import (
    AssistantError,
    EvaluationError,
    IndexBusy,
    JournalError,
    QuestionError,
    SettingsError,
    SourceError,
    UnknownEntry,
    UnknownSource,
)
from assistant.server.unavailable import Unavailable

_log = logging.getLogger(__name__)

# What nginx made the custom for a client that hung up.
_CLIENT_GONE = 499
# FastAPI's words where a body is no JSON or no form.
_UNREADABLE = "There was an error parsing the body"
# Where programs call; what else there is belongs to the pages for people.
_PROGRAMS = tuple(f"/{prefix}/{{rest:path}}" for prefix in ("api", "v1", "slack", "static-offline-docs"))
_SINGLE = ("/webhook", "/healthz", "/readyz", "/metrics", "/docs", "/openapi.json")
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
_STATUS: Mapping[type[AssistantError], int] = {
    UnknownSource: 404,
    UnknownEntry: 404,
    QuestionError: 422,
    SourceError: 422,
    EvaluationError: 422,
    SettingsError: 500,
    Unavailable: 503,
    IndexBusy: 503,
    JournalError: 503,
    AssistantError: 500,
}


class Problem(HTTPException):
    """An error with the sentence that the caller reads."""


class ProblemResponse(JSONResponse):
    """A response of problem details."""

    media_type = "application/problem+json"


PROBLEMS: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem: what happened and what to do.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
"""What every operation may answer with besides, for the API's document."""


def problem(
    path: str, status: int, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any
) -> ProblemResponse:
    """A problem as the response to a request of a path; ``members`` are what RFC 9457 calls extension members. Clients
    of the OpenAI-style API find theirs among them."""
    if path.startswith("/v1/"):
        members["error"] = _as_openai(status, detail)
    return ProblemResponse({**_body(status, detail), **members}, status_code=status, headers=dict(headers or {}))


def problem_of(error: AssistantError) -> dict[str, Any]:
    """One of the package's errors as the body of a problem, for where a response has begun already."""
    return _body(status_of(error), str(error))


def openai_error(error: AssistantError) -> dict[str, Any]:
    """One of the package's errors as OpenAI's clients read it."""
    return {"error": _as_openai(status_of(error), str(error))}


def _as_openai(status: int, detail: str) -> dict[str, Any]:
    kind = "server_error" if status >= 500 else "rate_limit_error" if status == 429 else "invalid_request_error"
    return {"message": detail, "type": kind, "param": None, "code": None}


def _body(status: int, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": http.HTTPStatus(status).phrase, "status": status, "detail": detail}


def answer_with_problems(app: FastAPI) -> None:
    """Makes every error of the app a problem."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(AssistantError, _known)
    app.add_exception_handler(ClientDisconnect, _gone)


def refuse_the_rest(app: FastAPI) -> None:
    """Makes what no route of the programs' addresses takes a problem, before the pages for people, which take all that
    is left, can. To be called when all those routes are there."""
    for path in (*_PROGRAMS, *_SINGLE):
        app.add_route(path, _nothing, methods=_METHODS, include_in_schema=False)


async def _nothing(request: Request) -> Response:
    raise HTTPException(405 if _methods(request) else 404)


def status_of(error: AssistantError) -> int:
    """The HTTP status of one of the package's errors."""
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


async def _http(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_methods(request))) or headers.get("Allow", "")
    return problem(request.url.path, error.status_code, _sentence(request, error), headers=headers)


def _methods(request: Request) -> set[str]:
    """All methods of an address; each route by itself knows only its own."""
    routes: list[Route] = request.app.state.routes
    matching = (each for each in routes if each.matches(request.scope)[0] is not Match.NONE)
    return {method for each in matching for method in each.methods or ()}


def _sentence(request: Request, error: HTTPException) -> str:
    if error.detail == _UNREADABLE:
        return "The body cannot be read; send JSON in UTF-8 that is not nested deeply, or a well-formed form."
    if error.detail != http.HTTPStatus(error.status_code).phrase:
        return error.detail
    match error.status_code:
        case 404:
            return "Nothing is at this address; /docs lists what is."
        case 405:
            return f"{request.method} cannot be used at this address; the Allow header says what can."
        case _:
            return f"{error.detail}."


async def _invalid(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class alone
    broken = next((each for each in error.errors() if each["type"] == "json_invalid"), None)
    if broken is not None:
        what, at = broken["ctx"]["error"], broken["loc"][-1]
        return problem(request.url.path, 400, f"The body is not JSON: {what} at character {at}.")
    found = [
        {"in": str(each["loc"][0]), "field": ".".join(str(part) for part in each["loc"][1:]), "message": each["msg"]}
        for each in error.errors()
    ]
    first = found[0]
    where = f"the field {first['field']!r} of the {first['in']}" if first["field"] else f"the {first['in']}"
    detail = f"The request cannot be used: {where}: {first['message']}."
    return problem(request.url.path, 422, detail, errors=found)


async def _known(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, AssistantError)  # noqa: S101 - registered for this class alone
    status = status_of(error)
    if status == 500 or isinstance(error, JournalError):
        _log.error("The request failed: %s", type(error).__name__, exc_info=error)
    headers = {}
    if status == 503:
        headers["Retry-After"] = str(error.retry_after) if isinstance(error, Unavailable) else "5"
    return problem(request.url.path, status, str(error), headers=headers)


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=_CLIENT_GONE)  # nobody reads it, but the log and the metrics do


class Faults:
    """Answers with a problem where the program itself fails; the log alone has the trace."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request; see the class."""
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            if scope["type"] != "http":
                raise
            _log.error("The request failed: %s", type(error).__name__, exc_info=error)
            # Where a response has begun, the connection closes without its end, which tells the client.
            if not begun:
                detail = "The server made a mistake and has noted it. Please report it, with the request's id."
                await problem(scope["path"], 500, detail)(scope, receive, send)
