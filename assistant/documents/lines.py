"""Blocks → the lines that can open a part of a text, and which of them are only a table of contents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.documents.blocks import Block, Role
from assistant.documents.model import Span
from assistant.documents.numbering import Rank, markers

_CONTENTS = re.compile(r"(?:table of )?contents|(?:list of )?articles|目\s*录|目\s*次", re.IGNORECASE)
# "Scope ........ 12", "总则……3": what leads to a page.
_LEADER = re.compile(r"(?:\.{3,}|(?:\. ){3,}|…+|·{3,}|_{3,}|\t+)\s*\d{1,4}\s*$")
_PAGE = re.compile(r"(?<=\S)[\s.…·_]+\d{1,4}$")
_LONGEST_ENTRY = 160
_FEWEST_ENTRIES = 3
_SENTENCE_END = re.compile(r"[.;。；！？!?]$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text that can open a part. ``opens_block`` is false for a further line of one paragraph."""

    span: Span
    role: Role
    level: int
    opens_block: bool


def lines_of(text: str, blocks: Iterable[Block]) -> list[Line]:
    """The lines of the blocks, in order, without those of white space alone. They cover all that is no white space."""
    found = []
    for block in blocks:
        opens = True
        at = block.span.start
        for raw in text[block.span.start : block.span.end].splitlines(keepends=True):
            bare = raw.strip()
            if bare:
                start = at + len(raw) - len(raw.lstrip())
                found.append(Line(Span(start, start + len(bare)), block.role, block.level, opens))
                opens = False
            at += len(raw)
    return found


def contents_lines(text: str, lines: Sequence[Line]) -> frozenset[int]:
    """The places, in the list of lines, of those that make up a table of contents.

    A line that leads to a page is one. Under a heading that says so, and in any run of three or more, so is a short
    line without the end of a sentence that stands again further on.
    """
    found: set[int] = set()
    again = _Later(text, lines)
    run: list[int] = []
    under_heading = False
    for at, line in enumerate(lines):
        words = text[line.span.start : line.span.end]
        again.pass_by(at)
        if _CONTENTS.fullmatch(words.strip(" :：")):
            found.add(at)
            under_heading, run = True, []
            continue
        if len(words) <= _LONGEST_ENTRY and _LEADER.search(words):
            found.add(at)
            continue
        if len(words) <= _LONGEST_ENTRY and not _SENTENCE_END.search(words) and again.stands(words):
            if under_heading:
                found.add(at)
                continue
            # Short items of two lists can be alike; headings of two articles are not.
            if any(marker.steps[0].rank <= Rank.ARTICLE for marker in markers(words)):
                run.append(at)
                if len(run) >= _FEWEST_ENTRIES:
                    found.update(run[-_FEWEST_ENTRIES:])
                continue
        under_heading, run = False, []
    return frozenset(found)


class _Later:
    """What the lines after the one under way say, page numbers aside, and which numbers they begin with."""

    def __init__(self, text: str, lines: Sequence[Line]) -> None:
        self._said = [_entry(text[line.span.start : line.span.end]) for line in lines]
        self._entries = Counter(self._said)
        self._numbers = Counter(number for each in self._said for number in _number(each))

    def pass_by(self, at: int) -> None:
        self._entries[self._said[at]] -= 1
        self._numbers.subtract(_number(self._said[at]))

    def stands(self, words: str) -> bool:
        """Whether a line is numbered or worded like one further on: the same words, or the number that an article of
        its own line has ("Article 12", its heading under it)."""
        if not any(markers(words, is_heading=True)):
            return False
        entry = _entry(words)
        return self._entries[entry] > 0 or any(self._entries[number] > 0 for number in _number(entry))


def _entry(words: str) -> str:
    if len(words) > _LONGEST_ENTRY:
        return ""
    whole = " ".join(words.split()).lower()
    without_page = _PAGE.sub("", whole)
    return without_page if " " in without_page or not without_page.isascii() else whole


def _number(entry: str) -> Iterator[str]:
    """The number that a line begins with, where it says what it numbers."""
    match = re.match(
        r"(?:article|section|chapter|part|annex|appendix|schedule|rule)\s+[\dIVXLCivxlc]+|第[^\s条章节编]{1,7}[条章节编]",
        entry,
    )
    if match:
        yield match[0]
