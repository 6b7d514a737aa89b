"""How Chinese law numbers provisions: "Art. 1(2)" is 第一条第（二）项, "Annex 1 Part 2" 附件1第2部分."""

from __future__ import annotations

import re

from assistant.documents.labels import chinese_number
from assistant.documents.numbering import chinese_value

_NUMBERED = re.compile(
    r"Art\. (?P<article>\d{1,3})(?P<under>(?:\(\d{1,2}\)){0,2})|Para\. (?P<para>\d{1,3})"
    r"|Annex (?P<annex>\d{1,2})(?: Part (?P<part>\d{1,2}))?|Item (?P<item>\d{1,3})|Part (?P<only>\d{1,2})"
)

_IN_WORDS = re.compile(
    r"(?<=第)(?P<opens>[（(]?)(?P<number>[一二三四五六七八九十百零〇]{1,7})(?P<closes>[)）]?)(?=[章节条款项目])"
)


def in_digits(text: str) -> str:
    """The text with the numbers of its articles, paragraphs and items in digits: 第十七条 becomes 第17条."""
    return _IN_WORDS.sub(lambda match: f"{match['opens']}{chinese_value(match['number'])}{match['closes']}", text)


def chinese_label(label: str) -> str | None:
    """The label in Chinese where all of it is a number of an article, paragraph, annex or item, else ``None``."""
    match = _NUMBERED.fullmatch(label)
    if match is None:
        return None
    if match["article"]:
        below = "".join(
            f"第（{chinese_number(int(number))}）{unit}"
            for number, unit in zip(re.findall(r"\d+", match["under"]), "项目", strict=False)
        )
        return f"第{chinese_number(int(match['article']))}条{below}"
    if match["para"]:
        return f"第{chinese_number(int(match['para']))}款"
    if match["annex"]:
        return f"附件{match['annex']}" + (f"第{match['part']}部分" if match["part"] else "")
    return f"第{match['item']}项" if match["item"] else f"第{match['only']}部分"
