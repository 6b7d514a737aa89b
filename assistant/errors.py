"""What can go wrong, each with the sentence a user sees.

AssistantError
├── QuestionError       the question or the date asked about cannot be used
├── SettingsError       a setting is unknown or has a value it cannot have
├── SourceError         a file or its front matter cannot become a source; says file, field and what is wrong
│   └── UnknownSource   no source of that id is in the index
├── EvaluationError     a question set, a report or a gate's file cannot be used; says file, line and what is wrong
├── EncoderError        the embedding model is missing, changed or cannot run
├── ModelError          the chat model failed; no user sees it raised, the writer without a model takes over and says so
├── JournalError        the journal cannot be read or written
│   ├── DamagedJournal  the journal's file cannot be read any more, or is none
│   └── UnknownEntry    no entry of that id is in the journal
└── StorageError        the data folder or the index in it cannot be read or written
    ├── DamagedIndex    the index cannot be read any more; says how to rebuild it
    └── IndexBusy       another process is writing and did not finish in time

Every message is one sentence or two: what happened, where, and what to do. Surfaces show it as it is.
"""

from __future__ import annotations

from pathlib import Path


class AssistantError(Exception):
    """The root of everything this package raises on purpose."""


class QuestionError(AssistantError):
    """The question, its history or its date cannot be used."""


class SettingsError(AssistantError):
    """A setting is unknown or has a value it cannot have."""


class SourceError(AssistantError):
    """A file cannot become a source."""

    def __init__(self, where: Path | str, what: str, *, field: str | None = None) -> None:
        self.where = str(where)
        self.field = field
        self.what = what
        place = f"{where}, field {field!r}" if field else str(where)
        super().__init__(f"{place}: {what}")


class UnknownSource(SourceError):
    """No source of that id is in the index."""

    def __init__(self, source_id: str) -> None:
        super().__init__(source_id, "no source of this id is in the index; `assistant sources` lists them.")


class EvaluationError(AssistantError):
    """A question set, a report of an evaluation or a file of the gate cannot be used."""


class EncoderError(AssistantError):
    """The embedding model is missing, changed or cannot run."""


class ModelError(AssistantError):
    """The chat model did not answer, not in time, or not in a form that can be read. ``reason`` is the name of a phrase
    under ``model.reasons`` in prompts/, ``values`` what it names."""

    def __init__(self, reason: str, **values: object) -> None:
        self.reason = reason
        self.values = values
        super().__init__(f"The chat model failed: {reason}.")


class JournalError(AssistantError):
    """The journal cannot be read or written."""


class DamagedJournal(JournalError):
    """The journal's file cannot be read any more, or is none."""


class UnknownEntry(JournalError):
    """No entry of that id is in the journal, or the caller may not see it."""

    def __init__(self, entry_id: str) -> None:
        super().__init__(f"No entry {entry_id!r} is in the journal; `assistant journal list` shows what is.")


class StorageError(AssistantError):
    """The data folder or the index in it cannot be read or written."""


class DamagedIndex(StorageError):
    """The index cannot be read any more."""


class IndexBusy(StorageError):
    """Another process is writing and did not finish in time."""
