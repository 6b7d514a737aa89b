"""Whether a question asks what the law of a country says: "Dutch law", "Vietnam's minerals rules", "does Ottawa ask".

A country that is only where the goods go, or where a customer sits, is no sign of that: what counts is that its name
stands beside a word for law, does what a lawgiver does, or gives the licence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.documents.language import has_chinese

_LAW = (
    r"(?:laws?|[Aa]cts?|rules?|regulations?|legislation|statutes?|[Oo]rdinances?|Orders?|Directives?"
    r"|Decrees?|licen[cs]es?|permits?|authori[sz]ations?|sanctions|tariffs?|surtax"
    r"|dut(?:y|ies)|tax(?:es)?|export controls?|export ban|quotas?|authorit(?:y|ies)"
    r"|[Pp]rogram(?:me)?s?)"
)
_RULES = (
    r"(?:requires?|demands?|insists?|bann?(?:s|ed)?|forbids?|forbade|prohibit(?:s|ed)?|allow(?:s|ed)?|permits?"
    r"|restrict(?:s|ed)?|controls?|licen[cs]es?|charges?|lev(?:y|ies|ied)|impos(?:e|es|ed)|tax(?:es)?"
    r"|rais(?:e|es|ed)|(?:has|have) to (?:approve|agree|consent)|regulates?)"
)
_GIVEN = r"(?:licen[cs]e|permit|approval|authori[sz]ation|clearance|consent|register\w*|notif\w+)"
# What shows that the name and the word for law do not belong together: "to Warsaw without a licence".
_APART = (
    r"(?!(?:without|with|an?|the|or|and|for|to|by|on|in|of|at|from|about|over|under|into|as|that|which|who|needs?|is|are"
    r"|has|have|had|may|can|must|will|would|do|does|did|claim\w*|say\w*|said|wrote|want\w*|customers?|buyers?|users?"
    r"|firms?|compan\w+|makers?)\b)"
)
# Who acts for a country, and what it is asked to have done: where its name follows a verb that asks, it is no customer.
_POWERS = (
    r"(?:governments?|minist(?:er|ers|ry)|parliament|cabinet|courts?|customs|put|tighten(?:ed)?|order(?:ed)?"
    r"|block(?:ed)?|stop(?:ped)?|refused?|adopt(?:ed)?|want|ask|expect|pay|offer|grant|subsidi[sz]e)(?:\s+for)?"
)
_ASKS = (
    r"(?:^|[?.!;]\s|\b(?i:did|does|do|may|can|could|will|would|must|should|shall|has|have|had|is|was|are|were|when|if|that"
    r"|because|how|why)\s)"
)
_ZH_LAW = (
    r"(?:的?(?:出口管制)?(?:规定|关税|税率|制裁|许可证)"
    r"|的?《?[^，。？?、向到往对两稀中我]{0,6}?(?:法律|法规|法案|条例|指令|(?<![方办做无非合违用])法(?![兰国人院庭定])))"
)


def asks_of_law(names: Sequence[str]) -> re.Pattern[str] | None:
    """A pattern for questions about the law of one of some countries, by the names it goes by: of the country, its
    people, its capital; ``None`` where there are no names."""
    latin = sorted((re.escape(each) for each in names if not has_chinese(each)), key=len, reverse=True)
    chinese = [re.escape(each) for each in names if has_chinese(each)]
    ways = []
    if latin:
        name = rf"(?:{'|'.join(latin)})"
        between = rf"(?:{_APART}[\w'’-]+\s+){{0,3}}?"
        ways += [
            rf"(?<![\w-]){name}(?:'s|’s)?\s+{between}{_LAW}(?!\w)",
            rf"{_ASKS}(?:the\s+)?{name}(?:'s|’s)?\s+{_POWERS}(?!\w)",
            rf"(?<![\w-]){name}\s+(?:\w+ly\s+)?{_RULES}(?!\w)",
            rf"\b{_GIVEN}\s+(?:issued\s+)?(?:from|by|with)\s+(?:the\s+)?{name}(?!\w)",
        ]
    if chinese:
        ways.append(rf"(?:{'|'.join(chinese)}){_ZH_LAW}")
    return re.compile("|".join(ways)) if ways else None
