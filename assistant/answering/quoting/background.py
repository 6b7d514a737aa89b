"""What belongs beside a rule so that it can be acted on: the provisions it is read with, the act that leaves it
untouched, and of an act that was not issued yet that this is so."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from assistant.answering.deciding.fitting import listings
from assistant.answering.deciding.rules import is_name, modality
from assistant.answering.model import Quote, Statement, quote_of
from assistant.answering.phrases import Phrases
from assistant.answering.quoting.sentences import best_of, opener, rule_in, telling
from assistant.documents.model import Kind
from assistant.documents.validity import begins
from assistant.index.lexical import tokens
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.glossary import Facet
from assistant.retrieval.related import dated, read_with, remark_on, untouched

_MOST_COMPANIONS = 3
_MOST_LISTINGS = 2
_FOLLOWS_FROM_A_LIST = 2
_REMARKS = 2
_EVERYWHERE = re.compile(
    r"\b(?:any|all|every|each) (?:other )?(?:destinations?|countr(?:y|ies))\b|\bworldwide\b"
    r"|(?:任何|所有|一切)(?:国家|目的地)",
    re.IGNORECASE,
)


def companions(findings: Findings, evidence: Evidence) -> Iterator[Quote]:
    """The telling sentence of each provision that a piece of evidence is read with."""
    found = read_with(findings.snapshot, evidence, findings.question.as_of)
    for each in found[:_MOST_COMPANIONS]:
        yield rule_in(findings, each, modality(each))


def everywhere(findings: Findings, evidence: Evidence) -> Iterator[Quote]:
    """Where the question names a destination: the sentence of a rule, or of what it is read with, that says that it
    reaches every one."""
    if not any(each.facet in (Facet.PLACES, Facet.DESTINATIONS) for each in findings.concepts):
        return
    for each in (evidence, *read_with(findings.snapshot, evidence, findings.question.as_of)):
        if each.source is evidence.source:
            for span in each.provision.sentences:
                if _EVERYWHERE.search(each.source.quote(span)):
                    yield quote_of(each, span)
                    return


def listed(findings: Findings) -> Iterator[Quote]:
    """Where the question names a party that stands on a list in force: the words that name it there, what the list is,
    and what follows from it."""
    names = frozenset(each for each in findings.concepts if is_name(findings, each))
    for rule in listings(findings)[:_MOST_LISTINGS]:
        named = best_of(findings, rule.evidence, names)
        opens = opener(named)
        yield named
        if opens is not None:
            yield opens
        yield from telling(findings, rule.evidence, _FOLLOWS_FROM_A_LIST)


def remarked(findings: Findings, quote: Quote) -> Iterator[Quote]:
    """What the editors' remark on a claim that is quoted from the press says to the question: whether primary text
    bears the claim out."""
    if quote.source.kind is Kind.NEWS and not quote.provision.is_note:
        shown = Evidence(quote.source, quote.provision, quote.standing, 0.0, 0.0, 0.0, quote.span)
        remark = remark_on(shown, findings.question.as_of)
        yield from telling(findings, remark, _REMARKS) if remark is not None else ()


def leaves_untouched(phrases: Phrases, findings: Findings, evidence: Evidence) -> Iterator[Statement]:
    """That an act in force, which suspends others, does not suspend a rule in force, pinned to the sentences that show
    it; none of an act that speaks of a destination which the question does not name."""
    if not evidence.standing.applies:
        return
    shown: dict[str, list[Quote]] = {}
    for each in untouched(findings.snapshot, evidence, findings.question.as_of)[:2]:
        quote = quote_of(each, each.best)
        has = frozenset(tokens(quote.text))
        named = findings.spoken_of(quote.text)
        places = [place for place in findings.destinations if frozenset(tokens(place)) <= has]
        if not places or any(each.facet is Facet.DESTINATIONS for each in named):
            shown.setdefault(each.source.id, []).append(quote)
    for quotes in shown.values():
        act = phrases.act(evidence.source, evidence.provision.label)
        # What is said of the rule's act must be pinned to words that name it.
        naming = [] if any(act in quote.text for quote in quotes) else [quote_of(evidence, evidence.best)]
        text = phrases.say("untouched", act=quotes[0].source, source=act)
        yield Statement(text, (*quotes, *naming), spoken=True)


def not_issued(phrases: Phrases, findings: Findings, later: Evidence) -> Iterator[Statement]:
    """That an act on the subject did not exist on the date and since when it applies, each pinned to the sentence that
    dates it; nothing where its own text has none."""
    as_of = findings.question.as_of
    issued = (later.standing.until or as_of) + dt.timedelta(days=1)
    starts = begins(later.source, later.provision)
    for name, day in (("not_issued", issued), ("not_begun", starts if starts != issued else None)):
        found = dated(later, day, as_of) if day else None
        if found is not None:
            text = phrases.say(name, source=later.source, day=as_of, issued=day, begins=day)
            yield Statement(text, (quote_of(found, found.best),), spoken=True)
