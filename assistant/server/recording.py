"""The outermost layer: a request's id, its line in the log, its share in the metrics."""

from __future__ import annotations

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.server.caller import Caller
from assistant.server.context import Context
from assistant.server.logs import request_id

_log = logging.getLogger("assistant.server.requests")
_USABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Recording:
    """Gives every request an id, the caller's where it is a usable one, and notes how it went."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request; see the class."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        own = given if _USABLE_ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {}).update(context=self._context, request_id=own)
        token, start, status = request_id.set(own), time.perf_counter(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = own
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            self._note(scope, status, time.perf_counter() - start)
            request_id.reset(token)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        if scope["type"] != "http":
            return
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = _route(scope)
        self._context.metrics.requests.labels(method, route, str(status)).inc()
        self._context.metrics.seconds.labels(route).observe(seconds)
        caller: Caller | None = scope["state"].get("caller")
        fields = {
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(1000 * seconds, 1),
            "caller": caller.name if caller else None,
            "address": scope["client"][0] if scope.get("client") else None,
        }
        _log.info("request", extra={"fields": fields})


def _route(scope: Scope) -> str:
    """The pattern that the path matched, never the path itself: that may hold anything, and names sources."""
    route = scope.get("route")
    return getattr(route, "path", "") or ("mounted" if scope.get("app_root_path") else "none")
