"""How much and how often: the size of a body, the time it may take to arrive, the requests of one caller a minute."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.server.caller import LOCAL, Caller
from assistant.server.problems import Problem, problem
from assistant.settings import ServerSettings

_BODY_SECONDS = 60.0
# Callers whose bucket is kept; the one unseen for longest goes first, and by then has a full one again.
_KEPT_CALLERS = 10_000
# What programs post is small but for documents; what the user interface uploads are documents too.
_SMALL = ("/v1/", "/api/", "/slack/", "/webhook", "/mcp")
_SIGNED = ("/slack/", "/webhook")
_LARGE = ("/api/v1/sources",)


class Limits:
    """Refuses with 429 a caller who asks too often, with 413 a body that is too large, before it is read whole, and
    with 408 one that does not arrive in time."""

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._settings = settings
        self._rates = Rates(settings.requests_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request; see the class."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wait = self._rates.wait(_whose(scope)) if _counts(scope) else 0
        if wait:
            detail = (
                f"More than {self._settings.requests_per_minute} requests in a minute; come back in {wait} seconds."
            )
            await problem(scope["path"], 429, detail, headers={"Retry-After": str(wait)})(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and int(declared) > limit:
            refusal = problem(scope["path"], 413, _too_large(limit), headers={"Connection": "close"})
            await refusal(scope, receive, send)
            return
        await self._app(scope, _Bounded(receive, limit), send)

    def _limit(self, path: str) -> int:
        small = path.startswith(_SMALL) and path.rstrip("/") not in _LARGE
        return self._settings.max_body_bytes if small else self._settings.max_upload_bytes


class _Bounded:
    """Receives a body that is no larger and no slower than it may be."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._read = 0
        self._whole = False
        self._until = time.monotonic() + _BODY_SECONDS

    async def __call__(self) -> Message:
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout(self._until - time.monotonic()):
                message = await self._receive()
        except TimeoutError:
            raise Problem(408, f"The body did not arrive within {_BODY_SECONDS:g} seconds.") from None
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        self._read += len(message.get("body", b""))
        if self._read > self._limit:
            raise Problem(413, _too_large(self._limit))
        return message


class Rates:
    """A bucket of requests for every caller, full at first, that fills again within a minute."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str | None) -> int:
        """Takes one request from the caller's bucket; where it is empty, whole seconds until there is one."""
        if caller is None or not self._per_minute:
            return 0
        now = time.monotonic()
        left, at = self._left.pop(caller, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - at) * self._per_minute / 60)
        allowed = left >= 1
        self._left[caller] = (left - 1 if allowed else left, now)
        if len(self._left) > _KEPT_CALLERS:
            self._left.popitem(last=False)
        return 0 if allowed else math.ceil((1 - left) * 60 / self._per_minute)


def _counts(scope: Scope) -> bool:
    """Whether a request counts: not one for a part of a page, of which each has dozens, nor one with a signature."""
    return not scope["path"].startswith(_SIGNED) and (scope["path"].startswith(_SMALL) or scope["method"] != "GET")


def _whose(scope: Scope) -> str | None:
    """Whose bucket: a caller's own, an address's where nobody is known; None for whoever owns the machine."""
    caller: Caller = scope["state"]["caller"]
    if caller is LOCAL:
        return None
    address = scope["client"][0] if scope.get("client") else ""
    return caller.name if not caller.is_anonymous else f"address {address}"


def _too_large(limit: int) -> str:
    return f"The body is too large; at most {limit:,} bytes are read here."
