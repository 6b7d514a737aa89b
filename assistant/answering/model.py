"""An answer: statements, each pinned by citations to verbatim words of provisions, and a verdict that follows from
them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from assistant.documents.model import Provision, Source, Span
from assistant.documents.validity import Standing
from assistant.retrieval.evidence import Evidence


class Verdict(StrEnum):
    """The answer's first word."""

    PERMIT_REQUIRED = "permit_required"
    PROHIBITED_IN_PRINCIPLE = "prohibited_in_principle"
    CASE_BY_CASE = "case_by_case"
    NOT_REQUIRED = "not_required"
    INFORMATIONAL = "informational"
    UNSETTLED = "unsettled"
    NOT_COVERED = "not_covered"


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a provision: the pin of a statement. ``span`` counts in the source's stored text."""

    source: Source
    provision: Provision
    span: Span
    standing: Standing

    @property
    def text(self) -> str:
        """The verbatim words."""
        return self.source.quote(self.span)

    @property
    def key(self) -> tuple[str, int, int]:
        """What makes two quotes the same."""
        return self.source.id, self.span.start, self.span.end


def quote_of(evidence: Evidence, span: Span) -> Quote:
    """The words at a span of a piece of evidence, as a pin."""
    return Quote(evidence.source, evidence.provision, span, evidence.standing)


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer. ``spoken`` marks one in the assistant's own words, about standing or the verdict,
    ``worded`` holds a chat model's words that the text has, ``translation`` the same in the question's language where
    that is another; all others are the quoted words themselves.

    Raises ValueError where no quote pins it: such a sentence is not part of any answer.
    """

    text: str
    quotes: tuple[Quote, ...]
    spoken: bool = False
    worded: str = ""
    translation: str = ""

    def __post_init__(self) -> None:
        if not self.quotes:
            raise ValueError(f"a statement must be pinned to a quote: {self.text!r}")

    @property
    def quoted(self) -> bool:
        """Whether it is the quoted words themselves, and neither our words nor a chat model's."""
        return not self.spoken and not self.worded


@dataclass(frozen=True, slots=True)
class Opening:
    """What a writer knows before its first statement. ``nearest`` is what comes nearest where the corpus has no
    answer; ``sure`` tells that a statement is at hand that holds, so that the verdict need not wait for it."""

    verdict: Verdict
    nearest: tuple[Quote, ...] = ()
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """What a writer knows after its last statement: the caveats, who wrote, the hash of the prompt that asked a chat
    model for it, and how many sentences it left out because they were not borne out."""

    caveats: tuple[str, ...]
    writer: str
    prompt: str | None = None
    dropped: int = 0


Piece = Opening | Statement | Ending
"""What a writer yields: one opening, its statements, one ending. Nothing of it is verified yet."""


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a writer makes where it makes it at once. ``opening`` is how many of the statements, from the first, say
    the verdict and what it rests on."""

    verdict: Verdict
    statements: tuple[Statement, ...]
    caveats: tuple[str, ...] = ()
    nearest: tuple[Quote, ...] = ()
    opening: int = 0

    def pieces(self, writer: str) -> Iterator[Piece]:
        """The draft piece by piece, under the name of whoever wrote it."""
        yield Opening(self.verdict, self.nearest)
        yield from self.statements
        yield Ending(self.caveats, writer)


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote with its number in an answer, from 1 in the order of first use."""

    n: int
    quote: Quote


@dataclass(frozen=True, slots=True)
class Began:
    """An answer has begun: its verdict stands and will not change, and it is in this language."""

    question: str
    as_of: date
    verdict: Verdict
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Said:
    """A statement that was verified, with its citations as the whole answer numbers them."""

    statement: Statement
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent in each stage."""

    retrieve: float
    write: float
    verify: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What every surface shows; `as_json` gives its JSON form. ``lead`` is said before the statements, and only where
    there are none: that the corpus does not answer, and what comes nearest. ``prompt`` is the hash of the prompt that a
    chat model was asked with, where one was.

    ``evidence`` is all that was found, best first, cited or not; ``corpus`` the digest of the state of the corpus that
    it was found in, ``versions`` that state's version of every source by id. ``language`` is the one
    that the answer is in, as far as quotes are not.
    """

    question: str
    as_of: date
    verdict: Verdict
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    caveats: tuple[str, ...]
    writer: str
    timings: Timings
    lead: str = ""
    prompt: str | None = None
    evidence: tuple[Evidence, ...] = ()
    corpus: str = ""
    versions: Mapping[str, str] = field(default_factory=dict, repr=False)
    language: str = "en"

    @property
    def abstained(self) -> bool:
        """Whether the corpus has no answer."""
        return self.verdict is Verdict.NOT_COVERED

    @property
    def sources(self) -> Mapping[str, Source]:
        """The sources of what is cited and of what was found, by id."""
        cited = {each.quote.source.id: each.quote.source for each in self.citations}
        return {each.source.id: each.source for each in self.evidence} | cited

    def numbers(self, statement: Statement) -> list[int]:
        """The numbers of a statement's citations."""
        by_key = {citation.quote.key: citation.n for citation in self.citations}
        return [by_key[quote.key] for quote in statement.quotes]

    @property
    def text(self) -> str:
        """The answer as prose: every statement with its citation marks, or the abstention in a sentence."""
        marked = [statement.text + "".join(f" [{n}]" for n in self.numbers(statement)) for statement in self.statements]
        return "\n".join([self.lead, *marked] if self.lead else marked)

    def as_json(self) -> dict[str, Any]:
        """The answer as plain data; its shape is a contract."""
        return {
            "question": self.question,
            "as_of": self.as_of.isoformat(),
            "verdict": self.verdict.value,
            "answer": self.text,
            "statements": [{"text": each.text, "citations": self.numbers(each)} for each in self.statements],
            "citations": [citation_json(each) for each in self.citations],
            "abstained": self.abstained,
            "caveats": list(self.caveats),
            "writer": self.writer,
            "timings_ms": {
                "retrieve": self.timings.retrieve,
                "write": self.timings.write,
                "verify": self.timings.verify,
                "total": self.timings.total,
            },
        }


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation as plain data."""
    quote = citation.quote
    return {
        "n": citation.n,
        "source_id": quote.source.id,
        "title": quote.source.title,
        "kind": quote.source.kind.value,
        "provision": quote.provision.label,
        "quote": quote.text,
        "start": quote.span.start,
        "end": quote.span.end,
        "page": quote.source.page_at(quote.span.start),
        "url": quote.source.url,
        "standing": standing_json(quote.standing),
    }


def standing_json(standing: Standing) -> dict[str, str | None]:
    """A standing as plain data."""
    return {
        "state": standing.state.value,
        "since": standing.since.isoformat() if standing.since else None,
        "until": standing.until.isoformat() if standing.until else None,
        "by": standing.by,
    }
