"""What a sentence states that can be read off without a model: dates, quantities, codes, key terms and negations.

Reading is shared, judging is not. Verification (entailment.py) and evaluation (assistant/evaluation/bearing.py) each
have a rule of their own for when one text bears out another, so that tuning the one does not move the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.answering.reading.quantities import Quantity, take_dates, take_quantities
from assistant.answering.reading.terms import NEGATORS, key_terms
from assistant.documents.chinese import in_digits

_ACT = re.compile(
    r"(?:\b(?P<before>20\d\d)\s*)?(?:\bAnnouncements?\s+)?\b(?:No\.?|Nos\.?|Announcements?)\s*"
    r"(?P<list>\d{1,3}(?!\d)(?:\s*(?:[–-]|,\s*and|,|and|or|to)\s*(?:Nos?\.\s*)?\d{1,3}(?![\d.]|\s*%))*)"
    r"(?:\s*(?:of|/)\s*(?P<after>20\d\d))?"
    r"|(?:(?P<zh_year>20\d\d)年?)?第\s*(?P<zh>\d{1,3})\s*号"
)
_CHINESE_PART = re.compile(
    r"第\s*(?P<article>\d{1,3})\s*条(?:第?\(?(?P<item>\d{1,2})\)?项)?|附件\s*(?P<annex>\d{1,2})|第\s*(?P<part>\d{1,2})\s*部分"
    r"|第\s*(?P<para>\d{1,3})\s*款"
)
_ARTICLE = re.compile(
    r"\b(?P<kind>Art(?:icle)?s?|Para(?:graph)?s?|Annex(?:es)?|Part|Item|Claim|Chapter|Q)\.?\s*"
    r"(?P<first>\d{1,3}(?:\s?\(\w{1,3}\))*)"
    r"(?P<more>(?:\s*(?:,|and|or|–|-|to)\s*(?:\d{1,3}(?!\d)(?:\s?\(\w{1,3}\))*|\(\w{1,3}\)))*)",
    re.IGNORECASE,
)
# Registry numbers of substances, such as 14802-03-0.
_CAS = re.compile(r"\b\d{2,7}-\d\d-\d\b")
_CONTROL_CODE = re.compile(r"\b(?P<code>\d[A-Z]\d{3}(?:\.[a-z0-9]{1,2})*)(?:[–-](?P<last>[a-z])\b)?")
_WORD = re.compile(r"[A-Za-z]+(?:['’]t)?|[,;:.()–—]")
# What turns an earlier negation around: "may not … without a licence" asks for a licence.
_EXCEPTIONS = frozenset({"without", "unless", "except", "until"})
# How many terms after it a negator reaches: a verb and what stands about it, or a noun with its adjective.
_REACH, _REACH_OF_NOUNS = 3, 2
_BEFORE_NOUNS = frozenset({"no", "without", "nor"})


@dataclass(frozen=True, slots=True)
class Facts:
    """A sentence taken apart.

    ``dates`` are ISO, with ``2026-11`` for a month and ``--11-10`` for a day without a year; ``codes`` are control
    codes and the numbers of acts and articles (``1E902.b``, ``no:62/2025``, ``art:1(2)``); ``terms`` are stems.
    ``negated`` are the terms that are only spoken of with a negation before them, ``negates`` whether the sentence
    negates anything.
    """

    dates: frozenset[str] = frozenset()
    quantities: frozenset[Quantity] = frozenset()
    codes: frozenset[str] = frozenset()
    terms: frozenset[str] = frozenset()
    negated: frozenset[str] = frozenset()
    negates: bool = False

    def with_codes(self, *headings: Facts) -> Facts:
        """The same with the codes of the headings it stands under: a quote of Art. 3 of No. 62 need not repeat both."""
        return Facts(
            self.dates, self.quantities, self.codes.union(*(each.codes for each in headings)), self.terms, self.negated,
            self.negates,
        )  # fmt: skip

    def __or__(self, other: Facts) -> Facts:
        """Both together, as one stretch of text."""
        terms = self.terms | other.terms
        affirmed = (self.terms - self.negated) | (other.terms - other.negated)
        return Facts(
            self.dates | other.dates, self.quantities | other.quantities, self.codes | other.codes, terms,
            terms - affirmed, self.negates or other.negates,
        )  # fmt: skip


def read(text: str) -> Facts:
    """Takes a sentence apart. Thousands separators, forms of dates and spellings of units do not matter."""
    rest = in_digits(unicodedata.normalize("NFKC", text))
    rest, dates = take_dates(rest)
    codes: set[str] = set()
    rest = _CAS.sub(lambda match: _taken(codes, [match.group()]), rest)
    rest = _CONTROL_CODE.sub(lambda match: _taken(codes, _control_codes(match)), rest)
    rest = _ACT.sub(lambda match: _taken(codes, _acts(match)), rest)
    rest = _CHINESE_PART.sub(lambda match: _taken(codes, _chinese_parts(match)), rest)
    rest = _ARTICLE.sub(lambda match: _taken(codes, _articles(match)), rest)
    rest, quantities = take_quantities(rest)
    terms = set(key_terms(rest))
    affirmed, negates = _affirmed(rest)
    return Facts(frozenset(dates), frozenset(quantities), frozenset(codes), frozenset(terms),
                 frozenset(terms - affirmed), negates)  # fmt: skip


def missing_facts(text: Facts, claim: Facts) -> list[str]:
    """The dates, quantities and codes of a claim that a text does not have, in words."""
    missing = [f"date {each}" for each in sorted(claim.dates) if not _has_date(text.dates, each)]
    missing += [f"number {each}" for each in sorted(claim.quantities) if not _has_quantity(text, each)]
    return missing + [f"code {each}" for each in sorted(claim.codes) if not _has_code(text.codes, each)]


def _has_date(dates: Iterable[str], wanted: str) -> bool:
    if wanted.startswith("--"):
        return any(each == wanted or each.endswith(wanted[1:]) for each in dates)
    return any(each == wanted or each.startswith(f"{wanted}-") for each in dates)


def _has_quantity(text: Facts, wanted: Quantity) -> bool:
    if wanted.unit:
        return wanted in text.quantities
    if any(each.number == wanted.number for each in text.quantities):
        return True
    return re.fullmatch(r"(?:19|20)\d\d", wanted.number) is not None and (
        any(each.startswith(wanted.number) for each in text.dates)
        or any(each.endswith(f"/{wanted.number}") for each in text.codes)
    )


def _has_code(codes: Iterable[str], wanted: str) -> bool:
    if wanted.startswith("no:"):
        number, _, year = wanted.partition("/")
        return any(each in (wanted, number) or (not year and each.startswith(f"{number}/")) for each in codes)
    return any(each == wanted or each.startswith((f"{wanted}.", f"{wanted}(")) for each in codes)


def _taken(into: set[str], found: Iterable[str]) -> str:
    into.update(found)
    return " "


def _control_codes(match: re.Match[str]) -> list[str]:
    code, last = match["code"], match["last"]
    if last is None or not code[-1].isalpha():
        return [code]
    return [f"{code[:-1]}{chr(each)}" for each in range(ord(code[-1]), ord(last) + 1)]


def _acts(match: re.Match[str]) -> list[str]:
    year = match["before"] or match["after"] or match["zh_year"]
    numbers = [match["zh"]] if match["zh"] else _numbers(match["list"])
    return [f"no:{each}/{year}" if year else f"no:{each}" for each in numbers]


def _articles(match: re.Match[str]) -> list[str]:
    kind = match["kind"].lower()[:3].rstrip(".")
    first = match["first"].replace(" ", "")
    found = [first]
    for number, paragraph in re.findall(r"(\d{1,3}(?:\s?\(\w{1,3}\))*)|(\(\w{1,3}\))", match["more"]):
        found.append(number.replace(" ", "") or first.partition("(")[0] + paragraph)
    if re.fullmatch(r"\s*(?:–|-|to)\s*\d+", match["more"]) and first.isdigit():
        found = _numbers(f"{first}–{found[1]}")
    return [f"{kind}:{each}" for each in found]


def _chinese_parts(match: re.Match[str]) -> list[str]:
    if match["article"]:
        return [f"art:{match['article']}" + (f"({match['item']})" if match["item"] else "")]
    names = {"ann": match["annex"], "par": match["part"] or match["para"]}
    return [f"{name}:{number}" for name, number in names.items() if number]


def _numbers(text: str) -> list[str]:
    """The numbers of a list such as "55–58, 61 and 62", ranges written out."""
    found: list[str] = []
    for first, last in re.findall(r"(\d+)(?:\s*(?:[–-]|to)\s*(\d+))?", text):
        end = int(last or first)
        found.extend(str(each) for each in range(int(first), end + 1) if end - int(first) < 100)
    return found


def _affirmed(text: str) -> tuple[set[str], bool]:
    """The terms that occur without a negation before them in their clause, and whether anything is negated at all."""
    affirmed: set[str] = set()
    negates = False
    for clause in _clauses(text):
        negators = [at for at, word in enumerate(clause) if word in NEGATORS or word.endswith(("'t", "’t"))]
        if negators and _EXCEPTIONS & {*clause[negators[0] + 1 :]}:
            negators = []
        negates = negates or bool(negators)
        left = 0
        for at, word in enumerate(clause):
            if at in negators:
                left = _REACH_OF_NOUNS if word in _BEFORE_NOUNS else _REACH
                continue
            for term in key_terms(word):
                if not left:
                    affirmed.add(term)
                left = max(0, left - 1)
    return affirmed, negates


def _clauses(text: str) -> Iterable[list[str]]:
    """The words of each clause, lower case; "not only" negates nothing and goes."""
    clause: list[str] = []
    for match in _WORD.finditer(re.sub(r"\bnot (?:only|just|merely)\b", " ", text, flags=re.IGNORECASE)):
        if match.group()[0].isalpha():
            clause.append(match.group().lower())
        elif clause:
            yield clause
            clause = []
    if clause:
        yield clause
