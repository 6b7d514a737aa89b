"""What is controlled: a question for the whole of it is answered by the duties that name what they cover, not by what
else the corpus says of control; one whether an item is on a list by the entries that have it, and by the lists that are
recorded to leave it out. Lists of parties are another matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.answering.deciding.rules import modality
from assistant.answering.deciding.subject import subjects_of
from assistant.answering.model import Quote, Statement, quote_of
from assistant.answering.phrases import Phrases
from assistant.answering.quoting.sentences import items_of, rule_in
from assistant.documents.model import Modality, Source
from assistant.documents.norms import norms_of, says
from assistant.documents.validity import State
from assistant.index.lexical import term_set, tokens
from assistant.index.passages import context
from assistant.retrieval.concepts import Concept
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.glossary import FORMS, Facet
from assistant.retrieval.related import leaving_out, licence_duties, listing, provisions_of

_ASKS_WHICH = re.compile(
    r"\b(?:which|what)\s+(?:\S+\s+){0,3}?"
    r"(?:rare[- ]earths?|elements?|items?|minerals?|metals?|materials?|goods|products)\b"
    r"(?:\s+\S+){0,3}?\s+(?:controlled|listed|restricted|covered|subject to|under (?:export )?control"
    r"|(?:need|require)s?\b.{0,12}\b(?:licen[cs]e|permit)|on (?:the|China's)\b.{0,30}\blist)"
    r"|(?:哪些|哪几种|什么).{0,8}(?:受.{0,4}管制|被管制|被列管|列入管制|需要.{0,4}许可|受控)",
    re.IGNORECASE,
)
# "China lifted all its controls": what there still is answers that.
_TAKEN_AWAY = re.compile(
    r"\b(?:lift|scrap|abolish|remov|drop|end)(?:ed|ped|ished|s|ing)?\b(?:\s+\S+){0,5}?\s+"
    r"(?:controls|restrictions|curbs|rules|measures)\b"
    r"|\b(?:controls|restrictions|curbs|rules|measures)\b(?:\s+\S+){0,3}?\s+(?:lifted|scrapped|abolished|gone|dropped)\b"
    r"|(?:取消|解除|废除|放开)了?.{0,14}(?:管制|限制)|(?:管制|限制).{0,8}(?:取消|解除|废除|放开)",
    re.IGNORECASE,
)
# "What do the October rules do?": acts that are named together are told one by one.
_ASKS_WHAT_THEY_DO = re.compile(
    r"\bwhat\b[^?]*?\b(?:do|does|did|require|cover|contain|restrict|control|say|change|mean)\b[^?]*"
    r"|\bwhat(?:'s| is| was) in\b|(?:规定|管制|涉及)了?(?:什么|哪些)|有哪些(?:规定|内容)",
    re.IGNORECASE,
)
_ASKS_WHO = re.compile(
    r"\b(?:which|what|who)\b[^?]*?\b(?:compan(?:y|ies)|entit(?:y|ies)|firms?|part(?:y|ies)|organi[sz]ations?"
    r"|institut\w+|names?|who (?:is|are))\b[^?]*\blist(?:s|ed)?\b"
    r"|(?:哪些|哪几家)[^？?]{0,8}(?:企业|公司|实体|机构|单位)[^？?]{0,16}(?:清单|名单)",
    re.IGNORECASE,
)
_MOST = 4
_MOST_ACTS = 6
_MOST_LISTS = 2
_MOST_OF_ONE = 3


def controlled(findings: Findings) -> Iterator[Evidence]:
    """Where the question asks which items are controlled, or whether controls were lifted as a whole: the duties on its
    subject; where it asks what several acts do, a duty of each."""
    own = findings.question.own
    if asks_what_acts_do(findings):
        yield from _one_of_each(findings)
    elif _ASKS_WHICH.search(own) or (_TAKEN_AWAY.search(own) and not findings.named):
        yield from duties_on_subject(findings)


def asks_what_acts_do(findings: Findings) -> bool:
    """Whether a question wants to know what several acts that it names do."""
    several = len(findings.named) > 1 and not findings.asks_permission
    return several and _ASKS_WHAT_THEY_DO.search(findings.question.own) is not None


def _one_of_each(findings: Findings) -> list[Evidence]:
    """A licence duty of each act that the question names: the one that its entries are read with, else its first."""
    found: dict[str, Evidence] = {}
    whole = licence_duties(findings.snapshot, findings.question.as_of)
    for named in sorted(findings.named):
        duties = (*(each for each in whole if each.source.id == named), *provisions_of(findings, named))
        duty = next((each for each in duties if modality(each) is Modality.REQUIRES_PERMIT), None)
        if duty is not None:
            found[named] = duty
    return list(found.values())[:_MOST_ACTS]


def parties_on(findings: Findings) -> Iterator[list[Quote]]:
    """Where the question asks which parties are on a list: of each list in force of that kind and for the destination
    it names, the items that name them."""
    lists = [each for each in findings.concepts if each.facet is Facet.LISTS]
    if not lists or not _ASKS_WHO.search(findings.question.own):
        return
    terms = {each.term for each in findings.concepts if each.term}
    found = 0
    for each in dict.fromkeys(listing(findings.snapshot, findings.question.as_of)):
        reach = [norm.reach for norm in norms_of(each.source, each.provision) if norm.reach.listed]
        label = term_set(each.provision.label)
        if not each.standing.applies or not any(terms & set(one.to) for one in reach):
            continue
        items = items_of(each)
        if items and found < _MOST_LISTS and any(one.within(label) for one in lists):
            found += 1
            yield items


def duties_on_subject(findings: Findings) -> list[Evidence]:
    """The licence duties of the acts issued by the date that are on the question's subject, those in force first; of
    the acts it names alone where it names any."""
    ways = [each.ways for each in subjects_of(findings)]
    found = [
        each
        for each in licence_duties(findings.snapshot, findings.question.as_of)
        if modality(each) is Modality.REQUIRES_PERMIT and each.standing.state is not State.NOT_ISSUED
    ]
    if findings.named:
        found = [each for each in found if each.source.id in findings.named]
    has = {each.key: frozenset(tokens(context(each.source, each.provision))) for each in found}
    found = [each for each in found if all(any(way <= has[each.key] for way in of_one) for of_one in ways)]
    # "All rare earth controls" names no item that the glossary has: what it says of them tells which are meant.
    if not ways and found and _TAKEN_AWAY.search(findings.question.own):
        told = {key: findings.coverage(each for each in findings.concepts if each.within(has[key])) for key in has}
        found = [each for each in found if told[each.key] >= max(told.values())]
    return sorted(found, key=lambda each: not each.standing.applies)[:_MOST]


def entries_of(findings: Findings) -> Iterator[tuple[Evidence, Quote]]:
    """The entries of lists that name all items the question names, of provisions that ask for a licence."""
    items = frozenset(each for each in findings.concepts if each.facet is Facet.ITEMS)
    found = 0
    for each in findings.evidence:
        if modality(each) is Modality.REQUIRES_PERMIT and each.source.kind.is_primary:
            for span in each.provision.sentences:
                if found < _MOST_OF_ONE and items and items <= findings.spoken_of(each.source.quote(span)):
                    found += 1
                    yield each, quote_of(each, span)


def items_asked(findings: Findings) -> list[Concept]:
    """The items that the question names; the forms they come in are none."""
    return [each for each in findings.concepts if each.facet is Facet.ITEMS and each.term and each.term not in FORMS]


def not_on_the_lists(
    phrases: Phrases, findings: Findings, items: Sequence[Concept], sources: Iterable[Source]
) -> Iterator[Statement]:
    """That a source's list leaves out all of the items, of those of the sources that are recorded to do so and were
    issued by the date, each pinned to the sentence that says so."""
    terms = frozenset(each.term for each in items if each.term)
    names = [findings.glossary.word(each, phrases.language) for each in sorted(terms)]
    for evidence in leaving_out(sources, findings.question.as_of, terms) if terms else ():
        quotes = (quote_of(evidence, span) for span in evidence.provision.sentences)
        naming = next((each for each in quotes if set(items) <= findings.spoken_of(each.text)), None)
        if naming is not None and evidence.standing.state is not State.NOT_ISSUED:
            text = phrases.say("premises.lists", source=evidence.source, items=names)
            yield Statement(text, (naming,), spoken=True)


def named_in(findings: Findings, duty: Evidence) -> list[Quote]:
    """The sentences of a duty that say in so many words what needs a licence."""
    said = [each for each in duty.provision.sentences if says(Modality.REQUIRES_PERMIT, duty.source.quote(each))]
    if len(said) < 2:
        return [rule_in(findings, duty, Modality.REQUIRES_PERMIT)]
    return [quote_of(duty, each) for each in said[:_MOST_OF_ONE]]
