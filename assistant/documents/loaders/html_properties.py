"""What a page says about itself: title, date, publisher, address. Read before anything is taken out of it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml.html import HtmlElement

from assistant.documents.blocks import Properties

# Names as met on pages of governments, gazettes and news, in lower case.
_TITLES = ("og:title", "articletitle", "dc.title", "dcterms.title", "twitter:title")
_PUBLISHED = (
    "article:published_time", "pubdate", "publishdate", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date",
    "dcterms.created", "date", "publish_date", "datepublished", "citation_publication_date",
)  # fmt: skip
_MODIFIED = ("article:modified_time", "dcterms.modified", "last-modified", "datemodified")
_PUBLISHERS = ("og:site_name", "contentsource", "sitename", "dc.publisher", "dcterms.publisher", "publisher")
_AUTHORS = ("author", "dc.creator", "dcterms.creator", "article:author")
_LONGEST = 500
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")


def properties(root: HtmlElement) -> Properties:
    """The properties that a page names; where it names one several times, the most telling."""
    meta = _meta(root)
    linked = list(_linked_data(root))
    publisher = _first(meta, _PUBLISHERS) or _name(_of(linked, "publisher"))
    times = [each.get("datetime", "") for each in root.iter("time")]
    return Properties(
        title=_title(root, meta, publisher),
        author=_first(meta, _AUTHORS) or _name(_of(linked, "author")),
        publisher=publisher,
        published=_date([_first(meta, _PUBLISHED), _of(linked, "datePublished"), *times[:1]]),
        modified=_date([_first(meta, _MODIFIED), _of(linked, "dateModified")]),
        url=_address(root, meta),
        language=(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")[:2].lower() or None,
    )


def _meta(root: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        content = " ".join((element.get("content") or "").split())[:_LONGEST]
        if name and content:
            found.setdefault(name, content)
    return found


def _linked_data(root: HtmlElement) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD, however deep in lists; broken ones are none."""
    for element in root.iter("script"):
        if element.get("type", "").strip().lower() != "application/ld+json":
            continue
        try:
            held = json.loads(element.text or "")
        except (ValueError, RecursionError):
            continue
        graph = held.get("@graph", [held]) if isinstance(held, dict) else held
        yield from (each for each in (graph if isinstance(graph, list) else []) if isinstance(each, dict))


def _of(linked: Iterable[dict[str, Any]], key: str) -> Any:
    return next((each[key] for each in linked if each.get(key)), None)


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    return value if isinstance(value, str) else None


def _first(meta: dict[str, str], names: Iterable[str]) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _title(root: HtmlElement, meta: dict[str, str], publisher: str | None) -> str | None:
    """The title without the name of the site that stands behind it."""
    headings = [_folded(each) for each in root.iter("h1")]
    named = _first(meta, _TITLES) or next((_folded(each) for each in root.iter("title")), None)
    if len([each for each in headings if each]) == 1 and not (named and named in headings):
        return next(each for each in headings if each)
    if named and publisher:
        return re.sub(rf"\s*[-|–—_]+\s*{re.escape(publisher)}\s*$", "", named) or named
    return named


def _folded(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())[:_LONGEST]


def _date(values: Iterable[Any]) -> dt.date | None:
    for value in values:
        match = _DATE.search(value) if isinstance(value, str) else None
        if match:
            try:
                return dt.date(*map(int, match.groups()))
            except ValueError:
                continue
    return None


def _address(root: HtmlElement, meta: dict[str, str]) -> str | None:
    canonical = (each.get("href") for each in root.iter("link") if each.get("rel", "").lower() == "canonical")
    for address in (*canonical, meta.get("og:url")):
        if address and re.match(r"https?://[^\s/]+", address):
            return str(address).strip()
    return None
