"""A follow-up → what it takes over from the questions before it.

"And to Mexico?" asks the former question again with one fact changed; "How long will that take?" asks something
else about the same case. Either way the facts of the former question stay, but for those that the new one names anew:
another item in the place of the item, another recipient, use, act, day, or number with the same unit. Whatever is
taken over, the answer names.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.documents.language import word_count
from assistant.index.lexical import tokens
from assistant.retrieval.dates import day_phrases
from assistant.retrieval.glossary import FORMS, Facet, Glossary, Stretch
from assistant.retrieval.references import act_phrases

_SHORT = 8
# How many questions back a conversation is followed.
_DEPTH = 4
_OTHER_MATTER = re.compile(
    r"^\W*(?:(?:an)?other|different|new|separate|next)\s+(?:question|matter|topic|subject|case|issue)\b"
    r"|\b(?:unrelated|on (?:an|a) (?:other|different) (?:note|matter))\b|^\W*(?:另一个问题|换个问题|另外问)",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"^\W*(?:and|but|or|so|then|also|what about|how about|what if|suppose|same|until when|since when|why)\b"
    r"|^\W*(?:那|还有|如果|要是|换成|改成|但|可是|然后|为什么)|呢[？?]?$",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|those|these|that|this|there|then|instead|same|such|both|she|he|her|his|too|as well)\b"
    r"|那么|这个|那个|这些|那些|上述|前述|同样|也|该(?:公告|物项|规定|许可)",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\b(?:both|the two|together|each of them|all of them)\b|两者|都", re.IGNORECASE)
# What points at the thing itself, which then stays: "its alloy", "the powder they are pressed from".
_THE_THING = re.compile(r"\b(?:it|its|they|them|their|those|these|same)\b|其|它", re.IGNORECASE)
_IN_ITS_PLACE = re.compile(r"\binstead\b|\breplace|换成|改为", re.IGNORECASE)
QUESTION_WORD = re.compile(
    r"\b(?:what(?! about| if)|which|who|whom|whose|when|where|why|how(?! about))\b"
    r"|什么|哪|谁|何时|多少|多久|怎么|为什么|几",
    re.IGNORECASE,
)
"""What asks for a fact, and not whether something may be done; "what about" and "what if" do not."""

# Asks whether the former answer still holds.
_SAME_ANSWER = re.compile(
    r"\b(?:does|would|will) (?:that|this|it|the answer) (?:still |also )?(?:matter|change|help|hold|be)\b"
    r"|\bwhat (?:is|was|will be|would be|were) (?:the|its|our) (?:position|situation|result|answer|rule)\b"
    r"|\bsame (?:result|answer|rule)|\bstill (?:so|true|the case)\b|\bmake a difference\b|一样吗|有区别吗|有影响吗",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(
    r"^\W*(?:(?:and|but|or|so|then|ok|what),?\s)*(?:if|suppose|when (?:the|we|they|it|he|she|our|their|you)|where we)\b"
    r"|^如果",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:do|does|did|is|are|was|were|may|can|could|must|should|would|will|shall)\b(?! about)|吗|能否|可否|是否",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\b(?:and|but|or|so|then|ok|okay|also|what|how|about|if|the|a|an|same|too|as|well|to|for|with|in|into|from|of|on|at"
    r"|by|only|just|purely|instead|suppose|goods|thing|things|case|one|ones|please|now|today)\b|那么?|还有|呢|换成|如果|的"
    r"|[\W_]+",
    re.IGNORECASE,
)
_OF_THE_TEXT = re.compile(r"\b(?:say|says|written|in force|article|clause|wording)\b|哪一条|条款", re.IGNORECASE)
_FIRST_SENTENCE = re.compile(r".{1,400}?(?:[a-z0-9)]{3}\.(?=\s|$)|。|$)", re.DOTALL)
_BY_THE_WAY = re.compile(
    r"\b(?:via|through|out of|from|without|leave|leaving)\s(?:\w+\s){0,3}$|经由?$|通过$", re.IGNORECASE
)
# A number and its unit; only the same unit written the same way is the same measure here.
_QUANTITY = re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*-?\s*([%°µμa-zA-Z][\w/%°µμ]*)")
_SORT = re.compile(r"^\s(?:metals?|oxides?|alloys?|powders?|targets?)\b")
# Words with a capital, one behind the other, after the first of a sentence.
_NAME = re.compile(r"(?<![.?!]\s)(?<!^)\b[A-Z][\w&'-]+(?:\s(?:of\s|&\s)?[A-Z][\w&'-]*)*")


class _Slot(StrEnum):
    """What of a case there is one of: another one takes its place."""

    ITEM = "item"
    FORM = "form"
    PLACE = "place"
    PARTY = "party"
    USE = "use"
    ACT = "act"
    DAY = "day"
    MEASURE = "measure"


_BY_FACET = {
    Facet.ITEMS: _Slot.ITEM,
    Facet.DESTINATIONS: _Slot.PLACE,
    Facet.PLACES: _Slot.PLACE,
    Facet.USES: _Slot.USE,
}
_TOLD = frozenset(
    {Facet.ITEMS, Facet.ACTIVITIES, Facet.KNOWLEDGE, Facet.USES, Facet.DESTINATIONS, Facet.PLACES, Facet.LISTS}
)
_HOME = "China"
# Names in the glossary's section on parties that are nobody's to trade with.
_OFFICES = frozenset({"MOFCOM", "GAC", "MIIT", "State Council", "Central Military Commission"})
_ALONE = frozenset({Facet.ITEMS, Facet.ACTIVITIES, Facet.KNOWLEDGE, Facet.ACTS, Facet.LISTS, Facet.BREACHES})


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a text names: where it stands, its words, and the slot it fills; of a measure also the unit, and the
    words around it that may say what is measured."""

    start: int
    end: int
    words: str
    slot: _Slot
    unit: str = ""
    around: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Carried:
    """What a question takes over from those before it. ``context`` is what stays of the former question, all of it
    where that ``is_untouched``; ``facts`` are the facts of the case in it as they were written, ``whole`` is the former
    question with the new facts in their places where the new one only changes facts, and ``same_question`` tells
    whether it asks the former question again."""

    context: str
    facts: tuple[str, ...]
    whole: str
    same_question: bool
    is_untouched: bool


