"""Question → answer as one LangChain chain: retrieve | write | verify.

The chain streams: `Began` with the verdict, `Said` with each statement as it is verified, and last the whole `Answer`.
Invoked, it gives that last one, so whoever waits and whoever watches get the same answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from assistant.answering.model import (
    Answer,
    Began,
    Citation,
    Ending,
    Opening,
    Piece,
    Quote,
    Said,
    Statement,
    Timings,
    Verdict,
)
from assistant.answering.phrases import Phrasebook, Phrases
from assistant.answering.verify import borne_out
from assistant.retrieval.evidence import Findings
from assistant.retrieval.question import Question

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable


class Writer(Protocol):
    """What turns findings into a draft."""

    name: str

    def write(self, findings: Findings) -> Iterator[Piece]:
        """One opening, the statements, one ending."""
        ...


@dataclass
class _Work:
    """One answer in the making, handed along the chain, with the seconds that each stage took."""

    question: Question
    findings: Findings
    pieces: Iterator[Piece] = field(default_factory=lambda: iter(()))
    seconds: dict[str, float] = field(default_factory=dict)


def answering_chain(
    find: Callable[[Question], Findings], writer: Writer, phrasebook: Phrasebook
) -> Runnable[Question, Began | Said | Answer]:
    """The chain that answers a question: LangChain's own composition, so it can be invoked, streamed and traced."""
    from langchain_core.runnables import RunnableLambda

    def retrieve(question: Question) -> _Work:
        start = time.perf_counter()
        work = _Work(question, find(question))
        work.seconds["retrieve"] = time.perf_counter() - start
        return work

    def write(work: _Work) -> _Work:
        work.pieces = _timed(lambda: writer.write(work.findings), work.seconds)
        return work

    def verify(work: _Work) -> Iterator[Began | Said | Answer]:
        yield from _Verification(work, phrasebook.of(work.question.language)).events()

    return RunnableLambda(retrieve) | RunnableLambda(write) | RunnableLambda(verify)


def _timed(write: Callable[[], Iterator[Piece]], seconds: dict[str, float]) -> Iterator[Piece]:
    """What a writer yields, with the time that it takes itself, and not its reader, kept as the stage's."""
    seconds["write"] = 0.0
    start = time.perf_counter()
    for piece in write():
        seconds["write"] += time.perf_counter() - start
        yield piece
        start = time.perf_counter()
    seconds["write"] += time.perf_counter() - start


class _Verification:
    """Holds each statement of a draft to its quotes and numbers what is kept."""

    def __init__(self, work: _Work, phrases: Phrases) -> None:
        self._work = work
        self._phrases = phrases
        self._opening = Opening(Verdict.NOT_COVERED)
        self._ending = Ending((), "")
        self._kept: list[Statement] = []
        self._citations: dict[tuple[str, int, int], Citation] = {}
        self._dropped = 0
        self._seconds = 0.0

    def events(self) -> Iterator[Began | Said | Answer]:
        """What the chain yields. The verdict is told as soon as it is sure that a statement holds, and so never taken
        back."""
        began = False
        for piece in self._work.pieces:
            match piece:
                case Opening():
                    self._opening = piece
                    if piece.sure:
                        began = True
                        yield self._began(piece.verdict)
                case Ending():
                    self._ending = piece
                case Statement():
                    said = self._checked(piece)
                    if said is not None and not began:
                        began = True
                        yield self._began(self._opening.verdict)
                    if said is not None:
                        yield said
        if not began:
            yield self._began(Verdict.NOT_COVERED)
        yield self._answer()

    def _checked(self, statement: Statement) -> Said | None:
        start = time.perf_counter()
        question = self._work.question
        holds = borne_out(statement, question.as_of, question.search)
        said = None
        if holds:
            self._kept.append(statement)
            said = Said(statement, tuple(self._numbered(quote) for quote in statement.quotes))
        else:
            self._dropped += 1
        self._seconds += time.perf_counter() - start
        return said

    def _numbered(self, quote: Quote) -> Citation:
        """The citation of a quote, with one number for each quote, from 1 in the order of first use."""
        return self._citations.setdefault(quote.key, Citation(len(self._citations) + 1, quote))

    def _began(self, verdict: Verdict) -> Began:
        return Began(self._work.question.asked, self._work.question.as_of, verdict, self._phrases.language)

    def _answer(self) -> Answer:
        verdict, lead, citations = self._opening.verdict, "", tuple(self._citations.values())
        if not self._kept:
            verdict = Verdict.NOT_COVERED
            citations = tuple(Citation(n, quote) for n, quote in enumerate(self._opening.nearest, start=1))
            lead = _abstention(self._phrases, self._work.findings, citations)
        caveats = self._ending.caveats
        if dropped := self._dropped + self._ending.dropped:
            caveats = (*caveats, self._phrases.say("caveats.dropped", dropped=dropped))
        if selection := self._work.question.selection:
            caveats = (self._phrases.say("caveats.selected", sources=selection), *caveats)
        if self._work.question.in_another_language:
            caveats = (self._phrases.say("caveats.language"), *caveats)
        caveats = (*understood(self._phrases, self._work.question), *caveats)
        seconds = {**self._work.seconds, "verify": self._seconds}
        milliseconds = {stage: round(1000 * spent, 2) for stage, spent in seconds.items()}
        return Answer(
            question=self._work.question.asked,
            as_of=self._work.question.as_of,
            verdict=verdict,
            statements=tuple(self._kept),
            citations=citations,
            caveats=caveats,
            writer=self._ending.writer,
            timings=Timings(**milliseconds, total=round(sum(milliseconds.values()), 2)),
            lead=lead,
            prompt=self._ending.prompt,
            evidence=self._work.findings.evidence,
            corpus=self._work.findings.snapshot.state,
            versions=self._work.findings.snapshot.versions,
            language=self._phrases.language,
        )


def understood(phrases: Phrases, question: Question) -> Iterator[str]:
    """How a question was read where that is more than its words: what it takes over from before, and its date."""
    carried = question.carried
    if carried is not None and carried.whole:
        yield phrases.say("caveats.taken_as", whole=carried.whole)
    elif carried is not None and carried.is_untouched:
        yield phrases.say("caveats.read_with", context=carried.context)
    elif carried is not None and carried.facts:
        yield phrases.say("caveats.kept", facts=carried.facts)
    if question.taken_from:
        yield phrases.say("caveats.taken", words=question.taken_from, day=question.as_of)


def _abstention(phrases: Phrases, findings: Findings, nearest: tuple[Citation, ...]) -> str:
    """That there is no answer; the subject left out, where the question is on one; what is covered; what is nearest."""
    said = [phrases.say("not_covered")]
    outside = findings.outside
    if outside is not None and outside.is_nearer_than(max((each.cosine for each in findings.evidence), default=0.0)):
        said.append(phrases.say("left_out", topic=outside.topic.get(phrases.language) or outside.topic["en"]))
    # Of a part of the sources that was picked, what all of them cover says nothing.
    if (covers := findings.covers.get(phrases.language)) and not findings.question.selection:
        said.append(phrases.say("covers", covers=covers))
    if nearest:
        named = (f"{phrases.rule(each.quote.source, each.quote.provision.label)} [{each.n}]" for each in nearest)
        said.append(phrases.say("nearest", rules=phrases.say("list.parts").join(named)))
    return phrases.say("list.sentences").join(said)
