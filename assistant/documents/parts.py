"""The parts of a text while its tree is built: what each is, and where it begins and ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from assistant.documents.numbering import Rank, Step

_LETTERED = ("(a)", "a.", "a)", "(i)", "i.", "i)", "(A)", "(I)", "（一）", "①")


class Part(Enum):
    """What a node of the tree is."""

    ROOT = auto()
    DIVISION = auto()
    NUMBERED = auto()
    PARAGRAPH = auto()
    CLOSING = auto()
    ROW = auto()
    FOOTNOTE = auto()
    SIGNATURE = auto()
    SUBHEADING = auto()


@dataclass
class Node:
    """A part of the text while the tree is built.

    ``words`` is where its own words begin, past its number and heading; ``end`` where its own text ends, before what
    stands under it. ``heading`` is its title, as printed. ``level`` is that of a heading block that opened it,
    ``paragraphs`` how many without a number stand right under it, ``ordinal`` its place among these or in its table.
    """

    part: Part
    parent: Node | None
    step: Step | None = None
    start: int = -1
    words: int = -1
    end: int = -1
    heading: str | None = None
    level: int = 0
    ordinal: int = 1
    children: list[Node] = field(default_factory=list)
    paragraphs: int = 0

    @property
    def rank(self) -> Rank:
        """How high it stands; an item for what has no number."""
        return self.step.rank if self.step else Rank.ITEM

    @property
    def style(self) -> str | None:
        """Its way of counting."""
        return self.step.style if self.step else None

    @property
    def is_lettered(self) -> bool:
        """Whether it is an item of a list that may close with words of its own: "(a)", "(i)", （一）."""
        return self.style in _LETTERED

    @property
    def is_bracketed(self) -> bool:
        """Whether it stands below the numbers that chapters and rules have."""
        return self.part is Part.SUBHEADING or (self.style or "").startswith("(") or self.is_lettered

    @property
    def holds_chapters(self) -> bool:
        """Whether it is a division, an annex or an article: what a new count of chapters or rules stands under."""
        return self.part is Part.DIVISION or (self.step is not None and self.rank is not Rank.ITEM)

    @property
    def has_words(self) -> bool:
        """Whether it says anything of its own."""
        return 0 <= self.words < self.end

    def under(self, parent: Node) -> None:
        """Puts it last under another."""
        self.parent = parent
        parent.children.append(self)
        if self.part is Part.PARAGRAPH:
            parent.paragraphs += 1
            self.ordinal = parent.paragraphs

    def lineage(self) -> Iterator[Node]:
        """The node and those above it, up to the root."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent
