"""The source pane: a source opened at a provision, with the cited words marked and its neighbours around it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup

from assistant.answering.model import standing_json
from assistant.documents.model import Provision, Source, Span
from assistant.documents.periods import common_periods, periods
from assistant.documents.validity import standing
from assistant.ui.standings import Bar, Mark, NameOf, bar, mark, own_window
from assistant.ui.turns import place
from assistant.ui.wording import Wording

_AROUND = 12
"""How many provisions are shown above and below the cited one before the reader asks for all."""
_MARKUP = re.compile(r"^[ \t]*(?:>[ \t]?)+(?:\[!\w+\][ \t]*\n?)?|^[ \t]*#+[ \t]+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of text; ``n`` is set where it is cited, ``active`` where it is what was asked for."""

    text: str
    n: int | None = None
    active: bool = False


@dataclass(frozen=True, slots=True)
class ProvisionView:
    """A provision to read. ``page`` is set where a page begins with it, ``picture`` is the number and the address of
    the page with the cited passage marked, where the source is a PDF."""

    label: str
    pieces: tuple[Marked, ...]
    cited: bool
    is_note: bool
    page: int | None = None
    picture: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source to read."""

    source_id: str
    title: str
    kind: str
    issuer: str
    label: str
    language: str
    standing: Mark
    bar: Bar | None
    provisions: tuple[ProvisionView, ...]
    hidden_above: int
    hidden_below: int
    more: Markup
    facts: tuple[str, ...]
    official: str | None
    notice: str = ""
    current: Markup | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What to open: the source, its version, the cited spans (the first is the one asked for), the date, and whether
    to show all of it."""

    source_id: str
    on: dt.date
    version: str = ""
    spans: tuple[Span, ...] = ()
    whole: bool = False


def view(
    source: Source, at: Place, wording: Wording, name_of: NameOf, *, cited_in: int | None = None, notice: str = "",
    version: str = "",
) -> SourceView:  # fmt: skip
    """The source, opened at a place. ``version`` is that of the text shown, ``notice`` what is to be said of it."""
    cited = next((each for span in at.spans for each in source.provisions if _within(each, span)), None)
    life = periods(source, cited) if cited else common_periods(source)
    shown = standing(source, cited, at.on) if cited else next((p.standing for p in life if p.holds(at.on)), None)
    first, last = _shown(source, cited, whole=at.whole)
    start = at.spans[0].start if at.spans else None
    end = at.spans[0].end if at.spans else None
    return SourceView(
        source_id=source.id,
        title=source.title,
        kind=source.kind.value,
        issuer=source.issuer or "",
        label=cited.label if cited else "",
        language=source.language,
        standing=mark(standing_json(shown), source.id, wording, name_of) if shown else Mark("no_force", ""),
        bar=bar(life, source, at.on, own_window(life, at.on), wording, name_of, ticks=True) if life else None,
        provisions=tuple(_provisions(source, source.provisions[first:last], cited, at)),
        hidden_above=first,
        hidden_below=len(source.provisions) - last,
        more=place(source.id, version, start, end, at.on.isoformat()) + Markup(' data-whole="true"'),
        facts=tuple(_facts(source, wording, cited_in)),
        official=_web_address(source.url),
        notice=notice,
        current=place(source.id, "", None, None, at.on.isoformat()) if notice else None,
    )


def cited_passage(citation: Mapping[str, Any], wording: Wording, name_of: NameOf) -> SourceView:
    """What the journal keeps of a citation whose source is gone: the cited provision, the words marked."""
    context, quote = citation["context"], citation["quote"]
    start = max(context.find(quote), 0)
    pieces = marked(context, Span(0, len(context)), [Span(start, start + len(quote))])
    return SourceView(
        source_id=citation["source_id"],
        title=citation["title"],
        kind=citation["kind"],
        issuer="",
        label=citation["provision"],
        language="",
        standing=mark(citation["standing"], citation["source_id"], wording, name_of),
        bar=None,
        provisions=(ProvisionView(citation["provision"], tuple(pieces), cited=True, is_note=False),),
        hidden_above=0,
        hidden_below=0,
        more=Markup(""),
        facts=(wording("source.provision_only"),),
        official=_web_address(citation["url"]),
        notice=wording("source.gone"),
    )


def _web_address(url: str | None) -> str | None:
    """An address that may be linked: no other scheme than the web's."""
    return url if url and re.match(r"https?://", url) else None


def _shown(source: Source, cited: Provision | None, *, whole: bool) -> tuple[int, int]:
    count = len(source.provisions)
    if whole:
        return 0, count
    if cited is None:
        return 0, min(count, 2 * _AROUND)
    at = source.provisions.index(cited)
    return max(0, at - _AROUND), min(count, at + _AROUND + 1)


def _provisions(
    source: Source, provisions: Sequence[Provision], cited: Provision | None, at: Place
) -> list[ProvisionView]:
    views, page = [], None
    for each in provisions:
        begins = source.page_at(each.span.start)
        views.append(
            ProvisionView(
                label=each.label,
                pieces=tuple(marked(source.text, each.span, at.spans)),
                cited=each is cited,
                is_note=each.is_note,
                page=begins if begins != page else None,
                picture=_picture(source, at) if each is cited else None,
            )
        )
        page = begins
    return views


def _picture(source: Source, at: Place) -> tuple[int, str] | None:
    if source.original is None or source.original.media_type != "application/pdf" or not at.spans:
        return None
    span = at.spans[0]
    page = source.page_at(span.start)
    query = urlencode({"start": span.start, "end": span.end, "version": at.version})
    return (page, f"/ui/page/{quote(source.id)}/{page}.png?{query}") if page else None


def marked(text: str, within: Span, spans: Sequence[Span]) -> list[Marked]:
    """The text of a span cut where citations begin and end, without the markup of the file it was read from."""
    hidden = [
        Span(within.start + m.start(), within.start + m.end())
        for m in _MARKUP.finditer(text[within.start : within.end])
    ]
    cuts = {within.start, within.end}
    for span in (*spans, *hidden):
        cuts |= {min(max(at, within.start), within.end) for at in (span.start, span.end)}
    ordered = sorted(cuts)
    pieces = []
    for start, end in pairwise(ordered):
        if any(each.start <= start < each.end for each in hidden):
            continue
        number = next((n for n, span in enumerate(spans, start=1) if span.start <= start < span.end), None)
        pieces.append(Marked(text[start:end], number, active=number == 1))
    return pieces


def _within(provision: Provision, span: Span) -> bool:
    return provision.span.start <= span.start < provision.span.end


def _facts(source: Source, wording: Wording, cited_in: int | None) -> list[str]:
    facts = []
    if source.original_language and source.original_language != source.language:
        facts.append(wording("source.restated"))
    if source.issued and source.issued[0].date:
        facts.append(wording("source.issued", date=wording.date(source.issued[0].date)))
    if source.checked_until:
        facts.append(wording("source.checked_until", date=wording.date(source.checked_until)))
    else:
        facts.append(wording("source.never_checked"))
    if cited_in:
        facts.append(wording("source.cited_once" if cited_in == 1 else "source.cited_often", count=cited_in))
    return facts
