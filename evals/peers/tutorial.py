"""The pipeline of LangChain's tutorial: recursive splitter 1000/200, dense vectors in Chroma, the best four chunks."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence

import chromadb
from chromadb.config import Settings
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_text_splitters import RecursiveCharacterTextSplitter

from assistant.answering.model import Answer
from assistant.documents.model import Source, Span
from assistant.index.embedding import Encoder
from assistant.retrieval.question import Turn

from .quoting import answer

_CHUNKS = 4
# Chroma refuses batches above 5,461.
_BATCH = 1000
# Ranking passages needs more chunks than passages, as two chunks can be of one.
_CHUNKS_PER_PASSAGE = 3


class Tutorial:
    """Dense retrieval over chunks of a fixed size, blind to provisions, dates and kinds of sources."""

    name = "tutorial"

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.identity = f"tutorial 1 1000/200 top {_CHUNKS} {encoder.identity}"
        self._splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
        self._sources: dict[str, Source] = {}
        self._store = self._empty_store()

    def read(self, sources: Mapping[str, Source]) -> None:
        """Chunks the bodies of the sources; their front matter would only be noise to it."""
        self._sources = dict(sources)
        bodies = {each.id: min((p.span.start for p in each.provisions), default=0) for each in sources.values()}
        documents = [Document(each.text[bodies[each.id] :], metadata={"of": each.id}) for each in sources.values()]
        self._put(documents)
        self._offsets = bodies

    def ingest(self, texts: Sequence[str]) -> None:
        """Chunks the texts; a short one is one chunk."""
        self._put([Document(text, metadata={"of": str(place)}) for place, text in enumerate(texts)])

    def rank(self, query: str, count: int) -> list[int]:
        """The places of the texts whose chunks are nearest, each once, by its nearest chunk."""
        found = self._store.similarity_search(query, k=count * _CHUNKS_PER_PASSAGE)
        return list(dict.fromkeys(int(each.metadata["of"]) for each in found))[:count]

    def ask(self, question: str, *, as_of: dt.date, history: Sequence[Turn]) -> Answer:
        """Quotes the four nearest chunks. Earlier turns are not looked at: the tutorial's first part does not."""
        del history
        return answer(self.name, question, as_of, self._chunks(question))

    def confidence(self, question: str, *, as_of: dt.date, history: Sequence[Turn]) -> float | None:
        """The cosine of the nearest chunk."""
        del as_of, history
        found = self._store.similarity_search_with_score(question, k=1)
        return 1.0 - found[0][1] if found else None

    def _chunks(self, question: str) -> Iterator[tuple[Source, Span]]:
        for found in self._store.similarity_search(question, k=_CHUNKS):
            source = self._sources[found.metadata["of"]]
            start = self._offsets[source.id] + found.metadata["start_index"]
            yield source, Span(start, start + len(found.page_content))

    def _put(self, documents: list[Document]) -> None:
        self._store = self._empty_store()
        chunks = self._splitter.split_documents(documents)
        for at in range(0, len(chunks), _BATCH):
            batch = chunks[at : at + _BATCH]
            self._store.add_documents(batch, ids=[str(at + place) for place in range(len(batch))])

    def _empty_store(self) -> Chroma:
        settings = Settings(anonymized_telemetry=False)
        return Chroma(
            # In-memory clients share their collections within a process.
            collection_name=f"tutorial-{uuid.uuid4().hex}",
            embedding_function=self._encoder,
            client=chromadb.EphemeralClient(settings),
            collection_configuration={"hnsw": {"space": "cosine"}},
        )
