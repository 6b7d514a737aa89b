"""What a route asks of its caller and of the request, as FastAPI dependencies."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from assistant.server.caller import Caller, Role, caller_of
from assistant.server.context import Context, context_of
from assistant.server.problems import Problem


def _reader(request: Request) -> Caller:
    return caller_of(request)


def _curator(request: Request) -> Caller:
    return _with_role(request, Role.CURATOR)


def _admin(request: Request) -> Caller:
    return _with_role(request, Role.ADMIN)


def _with_role(request: Request, role: Role) -> Caller:
    caller = caller_of(request)
    if not caller.role.includes(role):
        raise Problem(403, f"This needs the role {role.value}; you have the role {caller.role.value}.")
    return caller


def _context(request: Request) -> Context:
    return context_of(request)


def _sends(request: Request, kind: str) -> None:
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    bodiless = request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers
    if sent != kind and not bodiless:
        raise Problem(415, f"Send the body as {kind}; it came as {sent or 'nothing that is named'}.")


def sends_json(request: Request) -> None:
    """Raises Problem where the request has a body that is not said to be JSON."""
    _sends(request, "application/json")


def sends_files(request: Request) -> None:
    """Raises Problem where the request has a body that is not said to be a form with files."""
    _sends(request, "multipart/form-data")


Reader = Annotated[Caller, Depends(_reader)]
Curator = Annotated[Caller, Depends(_curator)]
Admin = Annotated[Caller, Depends(_admin)]
Server = Annotated[Context, Depends(_context)]
