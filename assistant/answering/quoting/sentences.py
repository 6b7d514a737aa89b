"""Which sentences of the evidence answer the question: rare words of the question they hold, each counted once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.deciding.asked import wants_all
from assistant.answering.deciding.subject import subjects_of
from assistant.answering.model import Quote, quote_of
from assistant.documents.model import Kind, Modality, Source, Span
from assistant.documents.norms import norms_of, says
from assistant.index.lexical import tokens
from assistant.index.passages import context, plain_text
from assistant.retrieval.concepts import Concept
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.figures import figures_in
from assistant.retrieval.glossary import Facet

# Half of a sentence's worth is its provision's, half its own; words already said count little the second time.
_OWN_WEIGHT = 0.5
_NEAREST_BONUS = 0.1
_FIGURE_BONUS = 0.15
_SAID_BEFORE = 0.25
# A sentence worth less than this share of its provision's best one adds length, not an answer; nor does a provision
# that answers so much less well than the best.
_WORTH_SAYING = 0.35
_WORTH_QUOTING = 0.1
_NEARLY_WHOLE = 6
_MIN_WORDS = 4
_NEWS_MARGIN = 0.05
_DRAWN_FROM = 10
# What nearly every provision speaks of says nothing of whether it is to the point.
_ANYWHERE = (None, Facet.TRADE, Facet.PLACES)
_RARE = 3.2
# The ranking knows more than the words: what it puts first is to the point.
_TRUSTED = 3
_SHORT_LIST, _WANTED_LIST = 6, 9
_MARK = re.compile(r"\s*[-*+•]\s*")
_NUMBERED = re.compile(r"(?:\w+ )?\(\w{1,3}\)")
_ANY_RULE = ("licence", "needs a licence", "exporter", "MOFCOM")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that might be said, what of the question it and its provision's heading speak of, and what its own
    words do."""

    quote: Quote
    evidence: Evidence
    speaks_of: frozenset[Concept]
    own: frozenset[Concept]


def candidates(findings: Findings) -> list[Candidate]:
    """Every sentence of the best evidence, in its order."""
    return [each for evidence in findings.evidence[:_DRAWN_FROM] for each in _of(findings, evidence)]


def best_of(findings: Findings, evidence: Evidence, subject: frozenset[Concept] | None = None) -> Quote:
    """The sentence of a provision that speaks of a subject, the question's where none is given, or of what that is a
    kind of, and says most of what was asked."""
    found = list(_of(findings, evidence))
    if not found:
        return quote_of(evidence, evidence.best)
    subject = subjects_of(findings) if subject is None else subject
    broader = [frozenset(tokens(kind)) for each in subject for kind in each.kind_of]

    def fits(each: Candidate) -> tuple[float, bool, float]:
        has = frozenset(tokens(each.quote.text)) if broader else frozenset()
        speaks_of_kind = any(kind <= has for kind in broader)
        return findings.coverage(each.own & subject), speaks_of_kind, worth(findings, each, frozenset())

    return max(found, key=fits).quote


def without_idle_news(findings: Findings, pool: Sequence[Candidate]) -> list[Candidate]:
    """The pool without news, but for what plainly says more to the question than any other text does."""
    news = {each.quote.key for each in pool if each.evidence.source.kind is Kind.NEWS}
    others = [worth(findings, each, frozenset()) for each in pool if each.quote.key not in news]
    bar = max(others, default=0.0) + _NEWS_MARGIN
    return [each for each in pool if each.quote.key not in news or worth(findings, each, frozenset()) >= bar]


def to_the_point(findings: Findings, pool: Sequence[Candidate]) -> list[Candidate]:
    """The pool without sentences of provisions further down that share no more with the question than that it is about
    a licence or an export, and without those of licence duties for something else; all of it where the question names
    nothing else that the glossary has."""
    meant = {
        each
        for each in findings.concepts
        if (each.facet not in _ANYWHERE or (each.facet is None and each.rarity >= _RARE)) and each.term not in _ANY_RULE
    }
    if not any(each.facet for each in meant):
        return list(pool)
    first = {each.key for each in findings.evidence[:_TRUSTED]}
    return [
        each for each in pool if each.speaks_of & meant or (each.evidence.key in first and not is_duty(each.evidence))
    ]


