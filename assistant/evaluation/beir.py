"""Retrieval alone over a folder in BEIR's format: how well, how fast in, how fast out."""

from __future__ import annotations

import csv
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from assistant.errors import EvaluationError
from assistant.evaluation import ranking
from assistant.evaluation.statistics import estimate

CUT = 10
SCORES: dict[str, Callable[[Sequence[str], Mapping[str, int], int], float]] = {
    f"Recall@{CUT}": ranking.recall,
    f"MAP@{CUT}": ranking.average_precision,
    f"nDCG@{CUT}": ranking.ndcg,
    f"MRR@{CUT}": ranking.reciprocal_rank,
}
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much there is."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands: its document and its label there."""

    source: str = "beir"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """Passages and where each stands, in the order of their documents' texts; queries, and of every judged query the
    relevant passages with their gains."""

    name: str
    passages: Mapping[str, str]
    places: Sequence[Place]
    queries: Mapping[str, str]
    relevant: Mapping[str, Mapping[str, int]]


class Ranker(Protocol):
    """What can rank passages."""

    name: str

    def ingest(self, texts: Sequence[str]) -> None:
        """Takes in the passages."""
        ...

    def rank(self, query: str, count: int) -> list[int]:
        """The places of the best passages, best first."""
        ...


def load(folder: Path, split: str | None = None) -> Collection:
    """A BEIR folder: ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/SPLIT.tsv``. Without a split named it is the only
    one there is, else ``test``. Empty passages are left out; queries that nothing is relevant to are not asked. What
    the ``metadata`` of passages says of their place is taken up: document (``source``), ``label`` there and ``order``.

    Raises EvaluationError naming file and line where something is missing or broken.
    """
    judged = _judgements(folder / "qrels", split)
    corpus = _in_order(list(_records(folder / "corpus.jsonl")))
    passages = {each["_id"]: f"{each.get('title', '')} {each['text']}".strip() for each in corpus}
    queries = {each["_id"]: each["text"] for each in _records(folder / "queries.jsonl")}
    relevant: dict[str, dict[str, int]] = {}
    for place, query, passage, gain in _rows(judged):
        if query not in queries:
            raise EvaluationError(f"{place}: the query {query!r} is not in queries.jsonl.")
        if gain > 0:
            relevant.setdefault(query, {})[passage] = gain
    if not relevant:
        raise EvaluationError(f"{judged}: nothing is relevant to any query.")
    kept = {each: text for each, text in passages.items() if text}
    if not kept:
        raise EvaluationError(f"{folder / 'corpus.jsonl'}: there is no passage with text.")
    places = {each["_id"]: _place(each) for each in corpus}
    return Collection(
        f"{folder.name}/{judged.stem}",
        kept,
        [places[each] for each in kept],
        {each: queries[each] for each in relevant},
        relevant,
    )


def evaluate(collection: Collection, ranker: Ranker, progress: Progress | None = None) -> dict[str, Any]:
    """One ranker over one collection, as plain data: the scores with 95 % intervals, seconds and passages per second of
    taking the passages in, milliseconds a query."""
    return {**ingest(collection, ranker, progress), **rank_all(collection, ranker, progress)}


def ingest(collection: Collection, ranker: Ranker, progress: Progress | None = None) -> dict[str, Any]:
    """Has a ranker take the passages in: seconds and passages per second."""
    texts = list(collection.passages.values())
    if progress:
        progress(f"{ranker.name}: taking in", 0, len(texts))
    start = time.perf_counter()
    ranker.ingest(texts)
    seconds = time.perf_counter() - start
    return {"ingest_seconds": round(seconds, 2), "passages_per_second": round(len(texts) / seconds, 1)}


