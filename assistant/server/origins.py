"""Which names this server answers to, and from which pages: against DNS rebinding and cross-site requests."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.server.authentication import OPEN
from assistant.server.problems import problem
from assistant.settings import ServerSettings

_SAFE = {"GET", "HEAD", "OPTIONS"}


class Origins:
    """Refuses a Host that is not this server's, and a change or question that another site's page sends.

    Without hosts named in the settings, addresses and ``localhost`` are this server's names; with authentication any
    name is, since a page that merely found the address has no key.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._named = frozenset(each.lower() for each in settings.hosts)
        self._any = not settings.hosts and settings.authentication != "off"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request; see the class."""
        if scope["type"] not in ("http", "websocket") or scope["path"] in OPEN:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = _name(f"//{headers.get('host', '')}")
        if host is None or not (self._any or self._is_ours(host)):
            detail = "This server does not answer to that name; `hosts` in its settings says to which."
            refusal = problem(scope["path"], 421, detail)
            await refusal(scope, receive, send)
        elif _is_change(scope) and not self._is_same_site(headers):
            refusal = problem(scope["path"], 403, "A page of another site sent this; only this server's own pages may.")
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        if host in self._named:
            return True
        return not self._named and (host == "localhost" or _is_address(host))

    def _is_same_site(self, headers: Headers) -> bool:
        if headers.get("sec-fetch-site", "none") in ("cross-site", "same-site"):
            return False
        origin = headers.get("origin")
        if origin is None:
            return True
        name = _name(origin)
        return name is not None and (name in self._named or _authority(origin) == headers["host"].lower())


def _is_change(scope: Scope) -> bool:
    return scope["type"] == "websocket" or scope["method"] not in _SAFE


def _name(url: str) -> str | None:
    """The host's name in a URL, without its port."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is none
    except ValueError:
        return None
    return parts.hostname


def _authority(url: str) -> str:
    return urlsplit(url).netloc.lower()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
