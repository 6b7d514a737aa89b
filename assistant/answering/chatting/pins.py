"""Words that a chat model quotes → the sentences of the stored text they stand in.

A model copies words with other white space and other quotation marks than the source has, and without its list marks.
Such differences are mended, and only such: everything else must agree letter by letter, and what could mean two places
means none. The pin is the whole sentence around the words, so that no quote leaves out the "not" before it.
"""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.answering.model import Quote
from assistant.documents.invisible import shows_nothing
from assistant.documents.model import Span
from assistant.index.passages import LINE_MARKS, plain_text
from assistant.retrieval.evidence import Evidence

_SAME = {
    **dict.fromkeys("\u2018\u2019\u201b\u2032`\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033«»「」『』", '"'),
    **dict.fromkeys("\u2010\u2011", "-"),  # both are hyphens; a dash is another character
}
# Nobody reads a longer quote, and the checks would take their time.
_LONGEST = 3_000
_FEWEST_LATIN, _FEWEST_OTHER = 12, 5
_ELISION = re.compile(r"\s*(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*")


def pinned(words: str, evidence: Evidence) -> Quote | None:
    """The sentences of a provision that words stand in, as a quote; ``None`` where they do not stand in it, could stand
    in two places, or are too few or too many to mean anything. Words with an elision pin the stretch from the first
    part to the last, all parts in order."""
    parts = [part for part in _ELISION.split(words.strip().strip("\"'“”")) if part.strip()]
    spans = [_found(part, evidence) for part in parts]
    found = [span for span in spans if span is not None]
    if not found or len(found) < len(spans) or any(a.end > b.start for a, b in pairwise(found)):
        return None
    return _around(evidence, Span(found[0].start, found[-1].end))


def _around(evidence: Evidence, words: Span) -> Quote | None:
    touched = [each for each in evidence.provision.sentences if each.start < words.end and words.start < each.end]
    if not touched or touched[-1].end - touched[0].start > _LONGEST:
        return None
    return Quote(evidence.source, evidence.provision, Span(touched[0].start, touched[-1].end), evidence.standing)


def _found(words: str, evidence: Evidence) -> Span | None:
    """Where words stand in a provision's stored text, the one place that they can."""
    wanted = _normal(words)
    enough = _FEWEST_LATIN if wanted.isascii() else _FEWEST_OTHER
    if len(wanted) < enough:
        return None
    whole = evidence.provision.span
    text, offsets = _with_offsets(evidence.source.quote(whole))
    start = text.find(wanted)
    if start < 0:
        return None
    again = text.find(wanted, start + 1)
    first = Span(whole.start + offsets[start], whole.start + offsets[start + len(wanted) - 1] + 1)
    if again < 0:
        return first
    second = Span(whole.start + offsets[again], whole.start + offsets[again + len(wanted) - 1] + 1)
    # Twice in one sentence pins that sentence; in two, nobody can tell which was meant.
    one, two = _around(evidence, first), _around(evidence, second)
    return first if one and two and one.span == two.span else None


def _normal(words: str) -> str:
    return _with_offsets(plain_text(words))[0].strip()


def _with_offsets(raw: str) -> tuple[str, list[int]]:
    """The text with white space folded, quotation marks and hyphens made plain, list marks and invisible characters
    left out; and for each of its characters the place it has in the raw text."""
    marks = _marks(raw)
    text: list[str] = []
    offsets: list[int] = []
    for at, character in enumerate(raw):
        plain = " " if character.isspace() else _SAME.get(character, character)
        if at in marks or (plain != " " and shows_nothing(character)):
            continue
        if plain == " " and (not text or text[-1] == " "):
            continue
        text.append(plain)
        offsets.append(at)
    return "".join(text), offsets


def _marks(raw: str) -> set[int]:
    """The places of list and quotation marks at the start of lines, as `plain_text` leaves them out."""
    found: set[int] = set()
    for match in LINE_MARKS.finditer(raw):
        found.update(range(match.start(), match.end()))
    return found
