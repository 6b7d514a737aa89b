"""Chroma behind LangChain's VectorStore: a cache of the catalogue's vectors, rebuilt from them whenever in doubt.

Chroma takes its folder as it finds it: two processes in it at once lose vectors, a process that opened it before
another one wrote finds nothing new, and a file that a killed process left half written ends the reading process with a
segmentation fault. So whoever uses the folder holds a lock, a *seal* says what the folder was like when the last writer
left it, and no folder is opened that does not match its seal.
"""

from __future__ import annotations

import hashlib
import itertools
import shutil
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection
    from langchain_core.embeddings import Embeddings

# Chroma refuses larger batches (5,461 with SQLite's default limits); smaller ones keep progress visible.
_BATCH = 1000
# A reader holds the folder for milliseconds, or for a second while it opens it.
_WAIT_SECONDS = 30.0
_COLLECTION = "passages"
# The defaults miss a few of the nearest, and others each time the folder is built; an answer must be found again.
_NEAREST: CreateHNSWConfiguration = {
    "space": "cosine",
    "ef_construction": 300,
    "ef_search": 1000,
    "max_neighbors": 32,
    # Saved from so many on: what is not saved is built again by every process that opens the folder.
    "batch_size": 100,
    "sync_threshold": 100,
}
_NUMBER = "written"
_instances = itertools.count(1)


