"""Whether a question is to be answered with a rule: how it asks, seen together with what was found for it.

"Does the annual report go to MOFCOM?" is worded like a question for permission, and what answers it best is a
procedure. A linear model weighs the wording (`retrieval/intent.py`) against where a rule stands among what was found;
learned on the development half of evals/questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.answering.deciding.rules import Rule, modality
from assistant.retrieval.evidence import Findings
from assistant.retrieval.linear import packaged

_FAR = 10


def wants_a_rule(findings: Findings, rules: Sequence[Rule]) -> bool:
    """Whether the question wants to know if something may be done. ``rules`` are those that may decide it, the one that
    fits best first."""
    return packaged("permission").logit(features(findings, rules)) > 0


def features(findings: Findings, rules: Sequence[Rule]) -> Mapping[str, float]:
    """The signs that a rule is the answer."""
    evidence = findings.evidence
    lead = rules[0] if rules else None
    # A definition that the rule is read with is found for the rule's sake.
    place = next((at for at, each in enumerate(evidence) if lead and each.key in lead.whole), _FAR)
    first = evidence[0] if evidence else None
    values: dict[str, float] = {
        "wording": findings.asks,
        "fits": lead.fits if lead else 0.0,
        "no_rule": lead is None,
        "behind": min(place, _FAR) / _FAR,
        "rule_is_first": first is not None and (modality(first) is not None or place == 0),
    }
    return {name: float(value) for name, value in values.items()}
