"""Our own index and ranking as a ranker of plain passages: the same catalogue, Chroma, BM25, encoder and both stages of
ranking that `ask` uses, each passage one provision and one unit of ranking."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from assistant.documents.model import Kind, PartDate, Provision, Source, Span
from assistant.evaluation import peers
from assistant.evaluation.answerers import Variation, variations
from assistant.evaluation.beir import Collection, Place, Progress, evaluate, ingest, rank_all, scratch
from assistant.index.embedding import Encoder, Vectors
from assistant.index.encoders import open_encoder
from assistant.index.model_choice import ModelChoice
from assistant.index.records import StoredSource
from assistant.index.store import Index
from assistant.retrieval import ranking
from assistant.retrieval.glossary import Glossary
from assistant.retrieval.question import understand
from assistant.retrieval.retriever import EvidenceRetriever
from assistant.retrieval.scope import Scope
from assistant.settings import Settings

# Labels are put so that no colon stands in one.
_HEADING = re.compile(r"^, [^:]*: ")


class IndexRanker:
    """An `Index` in a folder of its own, ranked as `EvidenceRetriever.find` ranks.

    What is left out of `find` is what comes after: dates, near-duplicates giving way.
    """

    def __init__(
        self, folder: Path, encoder: Encoder, places: Sequence[Place] = (), progress: Progress | None = None
    ) -> None:
        """``places`` says where each passage that will be taken in stands; without it all are of one document."""
        self.name = "assistant"
        self.variation = Variation()
        self._places = places
        self._progress = progress
        self._numbers: dict[tuple[str, str], int] = {}
        self.index = Index(folder, lambda: _Bare(encoder))
        # Glossary and scope speak of our corpus; there are no such files here, so both are empty.
        self.retriever = EvidenceRetriever(
            index=self.index,
            glossary=Glossary.read(folder / "glossary.yaml"),
            scope=Scope.read(folder),
        )

    def ingest(self, texts: Sequence[str]) -> None:
        """Puts the passages into the index, in one commit like any sources."""
        report = self._progress

        def advance(done: int, total: int) -> None:
            if report:
                report(f"{self.name}: taking in", done, total)

        documents: dict[str, list[tuple[str, str]]] = {}
        for number, place in enumerate(self._places or [Place()] * len(texts)):
            label = self._label(place, number)
            self._numbers[place.source, label] = number
            documents.setdefault(place.source, []).append((label, texts[number]))
        sources = [StoredSource(_as_source(name, passages), "BEIR") for name, passages in documents.items()]
        self.index.put(sources, progress=advance)
        self.index.snapshot()

    def place(self, source_id: str, label: str) -> int:
        """The place, among the passages taken in, of the one that became this provision."""
        return self._numbers[source_id, label]

    def rank(self, query: str, count: int) -> list[int]:
        """The places of the most relevant passages."""
        snapshot = self.index.snapshot()
        with self.variation.applied():
            asked, reached = self.retriever.asked(snapshot, understand(query, dt.date.today()))
            found = list(islice(ranking.ranked(snapshot, reached, asked), count))
        return [self.place(each.source.id, each.provision.label) for each, _ in found]

    def _label(self, place: Place, number: int) -> str:
        """The label of a passage, or its number where it has none or another one has it already."""
        label = place.label.replace(":", " ").strip()
        return label if label and (place.source, label) not in self._numbers else f"{label} [{number}]".strip()


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

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.embed_queries(texts)


def _as_source(name: str, passages: Sequence[tuple[str, str]]) -> Source:
    """A document's labels and passages as provisions of a source; one sentence each, so that none is cut."""
    provisions, start = [], 0
    for label, text in passages:
        span = Span(start, start + len(text))
        provisions.append(Provision(name, label, (), span, (span,)))
        start = span.end + 2
    return Source(
        id=name,
        title="",
        kind=Kind.NEWS,
        text="\n\n".join(text for _, text in passages),
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
                ranker = IndexRanker(folder / str(len(taken_in)), open_encoder(choice), collection.places, progress)
                taken_in[choice] = ranker, ingest(collection, ranker)
            ranker, speed = taken_in[choice]
            ranker.name, ranker.variation = variation.name, variation
            runs.append({**speed, **rank_all(collection, ranker, progress)})
        if with_peers:
            runs += [
                evaluate(collection, peer, progress) for peer in peers.load(open_encoder(ModelChoice.of(settings)))
            ]
    return runs
