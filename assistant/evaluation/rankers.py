"""Our own index and fusion as a ranker of plain passages: the same catalogue, Chroma, BM25, encoder and fusion that
`ask` uses, each passage one provision and one unit of ranking."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.documents.model import Kind, PartDate, Provision, Source, Span
from assistant.evaluation import peers
from assistant.evaluation.answerers import Variation, variations
from assistant.evaluation.beir import Collection, Progress, evaluate, ingest, rank_all, scratch
from assistant.index.embedding import Encoder, Vectors
from assistant.index.model_choice import ModelChoice
from assistant.index.records import StoredSource
from assistant.index.store import Index
from assistant.retrieval.concepts import concepts_of
from assistant.retrieval.glossary import Glossary
from assistant.retrieval.question import understand
from assistant.retrieval.retriever import EvidenceRetriever, relevances
from assistant.retrieval.scope import Scope
from assistant.settings import Settings

_SOURCE = "beir"
_HEADING = re.compile(r"^, \d+: ")


class IndexRanker:
    """An `Index` in a folder of its own, ranked by `EvidenceRetriever.fuse` and `relevances`.

    What is left out of `find` is what only provisions of a corpus have: authority, dates, near-duplicates giving way.
    """

    def __init__(self, folder: Path, encoder: Encoder, progress: Progress | None = None) -> None:
        self.name = "assistant"
        self.variation = Variation()
        self._progress = progress
        self.index = Index(folder, lambda: _Bare(encoder))
        # Glossary and scope speak of our corpus; there are no such files here, so both are empty.
        self._glossary = Glossary.read(folder / "glossary.yaml")
        scope = Scope.read(folder / "scope.yaml")
        self._retriever = EvidenceRetriever(index=self.index, glossary=self._glossary, scope=scope)

    def ingest(self, texts: Sequence[str]) -> None:
        """Puts the passages into the index, in one commit like any source."""
        report = self._progress

        def advance(done: int, total: int) -> None:
            if report:
                report(f"{self.name}: taking in", done, total)

        self.index.put([StoredSource(_as_source(texts), _SOURCE)], progress=advance)
        self.index.snapshot()

    def rank(self, query: str, count: int) -> list[int]:
        """The places of the most relevant passages."""
        snapshot = self.index.snapshot()
        question = understand(query, dt.date.today())
        concepts = concepts_of(question.own, self._glossary, snapshot.lexical)
        with self.variation.applied():
            found = relevances(snapshot, self._retriever.fuse(snapshot, question, concepts), concepts)
        return [int(snapshot.passages[row].label) for row, _ in found[:count]]


class _Bare(Encoder):
    """An encoder that is given passages under the heading of their source, and takes it off: a BEIR passage has none,
    and its number says nothing."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.choice = encoder.choice
        self.identity = encoder.identity
        self.dimension = encoder.dimension

    def encode(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Vectors:
        return self._encoder.encode([_HEADING.sub("", text) for text in texts], progress=progress)

    def embed_query(self, text: str) -> list[float]:
        return self._encoder.embed_query(text)


def _as_source(texts: Sequence[str]) -> Source:
    """All passages as the provisions of one source, labelled by place; one sentence each, so that none is cut."""
    provisions, start = [], 0
    for place, text in enumerate(texts):
        span = Span(start, start + len(text))
        provisions.append(Provision(_SOURCE, str(place), (), span, (span,)))
        start = span.end + 2
    return Source(
        id=_SOURCE,
        title="",
        kind=Kind.NEWS,
        text="\n\n".join(texts),
        provisions=tuple(provisions),
        issued=(PartDate(None),),
        effective=(PartDate(None),),
        language="en",
    )


def ranked(
    collection: Collection,
    settings: Settings,
    *,
    vary: Sequence[str] = (),
    with_peers: bool = False,
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """Ours, its variations and the peers over one collection, each as plain data, ours first.

    Variations of how an index is searched share one index; one with another encoder takes the passages in again.
    """
    runs: list[dict[str, Any]] = []
    taken_in: dict[ModelChoice, tuple[IndexRanker, dict[str, Any]]] = {}
    with scratch(settings.data_dir) as folder:
        for variation in variations(vary):
            choice = ModelChoice.of(variation.settings(settings))
            if choice not in taken_in:
                ranker = IndexRanker(folder / str(len(taken_in)), choice.open(), progress)
                taken_in[choice] = ranker, ingest(collection, ranker)
            ranker, speed = taken_in[choice]
            ranker.name, ranker.variation = variation.name, variation
            runs.append({**speed, **rank_all(collection, ranker, progress)})
        if with_peers:
            runs += [evaluate(collection, peer, progress) for peer in peers.load(ModelChoice.of(settings).open())]
    return runs
