"""The FastAPI app: its state, its middleware in order, its routes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.server import health
from assistant.server.caller import LOCAL
from assistant.server.context import Context
from assistant.server.problems import answer_with_problems
from assistant.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """The server's app. It opens the index when it is started, in the background, and says so at /readyz."""
    context = Context(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        opening = asyncio.get_running_loop().run_in_executor(None, context.open)
        try:
            yield
        finally:
            await opening
            context.close()

    app = FastAPI(
        title="Export-control assistant",
        version=version("export-control-assistant"),
        lifespan=lifespan,
        redoc_url=None,
    )
    app.state.context = context
    answer_with_problems(app)
    app.add_middleware(_Identified, context=context)
    app.include_router(health.router)
    return app


class _Identified:
    """Tells every request whose server it has reached and who sent it."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope.setdefault("state", {}).update(context=self._context, caller=LOCAL)
        await self._app(scope, receive, send)
