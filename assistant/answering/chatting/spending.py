"""What the chat model has used today, kept in the data folder, so that limits hold over all processes."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from filelock import FileLock

from assistant.answering.chatting.chat import Usage
from assistant.errors import ModelError
from assistant.settings import Settings

_FILE = "model-usage.json"
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens in and out of a day, UTC."""

    day: str
    tokens_in: int = 0
    tokens_out: int = 0


class Spending:
    """Holds the use of a day to the limits of the settings; without limits nothing is written down."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._file = settings.data_dir / _FILE

    def check(self, tokens_in: int, tokens_out: int) -> None:
        """Raises ModelError where a request of this size may go beyond a limit of the day."""
        if not self._limited:
            return
        spent = self._read()
        tokens_in, tokens_out = spent.tokens_in + tokens_in, spent.tokens_out + tokens_out
        most = self._settings.model_daily_tokens
        if most is not None and tokens_in + tokens_out > most:
            raise ModelError("tokens", most=f"{most:,}")
        most_cost = self._settings.model_daily_cost
        if most_cost is not None and self._cost(tokens_in, tokens_out) > most_cost:
            raise ModelError("cost", most=f"{most_cost:g}")

    def record(self, usage: Usage) -> None:
        """Adds what a request used."""
        if not self._limited:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self._file}.lock"):
            spent = self._read()
            data = {
                "day": spent.day,
                "tokens_in": spent.tokens_in + usage.tokens_in,
                "tokens_out": spent.tokens_out + usage.tokens_out,
            }
            written = self._file.with_suffix(".new")
            written.write_text(json.dumps(data), encoding="utf-8")
            written.replace(self._file)

    @property
    def _limited(self) -> bool:
        return self._settings.model_daily_tokens is not None or self._settings.model_daily_cost is not None

    def _cost(self, tokens_in: int, tokens_out: int) -> float:
        prices = self._settings
        return (tokens_in * prices.model_input_price + tokens_out * prices.model_output_price) / _MILLION

    def _read(self) -> Spent:
        """Today's use; nothing where none is written down, or a file that is no longer readable."""
        today = dt.datetime.now(dt.UTC).date().isoformat()
        try:
            spent = Spent(**json.loads(self._file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return Spent(today)
        return spent if spent.day == today else Spent(today)
