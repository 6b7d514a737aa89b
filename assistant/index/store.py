"""The index as everything to the right of it sees it: one consistent snapshot to search, and one way to change it."""

from __future__ import annotations

import datetime as dt
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assistant.documents.model import Source
from assistant.errors import StorageError
from assistant.index.catalogue import Catalogue, Passage, StoredSource
from assistant.index.embedding import Encoder
from assistant.index.ingest import Progress, Report, Writer, writing
from assistant.index.lexical import LexicalIndex
from assistant.index.passages import plain_text
from assistant.index.vectors import ChromaUnusable, ChromaVectors

_CATALOGUE = "catalogue.sqlite3"
_CHROMA = "chroma"
_WAIT_SECONDS = 120.0


@dataclass(frozen=True)
class Snapshot:
    """One committed state of the index. A passage's row is its place in ``passages`` and in the lexical scores."""

    generation: int
    sources: Mapping[str, Source]
    origins: Mapping[str, str]
    passages: Sequence[Passage]
    lexical: LexicalIndex
    rows: Mapping[str, Sequence[int]]
    _exact: list[np.ndarray] = field(default_factory=list)

    def text(self, row: int) -> str:
        """A passage's words, without markup."""
        passage = self.passages[row]
        return plain_text(self.sources[passage.source_id].quote(passage.span))


class Index:
    """The index in one data folder. Reads see the newest commit, of this process or another, without a restart."""

    def __init__(self, folder: Path, open_encoder: Callable[[], Encoder]) -> None:
        """Opens or creates the index. The encoder is opened when it is first needed.

        Raises StorageError where the folder cannot be used, DamagedIndex where what is in it cannot be read.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"The data folder {folder} cannot be made ({error.strerror}); name another in ASSISTANT_DATA_DIR."
            ) from None
        self.folder = folder
        self.catalogue = Catalogue(folder / _CATALOGUE)
        self._open_encoder = open_encoder
        self._encoder: Encoder | None = None
        self._vectors: ChromaVectors | None = None
        self._vectors_generation = -1
        self._snapshot: Snapshot | None = None
        self._lock = threading.RLock()

    @staticmethod
    def set_aside(folder: Path) -> Path:
        """Moves a damaged catalogue out of the way, so that a new one can be built; returns where it is now."""
        aside = folder / f"damaged-{dt.datetime.now():%Y%m%d-%H%M%S}"
        aside.mkdir()
        for path in folder.glob(f"{_CATALOGUE}*"):
            path.rename(aside / path.name)
        shutil.rmtree(folder / _CHROMA, ignore_errors=True)
        return aside

    @property
    def encoder(self) -> Encoder:
        """The embedding model, loaded on first use."""
        with self._lock:
            if self._encoder is None:
                self._encoder = self._open_encoder()
            return self._encoder

    def snapshot(self) -> Snapshot:
        """The newest committed state."""
        with self._lock:
            if self._snapshot is None or self._snapshot.generation != self.catalogue.generation():
                self._snapshot = self._read()
            return self._snapshot

    def _read(self) -> Snapshot:
        generation, stored, passages = self.catalogue.read()
        sources = {each: held.source for each, held in stored.items()}
        rows: dict[str, list[int]] = {}
        for row, passage in enumerate(passages):
            rows.setdefault(passage.vector_id, []).append(row)
        lexical = LexicalIndex(plain_text(sources[p.source_id].quote(p.span)) for p in passages)
        return Snapshot(generation, sources, {k: v.origin for k, v in stored.items()}, passages, lexical, rows)

    def nearest(self, snapshot: Snapshot, vector: Sequence[float], count: int) -> list[tuple[int, float]]:
        """The rows of the passages nearest to a vector, with cosine similarity, best first.

        Chroma answers where it stands at the snapshot's generation. Where it does not, because another process is
        writing or was killed, the catalogue's vectors are searched exactly, so an answer never rests on half a state.
        """
        found = self._nearest_in_chroma(snapshot, vector, count)
        if found is None:
            with self._lock:
                if not snapshot._exact:
                    snapshot._exact.append(self.catalogue.vectors([p.vector_id for p in snapshot.passages]))
            similarities = snapshot._exact[0] @ np.asarray(vector, dtype=np.float32)
            best = np.argsort(-similarities, kind="stable")[:count]
            return [(int(row), float(similarities[row])) for row in best]
        return [(row, cosine) for each, cosine in found for row in snapshot.rows.get(each, ())]

    def _nearest_in_chroma(
        self, snapshot: Snapshot, vector: Sequence[float], count: int
    ) -> list[tuple[str, float]] | None:
        if self.catalogue.meta("searchable") != str(snapshot.generation):
            return None
        with self._lock:
            try:
                if self._vectors is None:
                    self._vectors = ChromaVectors(self.folder / _CHROMA, self.encoder)
                elif self._vectors_generation != snapshot.generation:
                    self._vectors.reopen()
                self._vectors_generation = snapshot.generation
                found = self._vectors.search(vector, count)
            except ChromaUnusable:
                self._vectors = None
                return None
        return found if len(found) >= min(count, len(snapshot.rows)) else None

    def put(
        self,
        sources: Sequence[StoredSource],
        *,
        remove: frozenset[str] = frozenset(),
        withdrawn: frozenset[str] | None = None,
        meta: Mapping[str, str] | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Puts sources into the index and takes others out, in one commit; see `ingest.Writer.put`.

        Raises IndexBusy where another process is writing and does not finish in two minutes, EncoderError, StorageError.
        """
        with writing(self.folder, wait_seconds=_WAIT_SECONDS):
            writer = Writer(self.catalogue, self._vectors_for_writing, self.encoder)
            return writer.put(sources, remove=remove, withdrawn=withdrawn, meta=meta, progress=progress)

    def repair(self) -> None:
        """Brings Chroma up to date with the catalogue, from nothing; embeds nothing."""
        with writing(self.folder, wait_seconds=_WAIT_SECONDS):
            with self._lock:
                shutil.rmtree(self.folder / _CHROMA, ignore_errors=True)
                self._vectors = None
            self.catalogue.set_meta("searchable", "")
            Writer(self.catalogue, self._vectors_for_writing, self.encoder).sweep()

    def _vectors_for_writing(self) -> ChromaVectors:
        """Chroma, read anew, because what another process wrote is unseen otherwise. Asks for the writer's lock."""
        with self._lock:
            try:
                if self._vectors is None:
                    self._vectors = ChromaVectors(self.folder / _CHROMA, self.encoder)
                self._vectors.reopen()
            except ChromaUnusable:
                # What a kill left cannot be opened; the catalogue has every vector.
                shutil.rmtree(self.folder / _CHROMA, ignore_errors=True)
                self._vectors = ChromaVectors(self.folder / _CHROMA, self.encoder)
            return self._vectors
