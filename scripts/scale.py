"""How the index grows: ingest, disk, opening, memory, query by stage, filters, recall and one more document, at several
sizes.

    python scripts/scale.py CORPUS.jsonl QUERIES.jsonl FOLDER                  # 13,000, 100,000 and 1,000,000 passages
    python scripts/scale.py CORPUS.jsonl QUERIES.jsonl FOLDER --sizes 13000

CORPUS is a corpus in BEIR format whose metadata names each passage's source. Its passages are cut into documents of a
hundred and repeated, in every copy a tenth of the words exchanged and the vector of the real model moved by noise (to a
cosine of about 0.9), so that no two are alike and all are distributed as real ones. FOLDER is kept: a larger size goes
on from a smaller one. Each size is measured by a process of its own that starts cold; its figures are printed as JSON.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import re
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from assistant.assistant import Assistant
from assistant.documents.model import Kind, PartDate, Provision, Source, Span
from assistant.documents.selection import EVERYTHING, Selection
from assistant.index.embedding import Encoder, Progress, Vectors
from assistant.index.encoders import open_encoder
from assistant.index.lexical import tokens
from assistant.index.model_choice import ModelChoice
from assistant.index.records import StoredSource
from assistant.index.store import Index
from assistant.retrieval.question import understand
from assistant.settings import Settings

SIZES = (13_000, 100_000, 1_000_000)
PER_DOCUMENT, PER_COMMIT = 100, 100
EXCHANGED, NOISE = 0.1, 0.5
QUESTIONS, COMPARED = 200, 50
# One document in a hundred is of the first kind and group, one in ten of the second, every other one of the third.
PARTS = {1: (Kind.POLICY, "one"), 10: (Kind.OFFICIAL_QA, "ten"), 50: (Kind.GUIDANCE, "half")}
REST = (Kind.REGULATION, "rest")
_MARK = re.compile(r"\[(\d+)\]: ")
_YEARS = (PartDate(None),)


@dataclass
class Base:
    """The real passages: their words, which of them each document has, and their vectors."""

    words: list[list[str]]
    documents: list[list[int]]
    vectors: Vectors

    @classmethod
    def read(cls, corpus: Path, kept: Path, encoder: Encoder) -> Base:
        """Reads a corpus and embeds it, or takes the vectors that were kept of it."""
        texts: list[str] = []
        by_source: dict[str, list[int]] = {}
        for line in corpus.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["text"].strip():
                by_source.setdefault(row["metadata"]["source"], []).append(len(texts))
                texts.append(row["text"])
        if not kept.exists():
            np.save(kept, encoder.encode(texts))
        cut = (each[at : at + PER_DOCUMENT] for each in by_source.values() for at in range(0, len(each), PER_DOCUMENT))
        return cls([each.split() for each in texts], list(cut), np.load(kept))

    def document(self, number: int) -> Source:
        """The document of a number: a copy of one of the real ones, with other words here and there."""
        chance = random.Random(number)
        part = next((PARTS[each] for each in (1, 10, 50) if number % (100 // each) == each % 2), REST)
        source_id, text, provisions = f"document-{number:06d}", [], []
        at = 0
        for place, base in enumerate(self.documents[number % len(self.documents)]):
            words = [self._exchanged(chance) if chance.random() < EXCHANGED else each for each in self.words[base]]
            text.append(" ".join(words))
            span = Span(at, at + len(text[-1]))
            provisions.append(Provision(source_id, f"{number}.{place} [{base}]", (f"Part {number}",), span, (span,)))
            at = span.end + 2
        return Source(
            id=source_id, title=f"Rulebook {number}", kind=part[0], text="\n\n".join(text),
            provisions=tuple(provisions), issued=_YEARS, effective=_YEARS, language="en",
            groups=frozenset({part[1]}),
        )  # fmt: skip

    def _exchanged(self, chance: random.Random) -> str:
        return chance.choice(self.words[chance.randrange(len(self.words))])


class Moved(Encoder):
    """The real model for questions and whatever else is added; of a document's passage the vector of the real one that
    it was made from, moved by noise."""

    def __init__(self, real: Encoder, base: Base | None = None) -> None:
        self._real, self._base = real, base
        self._chance = np.random.default_rng(1)
        self.choice, self.identity, self.dimension = real.choice, real.identity, real.dimension

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """See Encoder."""
        marks = [_MARK.search(text) for text in texts]
        if self._base is None or not all(marks):
            return self._real.encode(texts, progress=progress)
        rows = self._base.vectors[[int(mark[1]) for mark in marks if mark]]
        noise = self._chance.normal(size=rows.shape, scale=NOISE / np.sqrt(self.dimension))
        moved = (rows + noise).astype(np.float32)
        found: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
        return found

    def embed_query(self, text: str) -> list[float]:
        """See Encoder."""
        return self._real.embed_query(text)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return self._real.embed_queries(texts)


def grow(folder: Path, base: Base, encoder: Encoder, size: int) -> dict[str, Any]:
    """Adds documents until the index has so many passages; returns what that took."""
    index = Index(folder, lambda: Moved(encoder, base))
    number, held = len(index.catalogue.newest()), index.catalogue.size()
    before, began = held, time.perf_counter()
    while held < size:
        batch: list[StoredSource] = []
        while len(batch) < PER_COMMIT and held < size:
            source = base.document(number)
            batch.append(StoredSource(source, "made"))
            number, held = number + 1, held + len(source.provisions)
        index.put(batch)
        print(f"{held:,} passages after {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return {"added": held - before, "seconds": time.perf_counter() - began}


def disk(folder: Path) -> dict[str, float]:
    """Gigabytes of the catalogue, the segments and Chroma."""
    parts = {"catalogue": "catalogue*", "segments": "segments/*", "chroma": "chroma/**/*"}
    return {
        name: sum(each.stat().st_size for each in folder.glob(pattern) if each.is_file()) / 1e9
        for name, pattern in parts.items()
    }


def milliseconds(seconds: Sequence[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    cuts = statistics.quantiles(seconds, n=20)
    return round(1000 * statistics.median(seconds), 1), round(1000 * cuts[18], 1)


@contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Adds the seconds that the context lasts to a list."""
    began = time.perf_counter()
    yield
    into.append(time.perf_counter() - began)


