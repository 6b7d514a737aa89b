"""The server's log: one JSON object a line on standard error, each with the id of its request.

What people ask and what documents say is not in it unless `log_text` is on; secrets never are.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
import traceback
from contextvars import ContextVar
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being served, here and in the threads that work for it."""


class JsonLines(logging.Formatter):
    """A record as one line of JSON; ``extra={"fields": {…}}`` adds fields."""

    def __init__(self, *, with_text: bool) -> None:
        super().__init__()
        self._with_text = with_text

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id.get():
            line["request_id"] = request_id.get()
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[1] is not None:
            line["trace"] = self._trace(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)

    def _trace(self, error: BaseException) -> str:
        """Where it happened. An error's own words may quote a question, so they are left out unless text is wanted."""
        if self._with_text:
            return "".join(traceback.format_exception(error))
        parts = []
        link: BaseException | None = error
        while link is not None:
            parts.append("".join(traceback.format_tb(link.__traceback__)) + type(link).__name__)
            link = link.__cause__ or link.__context__
        return "\ncaused by\n".join(parts)


def configure(*, with_text: bool) -> None:
    """Sends all logging of the process through `JsonLines`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(with_text=with_text))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # Libraries that log every call they make, some with its content.
    for name in ("httpx", "httpcore", "mcp", "slack_sdk", "gradio", "chromadb", "openai"):
        logging.getLogger(name).setLevel(logging.WARNING)
