"""Which numbers at the start of a line are numbers of parts, and under which open part each belongs.

A number counts where it goes on from one that is open ("(b)" after "(a)") or begins a new count ("(a)" under "1.").
One that does neither is a number in a sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from assistant.documents.blocks import Role
from assistant.documents.lines import Line
from assistant.documents.numbering import Marker, Rank, Step, markers
from assistant.documents.parts import Node, Part

# A number may skip some: repealed articles leave gaps. A list item's does not.
_LONGEST_GAP = 40
# How many lines on the second item of a list is looked for.
_NEAR = 12
_OPENS_COUNT = re.compile(r"(?:[:：;；,，.。—–-]|\band|\bor|、|及|和|或)$")
# Counts that run on across the divisions of an act.
_ACROSS = ("1.", "一、")


class Counting:
    """The counts under way in a text. ``open`` are the parts under way, each under the one before it, from the root."""

    def __init__(self, text: str, lines: Sequence[Line], root: Node) -> None:
        self.open: list[Node] = [root]
        self._text = text
        self._lines = lines
        self._latest: dict[str, Node] = {}  # the last article of each way of counting
        self._numbers: dict[str, Step] = {}  # the last number of each way of counting that stands above all items
        self._has_articles = any(
            marker.steps[0].style in ("article Art.", "条") for line in lines for marker in self._markers(line)
        )

    def opened(self, node: Node, step: Step, line: Line) -> None:
        """Puts a new part of a step in its place; the parts that stand above it no more end."""
        place = self._place_of_chapter() if self._is_chapter(step, line) else self._place(step)
        del self.open[place + 1 :]
        node.under(self.open[-1])
        self.open.append(node)
        if step.rank is Rank.ARTICLE:
            self._latest[step.style] = node
        if step.style == "decimal" or self.open[-2].part in (Part.ROOT, Part.DIVISION):
            self._numbers[step.style] = step

    def marker(self, line: Line) -> Marker | None:
        """The reading of a line's marker that goes on from what is open, or begins a count; ``None`` for no marker."""
        # Where there are articles, a "Section 2" is what holds some of them; else it is an article by another name.
        unfit = "article Section" if self._has_articles else "section"
        readings = [self._beyond_open(marker) for marker in self._markers(line) if marker.steps[0].style != unfit]
        going_on = [each for each in readings if self._goes_on(each.steps[0], line)]
        if going_on:
            return going_on[0]
        return next((each for each in readings if self._begins(each, line)), None)

    def _beyond_open(self, marker: Marker) -> Marker:
        """A marker without the first steps that are open already: of "1.1(b)" after "1.1(a)" only the "(b)"."""
        steps = marker.steps
        opened = {(node.step.style, node.step.label) for node in self.open if node.step}
        while len(steps) > 1 and (steps[0].style, steps[0].label) in opened:
            steps = steps[1:]
        return Marker(steps, marker.end)

    def _goes_on(self, step: Step, line: Line) -> bool:
        """Whether a part of this way of counting is open, and the step is the next of it."""
        if step.style == "decimal":
            opened = [node.step for node in self.open if node.step]
            opened += [self._numbers[step.style]] if step.style in self._numbers else []
            return any(_follows(each, step) for each in opened)
        if step.rank is Rank.ITEM:
            if self._before(step) is not None or (line.opens_block and self._is_chapter(step, line)):
                return True
            return line.opens_block and self._resumes(step)
        same = next((node for node in reversed(self.open) if node.step and node.step.style == step.style), None)
        if same is None or same.step is None:
            return False
        gap = step.ordinal - same.step.ordinal
        return 0 < gap <= _LONGEST_GAP or (gap == 0 and step.label != same.step.label)

    def _before(self, step: Step) -> Node | None:
        """The open item that an item comes right after."""
        return next((node for node in reversed(self.open) if node.step and _is_next(node.step, step)), None)

    def _resumes(self, step: Step) -> bool:
        """Whether a number goes on across the chapters of an act: "14." under Chapter 2 after "13." under Chapter 1."""
        if step.style not in _ACROSS or any(node.rank is Rank.ITEM and node.step for node in self.open):
            return False
        last = self._numbers.get(step.style)
        return last is not None and 0 < step.ordinal - last.ordinal <= _LONGEST_GAP

    def _begins(self, marker: Marker, line: Line) -> bool:
        """Whether a step can be the first of a count here."""
        step = marker.steps[0]
        if step.rank < Rank.ARTICLE:
            return line.opens_block
        if step.rank is Rank.ARTICLE:
            before = self._latest.get(step.style)
            if before is None or before.step is None:
                return True
            parted = any(node.rank < Rank.ARTICLE and node.start > before.start for node in self.open)
            return parted or 0 < step.ordinal - before.step.ordinal <= _LONGEST_GAP
        if step.style == "decimal":
            return line.role is Role.HEADING or (_is_first(step) and (line.opens_block or self._open_for_count(line)))
        if step.ordinal != 1 and not (len(marker.steps) > 1 and line.opens_block):
            return False
        return line.opens_block or self._open_for_count(line) or self._has_second(step, line)

    def _has_second(self, step: Step, line: Line) -> bool:
        """Whether the second of a count stands at the start of one of the next lines."""
        return any(
            marker.steps[0].style == step.style and marker.steps[0].ordinal == 2
            for each in self._after(line, _NEAR)
            for marker in self._markers(each)
        )

    def _open_for_count(self, line: Line) -> bool:
        """Whether the text before a line inside a paragraph can lead a list in, or is an item of one."""
        return bool(_OPENS_COUNT.search(self._text[max(0, line.span.start - 64) : line.span.start].rstrip()[-8:]))

    def _place(self, step: Step) -> int:
        """Where, among the open parts, stands the one that a new part is to stand under."""
        places = range(len(self.open) - 1, 0, -1)
        if step.rank is not Rank.ITEM:
            return next((at for at in places if self._holds(self.open[at], step)), 0)
        if step.style == "decimal":
            return self._place_of_decimal(step)
        before = self._before(step)
        if before is not None:
            return self.open.index(before) - 1
        same = next((at for at in places if self.open[at].style == step.style), None)
        within = self.open[same:] if same is not None else []
        if same is not None and all(node.style != "decimal" for node in within):
            return same - 1  # the same count begins again
        return len(self.open) - 1

    def _place_of_decimal(self, step: Step) -> int:
        for at in range(len(self.open) - 1, 0, -1):
            above = self.open[at].step
            own = above.numbers if above else ()
            if above and above.style == "1." and at == 1 + self._place_of_chapter():
                own = (above.label,)
            if own and len(own) < len(step.numbers) and step.numbers[: len(own)] == own:
                return at
        return self._place_of_chapter()

    def _place_of_chapter(self) -> int:
        """Where stands, among the open parts, the lowest division, annex or article."""
        return next((at for at in range(len(self.open) - 1, 0, -1) if self.open[at].holds_chapters), 0)

    def _is_chapter(self, step: Step, line: Line) -> bool:
        """Whether a number is that of a chapter, since decimals of it follow: "2. Scope", "2.1 …"."""
        return step.style == "1." and any(
            marker.steps[0].numbers[:1] == (step.label,) and _is_first(marker.steps[0])
            for each in self._after(line, 2)
            for marker in self._markers(each)
        )

    def _holds(self, above: Node, step: Step) -> bool:
        """Whether a part that is open stands above a division, annex or article."""
        if above.step is not None:
            return above.rank < step.rank
        return above.part is Part.DIVISION and step.rank is Rank.ARTICLE

    def _markers(self, line: Line) -> Iterator[Marker]:
        return markers(self._text[line.span.start : line.span.end], is_heading=line.role is Role.HEADING)

    def _after(self, line: Line, count: int) -> Sequence[Line]:
        at = bisect_right(self._lines, line.span.start, key=lambda each: each.span.start)
        return self._lines[at : at + count]