def about_the_subject(findings: Findings, pool: Sequence[Candidate], lead: Evidence) -> list[Candidate]:
    """The pool without the leading rule's neighbours: licence duties of the same source for something else than what
    the question and that rule are about."""
    subject = subjects_of(findings) & findings.in_provision(lead)
    if not subject:
        return list(pool)
    return [
        each
        for each in pool
        if each.evidence.source is not lead.source or not is_duty(each.evidence) or each.speaks_of & subject
    ]


def is_duty(evidence: Evidence) -> bool:
    """Whether a provision asks for a licence."""
    norms = norms_of(evidence.source, evidence.provision)
    return any(norm.modality is Modality.REQUIRES_PERMIT for norm in norms)


def rule_in(findings: Findings, evidence: Evidence, modality: Modality | None) -> Quote:
    """Of the sentences of a provision that lay down its rule in so many words, the one that says most of what was
    asked."""
    found = [each for each in _of(findings, evidence) if modality and says(modality, each.quote.text)]
    if not found:
        return best_of(findings, evidence)
    return max(found, key=lambda each: worth(findings, each, frozenset())).quote


def telling(findings: Findings, evidence: Evidence, count: int) -> list[Quote]:
    """So many of a provision's sentences that are no items of a list, those that say most of what was asked, in the
    order of the text."""
    found = [each for each in _of(findings, evidence) if not _is_marked(each.quote.source, each.quote.span)]
    best = sorted(found, key=lambda each: -worth(findings, each, frozenset()))[:count]
    return sorted((each.quote for each in best), key=lambda each: each.span.start)


def spread(
    findings: Findings, pool: Sequence[Candidate], shares: Sequence[int], said: frozenset[Concept] = frozenset()
) -> list[Candidate]:
    """Sentences of the best provisions in the pool, as many of each as its place allows; of one provision the most
    telling ones, in the order of the text, and each next one for what it adds to those before. A provision far behind
    the best adds length, not an answer."""
    by_provision: dict[tuple[str, str], list[Candidate]] = {}
    for each in pool:
        by_provision.setdefault(each.evidence.key, []).append(each)
    best = max((each.evidence.score for each in pool), default=0.0)
    chosen: list[Candidate] = []
    for left, share in zip(by_provision.values(), shares, strict=False):
        if left[0].evidence.score < _WORTH_QUOTING * best:
            break
        # Of a share as large as this most of a provision is quoted; what is left out would only be missed.
        worth_saying = 0.0 if share >= _NEARLY_WHOLE else _WORTH_SAYING
        of_this: list[Candidate] = []
        while left and len(of_this) < share:
            next_ = max(left, key=lambda each: worth(findings, each, said))
            if of_this and worth(findings, next_, said) < worth_saying * worth(findings, of_this[0], frozenset()):
                break
            of_this.append(next_)
            said = said | next_.speaks_of
            left.remove(next_)
        chosen += sorted(of_this, key=lambda each: each.quote.span.start)
    return chosen


def answer_first(findings: Findings, chosen: Sequence[Candidate]) -> list[Candidate]:
    """The chosen sentences, of those of the best provision the one whose own words say most of what was asked first; a
    numbered list keeps its order."""
    of_best = [each for each in chosen if each.evidence.key == chosen[0].evidence.key]
    best = max(of_best, key=lambda each: (findings.coverage(each.own), worth(findings, each, frozenset())))
    return list(chosen) if is_item(best) else [best, *(each for each in chosen if each is not best)]


def with_whole_lists(findings: Findings, chosen: Sequence[Candidate], pool: Sequence[Candidate]) -> list[Candidate]:
    """The chosen sentences, and of a short numbered list of which the sentence that opens it or several items were
    chosen all of it: who is told three of five documents would take them for all. Of the provision found first any
    list, where the question wants all that is on it."""
    found: dict[tuple[str, int, int], Candidate] = {}
    first = findings.evidence[0].key if findings.evidence and wants_all(findings.question.own) else None
    for each in chosen:
        of_this = [other for other in pool if other.evidence.key == each.evidence.key]
        wanted = each.evidence.key == first
        items = [other for other in of_this if (in_a_list(other) if wanted else is_item(other))]
        taken = sum(other in items for other in chosen)
        part: list[Candidate] = [each]
        short = len(items) <= (_WANTED_LIST if wanted else _SHORT_LIST)
        if short and _opens(each, items):
            part = [each, *items]
        elif short and each in items and (wanted or taken > 1):
            part = items
        found |= {other.quote.key: other for other in part if other.quote.key not in found}
    return list(found.values())