class ChromaUnusable(Exception):
    """Chroma's folder is in use, or not as its seal says, or Chroma cannot read or write it. The caller searches
    without it; the next writer rebuilds it from the catalogue."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """The folder as this process has it open, under the seal it was opened with."""

    seal: str
    close: Callable[[], None]
    passages: Collection


class ChromaVectors:
    """The vectors of one folder, found by nearness.

    ``encoder`` is only handed to LangChain's vector store, whose documents carry a passage's vector id as their id.
    """

    def __init__(self, folder: Path, encoder: Callable[[], Embeddings]) -> None:
        self.folder = folder
        self._encoder = encoder
        self._alone = threading.Lock()
        self._lock = FileLock(folder.with_name(f"{folder.name}.lock"), thread_local=False)
        # Chroma shares one state a path among all clients of a process, and it may be an old one; a path of our own
        # that means the same folder gives this object a state of its own.
        self._path = str(folder) + "/." * next(_instances)
        self._opened: _Opened | None = None

    def search(self, vectors: np.ndarray, count: int, *, seal: str, held: int) -> list[list[tuple[str, float]]]:
        """Of each vector (float32, a row each) the ids nearest to it with their cosine similarity, best first; at most
        ``count``.

        Raises ChromaUnusable, also where the folder is not as ``seal`` says or does not hold ``held`` vectors.
        """
        with self._in_use(wait_seconds=0):
            if self._opened is None or self._opened.seal != seal:
                self._close()
                if _seal(self.folder) != seal:
                    raise ChromaUnusable("the folder is not as its last writer left it")
                self._opened = self._open(seal, create=False)
                if self._opened.passages.count() != held:
                    raise ChromaUnusable("the folder does not hold what it should")
            # Asked by way of LangChain's store it would read the documents as well, and take one vector at a time.
            found = self._opened.passages.query(
                query_embeddings=vectors,
                n_results=min(count, held),
                include=["distances"],
            )
        if any(len(ids) < min(count, held) for ids in found["ids"]):
            raise ChromaUnusable("the search came back short")
        return [
            [(each, 1.0 - distance) for each, distance in zip(ids, distances, strict=True)]
            for ids, distances in zip(found["ids"], found["distances"] or [], strict=True)
        ]

    def is_sealed(self, seal: str) -> bool:
        """Whether the folder is as its last writer left it."""
        with self._in_use(wait_seconds=_WAIT_SECONDS):
            return bool(seal) and _seal(self.folder) == seal

    def write(self, wanted: set[str], fetch: Callable[[Sequence[str]], Mapping[str, np.ndarray]], *, seal: str) -> str:
        """Brings the folder to the wanted vectors, those not held fetched by id in batches; returns its new seal.

        Starts from nothing where the folder is not as ``seal`` says. Until the new seal is kept, none may be.
        """
        with self._in_use(wait_seconds=_WAIT_SECONDS):
            self._close()
            if not seal or _seal(self.folder) != seal:
                _delete(self.folder)
            (self.folder / _NUMBER).unlink(missing_ok=True)
            self._opened = self._open("", create=True)
            passages = self._opened.passages
            known = set(passages.get(include=[])["ids"])
            for batch in _batches(wanted - known):
                # The text is in the catalogue; Chroma keeps the id as its document, which LangChain's store must have.
                vectors = fetch(batch)
                passages.upsert(ids=batch, embeddings=np.stack([vectors[each] for each in batch]), documents=batch)
            for batch in _batches(known - wanted):
                passages.delete(ids=batch)
            self._close()
            (self.folder / _NUMBER).write_text(uuid.uuid4().hex)
            return _seal(self.folder)

    def drop(self) -> None:
        """Deletes the folder. Raises ChromaUnusable."""
        with self._in_use(wait_seconds=_WAIT_SECONDS):
            self._close()
            _delete(self.folder)

    @contextmanager
    def _in_use(self, wait_seconds: float) -> Iterator[None]:
        """Chroma's folder to oneself, and its failures, of which its own error class is only one, as ChromaUnusable."""
        with self._alone:
            try:
                with self._lock.acquire(timeout=wait_seconds):
                    try:
                        yield
                    except BaseException:
                        self._close()
                        raise
            except (Timeout, ValueError, RuntimeError, OSError) as error:
                raise ChromaUnusable(str(error)) from error
            except BaseException as error:
                if not _is_chromas(error):
                    raise
                raise ChromaUnusable(str(error)) from error

    def _open(self, seal: str, *, create: bool) -> _Opened:
        import chromadb
        from chromadb.config import Settings
        from langchain_chroma import Chroma

        client = chromadb.PersistentClient(self._path, Settings(anonymized_telemetry=False, allow_reset=False))
        close: Callable[[], None] = client.close  # type: ignore[attr-defined]  # not declared for what is made
        try:
            # Whoever opens the folder by LangChain's store finds it as that store makes it.
            Chroma(
                collection_name=_COLLECTION,
                # Every vector is given; without this Chroma would set up a model of its own.
                embedding_function=self._encoder(),
                client=client,
                collection_configuration={"hnsw": _NEAREST},
                create_collection_if_not_exists=create,
            )
            return _Opened(seal, close, client.get_collection(_COLLECTION, embedding_function=None))
        except BaseException:
            close()
            raise

    def _close(self) -> None:
        """Lets go of all that this process has cached of the folder."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()


def _is_chromas(error: BaseException) -> bool:
    """Whether it is one of Chroma's errors, or a panic of its Rust core, which is no Exception."""
    import chromadb.errors

    return isinstance(error, chromadb.errors.ChromaError) or type(error).__name__ == "PanicException"


def _seal(folder: Path) -> str:
    """What the folder is like: a digest of its last writer's number and of the vectors' saved files; empty where it is
    unusable. Chroma's database is checked, not digested: even reading touches it. Vectors that were never saved are in
    the database, and the files that stand for them hold nothing."""
    digest = hashlib.sha256()
    try:
        digest.update((folder / _NUMBER).read_bytes())
        with closing(sqlite3.connect(f"{(folder / 'chroma.sqlite3').absolute().as_uri()}?mode=ro", uri=True)) as db:
            if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                return ""
        for saved in sorted(folder.glob("*/index_metadata.pickle")):
            for path in sorted(saved.parent.iterdir()):
                content = path.read_bytes()
                digest.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode())
                digest.update(content)
    except (sqlite3.Error, OSError):
        return ""
    return digest.hexdigest()[:32]


def _delete(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)
    else:
        folder.unlink(missing_ok=True)


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(ids)
    return (ordered[at : at + _BATCH] for at in range(0, len(ordered), _BATCH))
