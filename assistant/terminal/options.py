"""Options that several commands take."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from assistant.errors import QuestionError


class Date(click.ParamType[dt.date]):
    """A day like 2026-03-15."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:  # noqa: ARG002
        """The day that a value names. Raises QuestionError where it names none."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise QuestionError(f"{value!r} is not a date; write one like 2026-03-15.") from None


as_of_option = click.option("--as-of", type=Date(), metavar="YYYY-MM-DD", help="The date asked about; default: today.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output, nothing else.")
