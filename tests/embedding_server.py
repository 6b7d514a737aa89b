"""An embedding model as a real HTTP server on loopback, speaking OpenAI's protocol."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np


def bag_of_words(text: str, dimension: int) -> list[float]:
    """A vector of a text that is near to those of texts with the same words, and not of length one."""
    vector = np.full(dimension, 0.01)
    for word in re.findall(r"\w+", text.lower()):
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
        vector += np.random.default_rng(seed).standard_normal(dimension)
    return vector.tolist()


@dataclass
class EmbeddingServer:
    """The server: what it answers can be changed while it runs, what it was asked is kept."""

    url: str = ""
    dimension: int = 64
    fails_after: int | None = None
    """After how many texts it answers with ``status`` only."""
    status: int = 503
    number: float | None = None
    """What every vector is made of, in place of a bag of words."""
    hold: threading.Event | None = None
    """What it waits for before it answers to more than one text."""
    texts: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def answer(self, body: dict, authorization: str) -> tuple[int, str]:
        texts = body["input"]
        assert all(isinstance(each, str) for each in texts), "tokens of a table that no other server knows"
        self.keys.add(authorization)
        if self.hold is not None and len(texts) > 1:
            self.hold.wait(60)
        if self.fails_after is not None and len(self.texts) + len(texts) > self.fails_after:
            return self.status, json.dumps({"error": {"message": f"the key {authorization} is not liked"}})
        self.texts += texts
        vectors = [[self.number] * self.dimension if self.number is not None else bag_of_words(each, self.dimension)
                   for each in texts]  # fmt: skip
        data = [{"object": "embedding", "index": at, "embedding": each} for at, each in enumerate(vectors)]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return 200, json.dumps({"object": "list", "data": data, "model": body["model"], "usage": usage})


@contextmanager
def embedding_server() -> Iterator[EmbeddingServer]:
    served = EmbeddingServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, text = served.answer(body, self.headers["Authorization"])
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Tests read the output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    served.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
