"""A chat model as a real HTTP server on loopback, speaking OpenAI's protocol. What it writes is a script's to say."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Asked:
    """One request as it came in: its messages, and the evidence sheet found in them."""

    body: dict
    headers: dict

    @property
    def messages(self) -> list[dict]:
        return self.body["messages"]

    @property
    def sheet(self) -> dict:
        return json.loads(self.messages[1]["content"])

    @property
    def is_repair(self) -> bool:
        return len(self.messages) > 2

    @property
    def wrong(self) -> list[dict]:
        """What a repair request says was wrong."""
        return json.loads(self.messages[-1]["content"].split("\n\n", 1)[1])["statements"]

    def key_of(self, words: str) -> str:
        """The key of the first provision whose text has these words."""
        return next(each["key"] for each in self.sheet["evidence"] if words in each["text"])


@dataclass
class Says:
    """A reply: text, in pieces, and what goes wrong while it is sent: a pause before each piece, an end after some, or
    a wait after some until the server is released."""

    text: str = ""
    status: int = 200
    pause: float = 0.0
    dies_after: int | None = None
    holds_after: int | None = None
    piece: int = 40


@dataclass
class ChatServer:
    """The server; ``script`` makes a reply of each request, ``asked`` keeps the requests."""

    script: Callable[[Asked], Says | str]
    asked: list[Asked] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    url: str = ""


def reply(*statements: tuple[str, list[tuple[str, str]]]) -> str:
    """The JSON that the prompt asks for."""
    return json.dumps(
        {
            "statements": [
                {"statement": text, "quotes": [{"key": key, "words": words} for key, words in quotes]}
                for text, quotes in statements
            ]
        },
        ensure_ascii=False,
    )


@contextmanager
def serving(script: Callable[[Asked], Says | str]) -> Iterator[ChatServer]:
    """A server that runs while the block does."""
    server = ChatServer(script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked = Asked(body, {name.lower(): value for name, value in self.headers.items()})
            server.asked.append(asked)
            says = server.script(asked)
            says = Says(says) if isinstance(says, str) else says
            with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has given up
                self._send(says)

        def _send(self, says: Says) -> None:
            self.close_connection = True
            if says.status != 200:
                content = json.dumps({"error": {"message": "no", "type": "error", "code": None}}).encode()
                self.send_response(says.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for number, at in enumerate(range(0, len(says.text), says.piece)):
                if says.dies_after is not None and number >= says.dies_after:
                    return
                if says.pause or number == says.holds_after:
                    server.released.wait(says.pause or 60)
                self._event({"content": says.text[at : at + says.piece]})
            if says.pause and not says.text:
                server.released.wait(says.pause)
            self._event({}, finish="stop")
            self._write(b"data: [DONE]\n\n")
            self.wfile.write(b"0\r\n\r\n")

        def _event(self, delta: dict, finish: str | None = None) -> None:
            choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
            chunk = {"id": "c", "object": "chat.completion.chunk", "created": int(time.time()), "model": "scripted",
                     "choices": [choice]}  # fmt: skip
            self._write(f"data: {json.dumps(chunk)}\n\n".encode())

        def _write(self, data: bytes) -> None:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        http.block_on_close = False
        server.url = f"http://127.0.0.1:{http.server_port}/v1"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            http.shutdown()
            thread.join()