def views() -> dict[str, tuple[frozenset[str] | None, Selection]]:
    """What is asked of: everything, and parts of it by kind and by group."""
    found: dict[str, tuple[frozenset[str] | None, Selection]] = {"all": (None, EVERYTHING)}
    for share, (kind, group) in PARTS.items():
        found[f"kind {share} %"] = (None, Selection(kinds=frozenset({kind})))
        found[f"group {share} %"] = (frozenset({group}), EVERYTHING)
    return found


def measure(folder: Path, asked: Sequence[str]) -> dict[str, Any]:
    """What this process meets that has just started."""
    began = time.perf_counter()
    settings = Settings(data_dir=folder, corpus_dir=folder / "none")
    real = open_encoder(ModelChoice.of(settings))
    assistant = Assistant(settings, Index(folder, lambda: Moved(real)))
    snapshot = assistant.index.snapshot()
    opened = time.perf_counter() - began
    first: list[float] = []
    with timed(first):
        assistant.search(asked[0])
    gc.freeze()  # as the server does when it has opened an index
    found: dict[str, Any] = {
        "passages": len(snapshot.passages), "sources": len(snapshot.headers),
        "segments": len(snapshot.whole.segments), "open_s": round(opened, 2), "first_query_s": round(first[0], 2),
        "stages_ms": stages(assistant, asked), "disk_gb": disk(folder),
    }  # fmt: skip
    found["views_ms"], found["recall_at_10"] = {}, {}
    for name, (groups, selection) in views().items():
        found["views_ms"][name] = ask(assistant, asked, groups, selection)
        found["recall_at_10"][name] = recall(assistant, asked[:COMPARED], groups, selection)
    found["ask_ms"] = milliseconds([_seconds(partial(assistant.ask, each)) for each in asked[:COMPARED]])
    found["one_more_s"] = one_more(assistant, asked[0])
    found["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    found["load"] = os.getloadavg()[0]
    return found


def _seconds(do: Callable[[], object]) -> float:
    spent: list[float] = []
    with timed(spent):
        do()
    return spent[0]


def stages(assistant: Assistant, asked: Sequence[str]) -> dict[str, tuple[float, float]]:
    """What the parts of a search take over everything."""
    spent: dict[str, list[float]] = {"snapshot": [], "embed": [], "nearest": [], "lexical": []}
    for text in asked:
        with timed(spent["snapshot"]):
            snapshot = assistant.index.snapshot()
        with timed(spent["embed"]):
            vector = assistant.index.encoder_of(snapshot).embed_query(text)
        with timed(spent["nearest"]):
            assistant.index.nearest(snapshot, vector, 100)
        with timed(spent["lexical"]):
            snapshot.lexical.scores(tokens(text))
    return {name: milliseconds(each) for name, each in spent.items()}


def ask(
    assistant: Assistant, asked: Sequence[str], groups: frozenset[str] | None, selection: Selection
) -> tuple[float, float]:
    """Milliseconds of the whole search, embedding and ranking included; the first question makes the view."""
    import dataclasses
    import datetime as dt

    spent: list[float] = []
    for text in asked:
        question = dataclasses.replace(understand(text, dt.date.today(), groups=groups), selection=selection)
        with timed(spent):
            assistant.retriever.find(question)
    return milliseconds(spent)


def recall(assistant: Assistant, asked: Sequence[str], groups: frozenset[str] | None, selection: Selection) -> float:
    """The share of the ten nearest of what is seen, by the catalogue's own vectors, that the search finds."""
    snapshot = assistant.index.snapshot(groups, selection=selection)
    encoder = assistant.index.encoder_of(snapshot)
    questions = encoder.embed_queries(asked)
    seen = set(snapshot.rows)
    best: list[list[tuple[float, str]]] = [[] for _ in asked]
    with sqlite3.connect(assistant.index.catalogue.path) as db:
        rows = db.execute("SELECT id, vector FROM vectors")
        while block := list(rows.fetchmany(20_000)):
            block = [each for each in block if each[0] in seen]
            if not block:
                continue
            held = np.frombuffer(b"".join(vector for _, vector in block), dtype="<f4").reshape(len(block), -1)
            cosines = questions @ held.T
            for at, row in enumerate(cosines):
                nearest = np.argsort(-row)[:10].tolist()
                best[at] = sorted([*best[at], *((float(row[each]), block[each][0]) for each in nearest)])[-10:]
    db.close()
    hits = 0
    for question, exact in zip(questions, best, strict=True):
        found = {
            snapshot.passages[row].vector_id for row, _ in assistant.index.nearest(snapshot, question.tolist(), 10)
        }
        hits += len(found & {each for _, each in exact})
    return hits / sum(map(len, best))


def one_more(assistant: Assistant, question: str) -> dict[str, float]:
    """Seconds to add a document of three provisions, to find it, and to remove it again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one-more.md"
        articles = ("Gallium arsenide wafers need a licence.", "Wafers for repair are free.", "This act ends in 2040.")
        path.write_text(
            "# One more\n\n" + "".join(f"## Art. {at}\n\n{each}\n\n" for at, each in enumerate(articles, 1))
        )
        spent = {"add": _seconds(lambda: assistant.add([path]))}
        spent["find"] = _seconds(lambda: assistant.search("gallium arsenide wafers"))
        assert assistant.search("gallium arsenide wafers")[0].source.id == "one-more", question
        spent["remove"] = _seconds(lambda: assistant.remove("one-more"))
    return {name: round(each, 2) for name, each in spent.items()}


def main() -> None:
    """Grows and measures, size by size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--measure", action="store_true", help="only measure what is in the folder")
    given = parser.parse_args()
    asked = [json.loads(line)["text"] for line in given.queries.read_text(encoding="utf-8").splitlines()[:QUESTIONS]]
    if given.measure:
        print(json.dumps(measure(given.folder / "index", asked)))
        return
    given.folder.mkdir(parents=True, exist_ok=True)
    encoder = open_encoder(ModelChoice.of(Settings()))
    base = Base.read(given.corpus, given.folder / "base.npy", encoder)
    for size in given.sizes:
        grown = grow(given.folder / "index", base, encoder, size)
        command = [sys.executable, __file__, *sys.argv[1:4], "--measure"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        print(json.dumps({**grown, **json.loads(done.stdout)}, indent=1), flush=True)


if __name__ == "__main__":
    main()
