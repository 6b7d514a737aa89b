"""BM25 alone as the bm25s README sets it up: English stop words and stemming, default parameters, whole provisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import bm25s
import Stemmer

from assistant.answering.model import Answer
from assistant.documents.model import Provision, Source
from assistant.retrieval.question import Turn

from .quoting import answer

_PROVISIONS = 4


class BM25:
    """Words only: no vectors, no dates, no kinds of sources."""

    name = "bm25"
    identity = f"bm25 1 bm25s defaults, stemmed, top {_PROVISIONS}"

    def __init__(self) -> None:
        self._stemmer = Stemmer.Stemmer("english")
        self._units: list[tuple[Source, Provision]] = []
        self._index = bm25s.BM25()
        self._size = 0

    def read(self, sources: Mapping[str, Source]) -> None:
        """Indexes the provisions of the sources."""
        self._units = [(source, provision) for source in sources.values() for provision in source.provisions]
        self.ingest([source.quote(provision.span) for source, provision in self._units])

    def ingest(self, texts: Sequence[str]) -> None:
        """Indexes the texts."""
        self._size = len(texts)
        self._index = bm25s.BM25()
        self._index.index(self._tokens(list(texts)), show_progress=False)

    def rank(self, query: str, count: int) -> list[int]:
        """The places of the texts that score best; none that shares no word with the query."""
        return [place for place, _ in self._best(query, count)]

    def ask(self, question: str, *, as_of: dt.date, history: Sequence[Turn]) -> Answer:
        """Quotes the best provisions. Earlier turns are not looked at."""
        del history
        found = (
            (source, provision.span)
            for source, provision in (self._units[at] for at, _ in self._best(question, _PROVISIONS))
        )
        return answer(self.name, question, as_of, found)

    def confidence(self, question: str, *, as_of: dt.date, history: Sequence[Turn]) -> float | None:
        """The best score, which is not bounded and grows with the length of the question."""
        del as_of, history
        return next((score for _, score in self._best(question, 1)), None)

    def _best(self, query: str, count: int) -> list[tuple[int, float]]:
        places, scores = self._index.retrieve(self._tokens(query), k=min(count, self._size), show_progress=False)
        return [(int(place), float(score)) for place, score in zip(places[0], scores[0], strict=True) if score > 0]

    def _tokens(self, texts: str | list[str]) -> bm25s.tokenization.Tokenized:
        return bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)
