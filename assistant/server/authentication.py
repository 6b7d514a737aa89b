"""Who sent a request: whoever is at this machine, the holder of a key, or the user whom a reverse proxy signed in."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.server.caller import ANONYMOUS, LOCAL, Caller, Role, known
from assistant.server.keys import Keys
from assistant.server.problems import problem
from assistant.settings import ServerSettings

# Open to all: whether the server lives, and what checks a signature of its own.
OPEN = frozenset({"/healthz", "/readyz"})
_SIGNED = ("/slack/", "/webhook")
# Programs are told to show a key as a bearer token; a browser asks its user for it.
_PROGRAMS = ("/api/", "/v1/", "/mcp", "/metrics", "/openapi.json")


_HANDED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class Authentication:
    """Puts the caller into the request's state, or answers with 401."""

    def __init__(self, app: ASGIApp, settings: ServerSettings, keys: Keys) -> None:
        self._app = app
        self._settings = settings
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request; see the class."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        caller = self._caller(scope)
        if caller is None:
            program = scope["path"].startswith(_PROGRAMS)
            scheme = "Bearer" if program else 'Basic realm="Export-control assistant", charset="UTF-8"'
            detail = (
                "Show a valid key in the header `Authorization: Bearer KEY`; an admin makes one with "
                "`assistant keys add`."
            )
            await problem(scope["path"], 401, detail, headers={"WWW-Authenticate": scheme})(scope, receive, send)
            return
        scope["state"]["caller"] = caller
        await self._app(scope, receive, send)

    def _caller(self, scope: Scope) -> Caller | None:
        if scope["path"] in OPEN or scope["path"].startswith(_SIGNED):
            return ANONYMOUS
        headers = Headers(scope=scope)
        if self._settings.authentication == "off":
            # What a proxy hands on comes from somebody else, though it comes from this machine.
            handed_on = any(name in headers for name in _HANDED_ON)
            return LOCAL if self._settings.is_private and not handed_on else ANONYMOUS
        if self._settings.authentication == "proxy" and self._is_proxy(scope, headers):
            user = headers.get(self._settings.proxy_user_header, "").strip()
            if user:
                return self._proxied(user, headers)
        shown = _shown(headers.get("authorization", ""))
        return self._keys.caller(shown) if shown else None

    def _is_proxy(self, scope: Scope, headers: Headers) -> bool:
        """Whether the proxy sent this: from its address and with its secret, as far as the settings name them."""
        networks, secret = self._settings.proxy_addresses, self._settings.proxy_secret
        if networks:
            try:
                address = ipaddress.ip_address(scope["client"][0])
            except (TypeError, ValueError):
                return False
            if not any(address in each for each in networks):
                return False
        if secret is not None:
            sent = headers.get("x-proxy-secret", "").encode("latin-1")
            return hmac.compare_digest(sent, secret.get_secret_value().encode())
        return bool(networks)

    def _proxied(self, user: str, headers: Headers) -> Caller:
        listed = headers.getlist(self._settings.proxy_groups_header)
        groups = frozenset(name for each in listed for part in each.split(",") if (name := part.strip()))
        role = Role.READER
        if groups & frozenset(self._settings.admins):
            role = Role.ADMIN
        elif groups & frozenset(self._settings.curators):
            role = Role.CURATOR
        return known(f"user:{user}", role, groups)


def _shown(authorization: str) -> str:
    """The key in a header: a bearer token, or the password that a browser asked for."""
    scheme, _, value = authorization.partition(" ")
    match scheme.lower():
        case "bearer":
            return value.strip()
        case "basic":
            try:
                decoded = base64.b64decode(value.strip(), validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return ""
            return decoded.partition(":")[2]
        case _:
            return ""
