"""Our own index and fusion as a ranker of plain passages: the same catalogue, Chroma, BM25, encoder and fusion that
`ask` uses, each passage one provision and one unit of ranking."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from assistant.documents.model import Kind, PartDate, Provision, Source, Span
from assistant.evaluation.answerers import Variation
from assistant.index.catalogue import StoredSource
from assistant.index.embedding import Encoder, Vectors
from assistant.index.store import Index
from assistant.retrieval.concepts import concepts_of
from assistant.retrieval.glossary import Glossary
from assistant.retrieval.question import understand
from assistant.retrieval.retriever import EvidenceRetriever

_SOURCE = "beir"
_HEADING = re.compile(r"^, \d+: ")


class IndexRanker:
    """An `Index` in a folder of its own, ranked by `EvidenceRetriever.fuse`.

    What is left out of `find` is what only provisions of a corpus have: authority, dates, near-duplicates giving way.
    """

    def __init__(self, folder: Path, encoder: Encoder, progress: Callable[[int, int], None] | None = None) -> None:
        self.name = "assistant"
        self.variation = Variation()
        self._progress = progress
        self._index = Index(folder, lambda: _Bare(encoder))
        # The glossary is of our corpus; there is no file here, so it is empty.
        self._glossary = Glossary.read(folder / "glossary.yaml")
        self._retriever = EvidenceRetriever(index=self._index, glossary=self._glossary)

    def ingest(self, texts: Sequence[str]) -> None:
        """Puts the passages into the index, in one commit like any source."""
        self._index.put([StoredSource(_as_source(texts), _SOURCE)], progress=self._progress)
        self._index.snapshot()

    def rank(self, query: str, count: int) -> list[int]:
        """The places of the passages with the highest fused scores."""
        snapshot = self._index.snapshot()
        question = understand(query, dt.date.today())
        concepts = concepts_of(question.asked, self._glossary, snapshot.lexical)
        with self.variation.applied():
            scores = self._retriever.fuse(snapshot, question, concepts).scores
        best = np.argsort(-scores, kind="stable")[:count]
        return [int(snapshot.passages[row].label) for row in best if scores[row] > 0]


class _Bare(Embeddings):
    """An encoder that is given passages under the heading of their source, and takes it off: a BEIR passage has none,
    and its number says nothing."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    @property
    def identity(self) -> str:
        return self._encoder.identity

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(number) for number in vector] for vector in self.encode(texts)]

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
