"""Question → answer as one LangChain chain: retrieve | write | verify."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from assistant.answering.model import Answer, Citation, Draft, Quote, Statement, Timings, Verdict
from assistant.answering.phrases import Phrases
from assistant.answering.verify import verified
from assistant.documents.naming import short_name
from assistant.retrieval.evidence import Findings
from assistant.retrieval.question import Question

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable


class Writer(Protocol):
    """What turns findings into a draft."""

    name: str

    def write(self, findings: Findings) -> Draft:
        """The draft of an answer."""
        ...


@dataclass
class _Work:
    """One answer in the making, handed along the chain."""

    question: Question
    findings: Findings | None = None
    draft: Draft | None = None
    seconds: dict[str, float] = field(default_factory=dict)


def answering_chain(
    find: Callable[[Question], Findings], writer: Writer, phrases: Phrases
) -> Runnable[Question, Answer]:
    """The chain that answers a question: LangChain's own composition, so it can be invoked, batched and traced."""
    from langchain_core.runnables import RunnableLambda

    def retrieve(question: Question) -> _Work:
        work = _Work(question)
        start = time.perf_counter()
        work.findings = find(question)
        work.seconds["retrieve"] = time.perf_counter() - start
        return work

    def write(work: _Work) -> _Work:
        start = time.perf_counter()
        if work.findings is not None:
            work.draft = writer.write(work.findings)
        work.seconds["write"] = time.perf_counter() - start
        return work

    def verify(work: _Work) -> Answer:
        start = time.perf_counter()
        draft = work.draft or Draft(Verdict.NOT_COVERED, ())
        return _answer(work, draft, writer.name, phrases, start)

    return RunnableLambda(retrieve) | RunnableLambda(write) | RunnableLambda(verify)


def _answer(work: _Work, draft: Draft, writer: str, phrases: Phrases, start: float) -> Answer:
    question = work.question
    statements, dropped = verified(draft, question.as_of, question.search)
    verdict, caveats = draft.verdict, draft.caveats
    if dropped:
        caveats = (*caveats, phrases.say("caveats.dropped", dropped=dropped))
    if not statements:
        verdict = Verdict.NOT_COVERED
    lead = ""
    citations = _citations(statements)
    if verdict is Verdict.NOT_COVERED:
        citations = tuple(Citation(n, quote) for n, quote in enumerate(draft.nearest, start=1))
        lead = _abstention(phrases, citations)
    work.seconds["verify"] = time.perf_counter() - start
    milliseconds = {stage: round(1000 * seconds, 2) for stage, seconds in work.seconds.items()}
    return Answer(
        question=question.asked,
        as_of=question.as_of,
        verdict=verdict,
        statements=statements,
        citations=citations,
        caveats=caveats,
        writer=writer,
        timings=Timings(**milliseconds, total=round(sum(milliseconds.values()), 2)),
        lead=lead,
    )


def _citations(statements: tuple[Statement, ...]) -> tuple[Citation, ...]:
    """One number a quote, from 1 in the order of first use."""
    quotes: dict[tuple[str, int, int], Quote] = {}
    for statement in statements:
        for quote in statement.quotes:
            quotes.setdefault(quote.key, quote)
    return tuple(Citation(n, quote) for n, quote in enumerate(quotes.values(), start=1))


def _abstention(phrases: Phrases, nearest: tuple[Citation, ...]) -> str:
    said = phrases.say("not_covered")
    if not nearest:
        return said
    rules = "; ".join(f"{short_name(each.quote.source)}, {each.quote.provision.label} [{each.n}]" for each in nearest)
    return f"{said} {phrases.say('nearest', rules=rules)}"
