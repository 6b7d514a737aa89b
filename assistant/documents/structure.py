"""Text → provisions: by the numbers of its articles, paragraphs and items, by its headings, or by bare paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from assistant.documents.blocks import Block
from assistant.documents.labels import Labels
from assistant.documents.language import guess_language
from assistant.documents.lines import contents_lines, lines_of
from assistant.documents.model import Provision, Span
from assistant.documents.numbering import Rank
from assistant.documents.outline import outline
from assistant.documents.parts import Node, Part
from assistant.documents.sentences import sentence_spans

# Hard-wrapped prose has lines of much the same, moderate length; where lines run longer each is a paragraph.
_WRAPPED_LINE_MAX = 110
# "The following need a licence:", and what stops without a point after more words than a title has.
_LEADS_ON, _ENDS = re.compile(r"[:：—–,，-]$"), re.compile(r"[.;。；!?！？]$")
_TITLE_WORDS = 5
_TAIL = 200


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the text under one label. ``path`` holds what stands above it, ``heading`` its own title as printed.

    ``words`` is where its words begin past its number and heading, the start of the span where that is ``None``;
    ``lead_in`` the sentence above it that it completes.
    """

    label: str
    path: tuple[str, ...]
    span: Span
    is_note: bool = False
    words: int | None = None
    heading: str | None = None
    lead_in: Span | None = None


def provisions(source_id: str, text: str, sections: Iterable[Section]) -> tuple[Provision, ...]:
    """One provision for each section that has text; labels made unique within the source by the headings above them,
    then by counting."""
    found: list[Provision] = []
    taken: dict[str, int] = {}
    for section in sections:
        span = _trimmed(text, section.span)
        words = span.start if section.words is None else section.words
        sentences = sentence_spans(text, Span(words, span.end)) or sentence_spans(text, span)
        if not sentences:
            continue
        label = _unique(section.label, section.path, taken)
        found.append(
            Provision(
                source_id, label, section.path, span, sentences, section.is_note, section.heading, section.lead_in
            )
        )
    return tuple(found)


def numbered_sections(text: str, blocks: Sequence[Block]) -> Iterator[Section]:
    """The parts of a text in their order, labelled as a lawyer cites them. They cover all of the text but the headings
    above articles, tables of contents and white space, and do not overlap."""
    lines = lines_of(text, blocks)
    skipped = contents_lines(text, lines)
    root = outline(text, [line for at, line in enumerate(lines) if at not in skipped])
    labels = Labels(text, chinese=guess_language(text) == "zh")
    # A footnote or signature stands outside the tree's order.
    for node in sorted(_preorder(root), key=lambda each: each.start):
        if node.has_words or (node.part is Part.NUMBERED and not node.children):
            words = min(node.words, node.end)
            heading = next(
                (each.heading for each in node.lineage() if each.part is Part.NUMBERED and each.heading), None
            )
            span = Span(node.start, node.end)
            yield Section(
                labels.of(node), labels.path(node), span, words=words, heading=heading, lead_in=_lead_in(text, node)
            )


def _preorder(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def _lead_in(text: str, node: Node) -> Span | None:
    """The last sentence of the nearest part above an item that has words of its own, where it leads on to something."""
    if node.rank is not Rank.ITEM or node.part not in (Part.NUMBERED, Part.ROW):
        return None
    above = (each for each in node.lineage() if each is not node and each.part in (Part.NUMBERED, Part.PARAGRAPH))
    found = next((each for each in above if each.has_words), None)
    sentences = sentence_spans(text, Span(found.words, found.end)) if found else ()
    if not sentences:
        return None
    tail = text[max(sentences[-1].start, sentences[-1].end - _TAIL) : sentences[-1].end]
    leads_on = _LEADS_ON.search(tail) or (not _ENDS.search(tail) and len(tail.split()) > _TITLE_WORDS)
    return sentences[-1] if leads_on else None


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


def _unique(label: str, path: tuple[str, ...], taken: dict[str, int]) -> str:
    """The label, or where it is taken the label under its heading, or with its count; ``taken`` has how often each was
    asked for."""
    if label in taken and path and not label.startswith(path[-1]):
        label = f"{path[-1]}, {label}"
    candidate = label
    while candidate in taken:
        taken[label] += 1
        candidate = f"{label} [{taken[label]}]"
    taken[candidate] = 1
    return candidate


def _trimmed(text: str, span: Span) -> Span:
    inner = text[span.start : span.end]
    return (
        Span(span.end - len(inner.lstrip()), span.start + len(inner.rstrip()))
        if inner.strip()
        else Span(span.start, span.start)
    )
