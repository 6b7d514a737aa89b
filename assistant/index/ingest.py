"""Sources → index: plan, embed, commit, sweep.

1. *plan*: which sources are new, changed or unchanged, and which of their passages have no vector yet;
2. *embed*: those passages, their vectors stored batch by batch, so an interrupted run picks up where it stopped;
3. *write*: what is searched of the change goes into a segment of its own, which nothing refers to yet;
4. *commit*: one transaction makes the whole change live, or nothing of it;
5. *sweep*: segments are put together, Chroma is brought up to date, what nothing refers to any more is dropped.

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

from assistant.documents.model import Source
from assistant.documents.versions import Retired, Version, wording_from
from assistant.errors import IndexBusy, StorageError
from assistant.index.catalogue import Catalogue
from assistant.index.originals import Originals
from assistant.index.passages import with_words
from assistant.index.records import Change, Passage, StoredSource, version_of
from assistant.index.segments import Segments
from assistant.index.vectors import ChromaUnusable, ChromaVectors

if TYPE_CHECKING:
    from assistant.index.embedding import Encoder

CORPUS_ORIGIN = "corpus"
# Stored this many at a time: a second or so of work is what a kill can lose.
_BATCH = 128
# Beyond so many passages the exact search costs less than Chroma is worth: its graph takes minutes to build.
MOST_IN_CHROMA = 50_000
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

    def __init__(
        self,
        catalogue: Catalogue,
        vectors: ChromaVectors,
        segments: Segments,
        originals: Originals,
        encoder: Encoder,
    ) -> None:
        self._catalogue = catalogue
        self._vectors = vectors
        self._segments = segments
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
        edits: Mapping[str, Mapping[str, str | None]] | None = None,
        meta: Mapping[str, str] | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Puts sources in as the newest versions of their ids and takes others out, in one commit.

        A source that is as its newest version costs nothing, wherever it comes from. Nothing that was ever live is
        forgotten: what a new version corrects, and what is taken out, is kept and answers no longer. Where the encoder
        is another than last time, all that answers is embedded anew.
        """
        digests = {each.source.id: version_of(each.source) for each in sources}
        newest = self._catalogue.newest({*digests, *remove})
        added = tuple(each for each in digests if each not in newest)
        same = tuple(each for each in digests if each in newest and newest[each][1] == digests[each])
        changed = tuple(each for each in digests if each not in {*added, *same})
        gone = tuple(sorted(remove & newest.keys()))
        retire = {
            (source_id, version.number): Retired.REMOVED for source_id in gone for version in self._alive(source_id)
        }
        new = []
        for each in sources:
            if each.source.id not in same:
                version, replaced = self._planned(each, digests[each.source.id])
                new.append(version)
                retire.update({(each.source.id, number): Retired.CORRECTED for number in replaced})
        passages = self._passages(new, retire)
        embedded = self._embed(passages, progress)
        facts = {**(meta or {}), "encoder": self._encoder.identity, "embedding": self._encoder.choice.as_record()}
        is_another = self._catalogue.meta("encoder") != self._encoder.identity
        if is_another:
            facts["searchable"] = ""  # Chroma's folder is of the former model: it is built anew
        written = {key: [each for each, _ in found] for key, found in passages.items()}
        segments = self._segments.write(written, self._source_of(new))
        change = Change(new, retire, written, withdrawn, edits or {}, facts, segments, anew=is_another)
        facts_changed = any(self._catalogue.meta(key) != value for key, value in facts.items())
        withdrawal_changed = withdrawn is not None and withdrawn != self._catalogue.withdrawn()
        if change or facts_changed or withdrawal_changed:
            self._catalogue.commit(change)
        self.sweep()
        return Report(added, changed, same, gone, embedded)

    def _source_of(self, new: Sequence[Version]) -> Callable[[str], Source]:
        """What gives a version's source by its digest, also where it is not in the catalogue yet."""
        known = {each.digest: each.source for each in new}
        return lambda digest: known[digest] if digest in known else self._catalogue.source(digest)

    def _alive(self, source_id: str) -> list[Version]:
        return [each for each in self._catalogue.versions(source_id) if each.retired is None]

    def _planned(self, stored: StoredSource, digest: str) -> tuple[Version, list[int]]:
        """A source as its next version, and the numbers of those that it puts out of use."""
        known = self._catalogue.versions(stored.source.id)
        alive = [each for each in known if each.retired is None]
        former = alive[-1] if alive else None
        holds_from = wording_from(stored.source, former.source if former else None)
        replaced = [each.number for each in alive if holds_from is not None and each.holds_from == holds_from]
        if holds_from is None and former is not None:
            holds_from, replaced = former.holds_from, [former.number]
        number = known[-1].number + 1 if known else 1
        return Version(stored.source, stored.origin, number, digest, holds_from=holds_from), replaced

    def _passages(
        self, new: Sequence[Version], retire: Mapping[tuple[str, int], Retired]
    ) -> dict[tuple[str, str], list[tuple[Passage, str]]]:
        """The passages to write, with the words to embed, by source and digest: those of new versions, and where the
        encoder is another one those of all that still answers."""
        versions = list(new)
        if self._catalogue.meta("encoder") != self._encoder.identity:
            versions += [each for each in self._catalogue.alive() if (each.source.id, each.number) not in retire]
        return {
            (each.source.id, each.digest): with_words(each.source, each.digest, self._encoder.identity)
            for each in versions
        }

    def _embed(
        self, passages: Mapping[tuple[str, str], Sequence[tuple[Passage, str]]], progress: Progress | None
    ) -> int:
        texts = {passage.vector_id: text for found in passages.values() for passage, text in found}
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
        """Brings what is searched up to date with the catalogue, and drops what nothing refers to."""
        self._segments.complete()
        try:
            if self._catalogue.size() <= MOST_IN_CHROMA:
                self._bring_up_chroma()
            elif self._vectors.folder.exists():
                self._catalogue.set_meta("searchable", "")
                self._vectors.drop()
        except ChromaUnusable as error:
            _log.warning("Chroma in %s cannot be used; searching without it. %s", self._vectors.folder, error)
        self._catalogue.sweep_vectors()
        self._originals.sweep(self._catalogue.original_digests)

    def _bring_up_chroma(self) -> None:
        """While Chroma is being changed the catalogue holds no seal, so nobody searches it, and where its writer was
        killed the next one builds it anew. Where Chroma fails it is left like that: every vector is in the catalogue.
        """
        generation, wanted = self._catalogue.live()
        sealed_at, _, seal = self._catalogue.meta("searchable").partition(" ")
        if sealed_at != str(generation) or not self._vectors.is_sealed(seal):
            self._catalogue.set_meta("searchable", "")
            seal = self._vectors.write(wanted, self._catalogue.vectors, seal=seal)
            self._catalogue.set_meta("searchable", f"{generation} {seal}")


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
