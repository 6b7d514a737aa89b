"""HTTP as uvicorn speaks it, but with an end to the patience for a client that sends its headers drop by drop."""

from __future__ import annotations

import asyncio
import json

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_HEADER_SECONDS = 15.0


class PatientProtocol(HttpToolsProtocol):
    """Closes a connection whose request has not begun, or whose headers are not whole, in time."""

    _header_task: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Starts the clock."""
        super().connection_made(transport)
        self._start_clock()

    def on_message_begin(self) -> None:
        """Starts the clock for a further request on the same connection."""
        super().on_message_begin()
        self._start_clock()

    def on_headers_complete(self) -> None:
        """Stops the clock: the body has limits of its own."""
        self._stop_clock()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the library's signature
        """Refuses what is not HTTP, as a problem."""
        detail = "What came is not HTTP as this server understands it."
        body = json.dumps({"type": "about:blank", "title": "Bad Request", "status": 400, "detail": detail}).encode()
        head = f"HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: {len(body)}"
        self.transport.write(f"{head}\r\nConnection: close\r\n\r\n".encode() + body)
        self.transport.close()

    def _start_clock(self) -> None:
        if self._header_task is None:
            self._header_task = self.loop.call_later(_HEADER_SECONDS, self._out_of_time)

    def _stop_clock(self) -> None:
        if self._header_task is not None:
            self._header_task.cancel()
            self._header_task = None

    def _out_of_time(self) -> None:
        self._header_task = None
        if not self.transport.is_closing():
            self.transport.close()
