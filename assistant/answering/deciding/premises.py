"""What a question takes for granted of acts: that one has ended, is suspended, is in force, began on a day, lists a
thing.

Only what is plainly asserted counts. A condition ("if No. 62 is repealed"), what is to come, what is denied and what is
told of another time are no premises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from assistant.answering.reading.quantities import take_dates
from assistant.documents.chinese import in_digits
from assistant.documents.model import Span
from assistant.documents.sentences import sentence_spans
from assistant.documents.validity import State

_BREAKS = re.compile(r"[,;:，；：]|\s[–—-]\s|\b(?:so|and|but|because|therefore|which)\b|所以|因此|那么")
# What joins a clause to the rest says nothing of what it is about.
_JOINS = re.compile(
    r"^\s*(?:(?:even )?though|although|now(?: that)?|given(?: that)?|seeing that|since|as)\s+", re.IGNORECASE
)
# What makes of a clause a condition, a matter of another time or a doubt, and what denies.
_OPEN = re.compile(
    r"\b(?:if|once|unless|whether|would|will|should|may|might|could|in case|suppose|assuming|while|during|not|never"
    r"|\w+n['’]t|no longer (?!in force|applies|valid))\b|^\s*until\b"
    r"|^\s*(?:when|as soon as)\s+(?!(?:was|were|is|are|did|has|have)\b)"
    r"|如果|若|假如|是否|会不会|会否|能否|将|之前|之后|以前|以后|期间|没有|未被|并未|尚未",
    re.IGNORECASE,
)
# What came before or after something takes that for granted only where it is told as past.
_BESIDE = re.compile(r"\b(?:before|after)\b", re.IGNORECASE)
# "Was No. 18 ever suspended": what is asked for and is not so is set right in the same way.
_BE = r"(?:is|are|was|were|be|been|being|got|gets|put)\s+(?:[^\s?]+\s+){0,5}?"
_SAYS = {
    State.ENDED: re.compile(
        rf"\b{_BE}(?:repealed|revoked|abolished|withdrawn|cancelled|canceled|scrapped|rescinded|annulled|lifted)\b"
        r"|\b(?:lifted|scrapped|abolished)\s+(?:[^\s?]+\s+){0,5}?(?:controls|restrictions|curbs|rules|measures)\b"
        r"|\b(?:has|have|had)\s+(?:\w+\s+)?(?:expired|lapsed|ended)\b|\bno longer (?:in force|applies|valid)\b"
        r"|(?:取消|解除|废除|放开)了(?=.{0,14}(?:管制|限制))"
        r"|已经?(?:被)?(?:废止|撤销|取消|失效|作废)|被(?:废止|撤销|取消)",
        re.IGNORECASE,
    ),
    State.SUSPENDED: re.compile(
        rf"\b{_BE}(?:suspended|paused|frozen|on hold|on ice)\b"
        r"|(?:已经?(?:被)?|被|处于)(?:暂停|中止)(?:实施|执行)?",
        re.IGNORECASE,
    ),
    State.IN_FORCE: re.compile(
        r"\b(?:is|are)\s+(?:[^\s?]+\s+){0,5}?(?:in force|in effect)\b|\b(?:now|already|still)\s+appl(?:y|ies)\b"
        r"|(?:已经?|仍然?|还|依然|依旧|目前|现在)(?:有效|生效|实施|施行)",
        re.IGNORECASE,
    ),
}
_WAS = re.compile(r"\b(?:was|were|had been)\b", re.IGNORECASE)
_WHOLLY = re.compile(
    r"\b(?:altogether|entirely|completely|wholly|as a whole|fully|in full|all of it)\b|全部|全面|完全|整个",
    re.IGNORECASE,
)
# Of what it is said, where no act is named: rules in general.
_RULES = re.compile(r"\b(?:rules|controls|restrictions|curbs|measures|regime)\b|管制|措施", re.IGNORECASE)
# One that is told by what it is about: "the 0.1 % rule".
_A_RULE = re.compile(r"\brule\b|规则", re.IGNORECASE)
_WITHOUT = r"without (?:an?y? )?(?:\w+ )?(?:licen[cs]e|permit|approval)|freely|licen[cs]e-free"
_FREE = re.compile(
    rf"\b(?:{_WITHOUT}|no (?:\w+ ){{0,4}}(?:licen[cs]e|permit)|(?:not|n['’]t) (?:need|require)|needn['’]t"
    r"|(?:is|are|goes|go) (?:\w+ )?free|needs? nothing)\b"
    r"|无需|不需要|不用|不必|免于许可",
    re.IGNORECASE,
)
_CONFIRM = re.compile(
    r"(?:\b(?:right|correct|true|agree|is that so)|\b\w+n['’]t (?:it|they|we|he|she)"
    r"|不是吗|对吗|对吧|对不对|是吗)\s*[?？]",
    re.IGNORECASE,
)
_FREE_TO = re.compile(rf"^\W*(?:so )?(?:can|may|could)\b[^?]*\b(?:{_WITHOUT})\b", re.IGNORECASE)
_LISTS = re.compile(
    r"\b(?:includes?|lists?|covers?|names?|controls?|contains?)\b"
    r"|\b(?:is|are)\s+(?:\w+\s+)?(?:listed|covered|controlled|on the|in the)\b|\b(?:falls?|fall) under\b"
    r"|列入|列有|包括|包含|受.{0,8}管制|在.{0,12}清单",
    re.IGNORECASE,
)

_ON_A_LIST = re.compile(
    r"\bon\s+(?:[^\s?]+\s+){0,4}?(?:\w+[-\s])?\w*list\b|\b(?:black|grey|gray|watch)-?listed\b"
    r"|(?:列入|在|被列入).{0,8}(?:名单|清单)",
    re.IGNORECASE,
)


class Role(StrEnum):
    """What a day is to an act."""

    ISSUED = "issued"
    EFFECTIVE = "effective"


_DAYS = {
    Role.EFFECTIVE: re.compile(
        r"\b(?:took effect|came into (?:force|effect)|entered into force|(?:been |is |are )?in force since"
        r"|appl(?:ies|y|ied) (?:from|since))\b|(?:起)?(?:生效|施行|实施)",
        re.IGNORECASE,
    ),
    Role.ISSUED: re.compile(
        r"\b(?:was|were|been)\s+(?:issued|published|promulgated|adopted)\b|(?:发布|公布)", re.IGNORECASE
    ),
}


@dataclass(frozen=True, slots=True)
class Premise:
    """A clause that takes something for granted: the state of an act (``wholly`` or not, ``past`` where told as
    something that happened), its days in a role, as ISO dates, that something is listed, or somebody is on a list."""

    clause: str
    state: State | None = None
    wholly: bool = False
    past: bool = False
    role: Role | None = None
    days: frozenset[str] = frozenset()
    lists: bool = False
    on_a_list: bool = False

    @property
    def of_rules(self) -> bool:
        """Whether it speaks of rules in general."""
        return _RULES.search(self.clause) is not None

    @property
    def of_a_rule(self) -> bool:
        """Whether it speaks of one rule by what that is about."""
        return _A_RULE.search(self.clause) is not None


def takes_itself_free(question: str) -> bool:
    """Whether a question wants it confirmed that no licence is needed."""
    sentences = (question[span.start : span.end] for span in sentence_spans(question, Span(0, len(question))))
    confirmed = _FREE.search(question) is not None and _CONFIRM.search(question) is not None
    return confirmed or any(_FREE_TO.search(each) for each in sentences)


def premises(question: str) -> Iterator[Premise]:
    """What a question takes for granted, in its order."""
    for clause in _clauses(question):
        past = _WAS.search(clause) is not None
        if _OPEN.search(clause) or (_BESIDE.search(clause) and not past):
            continue
        _, dates = take_dates(in_digits(clause))
        days = frozenset(each for each in dates if re.fullmatch(r"\d{4}-\d\d-\d\d", each))
        for state, pattern in _SAYS.items():
            if pattern.search(clause):
                yield Premise(clause, state, _WHOLLY.search(clause) is not None, past)
        for role, pattern in _DAYS.items():
            if days and pattern.search(clause):
                yield Premise(clause, role=role, days=days)
        if _LISTS.search(clause):
            yield Premise(clause, lists=True)
        if _ON_A_LIST.search(clause):
            yield Premise(clause, on_a_list=True)


def _clauses(question: str) -> Iterator[str]:
    for span in sentence_spans(question, Span(0, len(question))):
        yield from (_JOINS.sub("", each) for each in _BREAKS.split(question[span.start : span.end]))
