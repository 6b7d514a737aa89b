"""Chroma behind LangChain's VectorStore: a cache of the catalogue's vectors, rebuilt from them whenever in doubt.

Chroma takes its folder as it finds it: two processes in it at once lose vectors, a process that opened it before another
one wrote finds nothing new, and a file that a killed process left half written ends the reading process with a
segmentation fault. So whoever uses the folder holds a lock, a *seal* says what the folder was like when the last writer
left it, and no folder is opened that does not match its seal.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

# Chroma refuses larger batches (5,461 with SQLite's default limits); smaller ones keep progress visible.
_BATCH = 1000
# A reader holds the folder for milliseconds, or for a second while it opens it.
_WAIT_SECONDS = 30.0
_instances = itertools.count(1)


class ChromaUnusable(Exception):
    """Chroma's folder is in use, or not as its seal says, or Chroma cannot read or write it. The caller searches
    without it; the next writer rebuilds it from the catalogue."""


class ChromaVectors:
    """The vectors of one folder, found by nearness.

    ``encoder`` is only handed to LangChain's vector store, whose documents carry a passage's vector id as their id.
    """

    def __init__(self, folder: Path, encoder: Callable[[], Embeddings]) -> None:
        # Read by langchain-core and by Chroma at import: no tracing, no telemetry, unless the user switched it on.
        os.environ.setdefault("LANGSMITH_TRACING", "false")
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "false")
        self.folder = folder
        self._encoder = encoder
        self._alone = threading.Lock()
        self._lock = FileLock(folder.with_name(f"{folder.name}.lock"), thread_local=False)
        # Chroma shares one state a path among all clients of a process, and it may be an old one; a path of our own
        # that means the same folder gives this object a state of its own.
        self._path = str(folder) + "/." * next(_instances)
        self._client: ClientAPI | None = None
        self._store: Chroma | None = None
        self._opened: str | None = None

    def search(self, vector: Sequence[float], count: int, *, seal: str, held: int) -> list[tuple[str, float]]:
        """The ids nearest to a vector with their cosine similarity, best first; at most ``count``.

        Raises ChromaUnusable, also where the folder is not as ``seal`` says or does not hold ``held`` vectors.
        """
        with self._in_use(wait_seconds=0):
            if self._opened != seal:
                self._close()
                if _seal(self.folder) != seal:
                    raise ChromaUnusable("the folder is not as its last writer left it")
                self._open(create=False)
                if self._store is None or self._store._collection.count() != held:
                    raise ChromaUnusable("the folder does not hold what it should")
                self._opened = seal
            assert self._store is not None  # noqa: S101 - opened above, or closed with the seal
            found = self._store.similarity_search_by_vector_with_relevance_scores(list(vector), k=min(count, held))
        if len(found) < min(count, held):
            raise ChromaUnusable("the search came back short")
        # The store's "relevance" by vector is Chroma's distance: one less the cosine.
        return [(document.id or "", 1.0 - distance) for document, distance in found]

    def is_sealed(self, seal: str) -> bool:
        """Whether the folder is as its last writer left it."""
        with self._in_use(wait_seconds=_WAIT_SECONDS):
            return bool(seal) and _seal(self.folder) == seal

    def write(self, wanted: Collection[str], fetch: Callable[[Sequence[str]], Mapping[str, np.ndarray]], *, seal: str) -> str:
        """Brings the folder to the wanted vectors, those not held fetched by id in batches; returns its new seal.

        Starts from nothing where the folder is not as ``seal`` says. Until the new seal is kept, none may be.
        """
        with self._in_use(wait_seconds=_WAIT_SECONDS):
            self._close()
            if not seal or _seal(self.folder) != seal:
                _delete(self.folder)
            self._open(create=True)
            assert self._store is not None  # noqa: S101 - opened above
            passages = self._store._collection
            known = set(passages.get(include=[])["ids"])
            for batch in _batches(set(wanted) - known):
                # The text is in the catalogue; Chroma keeps the id as its document, which LangChain's store must have.
                vectors = fetch(batch)
                passages.upsert(ids=batch, embeddings=np.stack([vectors[each] for each in batch]), documents=batch)
            for batch in _batches(known - set(wanted)):
                passages.delete(ids=batch)
            self._close()
            return _seal(self.folder)

    @contextmanager
    def _in_use(self, wait_seconds: float) -> Iterator[None]:
        """Chroma's folder to oneself, and its failures, of which its own error class is only one, as ChromaUnusable."""
        with self._alone:
            try:
                with self._lock.acquire(timeout=wait_seconds):
                    import chromadb.errors

                    try:
                        yield
                    except (chromadb.errors.ChromaError, ValueError, RuntimeError, OSError, sqlite3.Error) as error:
                        self._close()
                        raise ChromaUnusable(str(error)) from error
                    except BaseException:
                        self._close()
                        raise
            except (Timeout, OSError) as error:
                raise ChromaUnusable(f"the folder is in use or cannot be locked: {error}") from error

    def _open(self, *, create: bool) -> None:
        import chromadb
        from langchain_chroma import Chroma

        settings = chromadb.Settings(anonymized_telemetry=False, allow_reset=False)
        self._client = chromadb.PersistentClient(self._path, settings)
        self._store = Chroma(
            collection_name="passages",
            # Every vector is given; without this Chroma would set up a model of its own.
            embedding_function=self._encoder(),
            client=self._client,
            collection_configuration={"hnsw": {"space": "cosine"}},
            create_collection_if_not_exists=create,
        )

    def _close(self) -> None:
        """Lets go of all that this process has cached of the folder."""
        client, self._client, self._store, self._opened = self._client, None, None, None
        if client is not None:
            client.close()


def _seal(folder: Path) -> str:
    """What the folder is like: a digest of the vectors' saved files. Chroma's database is checked, not digested: even
    reading touches it. Files of an index that was never saved hold nothing and are not looked at. Empty where the
    folder is unusable."""
    database = folder / "chroma.sqlite3"
    if not database.is_file():
        return ""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as db:
        if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            return ""
    digest = hashlib.sha256()
    for saved in sorted(folder.glob("*/index_metadata.pickle")):
        for path in sorted(saved.parent.iterdir()):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:32]


def _delete(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)
    else:
        folder.unlink(missing_ok=True)


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(ids)
    return (ordered[at : at + _BATCH] for at in range(0, len(ordered), _BATCH))
