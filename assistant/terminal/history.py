"""Earlier turns of a conversation from a JSON Lines file."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.errors import QuestionError
from assistant.retrieval.question import Turn

_TURN = TypeAdapter(Turn)


def read_turns(path: Path) -> list[Turn]:
    """The turns in a file, one ``{"role": …, "content": …}`` object a line, oldest first.

    Raises QuestionError with the line that is not one, OSError where the file cannot be read.
    """
    turns = []
    for number, line in enumerate(path.read_bytes().decode("utf-8", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            turns.append(_TURN.validate_json(line))
        except ValidationError as error:
            what = error.errors(include_url=False)[0]["msg"]
            raise QuestionError(
                f'{path}, line {number}: not a turn like {{"role": "user", "content": "…"}} ({what}).'
            ) from None
    return turns
