"""Whether quotes bear out a sentence in a chat model's words."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.facts import missing_facts, read
from assistant.answering.model import Quote


def faults(text: str, quotes: Sequence[Quote]) -> list[str]:
    """What a sentence says that its quotes do not bear out; empty where they bear it out."""
    premise = read(quotes[0].text)
    for quote in quotes:
        premise = premise | read(quote.text)
    return missing_facts(premise, read(text))
