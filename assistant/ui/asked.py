"""What the browser tells, made safe to use."""

from __future__ import annotations

import datetime as dt

from assistant.errors import QuestionError


def day_of(given: object) -> dt.date | None:
    """A date; ``None`` for none. Raises QuestionError where it is no date."""
    if not given:
        return None
    try:
        return dt.date.fromisoformat(str(given))
    except ValueError:
        raise QuestionError(f"{str(given)[:40]!r} is not a date; write one like 2026-03-15.") from None
