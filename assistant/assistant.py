"""The one object that every surface uses: ask, search, add, remove, and the state of the corpus."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from assistant import curation
from assistant.answering.model import Answer, Began, Said
from assistant.curation import Proposal
from assistant.documents import loaders
from assistant.documents.edits import edited
from assistant.documents.headers import Header
from assistant.documents.model import Source
from assistant.documents.selection import EVERYTHING, Selection
from assistant.documents.versions import Version, holding
from assistant.errors import EncoderError, IndexBusy, SourceError, UnknownSource
from assistant.index.encoders import open_encoder
from assistant.index.ingest import CORPUS_ORIGIN, Progress, Report
from assistant.index.model_choice import ModelChoice, packaged_digest
from assistant.index.records import StoredSource
from assistant.index.store import Index
from assistant.retrieval.dates import date_meant, date_named, suspensions
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.question import Question, Turn, understand
from assistant.retrieval.references import SourceNames
from assistant.settings import Settings, packaged

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

    from assistant.adding import AddReport, Reading
    from assistant.answering.chain import Writer
    from assistant.index.snapshot import Snapshot
    from assistant.retrieval.retriever import EvidenceRetriever

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the corpus in the index."""

    data_dir: Path
    generation: int
    sources: int
    provisions: int
    passages: int
    encoder: str


