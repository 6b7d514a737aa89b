"""Whether the server is alive, whether it can answer, and how it does."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from assistant.server.context import context_of
from assistant.server.problems import PROBLEMS, problem
from assistant.server.rights import Admin, Server

router = APIRouter(tags=["health"], responses=PROBLEMS)


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
        return problem("", 503, str(context.failure))
    return problem("", 503, "The index is still being opened.", headers={"Retry-After": "2"})


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(server: Server, _: Admin) -> Response:
    """Counters in Prometheus's format: requests, answers, seconds by stage, queues, the size of the index."""
    return Response(generate_latest(server.metrics.registry), media_type=CONTENT_TYPE_LATEST)
