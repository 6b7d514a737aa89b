"""What all tests share: the packaged encoder, loaded once, and a data folder that is never the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.index.embedding import OnnxEncoder
from assistant.settings import Settings


class CountingEncoder(OnnxEncoder):
    """The packaged encoder, which remembers what it was given to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str], **options):
        self.texts.extend(texts)
        return super().encode(texts, **options)


@pytest.fixture(scope="session")
def shared_encoder() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def encoder(shared_encoder: CountingEncoder) -> CountingEncoder:
    shared_encoder.texts.clear()
    return shared_encoder


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the index of whoever runs it, nor reads their settings."""
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over the whole built-in corpus. Asked, never changed."""
    return Assistant.open(Settings(data_dir=tmp_path_factory.mktemp("whole") / "data"))
