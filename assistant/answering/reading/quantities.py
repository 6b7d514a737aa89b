"""Dates and numbers with their units, found in running text whatever their spelling."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "January Jan", "February Feb", "March Mar", "April Apr", "May", "June Jun", "July Jul", "August Aug",
            "September Sept Sep", "October Oct", "November Nov", "December Dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY = r"(?P<{0}>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_DATE = re.compile(
    r"\b(?P<y1>\d{4})-(?P<m1>\d{2})-(?P<d1>\d{2})\b"
    r"|(?P<y2>\d{4})\s*年\s*(?P<m2>\d{1,2})\s*月(?:\s*(?P<d2>\d{1,2})\s*日)?"
    rf"|\b{_DAY.format('d3')}\s+(?:of\s+)?(?P<m3>{_MONTH})\b\.?(?:,?\s+(?P<y3>(?:19|20)\d\d)\b)?"
    rf"|\b(?P<m4>{_MONTH})\.?\s+{_DAY.format('d4')}(?!\d|[.,]\d)(?:,?\s+(?P<y4>(?:19|20)\d\d)\b)?"
    rf"|\b(?P<m5>{_MONTH})\.?,?\s+(?P<y5>(?:19|20)\d\d)\b"
)
# "from 9 October to 6 November 2025": the first day is of the year that is named with the second.
_SAME_YEAR = re.compile(r"\s*(?:to|and|until|or|–|-|—)\s*")

# Every spelling of a unit, longest first in the pattern, so "working days" is not read as "days".
_UNITS = {
    spelling: unit
    for unit, spellings in {
        "%": "%|per cent|percent",
        "working day": "working days|working day|working-day|business days|business day|工作日",
        "day": "calendar days|calendar day|days|day|天|日",
        "week": "weeks|week",
        "month": "months|month|个月",
        "year": "years|year|年",
        "hour": "hours|hour",
        "time": "times|time|fold|倍",
        "layer": "layers|layer",
        "m3": "m3|cubic metres|cubic meters|cubic metre|cubic meter",
        "m2": "m2|square metres|square meters",
        "mm": "mm|millimetres|millimeters",
        "cm": "cm|centimetres|centimeters",
        "m": "m|metres|meters",
        "km": "km|kilometres|kilometers",
        "nm": "nm|nanometres|nanometers",
        "µm": "μm|um|microns|micron|micrometres|micrometers",
        "kg": "kg|kilograms|kilogrammes|kilos|kilo",
        "g": "g|grams|grammes",
        "mg": "mg",
        "t": "t|tonnes|tonne|tons|ton",
        "l": "l|litres|litre|liters",
        "g/cm3": "g/cm3",
        "mAh/g": "mAh/g",
        "Wh/kg": "Wh/kg",
        "W": "W|watts",
        "kW": "kW",
        "MW": "MW",
        "V": "V|volts",
        "Hz": "Hz",
        "kHz": "kHz",
        "MHz": "MHz",
        "GHz": "GHz",
        "°C": "°C|degrees Celsius",
        "K": "K",
        "MPa": "MPa",
        "GPa": "GPa",
        "kA/m": "kA/m",
    }.items()
    for spelling in spellings.split("|")
}
_CURRENCIES = {
    "CNY": "CNY", "RMB": "CNY", "¥": "CNY", "yuan": "CNY", "元": "CNY",
    "USD": "USD", "US$": "USD", "$": "USD", "EUR": "EUR", "€": "EUR",
}  # fmt: skip
_MAGNITUDES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "万": 10_000, "亿": 100_000_000}
_SMALL = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_NUMBER_WORDS = {word: number for number, word in enumerate(_SMALL, start=2)} | {
    "one": 1, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90,
}  # fmt: skip


def _either(words: dict[str, object]) -> str:
    return "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))


# "One" is a number only before a unit; elsewhere it is a word ("one by one").
_ONE = r"one(?=[\s-](?:working day|business day|day|week|month|year|hour|time)s?\b)"
_QUANTITY = re.compile(
    rf"(?:(?P<currency>{_either({**_CURRENCIES})})\s*)?"
    r"(?P<number>(?<![\w.])\d{1,3}(?:[, ]\d{3})+(?![\d])(?:\.\d+)?|(?<![A-Za-z\d.])\d+(?:\.\d+)?"
    rf"|\b(?:{_either({word: None for word in _NUMBER_WORDS if word != 'one'})}|{_ONE})\b)"
    rf"(?:\s*(?P<magnitude>{_either({**_MAGNITUDES})}))?"
    rf"(?:[\s-]?(?P<unit>{_either({**_UNITS})}|yuan|元)(?![A-Za-z/]))?",
)
_LINK = re.compile(r"\s*(?:×|x|–|-|—|to|and|or)?\s*[≥≤<>~]?\s*")


class Quantity(NamedTuple):
    """A number, in plain decimal digits, and its unit; the unit is empty where none is named."""

    number: str
    unit: str

    def __str__(self) -> str:
        return f"{self.number} {self.unit}".strip()


def take_dates(text: str) -> tuple[str, set[str]]:
    """The text without its dates, and the dates: ``2026-11-10``, ``2026-11``, or ``--11-10`` without a year."""
    matches = list(_DATE.finditer(text))
    found: set[str] = set()
    later_year, later_start = "", len(text)
    for match in reversed(matches):
        parts = {name[0]: value for name, value in match.groupdict().items() if value}
        month = parts["m"]
        number = int(month) if month.isdigit() else _MONTHS[month]
        year = parts.get("y", "")
        if not year and later_year and _SAME_YEAR.fullmatch(text, match.end(), later_start):
            year = later_year
        later_year, later_start = year, match.start()
        day = f"-{int(parts['d']):02d}" if "d" in parts else ""
        found.add(f"{year or '-'}-{number:02d}{day}")
    return _DATE.sub(" ", text), found


def take_quantities(text: str) -> tuple[str, set[Quantity]]:
    """The text without its numbers, and the numbers with their units. A unit named once holds for a whole range or a
    chain of measures: "120 × 50 mm" is 120 mm and 50 mm, "CNY 5 to 10" is both in CNY."""
    matches = list(_QUANTITY.finditer(text))
    units = [_unit(match) for match in matches]
    currencies = set(_CURRENCIES.values())
    linked = [
        _LINK.fullmatch(text, matches[at].end(), matches[at + 1].start()) is not None for at in range(len(matches) - 1)
    ]
    for at in reversed(range(len(linked))):
        if linked[at] and not units[at] and units[at + 1] not in currencies:
            units[at] = units[at + 1]
    for at, joined in enumerate(linked):
        if joined and not units[at + 1] and units[at] in currencies:
            units[at + 1] = units[at]
    found = {Quantity(_number(match), unit) for match, unit in zip(matches, units, strict=True)}
    return _QUANTITY.sub(" ", text), found


def _unit(match: re.Match[str]) -> str:
    unit = match["unit"] or ""
    return _CURRENCIES.get(match["currency"] or "", "") or _CURRENCIES.get(unit, "") or _UNITS.get(unit, "")


def _number(match: re.Match[str]) -> str:
    digits = re.sub(r"[, ]", "", match["number"])
    value = Decimal(_NUMBER_WORDS[digits]) if digits.isalpha() else Decimal(digits)
    if match["magnitude"]:
        value *= _MAGNITUDES[match["magnitude"]]
    return f"{value.normalize():f}"
