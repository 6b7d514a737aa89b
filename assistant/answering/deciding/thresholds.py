"""Quantities of a question against the thresholds of a provision: 295 Wh/kg is below "300 Wh/kg or more".

Only what is plainly the same measure is compared: the same unit, and the same feature where both name one (a diameter
is not a length). Where nothing can be compared, nothing is concluded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.answering.deciding.subject import subjects_of
from assistant.answering.model import Quote, quote_of
from assistant.answering.reading.chinese_measures import measures
from assistant.answering.reading.quantities import take_dates
from assistant.documents.language import has_chinese
from assistant.index.lexical import tokens
from assistant.index.passages import plain_text
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.glossary import Facet
from assistant.retrieval.related import readers

_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_UNIT = (
    r"((?:[a-z]+\s)?per\s(?:square centimet(?:re|er)|cm2)\b|/\s?cm2"
    r"|[%°µμa-zA-Z][\w/%°µμ]*(?:\s(?:metres?|meters?|layers?)\b)?|layers?)"
)
_QUANTITY = re.compile(rf"(?<![\w.]){_NUMBER}\s*-?\s*{_UNIT}")
_ALIKE = {
    "cubic metres": "m3", "cubic metre": "m3", "cubic meters": "m3", "um": "µm", "μm": "µm", "microns": "µm",
    "micron": "µm", "percent": "%", "layers": "layer", "ampere": "a", "amperes": "a",
}  # fmt: skip
# "97 % molybdenum or more", "99.99 % purity or more": what is measured may stand between.
_OR_MORE = re.compile(r"\s*(?:\([^)]*\)\s*)?(?:[a-z]+\s){0,2}(?:or|and)\s(?:more|above|over|higher|larger)\b")
_OR_LESS = re.compile(r"\s*(?:\([^)]*\)\s*)?(?:[a-z]+\s){0,2}(?:or|and)\s(?:less|below|under|lower|smaller|fewer)\b")
# "150 × 150 × 60 mm", "120 mm x 120 mm x 50 mm": the measures of one body, the unit named with the last of them.
_BODY = re.compile(rf"(?<![\w.]){_NUMBER}(?:\s*mm)?\s*[×x*]\s*{_NUMBER}(?:\s*mm)?(?:\s*[×x*]\s*{_NUMBER})?\s*(mm|毫米)")
_SIDES = ("longest", "middle", "shortest")
_ABOVE = re.compile(r"\b(?:above|more than|over|exceeding|greater than|higher than)\s$")
_BELOW = re.compile(r"\b(?:below|less than|under|lower than|smaller than)\s$")
_AT_LEAST = re.compile(r"\b(?:at least|not less than|from)\s$")
_AT_MOST = re.compile(r"\b(?:at most|not more than|up to)\s$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_RANGE = re.compile(rf"(?<![\w.]){_NUMBER}\s*(?:to|–|-)\s*{_NUMBER}\s*{_UNIT}")
# "40 mm long" is a length.
_AS_NOUNS = {
    adjective: tokens(noun)[0]
    for adjective, noun in {"long": "length", "wide": "width", "thick": "thickness", "high": "height"}.items()
}
# What percentages name by its symbol, as the words of the corpus.
_SYMBOLS = {
    symbol: tokens(name)[0]
    for symbol, name in {"w": "tungsten", "mo": "molybdenum", "ag": "silver", "cu": "copper", "ni": "nickel"}.items()
}
# How far before a number its feature stands, in words: "a flexural strength above 30 MPa".
_REACH = 4
# A concept as rare as this tells what a sentence is about: "blocks", and not "licence".
_TELLING = 3.0


# A quantity of a question: as written, its value, its unit, the words around it. What tells it from others is the first
# and the last.
_Asked = tuple[str, float, str, frozenset[str]]
_Measured = tuple[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a number must be: at least ``low`` and at most ``high``, the ends included or not, in ``unit``; ``start``
    and ``end`` are where its words stand in the sentence as far as no body's measures stand before it."""

    low: float | None
    high: float | None
    unit: str
    feature: frozenset[str]
    open_ended: bool = False
    start: int = 0
    end: int = 0

    def holds(self, value: float) -> bool:
        """Whether a value is within."""
        if self.low is not None and (value < self.low or (self.open_ended and value == self.low)):
            return False
        return not (self.high is not None and (value > self.high or (self.open_ended and value == self.high)))


@dataclass(frozen=True, slots=True)
class Outside:
    """The quantities of the question, as written, that lie outside a threshold, or outside each of several of which one
    would do, and the sentence that sets that."""

    written: tuple[str, ...]
    quote: Quote


