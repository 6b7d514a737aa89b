"""What `assistant doctor` checks, and how it rebuilds an index."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.assistant import Assistant, open_index
from assistant.documents import loaders
from assistant.documents.model import Source
from assistant.errors import AssistantError, DamagedIndex, JournalError, ModelError
from assistant.index.encoders import open_encoder
from assistant.index.ingest import Progress
from assistant.index.model_choice import ModelChoice
from assistant.index.store import Index
from assistant.journal import Journal
from assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked."""

    good: bool
    sentence: str


def examine() -> Iterator[Finding]:
    """Checks settings, model, corpus and index, each as far as the ones before it allow."""
    try:
        settings = Settings.load()
        yield Finding(True, f"Settings are read; data is kept in {settings.data_dir}.")
        encoder = open_encoder(ModelChoice.of(settings))
        encoder.embed_query("ready?")
        yield Finding(True, f"The embedding model {encoder.identity} answers.")
    except AssistantError as error:
        yield Finding(False, str(error))
        return
    yield from _examine_model(settings)
    yield from _examine_journal(settings)
    yield from _examine_corpus(settings)
    try:
        assistant = Assistant.open(settings, switch=False)
        assistant.index.catalogue.check()
        status = assistant.status()
        yield Finding(
            True,
            f"The index holds {status.sources} sources, {status.provisions} provisions and {status.passages} passages "
            f"(generation {status.generation}).",
        )
        if status.encoder != encoder.identity:
            yield Finding(
                False,
                f"The index was made with {status.encoder} and is searched by it; `assistant doctor --rebuild` embeds "
                "everything anew.",
            )
        if assistant.index.is_current():
            yield Finding(True, "The vectors are up to date.")
        else:
            assistant.index.repair()
            done = assistant.index.is_current()
            yield Finding(
                done, f"The vectors were behind and {'are brought' if done else 'cannot be brought'} up to date."
            )
    except AssistantError as error:
        yield Finding(False, str(error))


def _examine_journal(settings: Settings) -> Iterator[Finding]:
    """Whether what was recorded is what was written."""
    try:
        checked = Journal(settings.data_dir).verify()
    except JournalError as error:
        yield Finding(False, str(error))
        return
    if checked.problem:
        yield Finding(False, f"The journal is not what was written. {checked.problem}")
    else:
        yield Finding(True, f"The journal has {checked.records} records and is sound.")


def _examine_model(settings: Settings) -> Iterator[Finding]:
    """Whether the chat model that is set answers at all; nothing of the corpus is sent to it."""
    if settings.model is None:
        yield Finding(True, "No chat model is set: answers are made of quotations.")
        return
    from langchain_core.messages import HumanMessage

    from assistant.answering.chatting.chat import Usage, open_chat

    try:
        chat = open_chat(settings)
        until = time.monotonic() + settings.model_deadline_seconds
        next(chat.stream([HumanMessage("Answer with an empty list.")], until=until, usage=Usage()), None)
        yield Finding(
            True,
            f"The chat model {chat.name} answers; it has {settings.model_deadline_seconds:g} seconds for an answer.",
        )
    except ModelError as error:
        yield Finding(False, f"The chat model {settings.model} is set and does not answer ({error.reason}).")
    except AssistantError as error:
        yield Finding(False, str(error))


def _examine_corpus(settings: Settings) -> Iterator[Finding]:
    try:
        sources = {source.id: source for source in map(loaders.load, loaders.find(settings.corpus_dir))}
    except AssistantError as error:
        yield Finding(False, str(error))
        return
    broken = [sentence for source in sources.values() for sentence in _broken_references(source, sources)]
    yield from (Finding(False, sentence) for sentence in broken)
    if not broken:
        yield Finding(True, f"The {len(sources)} built-in sources are sound, and what they refer to is there.")


def _broken_references(source: Source, sources: dict[str, Source]) -> Iterator[str]:
    """What a source says of other sources' provisions that those do not have."""
    for event in source.events:
        actor = sources.get(event.by)
        if actor and event.by_provision and actor.provision(event.by_provision) is None:
            yield f"{source.id}: the event of {event.date} names {event.by_provision!r}, which {event.by} has not."
    for norm in source.norms:
        for source_id, label in norm.bends:
            bent = sources.get(source_id)
            if bent is None or bent.provision(label) is None:
                yield f"{source.id}: the norm of {norm.provision!r} bends {source_id}#{label}, which is not there."


def rebuild_index(progress: Progress) -> Iterator[str]:
    """Brings a damaged index back: its vectors from its catalogue, or all of it from the built-in sources where the
    catalogue itself is damaged; that is set aside, not deleted. Yields what was done, a sentence each."""
    settings = Settings.load()
    try:
        index = open_index(settings)
        index.catalogue.check()
        index.snapshot()
        index.put((), switch=True, progress=progress)  # embeds all anew where the embedding model is another one
        index.repair()
        yield "The vectors were rebuilt from the catalogue."
    except DamagedIndex as error:
        aside = Index.set_aside(settings.data_dir)
        yield f"{error}"
        yield f"The damaged catalogue was moved to {aside}. Documents you had added must be added again."
    Assistant.open(settings, progress=progress)
    yield "The index is complete."
