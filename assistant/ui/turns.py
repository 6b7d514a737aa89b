"""Answers as turns of a conversation: what a template needs of an answer, live or out of the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from assistant.answering.model import Answer, Said, citation_json
from assistant.index.passages import plain_text
from assistant.retrieval.question import Turn
from assistant.ui.standings import LabelOf, Mark, NameOf, as_it_stands, mark
from assistant.ui.wording import Wording
from assistant.ui.wording import wording as wording_for

MEMO_FORMATS = {"PDF": "pdf", "Word": "docx", "Markdown": "md"}


@dataclass(frozen=True, slots=True)
class CitationView:
    """A citation: its number, the name of what it cites, what its chip says and opens, and the standing."""

    n: int
    name: str
    quote: str
    url: str | None
    page: int | None
    standing: Mark
    data: Markup
    label: str


@dataclass(frozen=True, slots=True)
class StatementView:
    """A sentence of an answer; ``spoken`` marks one that is no quotation."""

    text: str
    citations: tuple[CitationView, ...]
    spoken: bool


@dataclass(frozen=True, slots=True)
class TurnView:
    """A question and what became of it: ``state`` is pending, done or failed. ``language`` is the answer's, which need
    not be that of the page."""

    number: int
    question: str
    as_of: str
    state: str
    date_line: str = ""
    verdict: str = ""
    language: str = ""
    verdict_words: str = ""
    lead: tuple[str, ...] = ()
    statements: tuple[StatementView, ...] = ()
    caveats: tuple[str, ...] = ()
    citations: tuple[CitationView, ...] = ()
    abstained: bool = False
    facts: str = ""
    entry: str | None = None
    helpful: bool | None = None
    memo: tuple[tuple[str, str], ...] = ()
    copy_text: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: in which words, with which names for sources and provisions, on which day."""

    wording: Wording
    name_of: NameOf
    label_of: LabelOf = as_it_stands
    today: dt.date = field(default_factory=dt.date.today)

    def citation(self, given: Mapping[str, Any], version: str, as_of: str) -> CitationView:
        """A citation of an answer's JSON; ``version`` is that of the source it was taken from."""
        name = self.name_of(given["source_id"])
        provision = self.label_of(given["source_id"], given["provision"])
        return CitationView(
            n=given["n"],
            name=self.wording("source.part", name=name, provision=provision),
            quote=plain_text(given["quote"]),
            url=given["url"],
            page=given["page"],
            standing=mark(given["standing"], given["source_id"], self.wording, self.name_of),
            data=place(given["source_id"], version, given["start"], given["end"], as_of, n=given["n"]),
            label=self.wording("ask.citation", n=given["n"], name=name, provision=provision),
        )

    def date_line(self, as_of: str, chosen: dt.date | None) -> str:
        """Which date an answer took, and where it took it from."""
        day = dt.date.fromisoformat(as_of)
        if chosen not in (None, day) or (chosen is None and day != self.today):
            name = "date_taken"
        else:
            name = "date_today" if day == self.today else "date_chosen"
        return self.wording(f"ask.{name}", date=self.wording.date(day))


def place(source_id: str, version: str, start: int | None, end: int | None, on: str, *, n: int | None = None) -> Markup:
    """The attributes of a button that opens a source: which version, where in it, and on which date."""
    values = {"source": source_id, "version": version, "start": start, "end": end, "on": on, "n": n}
    shown = (Markup('data-{}="{}"').format(name, value) for name, value in values.items() if value is not None)
    return Markup(" ").join(shown)


def asked(number: int, question: str, as_of: str) -> TurnView:
    """A question that waits for its answer."""
    return TurnView(number=number, question=question, as_of=as_of, state="pending")


def failed(turn: TurnView, sentence: str) -> TurnView:
    """A question to which no answer came, and why."""
    return replace(turn, state="failed", error=sentence, verdict="", statements=())


def begun(turn: TurnView, reader: Reader, verdict: str, as_of: str, chosen: dt.date | None, language: str) -> TurnView:
    """The verdict stands; it is said in the language of the answer."""
    return replace(
        turn,
        verdict=verdict,
        as_of=as_of,
        date_line=reader.date_line(as_of, chosen),
        language=language,
        verdict_words=wording_for(language)(f"verdict.{verdict}"),
    )


