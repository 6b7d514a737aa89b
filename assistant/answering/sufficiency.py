"""Whether the findings settle the question at all, by a linear model over a few signs.

What speaks for it: a passage near to the question, a provision that speaks of what it names, an act or article named.
What speaks against it: words that no source has, and likeness to a subject that the corpus knowingly leaves out
(corpus/scope.yaml). Learned on the development half of evals/questions; what it gets right on questions not learned
from is in docs/answers.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.retrieval.evidence import Findings
from assistant.retrieval.glossary import Facet
from assistant.retrieval.linear import packaged

_BEST = 5


def settles(findings: Findings) -> bool:
    """Whether the evidence is near enough to the question to answer from."""
    return bool(findings.evidence) and packaged("sufficiency").logit(features(findings)) > 0


def features(findings: Findings) -> Mapping[str, float]:
    """The signs that a question is answered by its evidence, or is not."""
    best = findings.evidence[:_BEST]
    nearest = max((each.cosine for each in findings.evidence), default=0.0)
    outside = findings.outside
    whole = len(findings.concepts)
    unknown = sum(each.rarity == 0 for each in findings.concepts)
    facets = {each.facet for each in findings.concepts if each.facet is not None}
    values: dict[str, float] = {
        "nearest": nearest,
        "score": best[0].score if best else 0.0,
        "covers": max((findings.coverage(findings.in_provision(each)) for each in best), default=0.0),
        "unknown": unknown / whole if whole else 0.0,
        "leaves_out": outside is not None,
        "like_what_is_left_out": outside.likeness - nearest if outside is not None else -0.5,
        "names_an_act": bool(findings.named),
        "asks_permission": findings.asks_permission,
        "chinese": findings.question.is_chinese,
        "follows": bool(findings.question.before),
        "things": bool(facets & {Facet.ITEMS, Facet.KNOWLEDGE, Facet.ACTIVITIES}),
        "acts_or_lists": bool(facets & {Facet.ACTS, Facet.LISTS}),
        "procedure_or_breach": bool(facets & {Facet.PROCEDURE, Facet.BREACHES, Facet.STANDING}),
        "no_facet": not facets,
    }
    return {name: float(value) for name, value in values.items()}
