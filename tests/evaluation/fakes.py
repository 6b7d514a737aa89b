"""Assistants with one fault each, built around the real one, and figures of a run."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.model import Answer, Citation, Quote, Statement, Timings, Verdict
from assistant.assistant import Assistant
from assistant.documents.validity import Standing, State, standing
from assistant.evaluation.results import run_report
from assistant.evaluation.runner import run
from assistant.index.passages import plain_text


class Honest:
    """The real assistant."""

    name = "honest"
    identity = "honest"

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant

    def ask(self, question: str, *, as_of: dt.date, history=()) -> Answer:
        return self.assistant.ask(question, as_of=as_of, history=history)

    def confidence(self, question: str, *, as_of: dt.date, history=()) -> float | None:
        return None


class AlwaysAbstains(Honest):
    def ask(self, question, *, as_of, history=()):
        return answer(question, as_of, Verdict.NOT_COVERED, ())


class NeverAbstains(Honest):
    def ask(self, question, *, as_of, history=()):
        given = super().ask(question, as_of=as_of, history=history)
        if not given.abstained:
            return given
        evidence = self.assistant.search(question, k=1, as_of=as_of)[0]
        return answer(question, as_of, Verdict.INFORMATIONAL, [quote_of(evidence.source, evidence.provision, as_of)])


class CitesAtRandom(Honest):
    def ask(self, question, *, as_of, history=()):
        given = super().ask(question, as_of=as_of, history=history)
        rng = random.Random(question)
        provisions = [(s, p) for s in self.assistant.sources() for p in s.provisions]

        def moved(quote: Quote) -> Quote:
            others = [(s, p) for s, p in provisions if (s.id, p.label) != (quote.source.id, quote.provision.label)]
            return quote_of(*rng.choice(others), as_of)

        return with_quotes(given, moved)


class IgnoresTheDate(Honest):
    def ask(self, question, *, as_of, history=()):
        given = super().ask(question, as_of=dt.date(2025, 3, 1), history=history)
        return replace(given, as_of=as_of)


class ChangesAWord(Honest):
    def ask(self, question, *, as_of, history=()):
        def changed(quote: Quote) -> Quote:
            word = max(quote.text.split(), key=len)
            at = quote.span.start + quote.text.index(word)
            text = quote.source.text
            return replace(quote, source=replace(quote.source, text=text[:at] + word[::-1] + text[at + len(word) :]))

        return with_quotes(super().ask(question, as_of=as_of, history=history), changed)


def quote_of(source, provision, as_of) -> Quote:
    return Quote(source, provision, provision.sentences[0], standing(source, provision, as_of))


def in_force(quote: Quote) -> Quote:
    return replace(quote, standing=Standing(State.IN_FORCE))


def answer(question: str, as_of: dt.date, verdict: Verdict, quotes: Sequence[Quote]) -> Answer:
    statements = tuple(Statement(plain_text(quote.text), (quote,)) for quote in quotes)
    citations = tuple(Citation(n, quote) for n, quote in enumerate(quotes, start=1))
    return Answer(question, as_of, verdict, statements, citations, (), "fake", Timings(0, 0, 0, 0))


def with_quotes(given: Answer, change) -> Answer:
    """The answer with every quote changed, its statements as they were."""
    changed = {citation.quote.key: change(citation.quote) for citation in given.citations}
    statements = tuple(replace(each, quotes=tuple(changed[q.key] for q in each.quotes)) for each in given.statements)
    once = {quote.key: quote for quote in changed.values()}
    citations = tuple(Citation(n, quote) for n, quote in enumerate(once.values(), start=1))
    return replace(given, statements=statements, citations=citations)


def figures(answerer, questions, sources) -> dict[str, float | None]:
    report = run_report(answerer.name, answerer.identity, run(questions, answerer, sources))
    return {name: estimate["value"] for name, estimate in report["metrics"].items()}
