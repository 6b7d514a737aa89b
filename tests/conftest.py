"""What all tests share: the packaged encoder, loaded once, and a data folder that is never the user's own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from acts import SOURCES
from embedding_server import EmbeddingServer, embedding_server

from assistant.assistant import Assistant
from assistant.index.onnx_encoder import OnnxEncoder
from assistant.settings import Settings, packaged


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests in a browser come last: its driver keeps an event loop running to the end of the run, beside which no
    asynchronous test can have one of its own."""
    items.sort(key=lambda item: "browser" in item.path.parent.name)


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


@pytest.fixture
def embeddings(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddingServer]:
    """A provider of embeddings on loopback, found and paid as OpenAI's models are."""
    with embedding_server() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
        yield server


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the index of whoever runs it, nor reads their settings."""
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over the whole built-in corpus. Asked, never changed."""
    return Assistant.open(Settings(data_dir=tmp_path_factory.mktemp("whole") / "data"))


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three of the built-in sources: an act, the act that suspends it, and a statement about that."""
    folder = tmp_path_factory.mktemp("corpus")
    for source_id in SOURCES:
        shutil.copy(packaged("corpus") / f"{source_id}.md", folder)
    for words in packaged("corpus").glob("*.yaml"):
        shutil.copy(words, folder)
    return folder


@pytest.fixture(scope="session")
def built(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the index of that corpus. Copied, never changed."""
    folder = tmp_path_factory.mktemp("built") / "data"
    Assistant.open(Settings(data_dir=folder, corpus_dir=corpus))
    return folder
