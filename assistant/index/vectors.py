"""Chroma behind LangChain's VectorStore: a cache of the catalogue's vectors, rebuilt from them whenever in doubt.

Chroma allows one writing process and a reader sees nothing that another process wrote after it opened the folder, so
the one writer (see ingest) brings it up to date under a lock and says so in the catalogue; a reader reopens then.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

# Chroma refuses larger batches (5,461 with SQLite's default limits); smaller ones keep progress visible.
_BATCH = 1000


class ChromaUnusable(Exception):
    """Chroma cannot read or write its folder. The caller rebuilds it from the catalogue or searches without it."""


class ChromaVectors:
    """The vectors of one folder, found by nearness. Every method raises ChromaUnusable.

    ``store`` is the LangChain vector store over them; its documents carry a passage's vector id as their id.
    """

    def __init__(self, folder: Path, encoder: Embeddings) -> None:
        # Read by langchain-core and by Chroma at import: no tracing, no telemetry, unless the user switched it on.
        os.environ.setdefault("LANGSMITH_TRACING", "false")
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "false")
        self.folder = folder
        self._encoder = encoder
        self._open()

    def _open(self) -> None:
        import chromadb
        from langchain_chroma import Chroma

        with _chromas_errors():
            settings = chromadb.Settings(anonymized_telemetry=False, allow_reset=False)
            client = chromadb.PersistentClient(str(self.folder), settings)
            self.store: Chroma = Chroma(
                collection_name="passages",
                # Every vector is given; without this Chroma would set up a model of its own.
                embedding_function=self._encoder,
                client=client,
                collection_configuration={"hnsw": {"space": "cosine"}},
            )
            self._passages = client.get_collection("passages", embedding_function=None)

    def reopen(self) -> None:
        """Lets go of what this process has cached of the folder and reads it anew."""
        from chromadb.api.shared_system_client import SharedSystemClient

        SharedSystemClient.clear_system_cache()
        self._open()

    def rebuild(self) -> None:
        """Throws the folder away and starts an empty one; `reconcile` fills it again without embedding anything."""
        from chromadb.api.shared_system_client import SharedSystemClient

        SharedSystemClient.clear_system_cache()
        shutil.rmtree(self.folder, ignore_errors=True)
        self._open()

    def search(self, vector: Sequence[float], count: int) -> list[tuple[str, float]]:
        """The ids nearest to a vector with their cosine similarity, best first; at most ``count``."""
        with _chromas_errors():
            held = self._passages.count()
            if not held:
                return []
            found = self.store.similarity_search_by_vector_with_relevance_scores(list(vector), k=min(count, held))
        # The store's "relevance" by vector is Chroma's distance: one less the cosine.
        return [(document.id or "", 1.0 - distance) for document, distance in found]

    def ids(self) -> set[str]:
        """The ids of all vectors held."""
        with _chromas_errors():
            return set(self._passages.get(include=[])["ids"])

    def add_missing(self, wanted: Iterable[str], fetch: Callable[[Sequence[str]], np.ndarray]) -> int:
        """Adds the wanted vectors that are not held, fetched by id in batches; returns how many."""
        missing = sorted(set(wanted) - self.ids())
        for batch in _batches(missing):
            # The text is in the catalogue; Chroma keeps the id as its document, which LangChain's store must have.
            vectors = fetch(batch)
            with _chromas_errors():
                self._passages.upsert(ids=batch, embeddings=vectors, documents=batch)
        return len(missing)

    def drop_others(self, wanted: Iterable[str]) -> int:
        """Drops the vectors that are not wanted; returns how many."""
        unwanted = sorted(self.ids() - set(wanted))
        for batch in _batches(unwanted):
            with _chromas_errors():
                self._passages.delete(ids=batch)
        return len(unwanted)


@contextmanager
def _chromas_errors() -> Iterator[None]:
    """Chroma's failures, of which its own error class is only one, as ChromaUnusable."""
    import chromadb.errors

    try:
        yield
    except (chromadb.errors.ChromaError, ValueError, RuntimeError, OSError) as error:
        raise ChromaUnusable(str(error)) from error


def _batches(ids: Sequence[str]) -> Iterable[list[str]]:
    return (list(ids[at : at + _BATCH]) for at in range(0, len(ids), _BATCH))
