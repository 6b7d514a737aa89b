"""An answer as text for people who read it in somebody else's chat window: Markdown, one numbering throughout."""

from __future__ import annotations

from assistant.answering.model import Answer, Citation
from assistant.answering.wording import standing_words
from assistant.documents.naming import long_date, short_name


def sources_list(answer: Answer) -> str:
    """The citations as a list, a line each, with standing and link."""
    return "\n".join(_line(each) for each in answer.citations)


def closing(answer: Answer) -> str:
    """What follows the statements: caveats, the date, the sources."""
    parts = [f"> {each}" for each in answer.caveats]
    parts.append(f"As of {long_date(answer.as_of)}.")
    if answer.citations:
        parts.append(f"**Sources**\n\n{sources_list(answer)}")
    return "\n\n".join(parts)


def _line(citation: Citation) -> str:
    quote = citation.quote
    named = f"{short_name(quote.source)}, {quote.provision.label}"
    linked = f"[{_escaped(named)}]({quote.source.url})" if quote.source.url else _escaped(named)
    return f"- [{citation.n}] {linked} — {standing_words(quote.standing, quote.source)}: “{_escaped(quote.text)}”"


def _escaped(text: str) -> str:
    """Text of a document in Markdown: on one line, and as nothing but text."""
    plain = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|~!" else sign for sign in plain)
