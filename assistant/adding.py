"""Files → the index, step by step: read, then committed whenever it is enough for a step, and each file reported.

Stopping loses the step under way; adding the same again goes on from there. A file that cannot be used costs itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assistant.documents import stated
from assistant.documents.edits import edited
from assistant.documents.loaders import Format
from assistant.documents.loaders.batch import Batch, Read
from assistant.documents.model import Guess, Original, Source
from assistant.errors import SourceError
from assistant.index.ingest import CORPUS_ORIGIN, Progress
from assistant.index.records import StoredSource, version_of
from assistant.index.store import Index
from assistant.settings import ReadingSettings

# What is committed by itself: a minute's embedding or so.
_STEP_FILES = 256
_STEP_CHARACTERS = 1_000_000
# The stored text of these is the file itself, character by character; of others the file is kept.
_VERBATIM = frozenset({Format.MARKDOWN, Format.TEXT})

Reading = Callable[[int, int], None]
"""Called with how many files have been read, and how many there are as far as is known."""


class Outcome(StrEnum):
    """What became of a file."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file: the id of its source, or why it has none; ``notices`` say what of it was not read,
    ``guesses`` what was read off it and waits for somebody to confirm it."""

    name: str
    outcome: Outcome
    source_id: str | None = None
    error: SourceError | None = None
    notices: tuple[str, ...] = ()
    guesses: tuple[Guess, ...] = ()


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of every file, and how many passages were embedded for them."""

    files: tuple[FileReport, ...]
    embedded: int

    @property
    def added(self) -> list[str]:
        """The ids of the sources that are new."""
        return self._ids(Outcome.ADDED)

    @property
    def changed(self) -> list[str]:
        """The ids of the sources that took the place of a former version."""
        return self._ids(Outcome.CHANGED)

    @property
    def unchanged(self) -> list[str]:
        """The ids of the sources that were there already."""
        return self._ids(Outcome.UNCHANGED)

    def as_json(self) -> dict[str, Any]:
        """The report as plain data: source ids, and the files that failed or were not read whole."""
        return {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "embedded": self.embedded,
            "failed": [
                {"name": each.name, "field": each.error.field, "why": each.error.what}
                for each in self.failed
                if each.error
            ],
            "notices": [
                {"name": each.name, "source_id": each.source_id, "notices": list(each.notices)}
                for each in self.files
                if each.notices
            ],
            "guessed": [
                {"source_id": each.source_id, "guesses": [asdict(guess) for guess in each.guesses]}
                for each in self.files
                if each.guesses
            ],
        }

    def _ids(self, outcome: Outcome) -> list[str]:
        return [each.source_id for each in self.files if each.outcome is outcome and each.source_id is not None]

    @property
    def failed(self) -> list[FileReport]:
        """The files that could not be used."""
        return [each for each in self.files if each.outcome is Outcome.FAILED]


