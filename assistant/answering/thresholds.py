"""Quantities of a question against the thresholds of a provision: 295 Wh/kg is below "300 Wh/kg or more".

Only what is plainly the same measure is compared: the same unit, and the same feature where both name one (a diameter
is not a length). Where nothing can be compared, nothing is concluded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.answering.model import Quote
from assistant.answering.sentences import quote_of
from assistant.answering.subject import subjects_of
from assistant.index.lexical import tokens
from assistant.index.passages import plain_text
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.related import readers

_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_UNIT = r"([%°µμa-zA-Z][\w/%°µμ]*(?:\s(?:metres?|meters?|layers?)\b)?|layers?)"
_QUANTITY = re.compile(rf"(?<![\w.]){_NUMBER}\s*-?\s*{_UNIT}")
_ALIKE = {
    "cubic metres": "m3", "cubic metre": "m3", "cubic meters": "m3", "um": "µm", "μm": "µm", "microns": "µm",
    "micron": "µm", "percent": "%", "layers": "layer", "ampere": "a", "amperes": "a",
}  # fmt: skip
# "97 % molybdenum or more", "99.99 % purity or more": what is measured may stand between.
_OR_MORE = re.compile(r"\s*(?:\([^)]*\)\s*)?(?:[a-z]+\s){0,2}(?:or|and)\s(?:more|above|over|higher|larger)\b")
_OR_LESS = re.compile(r"\s*(?:\([^)]*\)\s*)?(?:[a-z]+\s){0,2}(?:or|and)\s(?:less|below|under|lower|smaller|fewer)\b")
_ALL_OF = re.compile(r"\ball (?:of )?(?:the )?(?:\w+ )?(?:features?|conditions?|criteria|properties)\b", re.IGNORECASE)
_ABOVE = re.compile(r"\b(?:above|more than|over|exceeding|greater than|higher than)\s$")
_BELOW = re.compile(r"\b(?:below|less than|under|lower than|smaller than)\s$")
_AT_LEAST = re.compile(r"\b(?:at least|not less than|from)\s$")
_AT_MOST = re.compile(r"\b(?:at most|not more than|up to)\s$")
_RANGE = re.compile(rf"(?<![\w.]){_NUMBER}\s*(?:to|–|-)\s*{_NUMBER}\s*{_UNIT}")
# How far before a number its feature stands, in words: "a flexural strength above 30 MPa".
_REACH = 4


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

    Of a provision that lists several things, the sentence counts that has a threshold that can be compared and speaks
    of most of what was asked: one on the subject, or one on something asked that no sentence on the subject speaks of.
    """
    asked = list(_quantities(findings.question.search))
    if not asked:
        return None
    found: list[tuple[float, Quote, list[str]]] = []
    subject = subjects_of(findings)
    as_of = findings.question.as_of
    # What a list took over is described where it came from: that provision is read with it and sets the limits.
    described = [each for each in readers(findings.snapshot, evidence, as_of) if each.source is evidence.source]
    quotes = [quote_of(each, span) for each in (evidence, *described) for span in each.provision.sentences]
    on_subject = [each for each in quotes if subject & findings.spoken_of(each.text)]
    known = frozenset().union(*(findings.spoken_of(each.text) for each in on_subject))
    # "For cylinders, …" stands in a list under the subject and does not name it again.
    about = [each for each in quotes if each in on_subject or findings.spoken_of(each.text) - known]
    for quote in about:
        words = plain_text(quote.text)
        beyond, compared = _compared(asked, list(thresholds(words)))
        if compared:
            found.append((findings.coverage(findings.spoken_of(words)), quote, beyond))
    if not found:
        return None
    if any(_ALL_OF.search(each.text) for each in quotes):
        # Features that must all be met: one that is not is enough.
        found = [each for each in found if each[2]] or found
    _, quote, beyond = max(found, key=lambda each: each[0])
    return Outside(beyond[0], quote) if beyond else None


def thresholds(sentence: str) -> Iterator[Threshold]:
    """The thresholds that a sentence sets."""
    text = unicodedata.normalize("NFKC", sentence)
    taken = []
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


def _quantities(question: str) -> Iterator[tuple[str, float, str, frozenset[str]]]:
    """What a question measures: as written, the value, its unit, and the words around it that may name the feature."""
    text = unicodedata.normalize("NFKC", question)
    for match in _QUANTITY.finditer(text):
        around = f"{text[: match.start()].rsplit(',', 1)[-1]} {re.split('[,;.?]', text[match.end() :], maxsplit=1)[0]}"
        yield match.group().strip(), _value(match[1]), _unit(match[2]), frozenset(tokens(around))


def _compared(asked: list[tuple[str, float, str, frozenset[str]]], set_: list[Threshold]) -> tuple[list[str], bool]:
    """The quantities that lie outside a threshold of the same measure, and whether any could be compared."""
    beyond, compared = [], False
    for threshold in set_:
        same_unit = [each for each in asked if each[2] == threshold.unit]
        same = [each for each in same_unit if each[3] & threshold.feature]
        if not same and len(same_unit) == 1 and sum(other.unit == threshold.unit for other in set_) == 1:
            same = same_unit
        for written, value, _, _ in same[:1]:
            compared = True
            if not threshold.holds(value):
                beyond.append(written)
    return beyond, compared


def _feature(text: str, at: int) -> frozenset[str]:
    before = re.split(r"[,;()]|\band\b", text[:at])[-1].split()
    return frozenset(tokens(" ".join(before[-_REACH:])))


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def _unit(written: str) -> str:
    return _ALIKE.get(written.lower(), written.lower())