def items_after(evidence: Evidence, span: Span) -> Iterator[Quote]:
    """The items of the list that a sentence of a provision opens."""
    text, before = evidence.source.text, span
    for each in evidence.provision.sentences:
        if each.start > span.start:
            if not _MARK.fullmatch(text[before.end : each.start]) or "\n" not in text[before.end : each.start]:
                return
            yield quote_of(evidence, each)
            before = each


def items_of(evidence: Evidence) -> list[Quote]:
    """The items of the lists in a provision."""
    return [quote_of(evidence, each) for each in evidence.provision.sentences if _is_marked(evidence.source, each)]


def _opens(candidate: Candidate, items: Sequence[Candidate]) -> bool:
    """Whether a sentence stands right before the first item of a list."""
    if not items or candidate in items:
        return False
    between = candidate.quote.source.text[candidate.quote.span.end : items[0].quote.span.start]
    return _MARK.fullmatch(between) is not None


def is_item(candidate: Candidate) -> bool:
    """Whether a sentence is a numbered item of a list in its source: "- Document (3) of …", "- (c) …"."""
    return in_a_list(candidate) and _NUMBERED.match(candidate.quote.text) is not None


def in_a_list(candidate: Candidate) -> bool:
    """Whether a sentence is an item of a list in its source, numbered or not."""
    return _is_marked(candidate.quote.source, candidate.quote.span)


def opener(quote: Quote) -> Quote | None:
    """The sentence that opens the list which the quoted words are an item of, so says what the list is for; ``None``
    where they are in no list or nothing opens it."""
    before = [each for each in quote.provision.sentences if each.start <= quote.span.start]
    while before and _is_marked(quote.source, before[-1]):
        item = before.pop()
        if before and _MARK.fullmatch(quote.source.text[before[-1].end : item.start]) is None:
            return None
    if not before or before[-1].start <= quote.span.start < before[-1].end:
        return None
    return Quote(quote.source, quote.provision, before[-1], quote.standing)


def _is_marked(source: Source, span: Span) -> bool:
    """Whether a sentence stands behind the mark of a list's item."""
    return _MARK.fullmatch(source.text[: span.start].rpartition("\n")[2]) is not None


def worth(findings: Findings, candidate: Candidate, said: frozenset[Concept]) -> float:
    """What a sentence is worth beside what was said before, about 0 to 1."""
    new = findings.coverage(candidate.speaks_of - said)
    again = findings.coverage(candidate.speaks_of & said)
    nearest = candidate.evidence.best
    near = nearest.start <= candidate.quote.span.start < nearest.end
    return (
        (1 - _OWN_WEIGHT) * candidate.evidence.score
        + _OWN_WEIGHT * (new + _SAID_BEFORE * again)
        + _NEAREST_BONUS * near
        + _FIGURE_BONUS * has_figure(findings, candidate)
    )


def has_figure(findings: Findings, candidate: Candidate) -> bool:
    """Whether a sentence names a figure of a kind that the question asks for."""
    return bool(findings.figures) and bool(findings.figures & figures_in(plain_text(candidate.quote.text)))


def with_lead_in(quote: Quote) -> tuple[Quote, ...]:
    """A quote of an item after that of the sentence the item completes, without which it says nothing; any other quote
    alone. The lead-in is quoted as a part of the item's rule, and stands as that does."""
    lead_in = quote.provision.lead_in
    holder = next(
        (each for each in quote.source.provisions if lead_in and each.span.start <= lead_in.start < each.span.end), None
    )
    if lead_in is None or holder is None:
        return (quote,)
    return Quote(quote.source, holder, lead_in, quote.standing), quote


def _of(findings: Findings, evidence: Evidence) -> Iterator[Candidate]:
    heading = context(evidence.source, evidence.provision)
    lead_in = evidence.provision.lead_in
    before = plain_text(evidence.source.quote(lead_in)) if lead_in else ""
    for span in evidence.provision.sentences:
        words = f"{before} {plain_text(evidence.source.quote(span))}".strip()
        if len(words.split()) >= _MIN_WORDS or not words.isascii():
            speaks_of = findings.spoken_of(f"{heading} {words}")
            yield Candidate(quote_of(evidence, span), evidence, speaks_of, findings.spoken_of(words))
