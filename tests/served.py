"""A server on a free port of this machine, over real HTTP, in a thread of the test's own process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

import httpx
from fastapi import FastAPI

from assistant.serve import server_of
from assistant.server.app import create_app
from assistant.server.caller import Role
from assistant.settings import Settings

QUESTION = "Do I need a permit to repair separation equipment abroad?"
IN_FORCE, SUSPENDED = "2025-10-20", "2026-03-15"


@dataclass
class Served:
    """A running server; leaving the ``with`` block stops it as a signal would."""

    settings: Settings
    make: Callable[[Settings], FastAPI] = create_app
    app: FastAPI | None = None
    port: int = 0
    wait: bool = True

    def __enter__(self) -> Served:
        self.app = self.make(self.settings)
        self.context = self.app.state.context
        self._server = server_of(self.app)
        self._socket = socket.create_server(("127.0.0.1", self.port), backlog=256)
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        self.http = httpx.Client(base_url=self.url, timeout=30)
        until = time.monotonic() + 120
        while self.wait and self.http.get("/readyz").status_code != 200:
            assert time.monotonic() < until, "the server did not become ready"
            time.sleep(0.02)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.http.close()
        self.stop()
        self._thread.join(timeout=30)
        self._socket.close()
        assert not self._thread.is_alive()

    def stop(self) -> None:
        """Asks the server to stop when it has answered what it is answering."""
        self._server.should_exit = True

    def key(self, name: str, role: str = "reader", *groups: str) -> dict[str, str]:
        """The header of a new key."""
        return {"Authorization": f"Bearer {self.context.keys.add(name, Role(role), frozenset(groups))}"}


def is_problem(response: httpx.Response, status: int) -> str:
    """Checks that a response is a problem without a trace of the program in it; returns its sentence."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["title"]
    assert "Traceback" not in response.text
    assert ".py" not in response.text
    assert body["detail"].endswith(".")
    return str(body["detail"])


def with_pages(settings: Settings) -> FastAPI:
    """The server's app with the chat UI on it."""
    from assistant.ui.mount import mount

    app = create_app(settings)
    mount(app)
    return app
