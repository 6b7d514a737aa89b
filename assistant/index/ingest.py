"""Sources → index: plan, embed, commit, sweep.

1. *plan*: which sources are new, changed or unchanged, and which of their passages have no vector yet;
2. *embed*: those passages, their vectors stored batch by batch, so an interrupted run picks up where it stopped;
3. *commit*: one transaction makes the whole change live, or nothing of it;
4. *sweep*: Chroma is brought up to date, then what nothing refers to any more is dropped.

A kill before the commit leaves the former state, a kill after it the new one; whatever the sweep had no time for, the
next writer does. Only one process writes at a time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from assistant.errors import IndexBusy, StorageError
from assistant.index.catalogue import Catalogue, Change, Passage, StoredSource, record_of
from assistant.index.originals import Originals
from assistant.index.passages import embedded_text, passages
from assistant.index.vectors import ChromaUnusable, ChromaVectors

if TYPE_CHECKING:
    from assistant.index.embedding import Encoder

CORPUS_ORIGIN = "corpus"
# Stored this many at a time: a second or so of work is what a kill can lose.
_BATCH = 128
_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called with how many passages are embedded and how many there are to embed."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did, as source ids in order."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    embedded: int = 0


class Writer:
    """The one writer of an index. Made by `Index.writing`, which holds the lock."""

    def __init__(self, catalogue: Catalogue, vectors: ChromaVectors, originals: Originals, encoder: Encoder) -> None:
        self._catalogue = catalogue
        self._vectors = vectors
        self._originals = originals
        self._encoder = encoder

    def keep_original(self, file: Path, digest: str) -> None:
        """Keeps a file that a source about to be put was read from; dropped again where no source comes to refer to it.

        Raises StorageError.
        """
        self._originals.put(file, digest)

    def put(
        self,
        sources: Sequence[StoredSource],
        *,
        remove: frozenset[str] = frozenset(),
        withdrawn: frozenset[str] | None = None,
        meta: Mapping[str, str] | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Puts sources in place of any of the same id and takes others out, in one commit.

        A source whose record is unchanged costs nothing, unless the encoder is another than last time: then every
        source is embedded anew, those already in the index too.
        """
        known = self._catalogue.origins_and_records()
        added = tuple(s.source.id for s in sources if s.source.id not in known)
        same = tuple(s.source.id for s in sources if known.get(s.source.id) == (s.origin, record_of(s.source)))
        changed = tuple(s.source.id for s in sources if s.source.id not in {*added, *same})
        gone = tuple(sorted(remove & known.keys()))
        put = {s.source.id: s for s in sources}
        facts = {**(meta or {}), "encoder": self._encoder.identity}
        if self._catalogue.meta("encoder") != self._encoder.identity:
            _, stored, _ = self._catalogue.read()
            put = {**{each: stored[each] for each in stored.keys() - set(gone)}, **put}
        else:
            put = {each: put[each] for each in (*added, *changed)}
        change = {each: (stored, passages(stored.source, self._encoder.identity)) for each, stored in put.items()}
        embedded = self._embed(change, progress)
        facts_changed = any(self._catalogue.meta(key) != value for key, value in facts.items())
        withdrawal_changed = withdrawn is not None and withdrawn != self._catalogue.withdrawn()
        if change or gone or facts_changed or withdrawal_changed:
            self._catalogue.commit(Change(change, frozenset(gone), withdrawn, facts))
        self.sweep()
        return Report(added, changed, same, gone, embedded)

    def _embed(self, change: Mapping[str, tuple[StoredSource, Sequence[Passage]]], progress: Progress | None) -> int:
        texts = {
            passage.vector_id: embedded_text(stored.source, passage.label, passage.span)
            for stored, found in change.values()
            for passage in found
        }
        missing = self._catalogue.missing_vectors(texts)
        # Near lengths together waste no padding; the longest first makes the time left an upper bound.
        missing.sort(key=lambda each: -len(texts[each]))
        for at in range(0, len(missing), _BATCH):
            batch = missing[at : at + _BATCH]
            if progress:
                progress(at, len(missing))
            self._catalogue.put_vectors(batch, self._encoder.encode([texts[each] for each in batch]))
        if progress and missing:
            progress(len(missing), len(missing))
        return len(missing)

    def sweep(self) -> None:
        """Brings Chroma up to date with the catalogue, and drops what nothing refers to.

        While Chroma is being changed the catalogue holds no seal, so nobody searches it, and where its writer was
        killed the next one builds it anew. Where Chroma fails it is left like that: every vector is in the catalogue.
        """
        generation, wanted = self._catalogue.live()
        sealed_at, _, seal = self._catalogue.meta("searchable").partition(" ")
        try:
            if sealed_at != str(generation) or not self._vectors.is_sealed(seal):
                self._catalogue.set_meta("searchable", "")
                seal = self._vectors.write(wanted, self._catalogue.vectors, seal=seal)
                self._catalogue.set_meta("searchable", f"{generation} {seal}")
        except ChromaUnusable as error:
            _log.warning("Chroma in %s cannot be used; searching without it. %s", self._vectors.folder, error)
        self._catalogue.sweep_vectors()
        self._originals.sweep(lambda: {kept.digest for _, kept in self._catalogue.originals().values()})


@contextmanager
def locked(folder: Path, *, wait_seconds: float) -> Iterator[None]:
    """Holds the one writer's lock of a data folder.

    Raises IndexBusy where another process holds it for longer than ``wait_seconds``.
    """
    lock = FileLock(folder / "write.lock")
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout:
        raise IndexBusy(
            f"Another process is changing the index in {folder} and has not finished within {wait_seconds:g} seconds; "
            "nothing was changed. Try again when it is done."
        ) from None
    except OSError as error:
        raise StorageError(f"{folder} cannot be written to ({error.strerror}); check the folder's rights.") from None
    try:
        yield
    finally:
        lock.release()
