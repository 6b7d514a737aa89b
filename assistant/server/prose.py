"""An answer as text for people who read it in somebody else's chat window: Markdown, one numbering throughout."""

from __future__ import annotations

from assistant.answering.model import Answer, Citation
from assistant.answering.phrases import Phrases
from assistant.answering.wording import phrases_in, standing_words


def sources_list(answer: Answer) -> str:
    """The citations as a list, a line each, with standing and link."""
    phrases = phrases_in(answer.language)
    return "\n".join(_line(phrases, answer, each) for each in answer.citations)


def closing(answer: Answer) -> str:
    """What follows the statements: caveats, the date, the sources."""
    parts = [f"> {each}" for each in answer.caveats]
    phrases = phrases_in(answer.language)
    parts.append(phrases.say("around.as_of_alone", day=answer.as_of))
    if answer.citations:
        parts.append(f"**{phrases.say('around.sources')}**\n\n{sources_list(answer)}")
    return "\n\n".join(parts)


def _line(phrases: Phrases, answer: Answer, citation: Citation) -> str:
    quote = citation.quote
    named = phrases.cited(quote)
    linked = f"[{_escaped(named)}]({quote.source.url})" if quote.source.url else _escaped(named)
    stands = standing_words(quote.standing, quote.source, phrases.language, answer.sources)
    return f"- [{citation.n}] {linked} — {stands}: “{_escaped(quote.text)}”"


def _escaped(text: str) -> str:
    """Text of a document in Markdown: on one line, and as nothing but text."""
    plain = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|~!" else sign for sign in plain)
