"""Whether the findings settle the question at all. When in doubt the answer is that they do not."""

from __future__ import annotations

from assistant.retrieval.evidence import Findings

_COSINE = 0.35


def settles(findings: Findings) -> bool:
    """Whether the evidence is near enough to the question to answer from."""
    return bool(findings.evidence) and max(each.cosine for each in findings.evidence) >= _COSINE