class Assistant:
    """Answers from the index in one data folder."""

    def __init__(self, settings: Settings, index: Index) -> None:
        """Use `open`, which also brings the index up to date."""
        self.settings = settings
        self.index = index

    @classmethod
    def open(
        cls, settings: Settings | None = None, *, switch: bool = True, progress: Progress | None = None
    ) -> Assistant:
        """Opens the index, building it from the built-in sources at first use or when they have changed.

        Where the index is by another embedding model than the one that is set, everything is embedded anew first;
        without ``switch`` it answers by that other one as long as it can be opened, and `update` does the rest.
        Raises SettingsError, StorageError, EncoderError, or SourceError where a built-in source is broken.
        """
        settings = settings or Settings.load()
        assistant = cls(settings, open_index(settings))
        if switch or not assistant._can_wait():
            assistant.update(progress)
        return assistant

    def _can_wait(self) -> bool:
        """Whether the index is by another model than the one that is set, and can go on answering by it."""
        if not self.index.is_by_another_model():
            return False
        try:
            self.index.encoder_of(self.index.snapshot())
        except EncoderError:
            return False
        return True

    def ask(
        self,
        question: str,
        *,
        as_of: dt.date | None = None,
        history: Sequence[Turn] = (),
        groups: frozenset[str] | None = None,
    ) -> Answer:
        """The answer to a question on a date, in the light of earlier turns. Where no date is given it is the one that
        the question names ("last October", "during the suspension"), and the answer says so; else today.

        ``groups`` are those of who asks: it rests on the sources open to all and to one of them, and nothing in it
        tells that there are others. ``None`` is the owner, who sees everything; so it is wherever groups are asked for.

        Raises QuestionError where the question or the date cannot be used.
        """
        # Invoked, the chain gives its last word, and that is the answer.
        return cast(Answer, self._chain.invoke(self._understood(question, as_of, history, groups)))

    def stream(
        self,
        question: str,
        *,
        as_of: dt.date | None = None,
        history: Sequence[Turn] = (),
        groups: frozenset[str] | None = None,
        selection: Selection = EVERYTHING,
    ) -> Iterator[Began | Said | Answer]:
        """The answer as it comes: its verdict, each statement as it is verified, and last the whole, as `ask` gives it.
        Where a ``selection`` leaves sources out, the answer says so.

        Raises QuestionError where the question or the date cannot be used, before anything is yielded.
        """
        asked = self._understood(question, as_of, history, groups)
        return self._chain.stream(dataclasses.replace(asked, selection=selection))

    def search(
        self, question: str, *, k: int = 10, as_of: dt.date | None = None, groups: frozenset[str] | None = None
    ) -> list[Evidence]:
        """The k provisions nearest to a question, best first, with their standing on the date.

        Raises QuestionError where the question or the date cannot be used.
        """
        asked = self._understood(question, as_of, (), groups)
        return list(self.retriever.find(asked, k=k).evidence)

    def _understood(
        self, text: str, as_of: dt.date | None, history: Sequence[Turn], groups: frozenset[str] | None
    ) -> Question:
        """The question, for the date given, else for the one it names in words, else for today. A follow-up is for the
        date of the question before it, unless it names another."""
        day = as_of or dt.date.today()
        glossary = self.retriever.glossary
        asked = understand(text, day, history, groups=groups, glossary=glossary)
        if as_of is not None and asked.carried is None:
            return asked
        snapshot = self.index.snapshot(groups, on=day)
        windows = suspensions(snapshot.headers.values(), snapshot.derived(SourceNames.of).within(asked.search))
        named = date_named(asked.asked, day, windows) or date_meant(asked.asked, [turn.content for turn in history])
        if named is None and as_of is None:
            named = date_named(asked.before, day, windows)
        if named is None:
            return asked
        read = understand(text, named.day, history, groups=groups, glossary=glossary)
        return dataclasses.replace(read, taken_from=named.words)

    def add(
        self,
        paths: Sequence[Path | str],
        *,
        progress: Progress | None = None,
        reading: Reading | None = None,
        groups: frozenset[str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> AddReport:
        """Adds files, the files of folders and archives; a changed file is a new version of its source, and an answer
        as of an earlier date keeps to the wording of that date (`documents.versions` has the rule). The report says
        what became of each; a file that cannot be used costs only itself.

        ``reading`` hears of files read, ``progress`` of passages embedded; ``groups`` are those of who adds: a source
        that is not theirs to see stays as it is; ``fields`` are stated of every source added, as they are typed in
        front matter. Raises SourceError where one of these cannot be, IndexBusy, EncoderError or StorageError; what was
        committed before stays.
        """
        from assistant.adding import Adding

        return Adding(self.index, self.settings.reading, progress=progress, groups=groups, fields=fields).run(
            paths, reading=reading
        )

    def original(self, source_id: str, groups: frozenset[str] | None = None) -> Path | None:
        """The file that a source was read from, byte for byte; ``None`` where its stored text is the file.

        It was made by anybody: whoever shows it must not let it run. Raises UnknownSource.
        """
        kept = self.source(source_id, groups).original
        return self.index.originals.path(kept.digest) if kept else None

    def remove(self, source_id: str) -> Report:
        """Takes a source out of the index: no answer rests on it any more. Its versions stay on record, for the answers
        that did (`version`). A built-in one stays out until it is added again.

        Raises UnknownSource.
        """
        self.source(source_id)
        with self.index.writing() as writer:
            origin, _ = self.index.catalogue.newest().get(source_id, (None, None))
            if origin is None:
                raise UnknownSource(source_id)
            withdrawn = self.index.catalogue.withdrawn()
            if origin == CORPUS_ORIGIN:
                withdrawn |= {source_id}
            forgotten = dict.fromkeys(self.index.catalogue.edits().get(source_id, {}))
            edits = {source_id: forgotten} if forgotten else None
            return writer.put((), remove=frozenset({source_id}), withdrawn=withdrawn, edits=edits)

    def headers(self, groups: frozenset[str] | None = None) -> list[Header]:
        """What is known of the sources that a caller may see, without their texts, by authority and date of issue; no
        source is read for it."""
        return _in_order(self.index.snapshot(groups))

    def sources(self, groups: frozenset[str] | None = None) -> list[Source]:
        """The sources that a caller may see, whole, by authority and date of issue."""
        snapshot = self.index.snapshot(groups)
        return [snapshot.sources[each.id] for each in _in_order(snapshot)]

    def source(self, source_id: str, groups: frozenset[str] | None = None) -> Source:
        """One source as it stands today. Raises UnknownSource, also where the caller may not see it."""
        if groups is not None:
            found = self.index.snapshot(groups).sources.get(source_id)
        else:  # without the rest of the index, which takes longer to read
            held = holding(self.index.catalogue.versions(source_id), dt.date.today())
            found = held.source if held else None
        if found is None:
            raise UnknownSource(source_id)
        return found

    def history(self, source_id: str, groups: frozenset[str] | None = None) -> list[Version]:
        """Every version that was kept of a source, the oldest first, also of one that was removed.

        Raises UnknownSource.
        """
        return curation.history(self.index, source_id, groups)

    def version(self, source_id: str, which: int | str, groups: frozenset[str] | None = None) -> Version:
        """One version of a source by its number or digest, with its text as it was stored; see `history`.

        Raises UnknownSource, or SourceError where the source has no such version.
        """
        return curation.version(self.index, source_id, which, groups)

    def edit(self, source_id: str, changes: Mapping[str, str]) -> Report:
        """Puts fields of a source right, each as it is typed in front matter; see `curation.edit`.

        Raises UnknownSource, or SourceError where a field cannot be this; nothing is changed then.
        """
        return curation.edit(self.index, source_id, changes)

    def proposals(self, source_id: str, groups: frozenset[str] | None = None) -> list[Proposal]:
        """What was read off a source's text and waits for a person to confirm or reject it. Raises UnknownSource."""
        return curation.proposals(self.index, source_id, groups)

    def open_proposals(self, groups: frozenset[str] | None = None) -> dict[str, int]:
        """How many proposals wait, by source."""
        return curation.open_proposals(self.index, groups)

    def confirm(self, source_id: str, keys: Collection[str], groups: frozenset[str] | None = None) -> Report:
        """Records proposals of a source, named by their keys. Raises UnknownSource, SourceError for a key of none."""
        return curation.decide(self.index, source_id, keys, confirm=True, groups=groups)

    def reject(self, source_id: str, keys: Collection[str], groups: frozenset[str] | None = None) -> Report:
        """Drops proposals of a source for good. Raises UnknownSource, SourceError for a key of none."""
        return curation.decide(self.index, source_id, keys, confirm=False, groups=groups)

    def status(self, groups: frozenset[str] | None = None) -> Status:
        """The state of the corpus in the index, as far as a caller may see it."""
        snapshot = self.index.snapshot(groups)
        return Status(
            data_dir=self.settings.data_dir,
            generation=snapshot.generation,
            sources=len(snapshot.sources),
            provisions=sum(each.provisions for each in snapshot.headers.values()),
            passages=len(snapshot.passages),
            encoder=self.index.catalogue.meta("encoder"),
        )

    @cached_property
    def retriever(self) -> EvidenceRetriever:
        """What finds evidence, as a LangChain retriever."""
        from assistant.retrieval.glossary import Glossary
        from assistant.retrieval.retriever import EvidenceRetriever
        from assistant.retrieval.scope import Scope

        folder = self.settings.corpus_dir
        glossary = Glossary.read(folder / "glossary.yaml")
        return EvidenceRetriever(
            index=self.index,
            glossary=glossary,
            scope=Scope.read(folder, glossary, self.settings.data_dir),
        )

    @cached_property
    def _chain(self) -> Runnable[Question, Began | Said | Answer]:
        from assistant.answering.chain import answering_chain
        from assistant.answering.extractive import ExtractiveWriter
        from assistant.answering.phrases import Phrasebook

        spoken = Phrasebook(packaged("prompts"))
        writer: Writer = ExtractiveWriter(spoken)
        if self.settings.model is not None:
            from assistant.answering.generative import generative_writer

            writer = generative_writer(self.settings, spoken)
        return answering_chain(self.retriever.find, writer, spoken)

    def update(self, progress: Progress | None = None) -> None:
        """Brings the built-in sources in the index to the state of their files, and everything to the embedding model
        that is set, in one commit; until then the former state answers, and a run that was stopped is gone on with.

        What a user added under one of the built-in ids, or removed, stays as the user left it. Raises as `open` does.
        """
        catalogue, folder = self.index.catalogue, self.settings.corpus_dir
        choice = ModelChoice.of(self.settings).as_record()
        state = f"{folder_digest(folder)} {choice} {packaged_digest()}"
        if catalogue.meta("corpus") == state:
            return
        read = [StoredSource(source, CORPUS_ORIGIN) for _, source in _with_distinct_ids(loaders.find(folder))]
        # Another process may be at it for long, and what it has not committed yet answers as before.
        answers_meanwhile = self._can_wait()
        try:
            self._put_corpus(read, state, progress, wait_seconds=0 if answers_meanwhile else None)
        except IndexBusy:
            if not answers_meanwhile:
                raise
            _log.warning(
                "Another process is changing the index. Until it is done, answers are found by the embedding model %s.",
                catalogue.meta("encoder"),
            )

    def _put_corpus(
        self, read: Sequence[StoredSource], state: str, progress: Progress | None, *, wait_seconds: float | None
    ) -> None:
        catalogue = self.index.catalogue
        with self.index.writing(switch=True, wait_seconds=wait_seconds) as writer:
            edits = catalogue.edits()
            read = [StoredSource(edited(each.source, edits.get(each.source.id, {})), each.origin) for each in read]
            if catalogue.meta("corpus") == state:  # by another process, while this one waited
                return
            known = catalogue.newest()
            kept = {each for each, (origin, _) in known.items() if origin != CORPUS_ORIGIN} | catalogue.withdrawn()
            built_in = [each for each in read if each.source.id not in kept]
            gone = known.keys() - kept - {each.source.id for each in built_in}
            writer.put(built_in, remove=frozenset(gone), meta={"corpus": state}, progress=progress)


def open_index(settings: Settings) -> Index:
    """The index in the data folder. Its encoder is imported and loaded when it is first needed."""

    choice = ModelChoice.of(settings)
    return Index(
        settings.data_dir, partial(open_encoder, choice), choice=choice, wait_seconds=settings.write_wait_seconds
    )


def _in_order(snapshot: Snapshot) -> list[Header]:
    latest = dt.date.min
    return sorted(
        snapshot.headers.values(), key=lambda each: (-each.kind.authority, each.issued[0].date or latest, each.id)
    )


def folder_digest(folder: Path) -> str:
    """A digest of the names and contents of the readable files in a folder.

    Raises SourceError where the folder or a file of it cannot be read.
    """
    digest = hashlib.sha256()
    for file in loaders.find(folder):
        try:
            content = file.read_bytes()
        except OSError as error:
            raise SourceError(file, f"the file cannot be read: {error.strerror}.") from None
        digest.update(f"{file.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _with_distinct_ids(files: Iterable[Path]) -> list[tuple[Path, Source]]:
    """Each file with its source. Raises SourceError where one cannot be used or two have one id."""
    seen: dict[str, Path] = {}
    read = []
    for file in files:
        source = loaders.load(file)
        if source.id in seen:
            raise SourceError(file, f"{source.id!r} is also the id of {seen[source.id]}; ids are unique.", field="id")
        seen[source.id] = file
        read.append((file, source))
    return read
