"""A journal in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from recording import answer

from assistant.answering.model import Answer
from assistant.journal import Journal
from assistant.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def journal(settings: Settings):
    opened = Journal(settings.data_dir)
    yield opened
    opened.close()


@pytest.fixture
def record(journal: Journal, settings: Settings) -> Callable[..., str]:
    """Records an answer, by default to a question on magnets from the command line, and returns the entry's id."""

    def recorded(given: Answer | str = "Do magnets need a licence?", *, caller="owner", channel="cli", **more) -> str:
        given = answer(given) if isinstance(given, str) else given
        return journal.record(given, caller=caller, channel=channel, settings=settings, **more)

    return recorded
