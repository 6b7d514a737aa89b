"""Text → provisions, for sources whose structure is headings or bare paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from assistant.documents.model import Provision, Span
from assistant.documents.sentences import sentence_spans

# Hard-wrapped prose has lines of much the same, moderate length; where lines run longer each is a paragraph.
_WRAPPED_LINE_MAX = 110


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text up to the next one. ``path`` holds the labels of the headings above it."""

    label: str
    path: tuple[str, ...]
    span: Span
    is_note: bool = False


def provisions(source_id: str, text: str, sections: Iterable[Section]) -> tuple[Provision, ...]:
    """One provision for each section that has text; labels made unique within the source by the headings above them,
    then by counting."""
    found: list[Provision] = []
    taken: set[str] = set()
    for section in sections:
        span = _trimmed(text, section.span)
        sentences = sentence_spans(text, span)
        if not sentences:
            continue
        label = _unique(section.label, section.path, taken)
        taken.add(label)
        found.append(Provision(source_id, label, section.path, span, sentences, section.is_note))
    return tuple(found)


def paragraph_sections(text: str, within: Span) -> Iterator[Section]:
    """The paragraphs of text that has no headings, labelled "Para. 1", "Para. 2" … in order.

    Paragraphs are set apart by blank lines; in text that is not hard-wrapped every line is one.
    """
    body = text[within.start : within.end]
    lengths = [len(line) for line in body.splitlines() if line.strip()]
    wrapped = bool(lengths) and median(lengths) <= _WRAPPED_LINE_MAX and "\n\n" in body
    pattern = re.compile(r"\S[\s\S]*?(?=\r?\n[ \t]*\r?\n|\Z)" if wrapped else r"\S[^\r\n]*")
    for number, match in enumerate(pattern.finditer(text, within.start, within.end), start=1):
        yield Section(f"Para. {number}", (), Span(*match.span()))


def _unique(label: str, path: tuple[str, ...], taken: set[str]) -> str:
    if label in taken and path:
        label = f"{path[-1]}, {label}"
    candidate, count = label, 1
    while candidate in taken:
        count += 1
        candidate = f"{label} [{count}]"
    return candidate


def _trimmed(text: str, span: Span) -> Span:
    inner = text[span.start : span.end]
    return (
        Span(span.end - len(inner.lstrip()), span.start + len(inner.rstrip()))
        if inner.strip()
        else Span(span.start, span.start)
    )
