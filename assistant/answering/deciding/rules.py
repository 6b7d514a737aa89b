"""What a rule is: a provision that forbids, permits or frees something, and what of the question it speaks of."""

from __future__ import annotations

import math
from dataclasses import dataclass

from assistant.documents.model import Kind, Modality, Reach
from assistant.documents.norms import norms_of
from assistant.index.lexical import term_set
from assistant.retrieval.concepts import Concept
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.glossary import Facet
from assistant.retrieval.related import read_with

# What a rule does to whoever asks, the strictest first.
RULING = (
    Modality.FORBIDS,
    Modality.REFUSES_IN_PRINCIPLE,
    Modality.CASE_BY_CASE,
    Modality.EXEMPTS,
    Modality.LEAVES_OUT,
    Modality.REQUIRES_PERMIT,
)
_PASSAGES_WITH_A_NAME = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """A provision as a rule for the case: what it does, whom it reaches, and which of the question's concepts it speaks
    of, together with what it is read with. ``whole`` names these provisions, its own among them; ``fits`` is how well
    it fits the case, 0 to 1."""

    evidence: Evidence
    modality: Modality
    reach: Reach
    spoken_of: frozenset[Concept]
    whole: frozenset[tuple[str, str]] = frozenset()
    fits: float = 0.0

    @property
    def applies(self) -> bool:
        """Whether the rule is in force on the date asked about."""
        return self.evidence.standing.applies

    def bends(self, other: Rule) -> bool:
        """Whether the rule changes the effect of the other, or of a duty the other is read with: its exemption, its
        refusal."""
        norms = norms_of(self.evidence.source, self.evidence.provision)
        return any(not other.whole.isdisjoint(norm.bends) for norm in norms)


def modality(evidence: Evidence) -> Modality | None:
    """What a provision does to whoever asks, the strictest of what it does; ``None`` where it neither forbids, permits
    nor frees anything, and for news, which lays nothing down."""
    if evidence.source.kind is Kind.NEWS:
        return None
    does = {norm.modality for norm in norms_of(evidence.source, evidence.provision)}
    return next((each for each in RULING if each in does), None)


def is_special(findings: Findings, rule: Rule) -> bool:
    """Whether a rule that is no plain licence duty is for a use or a party that the question names, or bans what is
    done with a breach that it tells of."""
    if rule.modality is Modality.REQUIRES_PERMIT:
        return False
    facets = {each.facet for each in rule.spoken_of}
    for_a_use = Facet.USES in facets or any(each.term in rule.reach.uses for each in findings.concepts)
    of_a_breach = rule.modality is Modality.FORBIDS and Facet.BREACHES in facets
    return for_a_use or of_a_breach or names_a_party(findings, rule)


def names_a_party(findings: Findings, rule: Rule) -> bool:
    """Whether a rule names a party that the question names: the whole of its name, in one sentence."""
    rare = {term for each in rule.spoken_of if is_name(findings, each) for term in each.terms}
    if not rare:
        return False
    whole = [name for name in findings.question.names if name & rare] or [frozenset({term}) for term in rare]
    if not rule.reach.listed:
        return True
    as_of = findings.question.as_of
    said_in = (rule.evidence, *read_with(findings.snapshot, rule.evidence, as_of))
    sentences = (
        term_set(each.source.quote(span))
        for each in said_in
        if each.source is rule.evidence.source
        for span in each.provision.sentences
    )
    return any(name <= sentence for sentence in sentences for name in whole)


def is_name(findings: Findings, concept: Concept) -> bool:
    """Whether a concept is a party's name: one of the glossary's, or a word outside it that is written like a name and
    that hardly any passage has."""
    rare = math.log1p(len(findings.snapshot.passages) / (_PASSAGES_WITH_A_NAME + 1))
    if concept.rarity < rare:
        return False
    written_so = concept.facet is None and any(concept.terms & name for name in findings.question.names)
    return concept.facet is Facet.PARTIES or written_so
