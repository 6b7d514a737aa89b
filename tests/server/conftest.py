"""Servers over copies of the small corpus's index; one that many tests ask is shared and never changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from served import Served

from assistant.settings import ServerSettings, Settings


@pytest.fixture(scope="session")
def shared(built: Path, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that is asked and never changed."""
    folder = shutil.copytree(built, tmp_path_factory.mktemp("shared") / "data")
    with Served(Settings(data_dir=folder, corpus_dir=corpus)) as served:
        yield served


@pytest.fixture
def serve(built: Path, corpus: Path, tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Starts a server of the test's own with settings of the test's own."""
    folder = shutil.copytree(built, tmp_path / "data")
    with ExitStack() as running:
        yield lambda **settings: running.enter_context(
            Served(Settings(data_dir=folder, corpus_dir=corpus, server=ServerSettings(**settings)))
        )
