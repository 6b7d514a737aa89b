"""Puts the pages on the server's app."""

from __future__ import annotations

import asyncio
import hashlib
import os
from asyncio import events
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Read when Gradio is imported: nothing is looked up or sent.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.ui import downloads
from assistant.ui.page import ADDRESSES, page
from assistant.ui.policy import PagePolicy
from assistant.ui.wording import LANGUAGES, wording

_STATIC = Path(__file__).parent / "static"


def mount(app: FastAPI) -> None:
    """Adds the pages at `/` and `/zh/`. Everything else of the app must be there before: `/` takes what is left."""
    settings = app.state.context.settings
    largest = settings.server.max_upload_bytes
    # Where Gradio keeps what is uploaded until it is read, and its copies of files.
    os.environ["GRADIO_TEMP_DIR"] = str(settings.data_dir / "uploads" / "pages")
    app.mount("/ui/static", _Lasting(StaticFiles(directory=_STATIC)), name="ui-static")
    app.include_router(downloads.router)

    with _running_loop():
        for language in reversed(LANGUAGES):
            _mount_page(app, language, largest)


@contextmanager
def _running_loop() -> Iterator[None]:
    """An event loop that counts as running: without one, Gradio makes one for every lock and never closes it."""
    if events._get_running_loop() is not None:
        yield
        return
    loop = asyncio.new_event_loop()
    events._set_running_loop(loop)
    try:
        yield
    finally:
        events._set_running_loop(None)
        loop.close()


class _Lasting:
    """Files that a browser may keep: their addresses change with their content."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request; see the class."""

        async def lasting(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                MutableHeaders(scope=message)["Cache-Control"] = "public, max-age=31536000, immutable"
            await send(message)

        await self._app(scope, receive, lasting)


def _mount_page(app: FastAPI, language: str, largest: int) -> None:
    address = ADDRESSES[language]
    gr.mount_gradio_app(
        app,
        page(wording(language), limit=largest // 1_000_000),
        path=address.rstrip("/") or "/",
        theme=gr.themes.Base(),
        favicon_path=None,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        max_file_size=largest,
    )
    mounted = app.routes[-1]
    assert isinstance(mounted, Mount)  # noqa: S101 - what Gradio has just added
    mounted.app = PagePolicy(mounted.app, language=language, head=_scripts(), body=_styles())


def _scripts() -> str:
    return "".join(f'<script src="{_address(name)}"></script>' for name in ("reading.js", "ask.js", "library.js"))


def _styles() -> str:
    names = ("reading.css", "ask.css", "library.css")
    return "".join(f'<link rel="stylesheet" href="{_address(name)}">' for name in names)


def _address(name: str) -> str:
    digest = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/ui/static/{name}?v={digest}"
