"""The answer's first word, from the norms of the provisions found and their standing on the date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.model import Verdict
from assistant.documents.model import Modality
from assistant.documents.norms import norms_of
from assistant.documents.validity import State
from assistant.index.passages import context
from assistant.retrieval.evidence import Evidence, Findings

# What a rule in force makes of a question whether something may be done.
_VERDICTS = {
    Modality.FORBIDS: Verdict.PROHIBITED_IN_PRINCIPLE,
    Modality.REFUSES_IN_PRINCIPLE: Verdict.PROHIBITED_IN_PRINCIPLE,
    Modality.CASE_BY_CASE: Verdict.CASE_BY_CASE,
    Modality.EXEMPTS: Verdict.NOT_REQUIRED,
    Modality.REQUIRES_PERMIT: Verdict.PERMIT_REQUIRED,
}
# What a rule is worth as the one that decides: its relevance, and half as much again for speaking of all that was asked.
_FIT_WEIGHT = 0.5
_NEARLY = 0.8


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and what it rests on: the rule that leads, and a second rule that stays in force where the leading one
    is not."""

    verdict: Verdict
    lead: Evidence | None = None
    remaining: Evidence | None = None


def decide(findings: Findings) -> Decision:
    """The verdict on a question that asks whether something may be done; `INFORMATIONAL` where no rule fits it."""
    rules = [each for each in findings.evidence if modality(each) is not None]
    fitting = _fitting(findings, rules)
    if not fitting:
        return Decision(Verdict.INFORMATIONAL)
    lead = fitting[0]
    if lead.standing.applies:
        return Decision(_VERDICTS[modality(lead) or Modality.REQUIRES_PERMIT], lead)
    in_force = next((each for each in fitting if each.standing.applies), None)
    if lead.standing.state is State.NOT_ESTABLISHED:
        return Decision(Verdict.UNSETTLED, lead, in_force)
    if in_force is not None:
        return Decision(_VERDICTS[modality(in_force) or Modality.REQUIRES_PERMIT], in_force, lead)
    return Decision(Verdict.NOT_REQUIRED, lead)


def modality(evidence: Evidence) -> Modality | None:
    """What a rule does to whoever asks; ``None`` for a provision that neither forbids, permits nor frees anything.

    Statements and news lay nothing down, so they have none.
    """
    if not evidence.source.kind.is_primary and evidence.source.kind.authority != 1:
        return None
    does = {norm.modality for norm in norms_of(evidence.source, evidence.provision)}
    return next((each for each in _VERDICTS if each in does), None)


def fit(findings: Findings, evidence: Evidence) -> float:
    """The share of the question's concepts, by rarity, that the provision or its heading speaks of: 0 to 1."""
    text = f"{context(evidence.source, evidence.provision.label)} {evidence.source.quote(evidence.provision.span)}"
    return findings.coverage(findings.spoken_of(text))


def _fitting(findings: Findings, rules: Sequence[Evidence]) -> list[Evidence]:
    """The rules that fit the question nearly as well as the one that fits it best, best first."""
    if not rules:
        return []
    worth = {each.key: each.score + _FIT_WEIGHT * fit(findings, each) for each in rules}
    best = max(worth.values())
    return sorted((each for each in rules if worth[each.key] >= _NEARLY * best), key=lambda each: -worth[each.key])