class Adding:
    """One run over what a caller named. Use it once."""

    def __init__(
        self,
        index: Index,
        settings: ReadingSettings,
        *,
        progress: Progress | None = None,
        groups: frozenset[str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        """``progress`` hears of the passages embedded in the step under way; ``groups`` are those of who adds;
        ``fields`` are stated of every source added. Raises SourceError where one of them cannot be."""
        self._fields = stated.parsed("what is set", fields or {})
        self._groups = groups
        self._index = index
        self._settings = settings
        self._progress = progress
        self._taken: dict[str, str] = {}
        self._reports: list[FileReport] = []
        self._embedded = 0

    def run(self, paths: Sequence[Path | str], *, reading: Reading | None = None) -> AddReport:
        """Adds every file at the paths; see `Assistant.add`."""
        visible = self._index.snapshot(self._groups).sources
        known = {
            (origin, original.digest): source_id
            for source_id, (origin, original) in self._index.catalogue.originals().items()
            if original.read_by == _program()
            and source_id in visible
            # What is stated of a file can have changed though the file has not.
            and not self._fields
            and stated.sidecar(Path(origin)) is None
        }
        with Batch(self._settings, known) as batch:
            step: list[Read] = []
            characters = 0
            for read in batch.read(paths, reading or (lambda _done, _total: None)):
                step.append(read)
                characters += len(read.loaded.source.text) if read.loaded else 0
                if len(step) >= _STEP_FILES or characters >= _STEP_CHARACTERS:
                    self._commit(step, batch)
                    step, characters = [], 0
            self._commit(step, batch)
        return AddReport(tuple(self._reports), self._embedded)

    def _commit(self, step: Sequence[Read], batch: Batch) -> None:
        """Makes a step's sources live, all at once, and reports what became of its files."""
        if not any(read.loaded for read in step):  # nothing to write, nor to wait for who is writing
            self._reports += [self._without_source(read) for read in step]
            return
        with self._index.writing() as writer:
            newest, edits = self._index.catalogue.newest(), self._index.catalogue.edits()
            decided = [
                self._stored(read, newest, edits) if read.loaded else self._without_source(read) for read in step
            ]
            put = [each for each in decided if isinstance(each, StoredSource)]
            for read, each in zip(step, decided, strict=True):
                if isinstance(each, StoredSource) and each.source.original and read.file.path:
                    writer.keep_original(read.file.path, each.source.original.digest)
            withdrawn = self._index.catalogue.withdrawn() - {each.source.id for each in put}
            done = writer.put(put, withdrawn=withdrawn, progress=self._progress)
        self._embedded += done.embedded
        outcomes = {
            **dict.fromkeys(done.added, Outcome.ADDED),
            **dict.fromkeys(done.changed, Outcome.CHANGED),
            **dict.fromkeys(done.unchanged, Outcome.UNCHANGED),
        }
        for read, each in zip(step, decided, strict=True):
            if isinstance(each, StoredSource):
                notices = read.loaded.notices if read.loaded else ()
                outcome, source = outcomes[each.source.id], each.source
                guesses = source.guesses if outcome is not Outcome.UNCHANGED else ()
                each = FileReport(read.file.name, outcome, source.id, notices=notices, guesses=guesses)
            self._reports.append(each)
            batch.release(read)

    def _without_source(self, read: Read) -> FileReport:
        if read.known_as is not None:
            self._taken[read.known_as] = read.file.name
            return FileReport(read.file.name, Outcome.UNCHANGED, read.known_as)
        return FileReport(read.file.name, Outcome.FAILED, error=read.error)

    def _stored(
        self, read: Read, newest: Mapping[str, tuple[str, str]], edits: Mapping[str, Mapping[str, str]]
    ) -> StoredSource | FileReport:
        """A file's source as the index will hold it, or a report why it cannot: its id is another's, or what is stated
        of it beside the file cannot be."""
        assert read.loaded is not None  # noqa: S101 - the caller has looked
        name = read.file.name
        try:
            source, is_named = self._described(read.loaded.source, read)
        except SourceError as error:
            return FileReport(name, Outcome.FAILED, error=error)
        source = edited(source, edits.get(source.id, {}))
        origin, digest = newest.get(source.id, (None, None))
        problem = None
        if self._is_barred(source):
            problem = "this id, or one of the groups, is not yours to use; choose another."
        elif source.id in self._taken:
            problem = f"{source.id!r} is also the id of {self._taken[source.id]}; ids are unique."
        elif not is_named and version_of(source) != digest:
            problem = _of_another(source.id, read.file.origin, origin)
        if problem is not None:
            return FileReport(name, Outcome.FAILED, error=SourceError(name, problem, field="id"))
        self._taken[source.id] = name
        return StoredSource(source, read.file.origin)

    def _described(self, source: Source, read: Read) -> tuple[Source, bool]:
        """A source as read, with what its side-car and whoever adds it state of it; and whether somebody gave it its
        id, or it was made from the file's name. Raises SourceError."""
        beside = stated.sidecar(Path(read.file.origin)) if read.file.url is None else None
        fields = {**(stated.read(beside) if beside else {}), **self._fields}
        if read.loaded is not None and read.loaded.format not in _VERBATIM:
            original = Original(read.digest, read.loaded.format.value, _program())
            source = dataclasses.replace(source, original=original)
        is_named = "id" in fields or (read.loaded is not None and read.loaded.format is Format.MARKDOWN)
        return stated.applied(source, fields), is_named

    def _is_barred(self, source: Source) -> bool:
        """Whether whoever adds may not see the source of this id, or would keep what is added to groups of others."""
        if self._groups is None:
            return False
        known = self._index.snapshot().headers.get(source.id)
        return not source.groups <= self._groups or (known is not None and not known.is_open_to(self._groups))


def _of_another(source_id: str, origin: str, known: str | None) -> str | None:
    """Why a source whose id was made from its file's name must not take the place of the one that has it: two files
    of one name are not two editions of one text. Where the other file is gone, this one is taken to be it, moved."""
    if known is None or known == origin:
        return None
    if known == CORPUS_ORIGIN:
        return f"{source_id!r} is the id of a built-in source; rename the file, or remove that source first."
    place = Path(known)
    if not any(each.is_file() for each in (place, *place.parents)):
        return None
    return (
        f"{source_id!r} is the id of {known}; rename the file, or, where it is a new edition of the same text, "
        f"write `id: {source_id}` into a side-car file beside it."
    )


def _program() -> str:
    return version("export-control-assistant")
