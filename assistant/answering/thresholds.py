"""Quantities of a question against the thresholds of a provision: 295 Wh/kg is below "300 Wh/kg or more".

Only what is plainly the same measure is compared: the same unit, and the same feature where both name one (a diameter
is not a length). Where nothing can be compared, nothing is concluded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.answering.chinese_measures import measures
from assistant.answering.model import Quote
from assistant.answering.sentences import quote_of
from assistant.answering.subject import subjects_of
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
# How far before a number its feature stands, in words: "a flexural strength above 30 MPa".
_REACH = 4
# A concept as rare as this tells what a sentence is about: "blocks", and not "licence".
_TELLING = 3.0


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a number must be: at least ``low`` and at most ``high``, the ends included or not, in ``unit``."""

    low: float | None
    high: float | None
    unit: str
    feature: frozenset[str]
    open_ended: bool = False

    def holds(self, value: float) -> bool:
        """Whether a value is within."""
        if self.low is not None and (value < self.low or (self.open_ended and value == self.low)):
            return False
        return not (self.high is not None and (value > self.high or (self.open_ended and value == self.high)))


@dataclass(frozen=True, slots=True)
class Outside:
    """A quantity of the question, as written, that lies outside a threshold, and the sentence that sets that."""

    written: str
    quote: Quote


def outside(findings: Findings, evidence: Evidence) -> Outside | None:
    """The quantity of the question that puts it outside what a provision covers; ``None`` where none does.

    Of a provision that lists several things, a sentence counts that has a threshold that can be compared: one on the
    subject, or one on something asked that no sentence on the subject speaks of.
    """
    asked = list(_quantities(findings))
    if not asked:
        return None
    subject = subjects_of(findings)
    as_of = findings.question.as_of
    # What a list took over is described where it came from: that provision is read with it and sets the limits.
    described = [each for each in readers(findings.snapshot, evidence, as_of) if each.source is evidence.source]
    quotes = [quote_of(each, span) for each in (evidence, *described) for span in each.provision.sentences]
    on_subject = [each for each in quotes if subject & findings.spoken_of(each.text)]
    # "For cylinders, …" stands in a list under the subject and does not name it again.
    about = [each for each in quotes if each in on_subject or _tells(findings, each)]
    # Of each quantity that sentence decides which speaks of most of what was asked.
    deciding: dict[tuple[str, frozenset[str]], tuple[float, bool, Quote]] = {}
    for quote in about:
        words = plain_text(quote.text)
        share = findings.coverage(findings.spoken_of(words))
        for measured, holds in _compared(asked, list(thresholds(words))):
            known_share, known_holds, _ = deciding.get(measured, (-1.0, True, quote))
            if share > known_share or (share == known_share and known_holds and not holds):
                deciding[measured] = share, holds, quote
    return next((Outside(written, quote) for (written, _), (_, holds, quote) in deciding.items() if not holds), None)


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
        yield Threshold(_value(match[1]), _value(match[2]), _unit(match[3]), _feature(text, match.start()))
    for match in _QUANTITY.finditer(text):
        if any(start <= match.start() < end for start, end in taken):
            continue
        value, unit, feature = _value(match[1]), _unit(match[2]), _feature(text, match.start())
        before = text[: match.start()]
        if _OR_MORE.match(text, match.end()) or _AT_LEAST.search(before):
            yield Threshold(value, None, unit, feature)
        elif _OR_LESS.match(text, match.end()) or _AT_MOST.search(before):
            yield Threshold(None, value, unit, feature)
        elif _ABOVE.search(before):
            yield Threshold(value, None, unit, feature, open_ended=True)
        elif _BELOW.search(before):
            yield Threshold(None, value, unit, feature, open_ended=True)


def _quantities(findings: Findings) -> Iterator[tuple[str, float, str, frozenset[str]]]:
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
    return found | {_AS_NOUNS[each] for each in found if each in _AS_NOUNS}


def _bodies(text: str) -> tuple[str, list[tuple[re.Match[str], dict[str, float]]]]:
    """The text without the measures of whole bodies, and these, each with its sides from the longest on."""
    found = []
    for match in _BODY.finditer(text):
        values = sorted((_value(each) for each in match.groups()[:3] if each), reverse=True)
        names = _SIDES if len(values) == len(_SIDES) else (_SIDES[0], _SIDES[-1])
        found.append((match, dict(zip(names, values, strict=True))))
    return _BODY.sub(" ", text), found


def _compared(
    asked: list[tuple[str, float, str, frozenset[str]]], set_: list[Threshold]
) -> Iterator[tuple[tuple[str, frozenset[str]], bool]]:
    """The quantities that a threshold of the same measure can be compared with, each as written and with what is
    around it, and whether it holds."""
    for threshold in set_:
        same_unit = [each for each in asked if each[2] == threshold.unit]
        same = [each for each in same_unit if each[3] & threshold.feature]
        if not same and len(same_unit) == 1 and sum(other.unit == threshold.unit for other in set_) == 1:
            same = same_unit
        for written, value, _, around in same[:1]:
            yield (written, around), threshold.holds(value)


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
