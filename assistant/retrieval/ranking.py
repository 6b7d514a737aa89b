"""How well a provision answers a question: what a search found of it, what it speaks of, what it does and where it
stands, each as a named feature, added up by a linear model."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from assistant.documents.model import Kind, Modality, Provision, Source, Span
from assistant.documents.norms import norms_of
from assistant.index.snapshot import Snapshot
from assistant.retrieval.candidates import Candidates
from assistant.retrieval.concepts import Concept
from assistant.retrieval.figures import Figure, figures_in
from assistant.retrieval.glossary import Facet
from assistant.retrieval.linear import packaged
from assistant.retrieval.scope import Outside

_RULES = frozenset(
    {
        Modality.REQUIRES_PERMIT,
        Modality.FORBIDS,
        Modality.REFUSES_IN_PRINCIPLE,
        Modality.CASE_BY_CASE,
        Modality.EXEMPTS,
        Modality.LEAVES_OUT,
    }
)
_BEGINS = re.compile(r"\b(?:entry into force|effect)\b", re.IGNORECASE)
_ARTICLE = re.compile(
    r"(?:\b(?:art(?:icle)?s?\.?|section|para(?:graph)?s?\.?)\s*|第)(\d{1,3})(?:条|款)?", re.IGNORECASE
)
_CODE = re.compile(r"\b\d[a-e]\d{3}(?:\.[a-z0-9]+)*\b", re.IGNORECASE)
# The rest of what a search reached was never among the two dozen that an answer is made from.
_WEIGHED = 80
# Of so many, the most relevant, it is asked whether norms are known of them: those that an answer is made from.
_LOOKED_AT = 24
# A word outside the glossary that as few passages have as this is a name or as good as one.
_NAME_RARITY = 5.0
# Questions less alike than this have nothing in common; as alike as this, a provision is weighed that no search found.
_UNLIKE, _LIKE = 0.3, 0.5
# So far behind the likest one counts a third.
_BEHIND = 0.08


@dataclass(frozen=True, slots=True)
class Found:
    """A provision as the searches found it: its most relevant passage, and of that one the relevance, as a logit, the
    cosine and the share of the best BM25 score; the scores 0 and the relevance the least of all where only its source's
    name brought it here."""

    source: Source
    provision: Provision
    passage: Span
    relevance: float
    cosine: float = 0.0
    lexical: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks, as far as ranking needs to know."""

    text: str
    concepts: Sequence[Concept]
    asks: float
    asks_about_news: bool
    named: frozenset[str]
    outside: Outside | None = None
    figures: frozenset[Figure] = frozenset()

    @property
    def answered_at(self) -> Mapping[tuple[str, str], float]:
        """How like the question is to one that a provision is recorded to answer, by the provision's key."""
        return self.outside.answered_at if self.outside else {}

    @property
    def asks_permission(self) -> bool:
        """Whether it is worded like a question whether something may be done."""
        return self.asks > 0

    @property
    def facets(self) -> frozenset[Facet]:
        """What the question's concepts are about."""
        return frozenset(each.facet for each in self.concepts if each.facet is not None and each.weight > 0)


def ranked(snapshot: Snapshot, reached: Candidates, asked: Asked) -> Iterator[tuple[Found, float]]:
    """The best of the provisions that a search reached, and those of sources that the question names, best first, with
    how well each answers: 0 to 1.

    Where nothing is known but the texts, neither by the glossary of the question nor by norms of what was found, their
    relevance decides alone, and a source is read when it is come to.
    """
    best = _reached(snapshot, reached)
    first = list(islice(best, _LOOKED_AT))
    if asked.facets or asked.named or any(each.source.norms for each in first):
        model = packaged("ranking")
        scored = [(found, model.probability(values)) for found, values in described(snapshot, reached, asked)]
        yield from sorted(scored, key=lambda each: (-each[1], each[0].source.id, each[0].provision.span.start))
    else:
        for found in chain(first, best):
            yield found, _probability(found.relevance)


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def described(snapshot: Snapshot, reached: Candidates, asked: Asked) -> Iterator[tuple[Found, Mapping[str, float]]]:
    """Every candidate with its features."""
    provisions = _provisions(snapshot, reached, asked)
    by_source: dict[str, list[float]] = {}
    for (source_id, _), found in provisions.items():
        by_source.setdefault(source_id, []).append(found.relevance)
    for values in by_source.values():
        values.sort(reverse=True)
    least = min((found.relevance for found in provisions.values()), default=0.0)
    for (source_id, label), found in provisions.items():
        terms = snapshot.terms(source_id, label)
        best, *others = by_source[source_id]
        best_other = best if found.relevance < best else next(iter(others), least)
        spoken_of = frozenset(each for each in asked.concepts if each.within(terms))
        yield found, features(asked, found, spoken_of, best_other)


def _provisions(snapshot: Snapshot, reached: Candidates, asked: Asked) -> dict[tuple[str, str], Found]:
    """The provisions that are weighed: the best of those reached, those of the sources named, and those recorded to
    answer questions like this."""
    best = {(found.source.id, found.provision.label): found for found in _reached(snapshot, reached)}
    least = float(reached.relevance.min(initial=0.0))
    for key, likeness in asked.answered_at.items():
        if likeness >= _LIKE and key not in best and key in snapshot.provisions:
            provision = snapshot.provisions[key]
            best[key] = Found(snapshot.sources[key[0]], provision, provision.sentences[0], least)
    for source_id in sorted(asked.named):
        source = snapshot.sources[source_id]
        for provision in source.provisions:
            best.setdefault((source_id, provision.label), Found(source, provision, provision.sentences[0], least))
    return best