def _is_first(decimal: Step) -> bool:
    """Whether a decimal is the first of its chapter: 2.1, 2.1.1."""
    return len(decimal.numbers) > 1 and all(each in ("0", "1") for each in decimal.numbers[1:])


def _is_next(one: Step, other: Step) -> bool:
    return one.style == other.style and other.rank is Rank.ITEM and other.ordinal == one.ordinal + 1


def _follows(before: Step, step: Step) -> bool:
    """Whether a decimal number comes after one that is open, or stands under it: 1.1.2 and 1.2 after 1.1.1, 2.1
    after 1.4."""
    if before.style not in ("decimal", "1.") and before.rank is not Rank.ARTICLE:
        return False
    own = before.numbers or (before.label,)
    if step.numbers[: len(own)] == own and len(step.numbers) > len(own):
        return True
    apart = next((pair for pair in zip(own, step.numbers, strict=False) if pair[0] != pair[1]), None)
    return apart is not None and _is_after(*apart)


def _is_after(one: str, other: str) -> bool:
    """Whether a number comes after another, and not far: 5A after 5, 12 after 9."""
    first, second = re.match(r"([A-Z]?)(\d+)(\w*)", one), re.match(r"([A-Z]?)(\d+)(\w*)", other)
    if first is None or second is None or first[1] != second[1]:
        return False
    gap = int(second[2]) - int(first[2])
    return 0 < gap <= _LONGEST_GAP or (gap == 0 and second[3] > first[3])