def rank_all(collection: Collection, ranker: Ranker, progress: Progress | None = None) -> dict[str, Any]:
    """Asks every query of a ranker that has taken the passages in."""
    ids = list(collection.passages)
    parts: dict[str, dict[str, float]] = {}
    milliseconds = []
    for done, (query_id, text) in enumerate(collection.queries.items()):
        if progress and done % 20 == 0:
            progress(f"{ranker.name}: asking", done, len(collection.queries))
        start = time.perf_counter()
        # One more than counted: BEIR leaves out a passage that is the query itself.
        places = ranker.rank(text, CUT + 1)
        milliseconds.append(1000 * (time.perf_counter() - start))
        ranked = [ids[place] for place in places if ids[place] != query_id][:CUT]
        parts[query_id] = {name: score(ranked, collection.relevant[query_id], CUT) for name, score in SCORES.items()}
    figures = {
        name: estimate([(scores[name], 1.0) for scores in parts.values()], list(parts), "share").as_json()
        for name in SCORES
    }
    return {
        "name": ranker.name,
        **{name: round(float(figure["value"] or 0), 4) for name, figure in figures.items()},
        "intervals": {name: [figure["low"], figure["high"]] for name, figure in figures.items()},
        "query_p50_ms": round(float(np.percentile(milliseconds, 50)), 2),
        "query_p95_ms": round(float(np.percentile(milliseconds, 95)), 2),
        "queries": {
            query_id: {name: round(value, 4) for name, value in scores.items()} for query_id, scores in parts.items()
        },
    }


@contextmanager
def scratch(data_dir: Path) -> Iterator[Path]:
    """A folder under the data folder that is gone afterwards.

    Raises EvaluationError where it cannot be made.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(dir=data_dir, prefix="evaluation-", ignore_cleanup_errors=True)
    except OSError as error:
        raise EvaluationError(f"{data_dir}: no folder for the evaluation can be made: {error.strerror}.") from None
    with folder as path:
        yield Path(path)


def _judgements(folder: Path, split: str | None) -> Path:
    there = sorted(each.stem for each in folder.glob("*.tsv"))
    wanted = split or (there[0] if len(there) == 1 else "test")
    if wanted not in there:
        found = f"there are {', '.join(there)}" if there else "there is none"
        raise EvaluationError(f"{folder}: there is no split {wanted!r}; {found}.")
    return folder / f"{wanted}.tsv"


def _records(file: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_text(file).split("\n"), start=1):
        if line.strip():
            try:
                record = json.loads(line)
                if not isinstance(record["_id"], str) or not isinstance(record["text"], str):
                    raise TypeError
            except (ValueError, KeyError, TypeError):
                raise EvaluationError(
                    f"{file}, line {number}: not a JSON object with the strings _id and text."
                ) from None
            yield record


def _in_order(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records document by document, each in its order; as they are where not all of them say it."""
    told = [_metadata(each) for each in records]
    if not all(isinstance(each.get("order"), int) for each in told):
        return records
    documents = {each: number for number, each in enumerate(dict.fromkeys(str(each.get("source")) for each in told))}
    return [
        record
        for _, record in sorted(
            zip(told, records, strict=True), key=lambda each: (documents[str(each[0].get("source"))], each[0]["order"])
        )
    ]


def _place(record: dict[str, Any]) -> Place:
    """Where a passage stands, as far as its metadata says."""
    told = _metadata(record)
    source, label = told.get("source"), told.get("label")
    return Place(f"beir-{source}" if source else "beir", str(label or ""))


def _metadata(record: dict[str, Any]) -> dict[str, Any]:
    told = record.get("metadata")
    return told if isinstance(told, dict) else {}


def _rows(file: Path) -> Iterator[tuple[str, str, str, int]]:
    """Place, query, passage and gain of every line after the heading."""
    rows = csv.reader(_text(file).splitlines(), delimiter="\t")
    for number, row in enumerate(rows, start=1):
        if number == 1 or not row:
            continue
        try:
            query, passage, gain = row[0], row[1], int(row[2])
        except (IndexError, ValueError):
            raise EvaluationError(
                f"{file}, line {number}: not query, passage and a whole number, set apart by tabs."
            ) from None
        yield f"{file}, line {number}", query, passage, gain


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{file}: the file cannot be read: {error}.") from None
