"""What goes over the wire: the bodies of requests, checked strictly, and the shapes of responses, to document them.

Shapes of responses are lax about further fields, so that a client written today understands tomorrow's server.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from assistant.answering.model import Verdict
from assistant.documents.model import Kind
from assistant.documents.validity import State
from assistant.retrieval.question import MAX_CHARACTERS, Turn

T = TypeVar("T")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _day(value: object) -> dt.date:
    """A date as the API writes it, and nothing else that might be taken for one."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        return dt.date.fromisoformat(value)
    raise ValueError("write a date like 2026-03-15")


Day = Annotated[dt.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
AsOf = Annotated[Day | None, Field(description="The date asked about; today where it is left out.")]


class Sent(BaseModel):
    """A body of a request: unknown fields are refused, and nothing is taken for what it is not."""

    model_config = ConfigDict(extra="forbid", strict=True)


class TurnSent(Sent):
    """An earlier turn of the conversation."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=20_000)


class Question(Sent):
    """A question, a date and what was said before."""

    question: str = Field(min_length=1, max_length=MAX_CHARACTERS, examples=["Is dysprosium metal controlled?"])
    as_of: AsOf = None
    history: list[TurnSent] = Field(default=[], max_length=100, description="Earlier turns, the oldest first.")

    def turns(self) -> tuple[Turn, ...]:
        """The earlier turns as the assistant takes them."""
        return tuple(Turn(each.role, each.content) for each in self.history)


class Search(Sent):
    """What to search for."""

    question: str = Field(min_length=1, max_length=MAX_CHARACTERS, examples=["licence to repair equipment abroad"])
    as_of: AsOf = None
    limit: int = Field(default=10, ge=1, le=100, description="How many provisions, best first.")


class FromUrl(Sent):
    """A page or a file on the web to add."""

    url: str = Field(min_length=8, max_length=2_000, pattern=r"^https?://", examples=["https://example.org/act.html"])


class EditSent(Sent):
    """Fields of a source's front matter to put right, each as it is typed there."""

    fields: dict[str, Annotated[str, Field(max_length=10_000)]] = Field(
        min_length=1,
        max_length=50,
        description='Values as they are typed in front matter; "null" for none, commas in a list.',
        examples=[{"issued": "2025-10-09"}],
    )


class Page(BaseModel):
    """Which part of a list."""

    model_config = ConfigDict(extra="forbid")

    offset: Annotated[int, Field(ge=0, le=1_000_000, description="How many to pass over.")] = 0
    limit: Annotated[int, Field(ge=1, le=200, description="How many at most.")] = 50


class Got(BaseModel):
    """A shape of a response."""

    model_config = ConfigDict(extra="allow")


class ProblemGot(Got):
    """An error, as RFC 9457 lays it down."""

    type: str
    title: str
    status: int
    detail: str = Field(description="What happened and what to do, in a sentence.")


class StandingGot(Got):
    """What a provision is on the date asked about."""

    state: State
    since: dt.date | None
    until: dt.date | None
    by: str | None


class CitationGot(Got):
    """A pin of a statement: `text[start:end] == quote` in the source's stored text."""

    n: int
    source_id: str
    title: str
    kind: Kind
    provision: str
    quote: str
    start: int
    end: int
    page: int | None
    url: str | None
    standing: StandingGot


class StatementGot(Got):
    """A sentence of an answer with the numbers of its citations."""

    text: str
    citations: list[int]


class AnswerGot(Got):
    """An answer."""

    question: str
    as_of: dt.date
    verdict: Verdict
    answer: str = Field(description="The statements with their [n] marks.")
    statements: list[StatementGot]
    citations: list[CitationGot]
    abstained: bool
    caveats: list[str]
    writer: str
    timings_ms: dict[str, float]
    entry: str | None = Field(description="The answer's entry in the journal.")


class EntryGot(Got):
    """An entry of the journal: who asked what, when and how, the answer, and all that it rests on."""

    id: str
    at: dt.datetime
    caller: str
    channel: str
    history: list[dict[str, str]]
    question: str
    as_of: dt.date
    verdict: Verdict
    answer: str
    evidence: list[dict[str, Any]]
    corpus: str
    settings: str
    program: str
    prompt: str | None
    feedback: list[dict[str, Any]]


class ReplayGot(Got):
    """An entry's question asked again: the same answer, or what differs and why."""

    id: str
    same: bool
    differences: list[dict[str, Any]]
    reasons: list[str]
    answer: dict[str, Any]


class HitGot(Got):
    """A provision found."""

    source_id: str
    provision: str
    text: str
    score: float
    standing: StandingGot


class HitsGot(Got):
    """The provisions found, best first."""

    hits: list[HitGot]


class SourceGot(Got):
    """What is known of a source."""

    id: str
    title: str
    kind: Kind
    issuer: str | None
    number: str | None
    issued: dt.date | None
    effective: dt.date | None
    language: str
    jurisdiction: str | None
    url: str | None
    checked_until: dt.date | None
    groups: list[str]
    provisions: int


class VersionGot(Got):
    """A version of a source, and what it changed of the one before it."""

    number: int
    digest: str
    title: str
    origin: str
    added: dt.datetime | None
    holds_from: dt.date | None
    retired: dt.datetime | None
    reason: str | None
    fields: list[str]
    differences: list[dict[str, Any]]


class HistoryGot(Got):
    """The versions of a source, the oldest first."""

    versions: list[VersionGot]


class FormerGot(Got):
    """One version of a source, with its stored text."""

    number: int
    digest: str
    source: SourceGot
    text: str


class ProvisionGot(Got):
    """A provision of a source, with its standing on the date asked about."""

    label: str
    path: list[str]
    text: str
    start: int
    end: int
    is_note: bool
    standing: StandingGot


class WholeSourceGot(Got):
    """A source with its provisions."""

    source: SourceGot
    as_of: dt.date
    version: str
    provisions: list[ProvisionGot]


class ListGot(Got, Generic[T]):
    """A part of a list; ``next`` is the address of the following part."""

    items: list[T]
    total: int
    next: str | None


class FailedGot(Got):
    """A file that could not be used, and why."""

    name: str
    field: str | None
    why: str


class NoticesGot(Got):
    """A file of which something could not be read."""

    name: str
    source_id: str
    notices: list[str]


class GuessGot(Got):
    """What was read off a file and nobody has confirmed."""

    field: str
    value: str
    basis: str


class GuessedGot(Got):
    """A source of which something was read off its file."""

    source_id: str
    guesses: list[GuessGot]


class AddedGot(Got):
    """What an add changed, as source ids, and which files it could not use."""

    added: list[str]
    changed: list[str]
    unchanged: list[str]
    embedded: int
    failed: list[FailedGot]
    notices: list[NoticesGot]
    guessed: list[GuessedGot]


class EditedGot(Got):
    """A source as it is recorded after an edit, and the name of that version."""

    source: SourceGot
    version: str


class RemovedGot(Got):
    """What a removal took out, as source ids."""

    removed: list[str]


def listed(items: list[dict[str, Any]], total: int, page: Page, path: str) -> dict[str, Any]:
    """A part of a list as the API gives it."""
    after = page.offset + len(items)
    following = f"{path}?offset={after}&limit={page.limit}" if items and after < total else None
    return {"items": items, "total": total, "next": following}
