"""Questions → answers, one after another, kept as they come so that an interrupted run goes on where it stopped."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from assistant.answering.model import Answer
from assistant.documents.model import Source
from assistant.errors import AssistantError, EvaluationError
from assistant.evaluation.answers import Given, from_json
from assistant.evaluation.metrics import Case
from assistant.evaluation.questions import GoldQuestion
from assistant.index.records import record_of
from assistant.retrieval.question import Turn

Progress = Callable[[int, int], None]
"""Called with how many questions are answered and how many there are."""


class Answerer(Protocol):
    """What can be evaluated: our assistant, a variation of it, or a peer.

    ``identity`` names everything the answers depend on but the questions and the corpus; a kept answer is used again
    only for the same identity.
    """

    name: str
    identity: str

    def ask(self, question: str, *, as_of: dt.date, history: Sequence[Turn]) -> Answer:
        """The answer."""
        ...

    def confidence(self, question: str, *, as_of: dt.date, history: Sequence[Turn]) -> float | None:
        """The score of the best evidence, comparable between questions; ``None`` where there is none."""
        ...


class Kept:
    """The answers of an unfinished run, one JSON object a line: appended at once, so that a kill loses one at most."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._records = _read(path) if path and path.exists() else {}

    def get(self, key: str) -> dict[str, Any] | None:
        """The record kept under a key."""
        return self._records.get(key)

    def put(self, key: str, record: Mapping[str, Any]) -> None:
        """Keeps a record, in memory and on disk.

        Raises EvaluationError where it cannot be written.
        """
        self._records[key] = dict(record)
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                # A line that a kill tore off is closed first, so that it spoils nothing but itself.
                file.write("\n" if _torn(self._path) else "")
                file.write(json.dumps({"key": key, **record}, ensure_ascii=False) + "\n")
        except OSError as error:
            raise EvaluationError(f"{self._path}: answers cannot be kept: {error.strerror}.") from None

    def discard(self) -> None:
        """Deletes the file: the run is finished and its report written."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)


def run(
    questions: Sequence[GoldQuestion],
    answerer: Answerer,
    sources: Mapping[str, Source],
    *,
    as_of: dt.date | None = None,
    kept: Kept | None = None,
    progress: Progress | None = None,
) -> list[tuple[Case, dict[str, Any]]]:
    """Every question with its answer, and the answer as it is kept; see `answers.from_json` for its shape.

    A question that the answerer refuses with an AssistantError counts as answered wrongly; any other exception is a
    fault of the program and ends the run, with what was answered kept.
    """
    kept = kept or Kept(None)
    corpus = fingerprint(sources)
    cases = []
    for done, question in enumerate(questions):
        if progress:
            progress(done, len(questions))
        on = question.on(as_of)
        key = _key(question, on, corpus, answerer.identity)
        record = kept.get(key)
        if record is None:
            record = _asked(question, on, answerer)
            kept.put(key, record)
        given = from_json(record)
        cases.append((Case(question, given, sources, _answered_for(question, given, on)), record))
    if progress:
        progress(len(questions), len(questions))
    return cases


def _answered_for(question: GoldQuestion, given: Given, on: dt.date) -> dt.date:
    """The day that an answer is judged on: the one asked about, but for a follow-up, which may name another, the one
    the answer says it is for. Whether that is the right one shows in its verdict and points."""
    return dt.date.fromisoformat(given.as_of) if question.history and given.as_of else on


def fingerprint(sources: Mapping[str, Source]) -> str:
    """A digest of everything the corpus says; equal exactly when the sources are."""
    digest = hashlib.sha256()
    for source_id in sorted(sources):
        digest.update(record_of(sources[source_id]) + b"\0")
    return digest.hexdigest()[:16]


def _asked(question: GoldQuestion, on: dt.date, answerer: Answerer) -> dict[str, Any]:
    start = time.perf_counter()
    answer, error = None, None
    try:
        answer = answerer.ask(question.question, as_of=on, history=question.history).as_json()
    except AssistantError as failed:
        error = str(failed)
    except Exception as failed:
        failed.add_note(f"while answering {question.id!r} ({question.place})")
        raise
    milliseconds = round(1000 * (time.perf_counter() - start), 2)
    confidence = None
    if error is None:
        confidence = answerer.confidence(question.question, as_of=on, history=question.history)
    return {"id": question.id, "answer": answer, "ms": milliseconds, "confidence": confidence, "error": error}


def _key(question: GoldQuestion, on: dt.date, corpus: str, identity: str) -> str:
    turns = [[turn.role, turn.content] for turn in question.history]
    content = json.dumps([question.question, on.isoformat(), turns, corpus, identity], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """The whole lines of a file of kept answers; a torn one is as good as not written."""
    records = {}
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise EvaluationError(f"{path}: kept answers cannot be read: {error.strerror}.") from None
    for line in lines:
        try:
            record = json.loads(line)
            records[record["key"]] = record
        except (json.JSONDecodeError, KeyError, TypeError):
            continue
    return records


def _torn(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, 2) == 0:
            return False
        file.seek(-1, 2)
        return file.read(1) != b"\n"
