"""The sum that a question tells against the bands by which a provision sets a fine: of what holds for a turnover of
500,000 or more and for less, only the one that applies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from assistant.answering.quoting.sentences import Candidate
from assistant.answering.reading.quantities import take_quantities
from assistant.index.passages import plain_text
from assistant.retrieval.evidence import Findings

_SUM = r"(?:CNY|RMB|USD|EUR|US\$|[¥€$])\s?\d[\d,.]*(?:\s(?:thousand|million|billion))?"
_OR_MORE = re.compile(rf"({_SUM})\s(?:or|and)\s(?:more|above|over)\b")
_BELOW = re.compile(rf"\b(?:below|under|less than)\s({_SUM})")
# A sentence that goes on so has the other band too.
_OTHERWISE = re.compile(r"\b(?:otherwise|else)\b")
# A sum is what the fine goes by where the question says that so much was dealt for, and not that it is the fine.
_DEALT = re.compile(
    r"\b(?:turnover|worth|valued?|sold|sales?|revenue|proceeds|deals?|orders?|invoiced?|gains?|profits?|lots?|shipments?"
    r"|consignments?|transactions?|contracts?)\b|营业额|经营额|货值|价值|销售额|所得",
    re.IGNORECASE,
)
_FINED = re.compile(r"\b(?:fine[sd]?|penalt(?:y|ies)|costs?|pay)\b(?:\s\S+){0,4}?\s?$|罚款?\S{0,4}$", re.IGNORECASE)
_TOLD = re.compile(
    rf"{_SUM}|\d[\d,.]*\s?(?:thousand|million|billion|万|亿)?\s?(?:CNY|RMB|yuan|USD|EUR|元)", re.IGNORECASE
)


def within_the_band(findings: Findings, pool: Sequence[Candidate]) -> list[Candidate]:
    """The sentences without those for another band than the sum that the question says was dealt for; all of them
    where it tells no such sum, or several."""
    question = findings.question.search
    told = [match for match in _TOLD.finditer(question) if not _FINED.search(question[: match.start()])]
    if len(told) != 1 or not _DEALT.search(question):
        return list(pool)
    dealt = _value(told[0].group())
    return [each for each in pool if dealt is None or _holds(plain_text(each.quote.text), *dealt)]


def _holds(sentence: str, value: Decimal, currency: str) -> bool:
    """Whether a sentence may hold for a sum: it sets no band, or one that the sum is within."""
    if _OTHERWISE.search(sentence):
        return True
    least = [_value(match[1]) for match in _OR_MORE.finditer(sentence)]
    most = [_value(match[1]) for match in _BELOW.finditer(sentence)]
    return all(each is None or each[1] != currency or value >= each[0] for each in least) and all(
        each is None or each[1] != currency or value < each[0] for each in most
    )


def _value(written: str) -> tuple[Decimal, str] | None:
    """A sum's value and currency; ``None`` where it cannot be read."""
    found = [each for each in take_quantities(written)[1] if each.unit]
    return (Decimal(found[0].number), found[0].unit) if len(found) == 1 else None
