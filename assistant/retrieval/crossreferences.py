"""Which provisions a provision cites: "Article 12 of the Export Control Law", 《出口管制法》第十四条, "Section 4(b)".

A reference is resolved where its target is in the corpus, and only there: a number of a law that the corpus does not
have is never taken for one of the source itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.documents.model import Provision, Source, Span
from assistant.retrieval.references import SourceNames

_HAN = "一二三四五六七八九十百千零〇"
_ENGLISH = re.compile(
    r"\b(?P<word>articles?|arts?\.|sections?|secs?\.|rules?|annex|appendix|schedule|points?|§{1,2})\s*"
    r"(?P<first>\d{1,4}[A-Za-z]?(?:\.\d{1,4})*(?:\(\w{1,5}\))*|[IVXLC]{1,6}\b)"
    r"(?P<more>(?:\s*(?:,|and|or|to)\s*\d{1,4}[A-Za-z]?(?:\.\d{1,4})*(?:\(\w{1,5}\))*(?![\d%]))*)",
    re.IGNORECASE,
)
_OF = re.compile(r"\s*(?:,\s*)?(?:of|in|under|to)\s+(?P<name>[^.;:()]{3,120})")
_OWN = re.compile(r"(?:this|these|the present)\b", re.IGNORECASE)
_CHINESE = re.compile(
    rf"(?P<article>第[{_HAN}\d]{{1,7}}条(?:之[{_HAN}]{{1,3}})?)(?P<paragraph>第[{_HAN}\d]{{1,3}}款)?"
    rf"(?P<item>第[（(]?[{_HAN}\d]{{1,3}}[）)]?项)?"
)
_BEFORE = re.compile(r"(?:《(?P<title>[^》]{2,60})》|(?P<name>[\u4e00-\u9fff\d]{2,30}(?:法|条例|办法|规定|号)))\s*$")
_OWN_CHINESE = re.compile(r"本(?:法|条例|办法|规定|公告|细则)$")
_WORDS = {"article": "art", "articles": "art", "arts.": "art", "art.": "art", "sections": "section", "sec.": "section",
          "secs.": "section", "rules": "rule", "points": "point", "§§": "§"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """A citation of a provision by another: its words in the citing source's text, and the provision they mean."""

    span: Span
    source: Source
    provision: Provision


def references(
    source: Source, provision: Provision, sources: Mapping[str, Source], names: SourceNames | None = None
) -> list[Reference]:
    """The provisions of the corpus that a provision cites, in the order of its words, each once; never itself.
    ``names`` are those of the sources, where they are at hand."""
    names = names or SourceNames(sources.values())
    found: dict[tuple[str, str], Reference] = {}
    text = source.quote(provision.span)
    for span, target_id, label in (*_english(text, source, names), *_chinese(text, source, names)):
        target = source if target_id == source.id else sources[target_id]
        meant = _provision(target, label)
        if meant is not None and (target.id, meant.label) != (source.id, provision.label):
            place = Span(provision.span.start + span.start, provision.span.start + span.end)
            found.setdefault((target.id, meant.label), Reference(place, target, meant))
    return sorted(found.values(), key=lambda each: each.span.start)


def _english(text: str, source: Source, names: SourceNames) -> Iterator[tuple[Span, str, str]]:
    for match in _ENGLISH.finditer(text):
        following = _OF.match(text, match.end())
        targets = [source.id]
        if following and not _OWN.match(following["name"]):
            targets = sorted(names.within(following["name"]))
        word = match["word"].lower()
        numbers = [match["first"], *re.findall(r"\d[\w.]*(?:\(\w{1,5}\))*", match["more"])]
        for number in numbers:
            yield from ((Span(*match.span()), target, f"{_WORDS.get(word, word)}{number}") for target in targets)


def _chinese(text: str, source: Source, names: SourceNames) -> Iterator[tuple[Span, str, str]]:
    for match in _CHINESE.finditer(text):
        before = _BEFORE.search(text[max(0, match.start() - 70) : match.start()])
        targets = [source.id]
        if before and not (before["name"] and _OWN_CHINESE.search(before["name"])):
            name = before["title"] or before["name"]
            named = names.within(name) if re.search(r"第\s*\d+\s*号", name) else frozenset()
            targets = sorted(named | names.titled(name))
        yield from ((Span(*match.span()), target, match[0]) for target in targets)


def _provision(source: Source, label: str) -> Provision | None:
    """The provision that a label means: itself, else the first part of it, else what it is a part of."""
    wanted = _key(label)
    whole = {_key(each.label): each for each in reversed(source.provisions)}
    while wanted:
        if wanted in whole:
            return whole[wanted]
        part = next((each for each in source.provisions if wanted in map(_key, each.path)), None)
        if part is not None:
            return part
        shorter = re.sub(r"(?:\(\w+\)|第[^第]+[款项])$", "", wanted)
        wanted = shorter if shorter != wanted else ""
    return None


def _key(label: str) -> str:
    """A label as it is compared: "Art. 12(2)" and "Article 12 (2)" are one, （一） and (一) too."""
    plain = re.sub(r"[\s,]", "", label.lower()).replace("（", "(").replace("）", ")")
    return re.sub(r"^(?:articles?|art\.)", "art", plain)
