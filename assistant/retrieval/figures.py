"""What kind of figure a question asks for, a sum, a time, a day or an address, and whether a text has one.

"How long does it take?" is answered by what names a number of days, and by nothing else that is about the same thing.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from assistant.retrieval.question import Question, asking_part


class Figure(StrEnum):
    """A kind of figure."""

    SUM = "sum"
    TIME = "time"
    DAY = "day"
    ADDRESS = "address"


_PENALTY = r"(?:fines?|penalt(?:y|ies)|punishments?)"
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_ASKED = {
    Figure.SUM: (
        r"\bhow (?:much|high|large|heavy|dear|steep)\b",
        rf"\b(?:which|what|how) (?:\w+ ){{0,3}}{_PENALTY}\b|\b{_PENALTY}\b[^?]*\?|\bpunished\b",
        r"\bwhat\b[^?,;]{0,60}\b(?:costs?|pays?|risks?|face|threatens?|in store|the bill)\b",
        r"处罚|罚款|罚金|罚多少",
    ),
    Figure.TIME: (
        r"\bhow (?:long|fast|quick(?:ly)?|soon|many (?:\w+ ){0,2}(?:days|weeks|months|years))\b|\bby when\b",
        r"\b(?:deadlines?|time limits?)\b|\bafter how\b|\bvalid(?:ity)?\b[^?]*\?|\bexpires?\b",
        r"\b(?:minimum|maximum) (?:time|period)\b|\b(?:for|within|in) (?:what|which) (?:\w+ )?(?:time|period|term)\b",
        r"多久|多长时间|几(?:天|日|年|个月|个工作日)|多少个?(?:天|日|年|月|工作日)|有效期|期限|时限",
    ),
    Figure.DAY: (
        r"\bwhen (?:did|was|were|does|do|is|are|will|has|have|can|may)\b",
        r"\b(?:since|until|till|from) when\b|\b(?:which|what) (?:day|date)\b",
        r"什么时候|何时|哪一?天|几月|几号|哪日|自何",
    ),
    Figure.ADDRESS: (
        r"\b(?:which|what) (?:e-?mail|address|website|portal|platform|hotline)\b|\be-?mail address\b",
        r"\bwhere (?:\w+ ){0,4}(?:report(?:ed)?|send|sent|filed?|submit(?:ted)?|apply)\b",
        r"哪个(?:邮箱|网站|平台)|邮箱|向哪里",
    ),
}
_HAS = {
    Figure.SUM: (r"\bCNY\s?\d|\b\d+ to \d+ times\b|\d\s?(?:yuan|euros?)\b|\d+倍|\d元|万元",),
    Figure.TIME: (
        r"\b\d+ (?:working )?(?:days?|weeks?|months?|years?)\b|\bone year\b|\bfor life\b|\blifelong\b|\bat once\b",
        r"\d+个?(?:工作日|日内|年|个月)",
    ),
    Figure.DAY: (rf"\b\d{{1,2}} {_MONTH} \d{{4}}\b|\d{{4}}年\d{{1,2}}月\d{{1,2}}日",),
    Figure.ADDRESS: (r"[\w.-]+@[\w.-]+|\b[\w-]+\.(?:gov|com|org)\b|\bplatform\b|\bhotline\b",),
}
_ASKED_BY = {figure: re.compile("|".join(ways), re.IGNORECASE) for figure, ways in _ASKED.items()}
_TOLD_BY = {figure: re.compile("|".join(ways), re.IGNORECASE) for figure, ways in _HAS.items()}


def figures_asked(question: Question) -> frozenset[Figure]:
    """The kinds of figure that the sentences of a question which ask want to know."""
    text = asking_part(question.own)
    return frozenset(figure for figure, pattern in _ASKED_BY.items() if pattern.search(text))


@lru_cache(maxsize=8192)
def figures_in(text: str) -> frozenset[Figure]:
    """The kinds of figure that a text has."""
    return frozenset(figure for figure, pattern in _TOLD_BY.items() if pattern.search(text))
