"""Whether the findings settle the question at all. When in doubt the answer is that they do not.

Two things speak against it. The nearest passage is too far from the question, and the question names no source. Or it
is about a subject that the corpus knowingly leaves out (corpus/scope.yaml), by a word that marks it and by its likeness
to how people ask about it.
"""

from __future__ import annotations

from assistant.retrieval.evidence import Findings

# Tuned on the development half of evals/questions.
_NEAR_ENOUGH = 0.35
_SCOPE_MARGIN = 0.1


def settles(findings: Findings) -> bool:
    """Whether the evidence is near enough to the question to answer from."""
    if not findings.evidence:
        return False
    nearest = max(each.cosine for each in findings.evidence)
    outside = findings.outside
    if outside is not None and outside.likeness > nearest - _SCOPE_MARGIN:
        return False
    return nearest >= _NEAR_ENOUGH or bool(findings.named)
