"""The folder of segments: what a commit adds to it, what is put together, and what is written again where in doubt.

A segment is on the disk before the commit that names it, so a reader finds every file of the state that it has read,
or, where they were put together a moment ago, the state that names the new one. What no file holds is read from the
catalogue.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from assistant.documents.model import Source
from assistant.errors import DamagedIndex, StorageError
from assistant.index import segment as files
from assistant.index.catalogue import Catalogue
from assistant.index.passages import plain_text
from assistant.index.records import Passage
from assistant.index.segment import Segment, SegmentUnusable

# Beyond so many rows segments are not put together any more, so that no addition waits for the whole.
_LARGEST = 250_000
# A new segment has as many rows as memory easily holds while it is made.
_MADE = 50_000
# So many of about one size, the largest less than so many times the smallest, become one.
_TOGETHER = 8
# So many bytes are held to their digests when they are opened, half a second at most; `assistant doctor` checks all.
_CHECKED = 500_000_000
_log = logging.getLogger(__name__)

Key = tuple[str, str]
"""A version, by source id and digest."""


class Segments:
    """The segments of one catalogue. Only the index's one writer changes them."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.folder = folder
        self._catalogue = catalogue

    def opened(self, names: Iterable[str], known: Mapping[str, Segment]) -> list[Segment]:
        """The segments of these names; those that cannot be used are left out. ``known`` are open already."""
        found, unchecked = [], _CHECKED
        for name in names:
            try:
                segment = known.get(name)
                if segment is None:
                    path = self.folder / name
                    segment, size = files.read(path), path.stat().st_size
                    if size <= unchecked:
                        unchecked -= size
                        if not files.is_sound(segment):
                            raise SegmentUnusable(f"{path} is damaged")
                found.append(segment)
            except (SegmentUnusable, OSError) as problem:
                _log.info("%s; its passages are read from the catalogue", problem)
        return found

    def in_memory(self, keys: Iterable[Key]) -> tuple[Segment, bool]:
        """Versions that no segment holds, as one; and whether it has all their vectors."""
        passages = {key: self._catalogue.passages(*key) for key in keys}
        return self._made("", passages, self._catalogue.source)

    def write(self, passages: Mapping[Key, Sequence[Passage]], source: Callable[[str], Source]) -> list[str]:
        """Writes the passages of versions into new segments, for a commit to name; returns their names. ``source``
        gives a version's source by its digest. Raises StorageError, DamagedIndex where a vector is missing."""
        names = []
        for part in _parts(passages):
            segment, is_whole = self._made(uuid.uuid4().hex, part, source)
            if not is_whole:
                raise DamagedIndex(f"{self._catalogue.path} lacks vectors; run `assistant doctor --rebuild`.")
            self._write(segment)
            names.append(segment.name)
        return names

    def complete(self, *, anew: bool = False) -> None:
        """Brings the segments to what answers: writes what none holds, puts together what is small or mostly of no use
        any more, and deletes the files that nothing refers to. With ``anew`` all are written again. Raises
        StorageError, DamagedIndex where a vector is missing."""
        names = self._catalogue.segments()
        live = self._catalogue.live_keys()
        usable, by_segment, groups = _planned([] if anew else self.opened(names, {}), live)
        held = {usable[at].documents[document] for at, kept in enumerate(by_segment) for document in kept}
        new = self.write({key: self._catalogue.passages(*key) for key in live - held}, self._catalogue.source)
        former = set(names) - {each.name for each in usable}
        for group in groups:
            former |= {usable[at].name for at in group}
            if any(by_segment[at] for at in group):
                merged = files.merged(uuid.uuid4().hex, [(usable[at], by_segment[at]) for at in group])
                self._write(merged)
                new.append(merged.name)
        if former or new:
            self._catalogue.replace_segments(former, new)
        self._sweep(set(self._catalogue.segments()))

    def are_sound(self) -> bool:
        """Whether every segment holds what was written, byte for byte, and together they hold all that answers."""
        names = self._catalogue.segments()
        found = self.opened(names, {})
        live = self._catalogue.live_keys()
        return len(found) == len(names) and live == placed(found, live).keys() and all(map(files.is_sound, found))

    def _made(
        self, name: str, passages: Mapping[Key, Sequence[Passage]], source: Callable[[str], Source]
    ) -> tuple[Segment, bool]:
        ids = list(dict.fromkeys(each.vector_id for found in passages.values() for each in found))
        vectors = self._catalogue.vectors(ids)
        dimension = len(next(iter(vectors.values()), ()))
        documents = ((key, _with_words(source(key[1]), found)) for key, found in passages.items())
        return files.made(name, documents, vectors, dimension), len(vectors) == len(ids)

    def _write(self, segment: Segment) -> None:
        try:
            if not self.folder.is_dir():
                self.folder.unlink(missing_ok=True)
            self.folder.mkdir(exist_ok=True)
            files.write(segment, self.folder)
        except OSError as error:
            raise StorageError(
                f"{self.folder} cannot be written to ({error.strerror}); nothing was changed. "
                "Check its rights and free space."
            ) from None

    def _sweep(self, wanted: set[str]) -> None:
        for file in self.folder.iterdir() if self.folder.is_dir() else ():
            if file.name not in wanted:
                try:
                    file.unlink(missing_ok=True)
                except OSError as error:  # where a reader keeps it from being deleted, the next writer does it
                    _log.info("%s stays for now: %s", file, error.strerror)


