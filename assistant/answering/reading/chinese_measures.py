"""Quantities that a Chinese question measures in Chinese: 直径100毫米, 纯度百分之九十九点五."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from assistant.documents.numbering import chinese_value

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?|[零〇一二两三四五六七八九十百千]{1,8}(?:点[零〇一二三四五六七八九]{1,6})?"
# Units as thresholds write them; the longest first, so that 克/立方厘米 is not read as 克.
_UNITS = {
    "克每立方厘米": "g/cm3", "克/立方厘米": "g/cm3", "瓦时每千克": "Wh/kg", "瓦时/千克": "Wh/kg", "瓦时/公斤": "Wh/kg",
    "毫安时每克": "mAh/g", "毫安时/克": "mAh/g", "米每秒": "m/s", "米/秒": "m/s", "立方米": "m3", "平方厘米": "cm2",
    "平方米": "m2", "摄氏度": "°C", "毫米": "mm", "厘米": "cm", "微米": "µm", "纳米": "nm", "公斤": "kg", "千克": "kg",
    "毫克": "mg", "千瓦": "kW", "兆瓦": "MW", "兆赫": "MHz", "千赫": "kHz", "兆帕": "MPa", "吉帕": "GPa", "特斯拉": "T",
    "吨": "t", "克": "g", "升": "L", "层": "layers", "米": "m", "安": "A",
}  # fmt: skip
_PARTS = {"百": 1, "千": 10, "万": 100}
_MEASURE = re.compile(rf"(?P<of>[百千万])分之(?P<share>{_NUMBER})|(?P<number>{_NUMBER})\s*(?P<unit>{'|'.join(_UNITS)})")


class Measure(NamedTuple):
    """A quantity as written, where it stands, its value and its unit in signs."""

    written: str
    start: int
    end: int
    value: float
    unit: str


def measures(text: str) -> Iterator[Measure]:
    """The quantities of a text whose unit is a Chinese word; shares are given in per cent."""
    for match in _MEASURE.finditer(text):
        if match["share"]:
            value, unit = _value(match["share"]) / _PARTS[match["of"]], "%"
        else:
            value, unit = _value(match["number"]), _UNITS[match["unit"]]
        yield Measure(match.group(), match.start(), match.end(), value, unit)


def _value(number: str) -> float:
    if number[0].isdecimal():
        return float(number.replace(",", ""))
    whole, _, decimals = number.partition("点")
    return float(f"{chinese_value(whole)}.{''.join(str(chinese_value(each)) for each in decimals) or 0}")
