"""The index as everything to the right of it sees it: one consistent snapshot to search, and one way to change it."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.documents.selection import EVERYTHING, Selection
from assistant.errors import DamagedIndex, IndexBusy, StorageError
from assistant.index import exact
from assistant.index.catalogue import Catalogue
from assistant.index.encoders import Encoders
from assistant.index.ingest import MOST_IN_CHROMA, Progress, Report, Writer, locked
from assistant.index.model_choice import ModelChoice
from assistant.index.originals import Originals
from assistant.index.records import StoredSource
from assistant.index.segments import Segments, placed
from assistant.index.shelf import Shelf
from assistant.index.snapshot import Committed, Snapshot
from assistant.index.vectors import ChromaUnusable, ChromaVectors

if TYPE_CHECKING:
    from assistant.index.embedding import Encoder

_CATALOGUE = "catalogue.sqlite3"
_CHROMA = "chroma"
_ORIGINALS = "originals"
_SEGMENTS = "segments"
_WAIT_SECONDS = 120.0
# Where a snapshot leaves some of the passages out, Chroma is asked for so many more and not one that is seen is missed;
# beyond that the exact search costs less.
_MOST_UNSEEN = 200
# A state is read again where a writer changed it meanwhile; each time takes less, for what was read is known.
_ATTEMPTS = 5
_log = logging.getLogger(__name__)


class Index:
    """The index in one data folder. Reads see the newest commit, of this process or another, without a restart."""

    def __init__(
        self,
        folder: Path,
        open_encoder: Callable[[], Encoder],
        *,
        choice: ModelChoice | None = None,
        wait_seconds: float = _WAIT_SECONDS,
    ) -> None:
        """Opens or creates the index. The encoder is opened when it is first needed; ``choice`` says ahead which it
        will be, ``wait_seconds`` is how long a write waits for another process that is writing.

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
        self._encoders = Encoders(open_encoder, choice)
        self._wait_seconds = wait_seconds
        self.originals = Originals(folder / _ORIGINALS)
        self._vectors = ChromaVectors(folder / _CHROMA, lambda: self.encoder)
        self._segments = Segments(folder / _SEGMENTS, self.catalogue)
        self._shelf = Shelf(self.catalogue.source)
        self._committed: Committed | None = None
        self._lock = threading.RLock()
        if not self.catalogue.exists() or not self.catalogue.is_current():
            with locked(folder, wait_seconds=wait_seconds):
                if not self.catalogue.exists():
                    self.catalogue.create()
                self.catalogue.migrate()

    @staticmethod
    def set_aside(folder: Path, *, wait_seconds: float = _WAIT_SECONDS) -> Path:
        """Moves a damaged catalogue out of the way, so that a new one can be built; returns where it is now."""
        with locked(folder, wait_seconds=wait_seconds):
            aside = folder / f"damaged-{dt.datetime.now():%Y%m%d-%H%M%S-%f}"
            aside.mkdir()
            for path in folder.glob(f"{_CATALOGUE}*"):
                path.rename(aside / path.name)
        return aside

    @property
    def encoder(self) -> Encoder:
        """The embedding model that is set, loaded on first use. Raises EncoderError where it cannot be opened."""
        return self._encoders.configured

    def encoder_of(self, snapshot: Snapshot) -> Encoder:
        """The embedding model that made the vectors of a state, by which alone they can be searched: not the one that
        is set, where everything is being embedded anew by that one, here or in another process.

        Raises EncoderError where it cannot be opened any more.
        """
        return self._encoders.of(snapshot.whole.encoder, snapshot.whole.embedding)

    def is_by_another_model(self) -> bool:
        """Whether what answers was embedded by another model than the one that is set, as far as names tell."""
        made_with = ModelChoice.of_record(self.catalogue.meta("embedding"))
        return bool(self.catalogue.meta("encoder")) and made_with != self._encoders.choice

    def snapshot(
        self,
        groups: frozenset[str] | None = None,
        *,
        on: dt.date | None = None,
        selection: Selection = EVERYTHING,
    ) -> Snapshot:
        """What a caller of some groups sees of the newest committed state on a date, today where none is named, and of
        that what is selected; see `Committed.seen_by`."""
        with self._lock:
            if self._committed is None or self._committed.generation != self.catalogue.generation():
                self._committed = self._read()
            return self._committed.seen_by(groups, on or dt.date.today(), selection)

    def _read(self) -> Committed:
        """The newest committed state; where what it is read from changes meanwhile, the one after it."""
        for attempt in range(_ATTEMPTS):
            former = self._committed
            headers = {each.digest: each.header for each in former.versions} if former else {}
            facts, versions, names = self.catalogue.read(headers)
            generation = int(facts.get("generation", "0"))
            known = {each.name: each for each in former.segments if each.name} if former else {}
            segments = self._segments.opened(names, known)
            keys = [(each.header.id, each.digest) for each in versions]
            held = placed(segments, keys)
            lacks_vectors = False
            if missing := set(keys) - held.keys():
                # Moved by a merge or a newer commit, or lost: what is lost is written again rather than made for one.
                if self._has_moved(generation, names) or (attempt == 0 and self._completed()):
                    continue
                rest, is_whole = self._segments.in_memory(sorted(missing))
                segments.append(rest)
                held = placed(segments, keys)
                if self._has_moved(generation, names):
                    continue
                lacks_vectors = not is_whole
            return Committed(
                generation,
                versions,
                segments,
                [held[key] for key in keys],
                self._shelf,
                encoder=facts.get("encoder", ""),
                embedding=facts.get("embedding", ""),
                lacks_vectors=lacks_vectors,
            )
        raise IndexBusy(f"The index in {self.folder} changes too fast to be read; try again in a moment.")

    def _has_moved(self, generation: int, names: Sequence[str]) -> bool:
        return self.catalogue.generation() != generation or self.catalogue.segments() != names

    def _completed(self) -> bool:
        """Whether segments that are missing or damaged could be written again: not while another process is writing,
        nor where the folder cannot be written to or the catalogue lacks their vectors."""
        try:
            with locked(self.folder, wait_seconds=0):
                self._segments.complete()
        except StorageError as problem:
            _log.info("%s Passages that no segment holds are read into memory.", problem)
            return False
        return True

    def nearest(self, snapshot: Snapshot, vector: Sequence[float], count: int) -> list[tuple[int, float]]:
        """The rows of the passages nearest to a vector, with cosine similarity, best first."""
        return self.nearest_to_each(snapshot, np.array([vector], dtype=np.float32), count)[0]

    def nearest_to_each(self, snapshot: Snapshot, vectors: np.ndarray, count: int) -> list[list[tuple[int, float]]]:
        """Of each of some vectors (float32, a row each) what `nearest` gives, all looked for at once.

        Chroma answers where it stands at the snapshot's generation. Where it does not, because another process is
        writing or was killed, or because there are too many passages or the snapshot leaves many of them out, the
        segments' vectors are searched exactly, so an answer never rests on half a state.
        """
        if not len(snapshot.places):
            return [[] for _ in vectors]
        whole = snapshot.whole
        unseen = int(whole.counts.sum()) - len(snapshot.places)
        if unseen <= _MOST_UNSEEN and len(snapshot.places) <= MOST_IN_CHROMA:
            found = self._nearest_in_chroma(whole, vectors, count + unseen)
            if found is not None:
                return [_seen(snapshot, each, count) for each in found]
        if whole.lacks_vectors:
            raise DamagedIndex(f"{self.catalogue.path} lacks vectors; run `assistant doctor --rebuild`.")
        return exact.nearest(snapshot, vectors, count)

    def vectors(self, snapshot: Snapshot, rows: np.ndarray) -> np.ndarray:
        """The vectors of the passages in some rows, float32, (len(rows), dimension)."""
        if snapshot.whole.lacks_vectors:
            raise DamagedIndex(f"{self.catalogue.path} lacks vectors; run `assistant doctor --rebuild`.")
        if not len(rows):
            return np.zeros((0, self.encoder_of(snapshot).dimension), dtype=np.float32)
        return snapshot.column(rows, lambda segment: segment.vectors)

    def _nearest_in_chroma(
        self, whole: Committed, vectors: np.ndarray, count: int
    ) -> list[list[tuple[str, float]]] | None:
        mark = self.catalogue.meta("searchable")
        generation, _, seal = mark.partition(" ")
        if generation != str(whole.generation):
            return None
        try:
            found = self._vectors.search(vectors, count, seal=seal, held=len(whole.vector_ids))
        except ChromaUnusable:
            return None
        return found if self.catalogue.meta("searchable") == mark else None

    @contextmanager
    def writing(self, *, switch: bool = False, wait_seconds: float | None = None) -> Iterator[Writer]:
        """The right to change the index, which one process has at a time; what is read meanwhile nobody else changes.

        What is put is embedded by the model that embedded the rest. With ``switch`` it is the one that is set, and
        where that is another, everything is embedded anew. Raises IndexBusy where another process is writing and does
        not finish in time, EncoderError where the model cannot be opened.
        """
        wait_seconds = self._wait_seconds if wait_seconds is None else wait_seconds
        with locked(self.folder, wait_seconds=wait_seconds):
            if switch:
                encoder = self.encoder
            else:
                encoder = self._encoders.of(self.catalogue.meta("encoder"), self.catalogue.meta("embedding"))
            yield Writer(self.catalogue, self._vectors, self._segments, self.originals, encoder)

    def put(
        self,
        sources: Sequence[StoredSource],
        *,
        remove: frozenset[str] = frozenset(),
        withdrawn: frozenset[str] | None = None,
        edits: Mapping[str, Mapping[str, str | None]] | None = None,
        meta: Mapping[str, str] | None = None,
        switch: bool = False,
        progress: Progress | None = None,
    ) -> Report:
        """Puts sources into the index and takes others out, in one commit; see `writing` and `ingest.Writer.put`.

        Raises IndexBusy where another process is writing and does not finish in time, EncoderError, StorageError.
        """
        with self.writing(switch=switch) as writer:
            return writer.put(sources, remove=remove, withdrawn=withdrawn, edits=edits, meta=meta, progress=progress)

    def is_current(self) -> bool:
        """Whether what is searched stands at the newest commit: the segments as they were written, and Chroma, where
        it is kept, as its last writer left it."""
        generation, _, seal = self.catalogue.meta("searchable").partition(" ")
        if not self._segments.are_sound():
            return False
        if self.catalogue.size() > MOST_IN_CHROMA:
            return True
        try:
            return generation == str(self.catalogue.generation()) and self._vectors.is_sealed(seal)
        except ChromaUnusable:
            return False

    def repair(self) -> None:
        """Writes the segments and Chroma anew from the catalogue; embeds nothing."""
        with self.writing() as writer:
            self.catalogue.set_meta("searchable", "")
            self._segments.complete(anew=True)
            writer.sweep()
        with self._lock:
            self._committed = None


def _seen(snapshot: Snapshot, found: Sequence[tuple[str, float]], count: int) -> list[tuple[int, float]]:
    """The rows of the vectors found, of those that a snapshot shows, the best of them."""
    seen = [(snapshot.rows[each], cosine) for each, cosine in found if each in snapshot.rows]
    return [(row, cosine) for rows, cosine in seen[:count] for row in rows]