def placed(segments: Sequence[Segment], wanted: Iterable[Key]) -> dict[Key, tuple[int, int]]:
    """Of the versions wanted that some segment holds, which one, and the place of its document in it."""
    found: dict[Key, tuple[int, int]] = {}
    for at, segment in enumerate(segments):
        found.update((key, (at, document)) for document, key in enumerate(segment.documents))
    return {key: found[key] for key in wanted if key in found}


def _with_words(source: Source, passages: Sequence[Passage]) -> list[tuple[Passage, str]]:
    return [(each, plain_text(source.quote(each.span))) for each in passages]


def _parts(passages: Mapping[Key, Sequence[Passage]]) -> Iterator[dict[Key, Sequence[Passage]]]:
    part: dict[Key, Sequence[Passage]] = {}
    rows = 0
    for key in sorted(passages):
        part[key] = passages[key]
        rows += len(passages[key])
        if rows >= _MADE:
            yield part
            part, rows = {}, 0
    if part:
        yield part


def _planned(segments: Sequence[Segment], live: set[Key]) -> tuple[Sequence[Segment], list[list[int]], list[list[int]]]:
    """The segments to go on with, of each the places of its documents that answer, and which of them become one. What
    is damaged is left out rather than copied under a digest that says it were sound."""
    by_segment: list[list[int]] = [[] for _ in segments]
    for at, document in sorted(placed(segments, live).values()):
        by_segment[at].append(document)
    groups = _to_merge(segments, by_segment)
    damaged = {at for group in groups for at in group if by_segment[at] and not files.is_sound(segments[at])}
    if damaged:
        return _planned([each for at, each in enumerate(segments) if at not in damaged], live)
    return segments, by_segment, groups


def _to_merge(segments: Sequence[Segment], by_segment: Sequence[Sequence[int]]) -> list[list[int]]:
    """Which segments become one, by their places; those of which nothing answers any more go with the others."""
    used = [
        sum(int(each.firsts[at + 1] - each.firsts[at]) for at in kept)
        for each, kept in zip(segments, by_segment, strict=True)
    ]
    sizes: dict[int, list[int]] = {}
    groups = []
    for at, segment in enumerate(segments):
        if not by_segment[at] or 2 * used[at] < len(segment):
            groups.append([at])
        else:
            sizes.setdefault(_size(used[at]), []).append(at)
    for alike in sizes.values():
        # The smallest first: where all are too many for one, they would else wait for each other for ever.
        alike.sort(key=used.__getitem__)
        rows = np.cumsum([used[at] for at in alike])
        small = alike[: int(np.searchsorted(rows, _LARGEST, side="right"))]
        if len(small) >= _TOGETHER:
            groups.append(sorted(small))
    return groups


def _size(rows: int) -> int:
    """The power of `_TOGETHER` that a number of rows reaches."""
    power = 0
    while rows >= _TOGETHER:
        rows //= _TOGETHER
        power += 1
    return power
