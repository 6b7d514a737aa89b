"""A reader's desk: the assistant, the journal and the words, for one caller and one request."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from functools import cached_property

from assistant.answering.model import Began, Said
from assistant.assistant import Assistant
from assistant.documents.headers import Header
from assistant.documents.model import Source
from assistant.documents.naming import label_name, short_name
from assistant.documents.selection import jurisdiction_of
from assistant.errors import UnknownEntry, UnknownSource
from assistant.index.records import version_of
from assistant.index.snapshot import Snapshot
from assistant.journal import Entry, Journal, Rating
from assistant.server.asking import Asked, Told, stream
from assistant.server.caller import Caller, Role
from assistant.server.context import Context
from assistant.ui.turns import Reader
from assistant.ui.wording import Wording

CHANNEL = "ui"


@dataclass(frozen=True)
class Desk:
    """What a page may do for its reader. Nothing that the caller may not see passes it."""

    context: Context
    caller: Caller
    wording: Wording

    @property
    def journal(self) -> Journal:
        """What was asked and answered."""
        return self.context.journal

    @property
    def ready(self) -> bool:
        """Whether the assistant answers yet."""
        return self.context.is_ready

    @property
    def failure(self) -> str:
        """Why the assistant could not start; empty where it could, or may yet."""
        return str(self.context.failure or "")

    @property
    def progress(self) -> tuple[int, int] | None:
        """How many passages of the first index are done, of how many; ``None`` where none are read in."""
        return self.context.progress

    @property
    def assistant(self) -> Assistant:
        """The one assistant. Raises NotReady."""
        return self.context.assistant

    def sources(self) -> list[Source]:
        """The sources that the caller may see, whole."""
        return self.assistant.sources(self.caller.groups)

    @property
    def headers(self) -> Mapping[str, Header]:
        """What is known of the sources that the caller may see, without their texts, by id."""
        return self._seen.headers

    @cached_property
    def _seen(self) -> Snapshot:
        return self.assistant.index.snapshot(self.caller.groups)

    def jurisdictions(self) -> list[str]:
        """The jurisdictions of the sources that the caller may see, for the filters."""
        return sorted({jurisdiction_of(each) for each in self.headers.values()} - {""})

    def name_of(self, source_id: str) -> str:
        """A source's short name in the language of the page; its id where the caller does not know it."""
        source = self.headers.get(source_id)
        return short_name(source, self.wording.language) if source else source_id

    def label_of(self, source_id: str, label: str) -> str:
        """What a provision is called in the language of the page; its label where the caller does not know the
        source."""
        source = self._seen.sources.get(source_id)
        return label_name(source, label, self.wording.language) if source else label

    def reader(self) -> Reader:
        """How answers are shown to the caller."""
        return Reader(self.wording, self.name_of, self.label_of)

    def stream(self, asked: Asked) -> AsyncGenerator[Began | Said | Told]:
        """The answer as it comes, the whole of it with its entry in the journal."""
        return stream(self.context, self.caller, asked, channel=CHANNEL)

    def entry(self, entry_id: str) -> Entry:
        """An entry of the journal; a reader gets their own. Raises UnknownEntry, also where it may not be seen."""
        found = self.journal.entry(entry_id, groups=self.caller.groups)
        if self.caller.role is Role.READER and found.caller != self.caller.name:
            raise UnknownEntry(entry_id)
        return found

    def version(self, source_id: str, digest: str) -> tuple[Source, str]:
        """A source at the version of a digest, the present one where none is named, and what is to be said of it.

        Raises UnknownSource where the caller may not see the source, SourceError where that version is not kept.
        """
        groups = self.caller.groups
        if not digest:
            return self.assistant.source(source_id, groups), ""
        version = self.assistant.version(source_id, digest, groups)
        try:
            present = version_of(self.assistant.source(source_id, groups))
        except UnknownSource:
            return version.source, self.wording("source.gone")
        return version.source, "" if present == digest else self.wording("source.older_version")

    def feedback(self, entry_id: str, rating: Rating, comment: str) -> None:
        """Records what the caller says of an answer."""
        self.journal.feedback(
            entry_id, rating, caller=self.caller.name, channel=CHANNEL, comment=comment, groups=self.caller.groups
        )

    def cited_in(self, source_id: str) -> int:
        """How many answers of the journal rest on a source."""
        return len(self.journal.resting_on(source_id, groups=self.caller.groups))