def said(turn: TurnView, reader: Reader, new: Said) -> TurnView:
    """One statement more."""
    views = tuple(reader.citation(citation_json(each), "", turn.as_of) for each in new.citations)
    statement = StatementView(new.statement.text, views, not new.statement.quoted)
    return replace(turn, statements=(*turn.statements, statement))


def answered(
    number: int,
    answer: Mapping[str, Any],
    reader: Reader,
    *,
    chosen: dt.date | None = None,
    entry: str | None = None,
    helpful: bool | None = None,
) -> TurnView:
    """A whole answer, from the form in which the journal keeps it: its JSON, with the version of what each citation
    cites and a mark on what is said in the assistant's own words."""
    as_of = answer["as_of"]
    turn = TurnView(number=number, question=answer["question"], as_of=as_of, state="done")
    turn = begun(turn, reader, answer["verdict"], as_of, chosen, answer.get("language", reader.wording.language))
    citations = {each["n"]: reader.citation(each, each.get("version", ""), as_of) for each in answer["citations"]}
    statements = []
    for each in answer["statements"]:
        pins = tuple(citations[n] for n in each["citations"])
        statements.append(StatementView(each["text"], pins, spoken=each.get("spoken", False)))
    turn = replace(
        turn,
        lead=() if statements else tuple(answer["answer"].split("\n")),
        statements=tuple(statements),
        caveats=tuple(answer["caveats"]),
        citations=tuple(citations.values()),
        abstained=answer["abstained"],
        facts=_facts(answer, reader.wording, entry),
        entry=entry,
        helpful=helpful,
    )
    return replace(turn, copy_text=copy_text(turn, reader.wording))


def with_memo(shown: Sequence[TurnView], language: str) -> list[TurnView]:
    """The turns, each with the addresses of the memo of the conversation up to it."""
    return [
        replace(turn, memo=_memo(conversation_ids(shown[: turn.number]), language)) if turn.entry else turn
        for turn in shown
    ]


def _memo(entries: str, language: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, f"/ui/memo/{language}/{entries}.{extension}") for name, extension in MEMO_FORMATS.items())


def recorded(answer: Answer) -> dict[str, Any]:
    """A live answer in the form in which the journal keeps it."""
    shown = {**answer.as_json(), "language": answer.language}
    for statement, each in zip(answer.statements, shown["statements"], strict=True):
        each["spoken"] = not statement.quoted
    for each in shown["citations"]:
        each["version"] = answer.versions.get(each["source_id"], "")
    return shown


def copy_text(turn: TurnView, wording: Wording) -> str:
    """A turn as text to paste elsewhere, with its citations and their standing."""
    lines = [turn.question, "", f"{turn.verdict_words}. {turn.date_line}.", ""]
    lines += turn.lead
    for each in turn.statements:
        lines.append(each.text + "".join(f" [{citation.n}]" for citation in each.citations))
    lines += ["", *(f"! {each}" for each in turn.caveats)] if turn.caveats else []
    lines += ["", wording("ask.sources")]
    for citation in turn.citations:
        lines.append(f"[{citation.n}] {citation.name}. {citation.standing.words}.")
        lines.append(f"    “{citation.quote}”")
        lines += [f"    {citation.url}"] if citation.url else []
    return "\n".join(lines)


def conversation_ids(turns: Sequence[TurnView]) -> str:
    """The journal entries of a conversation, as its address holds them."""
    return ",".join(turn.entry for turn in turns if turn.entry)


def _facts(answer: Mapping[str, Any], wording: Wording, entry: str | None) -> str:
    writer = answer["writer"]
    facts = [
        wording("ask.writer_extractive") if writer == "extractive" else wording("ask.writer_model", model=writer),
        wording("ask.took", ms=round(answer["timings_ms"]["total"])),
    ]
    return " · ".join([*facts, wording("ask.entry", entry=entry)] if entry else facts)


def as_history(turns: Sequence[TurnView]) -> list[Turn]:
    """Turns the way the assistant takes earlier ones."""
    history = []
    for turn in turns:
        answer = " ".join((*turn.lead, *(each.text for each in turn.statements)))
        history += [Turn("user", turn.question), Turn("assistant", answer)]
    return history
