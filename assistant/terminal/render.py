"""Answers, hits and sources for people at a terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding

from assistant.answering.model import Answer, Citation, Verdict
from assistant.answering.wording import phrases_in, standing_words, state_words, verdict_words
from assistant.documents.headers import Header
from assistant.documents.model import Source
from assistant.documents.naming import long_date, short_name
from assistant.documents.validity import standing
from assistant.index.passages import plain_text
from assistant.retrieval.evidence import Evidence
from assistant.terminal.escaping import escape

# Words, and a shape that repeats them: colour alone says nothing to whoever cannot see it.
_SIGNS = {
    Verdict.PERMIT_REQUIRED: ("● ", "red"),
    Verdict.PROHIBITED_IN_PRINCIPLE: ("■ ", "red"),
    Verdict.CASE_BY_CASE: ("◐ ", "yellow"),
    Verdict.NOT_REQUIRED: ("○ ", "green"),
    Verdict.INFORMATIONAL: ("", "default"),
    Verdict.UNSETTLED: ("◆ ", "yellow"),
    Verdict.NOT_COVERED: ("– ", "default"),
}


def show_answer(answer: Answer, *, entry: str | None = None) -> None:
    """Verdict, statements, caveats and numbered sources on standard output, and the answer's entry in the journal."""
    console = Console(highlight=False)
    sign, colour = _SIGNS[answer.verdict]
    phrases = phrases_in(answer.language)
    word = sign + verdict_words(answer.verdict, answer.language)
    date = phrases.say("around.as_of_within" if word else "around.as_of", day=answer.as_of)
    console.print(f"[bold {colour}]{word}[/] [dim]{date}[/]" if word else f"[dim]{date}[/]")
    console.print()
    if answer.lead:
        console.print(escape(answer.lead))
    for statement in answer.statements:
        marks = "".join(f"[{n}]" for n in answer.numbers(statement))
        console.print(Padding(f"{escape(statement.text)} [dim]{escape(marks)}[/]", (0, 0, 1, 0)))
    for caveat in answer.caveats:
        console.print(f"[yellow]![/] {escape(caveat)}")
    if answer.citations:
        console.print(f"\n[bold]{phrases.say('around.sources')}[/]")
    said = "\n".join(each.text for each in answer.statements)
    linked: set[str] = set()
    for citation in answer.citations:
        source = citation.quote.source
        _show_citation(console, answer, citation, said=said, linked=source.id not in linked)
        linked.add(source.id)
    if entry:
        console.print(f"\n[dim]Entry {entry} of the journal[/]")


def _show_citation(console: Console, answer: Answer, citation: Citation, *, said: str, linked: bool) -> None:
    """A citation with its standing; its words where no statement has said them, its address at the first of a
    source."""
    quote, phrases = citation.quote, phrases_in(answer.language)
    stands = escape(standing_words(quote.standing, quote.source, phrases.language, answer.sources))
    named, words = escape(phrases.cited(quote)), plain_text(quote.text)
    console.print(f"[dim]{escape(f'[{citation.n}]')}[/] {named} — {stands}")
    if words not in said:
        console.print(Padding(f"[italic]{escape(words)}[/]", (0, 0, 0, 4)))
    if quote.source.url and linked:
        # Neither wrapped nor cut: it is there to be copied.
        console.print(f"    [dim]{escape(quote.source.url)}[/]", soft_wrap=True)


def show_hits(found: Sequence[Evidence]) -> None:
    """Provisions with score and standing."""
    console = Console(highlight=False)
    if not found:
        console.print("Nothing in the corpus is near to this.")
    for each in found:
        stands = escape(standing_words(each.standing, each.source))
        console.print(
            f"[bold]{escape(short_name(each.source))}, {escape(each.provision.label)}[/] "
            f"[dim]{each.score:.2f} · {escape(each.source.id)}[/] — {stands}"
        )
        console.print(Padding(escape(plain_text(each.source.in_context(each.provision))), (0, 0, 1, 2)))


def show_sources(found: Sequence[Source], as_of: dt.date) -> None:
    """The sources with their standing on a date."""
    console = Console(highlight=False)
    console.print(f"[dim]{len(found)} sources, with their standing on {long_date(as_of)}[/]\n")
    for source in found:
        states = {standing(source, each, as_of).state for each in source.provisions}
        issued = source.issued[0].date
        facts = [
            source.kind.value,
            f"issued {issued.isoformat()}" if issued else "of unknown date",
            " or ".join(sorted(state_words(state) for state in states)),
            f"checked until {source.checked_until.isoformat()}" if source.checked_until else "never checked",
        ]
        console.print(f"[bold]{escape(source.id)}[/] [dim]{' · '.join(facts)}[/]", soft_wrap=True)
        console.print(Padding(escape(source.title), (0, 0, 0, 2)))


def source_json(source: Header) -> dict[str, Any]:
    """What is known of a source as plain data, without its text."""
    return {
        "id": source.id,
        "title": source.title,
        "kind": source.kind.value,
        "issuer": source.issuer,
        "number": source.number,
        "issued": _first_date(source, "issued"),
        "effective": _first_date(source, "effective"),
        "language": source.language,
        "jurisdiction": source.jurisdiction,
        "url": source.url,
        "checked_until": source.checked_until.isoformat() if source.checked_until else None,
        "provisions": source.provisions,
        "guessed": list(source.guessed),
    }


def _first_date(source: Header, field: str) -> str | None:
    first = getattr(source, field)[0].date
    return first.isoformat() if first else None
