"""What leads away from the question: sentences of rules for something of another nature, for another item, or that
say again what has been said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.answering.deciding.rules import RULING
from assistant.answering.deciding.subject import asks_if_listed, rarest_of
from assistant.answering.model import Statement
from assistant.answering.quoting.sentences import Candidate, in_a_list
from assistant.answering.reading.terms import NEGATORS, key_terms
from assistant.documents.model import Modality
from assistant.documents.norms import norms_of
from assistant.index.passages import plain_text
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.glossary import FORMS, TRADES, Facet
from assistant.retrieval.situation import HOME

# A sentence with fewer new words than this share of its own says again what was said, of another act perhaps.
_NEW = 0.1
# What is laid down for a thing by its nature.
_FOLLOWING = (Modality.PENALTY, Modality.PROCEDURE)
# Items in general: what every rule is about.
_GENERAL = frozenset({"rare earths", "rare-earth items", "medium and heavy rare earths", "equipment"})
# An alloy is named after its elements: "erbium-aluminium".
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")
_ACT = re.compile(r"(?:Announcements? )?No\. \d+(?: of \d{4})?")
_FIGURE = re.compile(r"\d[\d.,]*\d|\d")


def without_tangents(findings: Findings, pool: Sequence[Candidate]) -> list[Candidate]:
    """The pool without sentences of provisions for things of another nature than the question is about (technology
    where goods are) or for destinations where it names another, of lists of parties where it asks if an item is listed,
    and without those that name other items than it does and none of its own; all of it where nothing would be left."""
    asked = frozenset(each.term for each in rarest_of(findings, Facet.ITEMS) if each.term) - FORMS - TRADES
    known = frozenset(each.term for each in findings.concepts if each.facet is Facet.ITEMS and each.term)
    of_items = asks_if_listed(findings)
    kept = [
        each
        for each in pool
        if not _of_another_nature(findings, each.evidence)
        and not _for_another_destination(findings, each.evidence)
        and not (asked and _names_another(findings, each, asked, known))
        and not (of_items and _lists_parties(each.evidence))
    ]
    return kept or list(pool)


def without_repetitions(chosen: Sequence[Candidate], said: Iterable[Statement]) -> list[Candidate]:
    """The chosen sentences without those that say of another act what one before them, or one that was said, has said
    in nearly the same words and with the same figures."""
    known = [(quote, *_told(quote.text)) for each in said for quote in each.quotes]
    kept = []
    for each in chosen:
        words, figures = _told(each.quote.text)
        quote = each.quote
        # What is in force is no repetition of what is not.
        if not any(
            other.source is not quote.source
            and other.standing.applies >= quote.standing.applies
            and len(words - theirs) < _NEW * len(words)
            and figures <= more
            for other, theirs, more in known
        ):
            kept.append(each)
        known.append((quote, words, figures))
    return kept


def _told(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of a sentence that carry meaning and its figures, without the act it names."""
    plain = _ACT.sub(" ", plain_text(text))
    denied = NEGATORS & frozenset(plain.lower().split())
    return frozenset(key_terms(plain)), denied | frozenset(_FIGURE.findall(plain))


def _of_another_nature(findings: Findings, evidence: Evidence) -> bool:
    """Whether a provision says what follows a breach or how one applies, for technology where the question is about
    goods, or the other way."""
    what, norms = findings.situation.what, norms_of(evidence.source, evidence.provision)
    if evidence.source.id in findings.named or not what or not norms:
        return False
    return all(each.modality in _FOLLOWING and each.reach.what and not each.reach.what & what for each in norms)


def _for_another_destination(findings: Findings, evidence: Evidence) -> bool:
    """Whether a provision lays down rules for destinations alone, and the question names another; what lists of
    parties say goes by the party."""
    norms = norms_of(evidence.source, evidence.provision)
    places = {each.term for each in findings.concepts if each.facet in (Facet.PLACES, Facet.DESTINATIONS)} - {HOME}
    if not places or not norms or evidence.source.id in findings.named:
        return False
    return all(
        each.modality in RULING and each.reach.to and not each.reach.listed and places.isdisjoint(each.reach.to)
        for each in norms
    )


def _lists_parties(evidence: Evidence) -> bool:
    return any(each.reach.listed for each in norms_of(evidence.source, evidence.provision))


def _names_another(findings: Findings, candidate: Candidate, asked: frozenset[str], known: frozenset[str]) -> bool:
    """Whether an entry of a list names items that the question does not, and none of those it is about or that one of
    these is a kind of."""
    if not candidate.evidence.source.kind.is_primary or not in_a_list(candidate):
        return False
    if any(each.term in asked for each in candidate.own):
        return False
    words = _HYPHEN.sub(" ", plain_text(candidate.quote.text))
    named = {each.term for each in findings.glossary.split(words) if each.facet is Facet.ITEMS and each.term}
    broader = frozenset().union(*(each.kind_of for each in findings.concepts))
    return bool(named - known - FORMS - broader - _GENERAL)