def carried_over(asked: str, before: Sequence[str], answer: str, today: dt.date, glossary: Glossary) -> Carried | None:
    """What a question takes over from the questions before it, the oldest first, and from the ``answer`` to the last;
    ``None`` where it stands alone."""
    if not before or not _follows(asked, glossary):
        return None
    *earlier, last = before[-_DEPTH:]
    former = last
    if earlier and (further := carried_over(last, earlier, "", today, glossary)) is not None:
        former = further.whole or f"{further.context} {last}"
        if _BOTH.search(asked):
            # The two are the item that was asked about last and the one that it took the place of.
            former = f"{earlier[-1]} {last}"
    if (act := _act_meant(asked, former, answer, glossary)) is not None:
        former = f"{former} {act}"
    return _merged(former, asked, today, glossary)


def _act_meant(asked: str, former: str, answer: str, glossary: Glossary) -> str | None:
    """The act that the answer opened with, where a question is about "that" act or how it stands, and no act was named
    before."""
    about = _OF_THE_TEXT.search(asked) or any(each.facet is Facet.STANDING for _, each in _stretches(asked, glossary))
    if not about or not _POINTS_BACK.search(asked) or act_phrases(f"{former} {asked}"):
        return None
    opening = _FIRST_SENTENCE.match(answer)
    named = act_phrases(opening.group()) if opening else []
    return answer[slice(*named[0])] if named else None


def _follows(asked: str, glossary: Glossary) -> bool:
    """Whether a question is understood only with the one before it."""
    if _OTHER_MATTER.search(asked):
        return False
    if _OPENS.search(asked):
        return True
    things = [fact for fact in _stretches(asked, glossary) if fact[1].facet in _ALONE]
    first = things[0][0] if things else len(asked)
    back = _POINTS_BACK.search(asked)
    # Behind the thing that a question names, "it" is that thing.
    if back is not None and (back.start() < first or not glossary.entries or word_count(asked) <= _SHORT):
        return True
    states = asked.endswith((".", "。")) and not _ASKS.search(asked) and not QUESTION_WORD.search(asked)
    return states or (not things and word_count(asked) <= _SHORT)


def _merged(former: str, asked: str, today: dt.date, glossary: Glossary) -> Carried:
    # Whereby goods go is no other destination, and what is left out no other item.
    new = [fact for fact in facts_in(asked, today, glossary) if not _BY_THE_WAY.search(asked[: fact.start])]
    old = list(facts_in(former, today, glossary))
    gone = [fact for fact in old if any(_replaces(fact, other, old, asked) for other in new)]
    same = _asks_again(asked)
    whole = _substituted(former, asked, new, gone) if same else ""
    facts = tuple(dict.fromkeys(_told(former, gone, today, glossary)))
    return Carried(_without(former, gone), facts, whole, same, is_untouched=not gone)


def _asks_again(asked: str) -> bool:
    """Whether a follow-up changes facts of the former question and asks no other."""
    if _SAME_ANSWER.search(asked):
        return True
    asking = [each for each in re.split(r"(?<=[.?!])\s+|(?<=[。？！])", asked) if each.endswith(("?", "？"))]
    # "And if they are for relief?" has a verb, but asks nothing of its own.
    own = [each for each in asking or [asked] if not _SUPPOSES.search(each)]
    if any(QUESTION_WORD.search(each) for each in own):
        return False
    return not asking or not any(_ASKS.search(each) for each in own)


def _replaces(old: Fact, new: Fact, all_old: Sequence[Fact], asked: str) -> bool:
    """Whether a new fact takes the place of an old one."""
    if old.slot is _Slot.PARTY:
        # Goods that go elsewhere go to somebody else.
        return new.slot in (_Slot.PARTY, _Slot.PLACE)
    if old.slot is not new.slot or old.unit != new.unit:
        return False
    if old.slot is _Slot.MEASURE:
        # Of several numbers with one unit the one of the same feature, if that can be told.
        alike = any(each.around & new.around for each in all_old if each.unit == new.unit)
        return not alike or bool(old.around & new.around)
    if old.slot is _Slot.ITEM and old.words.lower() != new.words.lower():
        return bool(_IN_ITS_PLACE.search(asked)) or not _THE_THING.search(asked)
    return True


