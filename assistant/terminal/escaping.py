"""Text from documents and people for a terminal: neither markup of ours nor an escape sequence of the terminal's."""

from __future__ import annotations

from rich import markup

from assistant.documents.invisible import seen


def escape(text: str) -> str:
    """The text as a reader sees it, to be printed as it is."""
    return markup.escape("\n".join(seen(line) for line in text.split("\n")))
