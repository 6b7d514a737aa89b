"""HTML and SVG built from nested calls; whatever is not built here is text and is escaped."""

from __future__ import annotations

from html import escape

_VOID = frozenset({"meta", "br", "rect", "line", "circle", "polyline"})


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def tag(name: str, /, *children: str | Markup | None, **attributes: str | float | None) -> Markup:
    """An element. Children that are no `Markup` are escaped, ``None`` is left out; in attribute names ``_`` stands for
    ``-``, and one at the end is dropped (``class_``)."""
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value), quote=True)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID and not children:
        return Markup(f"<{name}{shown}>" if name in ("meta", "br") else f"<{name}{shown}/>")
    return Markup(f"<{name}{shown}>{joined(*children)}</{name}>")


def joined(*children: str | Markup | None) -> Markup:
    """Children one after another, escaped where they are text."""
    return Markup("".join(each if isinstance(each, Markup) else escape(each) for each in children if each is not None))
