"""The FastAPI app: its state, its middleware in order, its routes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi_offline import FastAPIOffline

from assistant.server import answers, evaluations, health, openai, records, sources, webhook
from assistant.server.authentication import Authentication
from assistant.server.bodies import ProblemGot
from assistant.server.context import Context
from assistant.server.headers import SecurityHeaders
from assistant.server.limits import Limits
from assistant.server.mcp import Endpoint
from assistant.server.origins import Origins
from assistant.server.problems import Faults, answer_with_problems, refuse_the_rest
from assistant.server.recording import Recording
from assistant.server.slack import routes as slack
from assistant.server.slack.bot import Bot
from assistant.settings import Settings

_DESCRIPTION = (
    "Answers questions on export control from documents alone, for a date; every statement is pinned to the exact "
    "words of a provision. Errors are problem details (RFC 9457)."
)


def create_app(settings: Settings) -> FastAPI:
    """The server's app. It opens the index when it is started, in the background, and says so at /readyz."""
    context = Context(settings)
    set_up = settings.slack.signing_secret is not None and settings.slack.bot_token is not None
    bot = Bot(context) if set_up else None
    mcp = Endpoint(context)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        opening = loop.run_in_executor(None, context.open)
        if bot is not None:
            await loop.run_in_executor(None, bot.resume)
        try:
            async with mcp.running():
                yield
        finally:
            await opening
            if bot is not None:
                await loop.run_in_executor(None, bot.close)
            await loop.run_in_executor(None, context.close)

    # Its page at /docs is served from the package: nothing is loaded from elsewhere.
    app = FastAPIOffline(
        title="Export-control assistant",
        description=_DESCRIPTION,
        version=version("export-control-assistant"),
        lifespan=lifespan,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.context = context
    app.state.slack = bot
    answer_with_problems(app)
    # The last one added is the first that a request meets.
    app.add_middleware(Limits, settings=settings.server)
    app.add_middleware(Authentication, settings=settings.server, keys=context.keys)
    app.add_middleware(Origins, settings=settings.server)
    app.add_middleware(Faults)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Recording, context=context)
    modules = (health, answers, sources, records, evaluations, openai, slack, webhook)
    routers = [*(module.router for module in modules), sources.web]
    for router in routers:
        app.include_router(router)
    app.state.routes = [route for router in routers for route in router.routes]
    app.router.routes.extend(mcp.routes)
    refuse_the_rest(app)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]
    return app


def _document(app: FastAPI) -> dict[str, Any]:
    """The API's document: FastAPI's, with the one shape that every error has in place of its own for 422."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
        )
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas["Problem"] = ProblemGot.model_json_schema()
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"].pop("422", None)
        app.openapi_schema = schema
    return app.openapi_schema
