"""Lines → the tree of a text's parts: articles, paragraphs, items, annexes, rows, each under what it belongs to.

A line opens a part where its number goes on from one that is open ("(b)" after "(a)") or begins a new count ("(a)"
under "1."). A number that does neither is a number in a sentence. Everything else belongs to the part before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.documents.blocks import Role
from assistant.documents.counting import Counting
from assistant.documents.language import has_chinese
from assistant.documents.lines import Line
from assistant.documents.numbering import Marker, Rank, Step, markers
from assistant.documents.parts import Node, Part

_HEADING_MAX = 120
_MOST_IN_A_LINE = 3
_REMARKS = re.compile(r"(?:explanatory )?(?:guidance|notes?|examples?)|说\s*明|注", re.IGNORECASE)
_DATE_LINE = re.compile(
    r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|[二〇○零一三四五六七八九十]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
    r"|(?:Done at [\w ]+, )?\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|"
    r"December) \d{4}\.?"
)
_SENTENCE_END = re.compile(r"[.。;；:：!！?？,，]$")


def outline(text: str, lines: Sequence[Line]) -> Node:
    """The tree of the lines' parts, under a root that is no part itself."""
    return _Builder(text, lines).build()


class _Builder:
    def __init__(self, text: str, lines: Sequence[Line]) -> None:
        self._text = text
        self._lines = lines
        self._root = Node(Part.ROOT, None)
        self._counting = Counting(text, lines, self._root)
        self._open = self._counting.open
        self._last: Node = self._root  # what text without a number goes on with
        self._table = self._row_of_table = 0

    def build(self) -> Node:
        at = 0
        while at < len(self._lines):
            line = self._lines[at]
            at += 1 + self._take(line, self._lines[at + 1] if at + 1 < len(self._lines) else None)
        return self._root

    def _take(self, line: Line, following: Line | None) -> int:
        """Places a line; returns how many of the lines after it it took along."""
        words = self._text[line.span.start : line.span.end]
        if line.role is not Role.TABLE_ROW:
            self._row_of_table = 0
        match line.role:
            case Role.TABLE_ROW:
                self._row(line)
                return 0
            case Role.FOOTNOTE:
                self._leaf(Part.FOOTNOTE, self._root, line)
                return 0
        marker = self._counting.marker(line)
        if marker is not None:
            return self._number(line, words, marker, following)
        if line.role is Role.HEADING:
            self._heading(line, words)
        elif line.opens_block and len(self._open) > 1 and _REMARKS.fullmatch(words.strip(" :：")):
            self._remarks(line, words)
        elif self._is_signature(line, words, following):
            self._leaf(Part.SIGNATURE, self._root, line)
        elif self._last.part is Part.SIGNATURE:
            self._extend(line)
        else:
            self._plain(line)
        return 0

    def _is_signature(self, line: Line, words: str, following: Line | None) -> bool:
        """Whether a line is the date that an act closes with, or who signed it before the date."""
        if not line.opens_block or self._last.part in (Part.ROOT, Part.SIGNATURE):
            return False
        if _DATE_LINE.fullmatch(words):
            return True
        after = self._text[following.span.start : following.span.end] if following else ""
        return len(words) <= _HEADING_MAX // 2 and not _SENTENCE_END.search(words) and bool(_DATE_LINE.fullmatch(after))

    # -- numbers ---------------------------------------------------------------------------------------------------

    def _number(self, line: Line, words: str, marker: Marker, following: Line | None) -> int:
        """Opens the parts of a marker, also of those that stand in one line with it: "1. (a) …"."""
        node = self._last
        for step in marker.steps:
            node = self._opened(step, line)
        end = marker.end
        # An item may open in the same line; a heading's words, and a division's, are its title.
        for _ in range(_MOST_IN_A_LINE if node.rank >= Rank.ARTICLE and line.role is not Role.HEADING else 0):
            inner = next((each for each in markers(words[end : end + _HEADING_MAX]) if self._is_inner(each)), None)
            if inner is None:
                break
            for step in inner.steps:
                node = self._opened(step, line)
            end += inner.end
        node.words = line.span.start + end
        node.end = line.span.end
        self._last = node
        is_title = line.role is Role.HEADING or node.rank < Rank.ARTICLE
        if is_title and end < len(words):
            node.heading, node.words = words[end:], line.span.end
        elif end >= len(words) and node.rank <= Rank.ARTICLE and following and self._is_title(following):
            node.heading = self._text[following.span.start : following.span.end]
            node.words = node.end = following.span.end
            return 1
        return 0

    def _is_inner(self, marker: Marker) -> bool:
        step = marker.steps[0]
        return step.rank is Rank.ITEM and step.ordinal == 1 and step.style not in ("decimal", "1.", "a.", "i.")

    def _is_title(self, line: Line) -> bool:
        """Whether a line under a bare "Article 12" is the article's heading."""
        words = self._text[line.span.start : line.span.end]
        if line.role is Role.HEADING:
            return not any(markers(words, is_heading=True))
        return (
            line.role is Role.PARAGRAPH
            and len(words) <= (_HEADING_MAX // 3 if has_chinese(words) else _HEADING_MAX)
            and not _SENTENCE_END.search(words)
            and not words[0].islower()
            and not any(markers(words))
        )

    def _opened(self, step: Step, line: Line) -> Node:
        node = Node(Part.NUMBERED, None, step, line.span.start, line.span.end, line.span.end)
        if step.rank < Rank.ARTICLE and step.rank is not Rank.ANNEX:
            node.part = Part.DIVISION
        node.level = line.level if line.role is Role.HEADING else 0
        self._counting.opened(node, step, line)
        return node

    # -- text without a number -------------------------------------------------------------------------------------

    def _heading(self, line: Line, words: str) -> None:
        article = next((node for node in reversed(self._open) if node.rank is Rank.ARTICLE and node.step), None)
        if article is not None and article.level and line.level > article.level:
            self._extend(line)  # a heading inside an article
            return
        while len(self._open) > 1 and not self._above_heading(self._open[-1], line.level):
            self._open.pop()
        node = Node(Part.DIVISION, None, None, line.span.start, line.span.end, line.span.end, words, line.level)
        node.under(self._open[-1])
        self._open.append(node)
        self._last = node

    def _remarks(self, line: Line, words: str) -> None:
        """A line "Guidance" or "Notes": what follows under it counts anew, and belongs to the part it stands under."""
        place = next(at for at in range(len(self._open) - 1, -1, -1) if not self._open[at].is_bracketed)
        del self._open[place + 1 :]
        node = Node(Part.SUBHEADING, None, None, line.span.start, line.span.end, line.span.end, words.strip(" :："))
        node.under(self._open[-1])
        self._open.append(node)
        self._last = node

    def _above_heading(self, node: Node, level: int) -> bool:
        if node.step is not None:
            return node.rank < Rank.ARTICLE and not (node.level and node.level >= level)
        return node.level < level

    def _plain(self, line: Line) -> None:
        last = self._last
        if not line.opens_block or line.role is Role.LIST_ITEM or last.part is Part.CLOSING:
            if last.part in (Part.ROOT, Part.DIVISION, Part.SUBHEADING, Part.ROW, Part.FOOTNOTE):
                self._paragraph(line)
            else:
                self._extend(line)
            return
        holder = self._open[-1]
        if holder.part in (Part.ROOT, Part.DIVISION, Part.SUBHEADING) or holder.rank is Rank.ANNEX:
            self._paragraph(line)
        elif any(node.step and node.step.style == "条" for node in self._open):
            self._chinese_paragraph(line)
        elif holder.is_lettered:
            self._closing(line)
        elif last is holder:
            self._extend(line)
        else:
            self._paragraph(line)

    def _paragraph(self, line: Line) -> None:
        holder = next(node for node in reversed(self._open) if node.part is not Part.PARAGRAPH)
        self._leaf(Part.PARAGRAPH, holder, line)

    def _chinese_paragraph(self, line: Line) -> None:
        """A paragraph (款) of an article; what follows on the items of the one before it opens the next."""
        while self._open[-1].step is None or self._open[-1].step.style != "条":
            self._open.pop()
        article = self._open[-1]
        node = self._leaf(Part.PARAGRAPH, article, line)
        node.ordinal += 1  # the first paragraph is the article's own
        if not article.has_words and len(article.children) == 1:
            # "第十二条" alone in its line: its first paragraph is this one.
            article.children.pop()
            article.paragraphs = 0
            article.words, article.end = line.span.start, line.span.end
            self._last = article
            return
        self._open.append(node)

    def _closing(self, line: Line) -> None:
        """The words after a list that belong to all of its items; another item may still come."""
        holder = next(node for node in reversed(self._open) if not node.is_lettered)
        self._leaf(Part.CLOSING, holder, line)

    def _row(self, line: Line) -> None:
        self._table += self._row_of_table == 0
        self._row_of_table += 1
        node = self._leaf(Part.ROW, self._open[-1], line)
        node.level, node.ordinal = self._table, self._row_of_table

    def _leaf(self, part: Part, parent: Node, line: Line) -> Node:
        node = Node(part, None, None, line.span.start, line.span.start, line.span.end)
        node.under(parent)
        self._last = node
        return node

    def _extend(self, line: Line) -> None:
        last = self._last
        if not last.has_words:
            last.words = line.span.start
        last.end = line.span.end
