"""Whether the findings settle the question at all, by a linear model over a few signs.

What speaks for it: provisions that speak of the things it asks for, words of the trade of several kinds, an act named.
What speaks against it: what it asks for is in no provision found, it names an act that none of them is, it asks for the
law of another country, it is like what the corpus knowingly leaves out (corpus/scope.yaml). Learned on the development
half of evals/questions and on the examples of scope.yaml; what it gets right on questions not learned from is in
docs/answers.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from assistant.answering.deciding.asked import acts_named, wanted
from assistant.index.lexical import term_set
from assistant.retrieval.concepts import Concept, named_in
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.glossary import Facet
from assistant.retrieval.linear import packaged
from assistant.retrieval.question import asking_part

# A rule that answers stands among the first so many provisions, nearly always.
_NEAR = 8
# A word of a topic outside counts as the question comes as near to the topic as to a provision, and gradually.
_AS_NEAR, _GRADUAL = 0.05, 0.08
# How near a question that the corpus answers comes to an example of what it leaves out, on average, and how much nearer
# than to one of what it answers.
_TYPICAL, _TYPICALLY_MORE = 0.5, -0.1
# Below this, the nearer the provisions, the likelier the question is on their subject at all.
_FAR = 0.4
_WHERE = frozenset({Facet.PLACES, Facet.DESTINATIONS})


def settles(findings: Findings) -> bool:
    """Whether the evidence is near enough to the question to answer from."""
    return bool(findings.evidence) and packaged("sufficiency").logit(features(findings)) > 0


def features(findings: Findings) -> Mapping[str, float]:
    """The signs that a question is answered by its evidence, or is not."""
    nearest, concepts = findings.nearest, findings.concepts
    # What only the story speaks of that a question is told in says nothing of what it asks.
    question = findings.question
    asking = concepts if question.asking == question.search else named_in(question.asking, concepts)
    facets = {each.facet for each in asking if each.facet is not None}
    values: dict[str, float] = {
        "far": max(0.0, _FAR - nearest),
        "unknown": _share(concepts, [each for each in concepts if each.rarity == 0]),
        "names_an_act": bool(findings.named),
        "names_another_act": _names_another_act(findings),
        "asks_permission": findings.asks_permission,
        "chinese": question.is_chinese,
        # Where no glossary knows the question's words, only likeness tells.
        "no_facet": not facets,
        "nearest_without_facet": nearest if not facets else 0.0,
        "follows": bool(question.before),
        **{f"speaks_of_{facet}": facet in facets for facet in Facet},
        **_of_what_is_asked(findings),
        **_of_what_is_outside(findings, nearest),
    }
    return {name: float(value) for name, value in values.items()}


def _of_what_is_asked(findings: Findings) -> Mapping[str, float]:
    """Whether the provisions found speak of what the question wants to know, told from the sentences that ask."""
    asked = [each for each in _asked_of(findings) if each.facet not in _WHERE]
    found = [findings.snapshot.terms(*each.key) for each in findings.evidence[:_NEAR]]
    spoken = [frozenset(each for each in asked if each.within(has)) for has in found]
    noun = wanted(findings.question.asked)
    meant = [each for each in findings.concepts if each.terms & noun]
    known = any(noun <= has or any(each.within(has) for each in meant) for has in found)
    return {
        "asked_missing": _share(asked, set(asked).difference(*spoken)),
        "asked_best": max((_share(asked, each) for each in spoken), default=0.0),
        "wanted_missing": bool(noun) and not known,
    }


def _asked_of(findings: Findings) -> Sequence[Concept]:
    """The concepts of the sentences that ask, of a question that tells a story or follows on another."""
    question = findings.question
    asking = asking_part(question.asked)
    if asking == question.asked and not question.before:
        return findings.concepts
    return named_in(asking, findings.concepts)


def _of_what_is_outside(findings: Findings, nearest: float) -> Mapping[str, float]:
    """How much more the question is like what the corpus leaves out than like what it has: the provision nearest, the
    examples of what it answers, and the questions that its provisions are recorded to answer."""
    outside = findings.outside
    if outside is None or not outside.nearest:
        # There is no scope, or no example in the question's language: only the words of a topic tell.
        more = {"covered": _TYPICALLY_MORE, "answered": _TYPICALLY_MORE, "found": _TYPICAL - nearest}
        leaning = 0.5
    else:
        answered = max(outside.answered_at.values(), default=0.0)
        held_against = {"covered": outside.inside, "answered": answered, "found": nearest}
        more = {name: outside.nearest - other for name, other in held_against.items()}
        leaning = _squashed((outside.likeness - max(nearest, outside.inside) + _AS_NEAR) / _GRADUAL)
    marked = outside is not None and outside.marked
    return {
        **{f"left_out_more_than_{name}": value for name, value in more.items()},
        "marked": marked,
        "left_out": leaning * marked,
        "law_of_others": outside is not None and outside.of_law,
    }


def _squashed(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def _names_another_act(findings: Findings) -> bool:
    """Whether the question names an act that no evidence is, nor speaks of."""
    named = list(acts_named(findings.question.asked))
    return bool(named) and not all(
        any(_is_or_names(findings, each, act) for each in findings.evidence) for act in named
    )


def _is_or_names(findings: Findings, evidence: Evidence, act: frozenset[str]) -> bool:
    return act <= findings.snapshot.terms(*evidence.key) or act <= term_set(evidence.source.title)


def _share(of: Sequence[Concept], some: Sequence[Concept] | set[Concept] | frozenset[Concept]) -> float:
    return len(some) / len(of) if of else 0.0
