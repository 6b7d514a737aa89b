"""Whether the server is alive, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from assistant.server.context import context_of
from assistant.server.problems import problem

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """The index and the model answer; 503 until they do."""
    context = context_of(request)
    if context.is_ready:
        return Response('{"status":"ok"}', media_type="application/json")
    if context.failure is not None:
        return problem(503, str(context.failure))
    return problem(503, "The index is still being opened.", headers={"Retry-After": "2"})