def outside(findings: Findings, evidence: Evidence) -> Outside | None:
    """The quantities of the question that put it outside what a provision covers; ``None`` where none do.

    Where one of several thresholds would do ("500 mm or a pressure of 5 GPa"), it is outside only if all of them fail.
    Of a provision that lists several things, a sentence counts that has a threshold that can be compared: one on the
    subject, or one on something asked that no sentence on the subject speaks of.
    """
    asked = list(_quantities(findings))
    if not asked:
        return None
    subject = subjects_of(findings)
    quotes = _sentences(findings, evidence)
    on_subject = [each for each in quotes if subject & findings.spoken_of(each.text)]
    # "For cylinders, …" stands in a list under the subject and does not name it again.
    about = [each for each in quotes if each in on_subject or _tells(findings, each)]
    # Of each quantity that sentence decides which speaks of most of what was asked.
    deciding: dict[_Measured, tuple[float, Outside | None]] = {}
    for quote in about:
        words = plain_text(quote.text)
        share = findings.coverage(findings.spoken_of(words))
        for measured, beyond in _beyond(asked, list(thresholds(words)), words, quote):
            known_share, known = deciding.get(measured, (-1.0, None))
            if share > known_share or (share == known_share and known is None and beyond is not None):
                deciding[measured] = share, beyond
    return next((beyond for _, beyond in deciding.values() if beyond is not None), None)


def undecided(findings: Findings, evidence: Evidence) -> Quote | None:
    """The sentence that describes what was asked by thresholds of which the question tells too little: one that speaks
    of the whole subject, and of more of the question than any other. ``None`` where there is no such sentence, or the
    question tells all that it compares."""
    rare = frozenset(each for each in findings.concepts if each.weight >= _TELLING and each.facet is None)
    subject = subjects_of(findings) or rare
    shares = [(findings.coverage(findings.spoken_of(each.text)), each) for each in _sentences(findings, evidence)]
    shares = [(share, each) for share, each in shares if subject and subject <= findings.spoken_of(each.text)]
    best = max((share for share, _ in shares), default=0.0)
    top = [each for share, each in shares if share == best]
    words = plain_text(top[0].text) if top else ""
    set_ = list(thresholds(words))
    if len(top) != 1 or not set_:
        return None
    compared = {each: holds for each, _, holds in _compared(list(_quantities(findings)), set_)}
    # Of what is joined by "and" one value may be of another thing than the next: then nothing is concluded.
    is_open = any(
        len(group) > 1 and any(each in compared for each in group) and not any(compared.get(each) for each in group)
        for group in alternatives(set_, words)
    )
    return top[0] if is_open or not compared else None


def _sentences(findings: Findings, evidence: Evidence) -> list[Quote]:
    """The sentences of a provision; what a list took over is described where it came from: that provision is read with
    it and sets the limits."""
    as_of = findings.question.as_of
    described = [each for each in readers(findings.snapshot, evidence, as_of) if each.source is evidence.source]
    return [quote_of(each, span) for each in (evidence, *described) for span in each.provision.sentences]


def _beyond(
    asked: Sequence[_Asked], set_: Sequence[Threshold], words: str, quote: Quote
) -> Iterator[tuple[_Measured, Outside | None]]:
    """Each quantity that a sentence's thresholds can be compared with, and how it puts the case outside, if it does."""
    compared = {each: (measured, holds) for each, measured, holds in _compared(asked, set_)}
    for group in alternatives(set_, words):
        found = [compared[each] for each in group if each in compared]
        # What is not told of one alternative may still hold.
        fails = len(found) == len(group) and not any(holds for _, holds in found)
        written = tuple(dict.fromkeys(measured[0] for measured, _ in found))
        for measured, _ in found:
            yield measured, Outside(written, quote) if fails else None


def alternatives(set_: Sequence[Threshold], sentence: str) -> list[list[Threshold]]:
    """The thresholds of a sentence in groups: of each group one must hold. Where a sentence joins some by "and" and
    some by "or", it can be read in several ways, and all of them make one group, so that nothing is outside that a
    reading has inside."""
    text, _ = _bodies(unicodedata.normalize("NFKC", sentence))
    ordered = sorted((each for each in set_ if each.end), key=lambda each: each.start)
    joints = [_joint(text[one.end : other.start]) for one, other in pairwise(ordered)]
    if "or" not in joints:
        return [[each] for each in set_]
    return [ordered, *([each] for each in set_ if not each.end)]


def _joint(between: str) -> str:
    """What joins two thresholds, by the words between them."""
    return "or" if re.match(r"\W*or\b", between, re.IGNORECASE) else "and"


def _tells(findings: Findings, quote: Quote) -> bool:
    """Whether a sentence speaks of something in the question that not just any sentence speaks of."""
    return any(each.weight >= _TELLING for each in findings.spoken_of(quote.text))


