"""A memo as Markdown."""

from __future__ import annotations

import re

from assistant.ui.memo import Item, Memo

# What Markdown or the HTML in it would read as more than letters.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def markdown(memo: Memo) -> bytes:
    """The memo as a Markdown file."""
    lines = [f"# {_plain(memo.title)}", "", _plain(memo.made), ""]
    for item in memo.items:
        lines += _item(memo, item)
    lines += ["---", "", _plain(memo.notice), ""]
    return "\n".join(lines).encode()


def _item(memo: Memo, item: Item) -> list[str]:
    words = memo.words
    lines = [f"## {_plain(item.question)}", ""]
    lines += [f"- **{words('memo.date')}:** {item.date}", f"- **{words('memo.verdict')}:** {item.verdict}", ""]
    lines += [line for text in item.paragraphs for line in (_plain(text), "")]
    if item.caveats:
        lines += [f"### {words('memo.mind')}", "", *(f"- {_plain(each)}" for each in item.caveats), ""]
    if item.pins:
        lines += [f"### {words('memo.sources')}", ""]
    for pin in item.pins:
        lines += [f"\\[{pin.n}\\] {_plain(pin.name)}. {_plain(pin.standing)}.", "", f"> {_plain(pin.quote)}", ""]
        lines += [f"{words('memo.official')}: <{pin.url}>", ""] if pin.url else []
    lines += [f"- {label}: {_plain(value)}" for label, value in item.facts]
    return [*lines, ""]


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
