"""Where the sentences of a stretch of text stand: English and Chinese, legal abbreviations left whole.

A quote is a sentence of a provision, so a wrong cut is a wrong quote. Line structure comes first: a blank line, a list
item, a table row or a heading ends what was before it; within a block a sentence ends at its punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.documents.model import Span

# Points after these do not end a sentence: "Art. 12", "Nos. 55 and 56", "e.g. magnets".
_ABBREVIATIONS = re.compile(
    r"\b(?:Arts?|Nos?|Paras?|Secs?|Ch|Chs|Pt|Pts|Fig|Figs|Vol|pp?|cf|e\.g|i\.e|etc|vs|viz|approx|incl|excl|ca|al|"
    r"Mr|Mrs|Ms|Dr|Prof|Inc|Ltd|Co|Corp|St|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|U\.S|E\.U|U\.K|[A-Z])\.$",
    re.IGNORECASE,
)
_END = re.compile(r"[。！？]+[”’』」）)]*|[.!?]+[\"'”’)\]]*(?=\s|$)")
_NEXT_CONTINUES = re.compile(r"\s*[a-z,;)]")
_MARKER = re.compile(r"[ \t]*(?:>[ \t]?)*(?:(?:[-*+•]|\d{1,2}[.)])[ \t]+)?")
_ITEM = re.compile(r"[ \t]*(?:>[ \t]?)*(?:[-*+•]|\d{1,2}[.)])[ \t]+")
_NOT_TEXT = re.compile(r"[ \t>]*(?:\[!\w+\])?[ \t]*$")


def sentence_spans(text: str, within: Span) -> tuple[Span, ...]:
    """The sentences of ``text[within]``, in order, not overlapping, without list and quotation marks around them.

    Offsets count characters of ``text``. A line without closing punctuation is a sentence of its own where its block
    ends with it (a list item, say).
    """
    return tuple(
        sentence
        for block in _blocks(text, within)
        for sentence in _sentences_of(text, block)
        if sentence.start < sentence.end
    )


def _blocks(text: str, within: Span) -> Iterator[Span]:
    """Runs of lines that belong to one paragraph or one list item, each without its opening marker."""
    start = end = -1
    at = within.start
    for line in text[within.start : within.end].splitlines(keepends=True):
        bare = line.rstrip()
        begins = _MARKER.match(line)
        offset = begins.end() if begins else 0
        if _NOT_TEXT.fullmatch(bare):
            if start >= 0:
                yield Span(start, end)
            start = -1
        elif start < 0 or _ITEM.match(line) or line.startswith(">"):
            # Quoted lines cannot be joined: the mark between them would become part of a quote.
            if start >= 0:
                yield Span(start, end)
            start, end = at + offset, at + len(bare)
        else:
            end = at + len(bare)
        at += len(line)
    if start >= 0:
        yield Span(start, end)


def _sentences_of(text: str, block: Span) -> Iterator[Span]:
    start = block.start
    for end in _END.finditer(text, block.start, block.end):
        stop = end.end()
        if stop < block.end and not _ends_here(text, start, stop, end.group()):
            continue
        yield _trimmed(text, start, stop)
        start = stop
    if start < block.end:
        yield _trimmed(text, start, block.end)


def _ends_here(text: str, start: int, stop: int, mark: str) -> bool:
    if mark[0] not in ".!?":
        return True
    if mark == "." and _ABBREVIATIONS.search(text, max(start, stop - 12), stop):
        return False
    return not _NEXT_CONTINUES.match(text, stop)


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
