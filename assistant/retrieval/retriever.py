"""Question and date → findings: what was found, ranked, with authority and standing; a LangChain retriever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from assistant.documents.validity import State, standing
from assistant.index.lexical import term_set
from assistant.index.snapshot import Snapshot
from assistant.index.store import Index
from assistant.retrieval.candidates import Candidates, candidates, in_our_words
from assistant.retrieval.concepts import Concept, concepts_of, spelled
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.figures import figures_asked
from assistant.retrieval.glossary import Glossary
from assistant.retrieval.intent import asking
from assistant.retrieval.question import Question, understand
from assistant.retrieval.ranking import Asked, Found
from assistant.retrieval.ranking import ranked as rank
from assistant.retrieval.references import SourceNames
from assistant.retrieval.scope import Scope
from assistant.retrieval.situation import situation_of

# How many provisions an answer is made from: the rule that decides may stand below much that sounds nearer.
_DEEP = 24
# Two provisions that share this much of their words say the same; the second gives way to what is new.
_NEAR_DUPLICATE = 0.85
# What was said a turn ago still counts, but what is asked now counts more.
_EARLIER_SHARE = 0.4
# Where the same is asked of a changed case, what was told of it counts nearly as much.
_SAME_CASE_SHARE = 0.8


class EvidenceRetriever(BaseRetriever):
    """Finds evidence. `find` gives it typed; as a LangChain retriever it gives documents with the same facts."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: Index
    glossary: Glossary
    scope: Scope
    k: int = 10

    def find(self, question: Question, *, k: int = _DEEP) -> Findings:
        """The k provisions that bear most on a question, best first, of sources issued by its date; near-duplicates of
        better ones left out, and of what who asks may not see nothing."""
        snapshot = self.index.snapshot(question.groups, on=question.as_of, selection=question.selection)
        asked, reached = self.asked(snapshot, question)
        found = (as_evidence(each, score, question.as_of) for each, score in rank(snapshot, reached, asked))
        issued, later = _distinct(found, k)
        return Findings(
            question,
            snapshot,
            asked.concepts,
            issued,
            later=later,
            named=asked.named,
            destinations=self.glossary.destinations,
            asks=asked.asks,
            situation=situation_of(question.search, asked.concepts, self.glossary),
            outside=asked.outside,
            nearest=reached.nearest,
            figures=asked.figures,
            covers=self.scope.covers,
            glossary=self.glossary,
        )

    def asked(self, snapshot: Snapshot, question: Question) -> tuple[Asked, Candidates]:
        """What a question asks, and what both searches find for it."""
        own, earlier = self.concepts(snapshot, question)
        concepts = [*own, *earlier]
        # The packaged encoder reads no Chinese; what it is about, in the corpus's own words, it does.
        translated = [in_our_words(question, question.search, own)] if question.is_chinese else []
        wordings = [self.spelled(snapshot, each) for each in (question.asking, *question.wordings)]
        asked = Asked(
            question.search,
            concepts,
            self._asking(snapshot, question, own, earlier),
            question.asks_about_news,
            snapshot.derived(SourceNames.of).within(question.search, question.as_of),
            self.scope.nearest(wordings[0], self.index.encoder_of(snapshot), wordings=[*wordings, *translated]),
            figures_asked(question),
        )
        return asked, candidates(self.index, snapshot, question, concepts)

    def _asking(
        self, snapshot: Snapshot, question: Question, own: Sequence[Concept], earlier: Sequence[Concept]
    ) -> float:
        if question.carried is not None and question.carried.same_question:
            return asking(self.spelled(snapshot, question.before), earlier, "", ())
        return asking(self.spelled(snapshot, question.own), own, question.before, earlier)

    def spelled(self, snapshot: Snapshot, text: str) -> str:
        """A text with its mistyped words put right, as far as glossary and corpus know what is meant."""
        return spelled(text, self.glossary, snapshot.lexical)

    def concepts(self, snapshot: Snapshot, question: Question) -> tuple[list[Concept], list[Concept]]:
        """What the question speaks of, and what only the question before it spoke of, which weighs less."""
        own = concepts_of(question.own, self.glossary, snapshot.lexical)
        again = question.carried is not None and question.carried.same_question
        share = _SAME_CASE_SHARE if again else _EARLIER_SHARE
        before = concepts_of(question.before, self.glossary, snapshot.lexical, share=share)
        return own, [each for each in before if all(each.ways != other.ways for other in own)]

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's signature
        as_of: dt.date | None = None,
        k: int | None = None,
        **_: Any,
    ) -> list[Document]:
        found = self.find(understand(query, as_of or dt.date.today()), k=k or self.k)
        return [as_document(each) for each in found.evidence]


def as_document(evidence: Evidence) -> Document:
    """Evidence as a LangChain document."""
    stands = evidence.standing
    return Document(
        page_content=evidence.source.quote(evidence.provision.span),
        metadata={
            "source_id": evidence.source.id,
            "provision": evidence.provision.label,
            "score": round(evidence.score, 4),
            "standing": stands.state.value,
            "since": stands.since.isoformat() if stands.since else None,
            "until": stands.until.isoformat() if stands.until else None,
            "by": stands.by,
        },
    )


def as_evidence(found: Found, score: float, as_of: dt.date) -> Evidence:
    """A ranked provision with its standing on a date."""
    stands = standing(found.source, found.provision, as_of)
    return Evidence(found.source, found.provision, stands, score, found.cosine, found.lexical, found.passage)


def _distinct(ranked: Iterable[Evidence], count: int) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
    """The best so many of sources issued by the date, and of those come to meanwhile that are issued later."""
    issued: list[Evidence] = []
    later: list[Evidence] = []
    words: list[frozenset[str]] = []
    for each in ranked:
        if each.standing.state is State.NOT_ISSUED:
            later.append(each)
            continue
        own = term_set(each.source.quote(each.provision.span))
        if all(len(own & other) < _NEAR_DUPLICATE * len(own | other) for other in words):
            issued.append(each)
            words.append(own)
        if len(issued) == count:
            break
    return tuple(issued), tuple(later[:count])
