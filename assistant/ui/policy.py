"""The content security policy of the pages, and the few words of Gradio's page that are not ours.

Scripts run only from this server's files, or with the nonce that this module writes into the page's own: markup that
slipped in with a document or a question runs nothing, loads nothing and sends nothing. Gradio compiles its templates
and the handlers of its events at run time, hence ``unsafe-eval``, and sets styles in its elements.
"""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.server.caller import Role, caller_of
from assistant.server.problems import problem

_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_UPLOAD = "/gradio_api/upload"
# What the page would tell other sites about itself, with addresses elsewhere.
_SOCIAL = re.compile(rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*?/>\s*')


class PagePolicy:
    """Middleware around a mounted page: every HTML response gets its policy, its scripts the nonce, and what is ours:
    scripts at the end of the head, which run before Gradio's, and styles at the end of the body, where they outweigh
    Gradio's."""

    def __init__(self, app: ASGIApp, *, language: str, head: str, body: str) -> None:
        self._app = app
        self._language = language.encode()
        self._head = head.encode()
        self._body = body.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request; see the class."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"].endswith(_UPLOAD) and not caller_of(HTTPConnection(scope)).role.includes(Role.CURATOR):
            refusal = problem(scope["path"], 403, "Only curators may upload; you have the role reader.")
            await refusal(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        page: Message | None = None
        body = b""

        async def guarded(message: Message) -> None:
            nonlocal page, body
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Content-Security-Policy"] = _POLICY.format(nonce=nonce)
                if Headers(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                    page = message
                    return
            elif page is not None:
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                body = self._own(body).replace(b"<script", f'<script nonce="{nonce}"'.encode())
                MutableHeaders(scope=page)["Content-Length"] = str(len(body))
                await send(page)
                message = {"type": "http.response.body", "body": body}
            await send(message)

        await self._app(scope, receive, guarded)

    def _own(self, body: bytes) -> bytes:
        body = _SOCIAL.sub(b"", body).replace(b'lang="en"', b'lang="' + self._language + b'"', 1)
        return body.replace(b"</head>", self._head + b"</head>", 1).replace(b"</body>", self._body + b"</body>", 1)
