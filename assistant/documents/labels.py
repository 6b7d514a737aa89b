"""How the parts of a text are cited, as a lawyer writes it: "Art. 12(2)(a)", "1.1.1(a)", 第十二条第二款第（一）项."""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.documents.numbering import Rank
from assistant.documents.parts import Node, Part

_DIGITS = "零一二三四五六七八九"
_LONGEST_CODE = 20


class Labels:
    """The labels of one tree. ``chinese`` is the language that labels of one's own words ("row 3") are written in."""

    def __init__(self, text: str, *, chinese: bool) -> None:
        self._text = text
        self._chinese = chinese
        self._known: dict[int, str] = {}
        self._paragraphs = self._footnotes = 0

    def of(self, node: Node) -> str:
        """The label of a part. Ask in the order of the text: paragraphs outside all articles are counted on."""
        if id(node) not in self._known:
            self._known[id(node)] = self._made(node)
        return self._known[id(node)]

    def path(self, node: Node) -> tuple[str, ...]:
        """What stands above a part, the highest first: divisions with their headings, articles and items by label."""
        lineage = [each for each in node.lineage() if each.part is not Part.ROOT][::-1]
        path = [name for above, below in pairwise(lineage) for name in self._names(above, below)]
        if node.step is not None and self._bare(node) != self.of(node):
            path.append(self._bare(node))
        return tuple(path)

    def _names(self, node: Node, below: Node) -> list[str]:
        if node.part is Part.DIVISION:
            return [" ".join(filter(None, (node.step.printed if node.step else None, node.heading)))]
        bare, label = self._bare(node), self.of(node)
        return [bare] if bare == label or below.part is Part.PARAGRAPH else [bare, label]

    def _bare(self, node: Node) -> str:
        """The label of an article as a whole, where its own first paragraph is cited by another."""
        label = self.of(node)
        return label.removesuffix("第一款") if node.step is not None and node.step.style == "条" else label

    def _made(self, node: Node) -> str:
        base = self._base(node)
        match node.part:
            case Part.NUMBERED | Part.DIVISION if node.step is not None:
                return self._numbered(node, base)
            case Part.PARAGRAPH if node.parent and node.parent.step and node.parent.step.style == "条":
                return f"{self._bare(node.parent)}第{chinese_number(node.ordinal)}款"
            case Part.CLOSING:
                return f"{base}末段" if self._chinese else f"{base}, closing words" if base else "Closing words"
            case Part.ROW:
                return self._row(node, base)
            case Part.FOOTNOTE:
                self._footnotes += 1
                return f"脚注{self._footnotes}" if self._chinese else f"Footnote {self._footnotes}"
            case Part.SIGNATURE:
                return "落款" if self._chinese else "Signature"
            case Part.SUBHEADING:
                return (
                    f"{base}，{node.heading}"
                    if self._chinese
                    else f"{base}, {node.heading}"
                    if base
                    else f"{node.heading}"
                )
        if base and node.parent is not None:
            if node.parent.paragraphs == 1 and node.parent.part is Part.SUBHEADING:
                return base
            return f"{base}第{node.ordinal}段" if self._chinese else f"{base}, para. {node.ordinal}"
        self._paragraphs += 1
        return f"Para. {self._paragraphs}"

    def _base(self, node: Node) -> str:
        """The label that a part's own is added to: that of the nearest part above it that is cited."""
        above = (each for each in node.lineage() if each is not node)
        found = next((each for each in above if each.part not in (Part.ROOT, Part.DIVISION)), None)
        return self.of(found) if found else ""

    def _numbered(self, node: Node, base: str) -> str:
        step = node.step
        assert step is not None  # noqa: S101 - the caller has looked
        parent = next((each for each in node.lineage() if each is not node and each.step is not None), None)
        in_annex = parent is not None and parent.rank is Rank.ANNEX
        if step.rank is Rank.ANNEX or step.rank < Rank.ARTICLE or not base:
            return self._first(node)
        if step.rank is Rank.ARTICLE:
            return f"{base}{step.label}" if step.style == "条" else f"{base}, {self._first(node)}"
        if step.style == "decimal":
            return self._decimal(node, base)
        if in_annex:
            return f"{base}，{self._first(node)}" if self._chinese else f"{base}, point {self._first(node)}"
        if self._in_chinese_article(node):
            return f"{base}第{step.label}{'项' if step.style == '（一）' else '目'}"
        if has_own_signs(step.label):
            return base + (f"{step.label}." if step.style == "1." else step.label)
        return f"{base}{step.label}" if self._chinese else f"{base}({step.label})"

    def _first(self, node: Node) -> str:
        """The label of a part that stands under nothing that is cited."""
        step = node.step
        assert step is not None  # noqa: S101 - the caller has looked
        if step.style == "条" and node.paragraphs:
            return f"{step.label}第一款"
        return step.label

    def _decimal(self, node: Node, base: str) -> str:
        """A decimal repeats the numbers above it: 1.1.1 is cited as such, 4.1 of Section 4 as Section 4.1."""
        step = node.step
        assert step is not None  # noqa: S101 - the caller has looked
        for above in node.lineage():
            if above.part is Part.SUBHEADING:
                return f"{base}({step.label})"
            if above.part is Part.DIVISION:
                return step.label
            if above is node or above.step is None:
                continue
            if above.rank is Rank.ARTICLE:
                numbers = above.step.numbers
                if step.numbers[: len(numbers)] == numbers:
                    whole = self.of(above)
                    return whole.removesuffix(".".join(numbers)) + step.label
                return f"{self.of(above)}, {step.label}"
            if above.rank is Rank.ANNEX:
                return f"{self.of(above)}，{step.label}" if self._chinese else f"{self.of(above)}, {step.label}"
            if above.step.style not in ("decimal", "1."):
                return f"{base}, {step.label}"
        return step.label

    def _in_chinese_article(self, node: Node) -> bool:
        return any(each.step is not None and each.step.style == "条" for each in node.lineage())

    def _row(self, node: Node, base: str) -> str:
        first = self._text[node.start : node.end].split(" | ", 1)[0]
        code = re.split(r"[:：]\s*", first, maxsplit=1)[-1].strip()
        if base and any(each.isdigit() for each in code) and len(code) <= _LONGEST_CODE and " " not in code:
            return f"{base}，{code}" if self._chinese else f"{base}, item {code}"
        if base:
            return f"{base}第{node.ordinal}行" if self._chinese else f"{base}, row {node.ordinal}"
        return f"表{node.level}第{node.ordinal}行" if self._chinese else f"Table {node.level}, row {node.ordinal}"


def has_own_signs(label: str) -> bool:
    """Whether a label brings the signs around it: "(a)", "一、", "①"."""
    return not label.isalnum() or not label.isascii()


def chinese_number(number: int) -> str:
    """A number as Chinese law writes it, from 100 in digits."""
    tens, ones = divmod(number, 10)
    if tens > 9:
        return str(number)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