def thresholds(sentence: str) -> Iterator[Threshold]:
    """The thresholds that a sentence sets."""
    text, bodies = _bodies(unicodedata.normalize("NFKC", sentence))
    taken = []
    for match, sides in bodies:
        at_most = _OR_LESS.match(match.string, match.end()) is not None
        for side, value in sides.items():
            low, high = (None, value) if at_most else (value, None)
            yield Threshold(low, high, "mm", frozenset(tokens(side)))
    for match in _RANGE.finditer(text):
        taken.append(match.span())
        feature = _feature(text, match.start())
        yield Threshold(_value(match[1]), _value(match[2]), _unit(match[3]), feature, False, *match.span())
    for match in _QUANTITY.finditer(text):
        # "From 1 December" is a day.
        if any(start <= match.start() < end for start, end in taken) or take_dates(match.group())[1]:
            continue
        value, unit, feature = _value(match[1]), _unit(match[2]), _feature(text, match.start())
        before, start, end = text[: match.start()], match.start(), match.end()
        more, less = _OR_MORE.match(text, end), _OR_LESS.match(text, end)
        if more or _AT_LEAST.search(before):
            yield Threshold(value, None, unit, feature, False, start, more.end() if more else end)
        elif less or _AT_MOST.search(before):
            yield Threshold(None, value, unit, feature, False, start, less.end() if less else end)
        elif _ABOVE.search(before):
            yield Threshold(value, None, unit, feature, True, start, end)
        elif _BELOW.search(before):
            yield Threshold(None, value, unit, feature, True, start, end)


def _quantities(findings: Findings) -> Iterator[_Asked]:
    """What a question measures: as written, the value, its unit, and the words around it that may name the feature."""
    text, bodies = _bodies(unicodedata.normalize("NFKC", findings.question.search))
    for match, sides in bodies:
        for side, value in sides.items():
            yield match.group(), value, "mm", frozenset(tokens(side))
    # A Chinese word behind a sign is no part of the sign: "98%的钨".
    for match in _QUANTITY.finditer(_CHINESE.sub("·", text)):
        around = _around(findings, text, match.start(), match.end())
        yield match.group().strip(), _value(match[1]), _unit(match[2]), around
    for each in measures(text):
        yield each.written, each.value, _unit(each.unit), _around(findings, text, each.start, each.end)


def _around(findings: Findings, text: str, start: int, end: int) -> frozenset[str]:
    """The words of the clause around a quantity, Chinese ones as the corpus says them."""
    words = f"{re.split('[,、;。]', text[:start])[-1]} {re.split('[,、;.?。]', text[end:], maxsplit=1)[0]}"
    said = [each for each in findings.concepts if each.term and has_chinese(each.words) and each.words in words]
    # Chinese has no space that parts a feature from the item: where a feature is named, it alone counts.
    said = [each for each in said if each.facet is Facet.MEASURES] or said
    found = frozenset(tokens(" ".join([words, *(each.term or "" for each in said)])))
    meant = _AS_NOUNS | _SYMBOLS
    return found | {meant[each] for each in found if each in meant}


def _bodies(text: str) -> tuple[str, list[tuple[re.Match[str], dict[str, float]]]]:
    """The text without the measures of whole bodies, and these, each with its sides from the longest on."""
    found = []
    for match in _BODY.finditer(text):
        values = sorted((_value(each) for each in match.groups()[:3] if each), reverse=True)
        names = _SIDES if len(values) == len(_SIDES) else (_SIDES[0], _SIDES[-1])
        found.append((match, dict(zip(names, values, strict=True))))
    return _BODY.sub(" ", text), found


def _compared(asked: Sequence[_Asked], set_: Sequence[Threshold]) -> Iterator[tuple[Threshold, _Measured, bool]]:
    """The thresholds that a quantity of the same measure can be compared with, each with that, as written and with what
    is around it, and whether it holds."""
    for threshold in set_:
        same_unit = [each for each in asked if each[2] == threshold.unit]
        same = [each for each in same_unit if each[3] & threshold.feature]
        if not same and len(same_unit) == 1 and sum(other.unit == threshold.unit for other in set_) == 1:
            same = same_unit
        for written, value, _, around in same[:1]:
            yield threshold, (written, around), threshold.holds(value)


def _feature(text: str, at: int) -> frozenset[str]:
    before = re.split(r"[,;()]|\band\b", text[:at])[-1].split()
    return frozenset(tokens(" ".join(before[-_REACH:])))


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def _unit(written: str) -> str:
    unit = written.lower()
    if unit.endswith(("cm2", "square centimetre", "square centimeter")):
        return "/cm2"
    return _ALIKE.get(unit, unit)