def _reached(snapshot: Snapshot, reached: Candidates) -> Iterator[Found]:
    """The best of the provisions reached, each with its most relevant passage, best first."""
    known: set[tuple[str, str]] = set()
    for at in reached.best_first:
        passage = snapshot.passages[int(reached.rows[at])]
        key = (passage.source_id, passage.label)
        if key in known:
            continue
        if len(known) == _WEIGHED:
            return
        known.add(key)
        scores = (float(reached.relevance[at]), float(reached.cosines[at]), float(reached.lexical[at]))
        yield Found(snapshot.sources[key[0]], snapshot.provisions[key], passage.span, *scores)


def features(asked: Asked, found: Found, spoken_of: frozenset[Concept], best_of_source: float) -> Mapping[str, float]:
    """The features of a provision for a question. ``spoken_of`` are the question's concepts that it speaks of,
    ``best_of_source`` the best relevance of the other provisions of its source."""
    source, provision = found.source, found.provision
    does = {norm.modality for norm in norms_of(source, provision)}
    facets, text = asked.facets, source.quote(provision.span)
    values: dict[str, float] = {
        "relevance": found.relevance,
        "cosine": found.cosine,
        "lexical": found.lexical,
        "best_of_source": best_of_source,
        "authority": source.kind.authority / 5,
        "note": provision.is_note,
        "editors_notes": provision.is_note and provision.label.lower().startswith("editor"),
        "official_qa": source.kind is Kind.OFFICIAL_QA,
        "news": source.kind is Kind.NEWS,
        "news_asked": source.kind is Kind.NEWS and asked.asks_about_news,
        "qa_asked": source.kind is Kind.OFFICIAL_QA and asked.asks_about_news,
        "named": source.id in asked.named,
        "another_named": bool(asked.named) and source.id not in asked.named,
        "article_named": _article_named(asked.text, provision.label),
        "article_of_named": _article_named(asked.text, provision.label) and source.id in asked.named,
        "rule_asked": asked.asks_permission and bool(does & _RULES),
        "rule": bool(does & _RULES),
        "defines": Modality.DEFINES in does,
        "defines_asked": Modality.DEFINES in does and asked.asks_permission,
        "penalty": Modality.PENALTY in does,
        "penalty_asked": Modality.PENALTY in does and Facet.BREACHES in facets,
        "procedure": Modality.PROCEDURE in does,
        "procedure_asked": Modality.PROCEDURE in does and Facet.PROCEDURE in facets and not asked.asks_permission,
        "obliges": Modality.OBLIGES in does,
        "obliges_asked": Modality.OBLIGES in does and not asked.asks_permission,
        "suspends": Modality.SUSPENDS in does,
        "suspends_asked": Modality.SUSPENDS in does and Facet.STANDING in facets,
        "empowers_alone": does == {Modality.EMPOWERS},
        "begins": _BEGINS.search(provision.label) is not None,
        "begins_asked": _BEGINS.search(provision.label) is not None and Facet.STANDING in facets,
        "code": _code_share(asked.text, text),
        "figure_asked": bool(asked.figures & figures_in(text)),
    }
    values |= _likeness(asked.answered_at, (source.id, provision.label))
    values |= _coverages(asked.concepts, spoken_of)
    return {name: float(value) for name, value in values.items()}


def _likeness(answered_at: Mapping[tuple[str, str], float], key: tuple[str, str]) -> Mapping[str, float]:
    """How much more than unlike the question is to one that the provision answers, and that beside what is likest."""
    likeness = answered_at.get(key, 0.0)
    if likeness <= _UNLIKE:
        return {}
    behind = max(answered_at.values()) - likeness
    return {"answers_like": likeness - _UNLIKE, "answers_likest": (likeness - _UNLIKE) * math.exp(-behind / _BEHIND)}


def _coverages(concepts: Sequence[Concept], spoken_of: frozenset[Concept]) -> Mapping[str, float]:
    """Of what the question speaks of, by what it is about, the share that the provision speaks of, by rarity; and
    whether it speaks of none of it."""
    groups: dict[str, list[Concept]] = {"all": list(concepts)}
    for each in concepts:
        if each.facet is not None:
            groups.setdefault(each.facet, []).append(each)
        else:
            groups.setdefault("name" if each.weight >= _NAME_RARITY else "word", []).append(each)
    found: dict[str, float] = {}
    for name, group in groups.items():
        total = sum(each.weight for each in group)
        if total > 0:
            share = sum(each.weight for each in group if each in spoken_of) / total
            found[f"covers_{name}"] = share
            found[f"misses_{name}"] = share == 0
    return found


def _article_named(text: str, label: str) -> bool:
    own = _ARTICLE.match(label)
    return own is not None and own[1] in {match[1] for match in _ARTICLE.finditer(text)}


def _code_share(text: str, provision: str) -> float:
    codes = {match.group().lower() for match in _CODE.finditer(text)}
    has = {match.group().lower() for match in _CODE.finditer(provision)}
    near = sum(any(f"{each}.".startswith(f"{it}.") or f"{it}.".startswith(f"{each}.") for it in has) for each in codes)
    return near / len(codes) if codes else 0.0