def facts_in(text: str, today: dt.date, glossary: Glossary) -> Iterator[Fact]:
    """The facts of a case that a text names and of which there is one only."""
    taken = day_phrases(text, today)
    yield from (Fact(start, end, text[start:end], _Slot.DAY) for start, end in taken)
    acts = [each for each in act_phrases(text) if not _within(each[0], taken)]
    yield from (Fact(start, end, text[start:end], _Slot.ACT) for start, end in acts)
    taken += acts
    for match in _QUANTITY.finditer(text):
        if not _within(match.start(), taken):
            around = frozenset(tokens(_around(text, *match.span())))
            taken.append(match.span())
            yield Fact(*match.span(), match.group(), _Slot.MEASURE, match[2].lower(), around)
    for at, stretch in _stretches(text, glossary):
        end = at + len(stretch.words)
        if not _within(at, taken):
            taken.append((at, end))
            slot = _slot_of(stretch)
            if slot is not None:
                yield Fact(at, end, stretch.words, slot)
    for match in _NAME.finditer(text):
        start = max([match.start(), *(end for first, end in taken if first <= match.start() < end)])
        words = text[start : match.end()].strip()
        if words and not _within(match.end() - 1, taken):
            yield Fact(match.end() - len(words), match.end(), words, _Slot.PARTY)


def _slot_of(stretch: Stretch) -> _Slot | None:
    if stretch.facet is None or stretch.term == _HOME:
        return None
    if stretch.facet is Facet.PARTIES:
        # A party by its name, and no role such as that of a buyer.
        return _Slot.PARTY if stretch.term and stretch.term[0].isupper() and stretch.term not in _OFFICES else None
    slot = _BY_FACET.get(stretch.facet)
    return _Slot.FORM if slot is _Slot.ITEM and stretch.term in FORMS else slot


def _around(text: str, start: int, end: int) -> str:
    """The words next to a number that may name what is measured: "90 mm long", "a diameter of 90 mm"."""
    before = re.split(r"[,;]|\band\b", text[:start])[-1].split()[-2:]
    return " ".join([*before, *re.split(r"[,;.?]", text[end:])[0].split()[:1]])


def _stretches(text: str, glossary: Glossary) -> Iterator[tuple[int, Stretch]]:
    """Each phrase of a text that the glossary has, with where it stands."""
    at = 0
    for stretch in glossary.split(text):
        if stretch.facet is not None:
            yield at, stretch
        at += len(stretch.words)


def _within(at: int, taken: Sequence[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in taken)


def _told(former: str, gone: Sequence[Fact], today: dt.date, glossary: Glossary) -> Iterator[str]:
    """What of the case in a former question stays, in its own words."""
    away = [(fact.start, fact.end) for fact in gone]
    facts = [fact for fact in facts_in(former, today, glossary) if fact.slot is not _Slot.DAY]
    inside = [(fact.start, fact.end) for fact in facts]
    kept = [(fact.start, fact.words) for fact in facts]
    kept += [
        (at, each.words)
        for at, each in _stretches(former, glossary)
        if each.facet in _TOLD and each.term != _HOME and not _within(at, inside)
    ]
    yield from (words for at, words in sorted(kept) if not _within(at, away))


def _without(former: str, gone: Sequence[Fact]) -> str:
    rest = former
    for fact in sorted(gone, key=lambda each: -each.start):
        rest = f"{rest[: fact.start]} {rest[fact.end :]}"
    return re.sub(r"\s{2,}", " ", rest).strip()


def _substituted(former: str, asked: str, new: Sequence[Fact], gone: Sequence[Fact]) -> str:
    """The former question with new facts in the places of old ones; empty where the new one says more than that."""
    rest = asked
    for fact in sorted(new, key=lambda each: -each.start):
        rest = rest[: fact.start] + rest[fact.end :]
    if not new or _FILLER.sub("", rest):
        return ""
    whole, unplaced = former, list(new)
    for fact in sorted(gone, key=lambda each: -each.start):
        firsts = [each for each in gone if each.slot is fact.slot]
        at_first = fact is firsts[0]
        words = " ".join(each.words for each in unplaced if each.slot is fact.slot) if at_first else ""
        unplaced = [each for each in unplaced if not (at_first and each.slot is fact.slot)]
        rest = whole[fact.end :]
        # "Scandium metal" makes room for "erbium crystals" as a whole.
        rest = _SORT.sub("", rest, count=1) if fact.slot is _Slot.ITEM and len(words.split()) > 1 else rest
        whole = f"{whole[: fact.start]}{words}{rest}"
    whole = re.sub(r"\s{2,}", " ", whole).strip()
    return "" if unplaced else whole[:1].upper() + whole[1:]
