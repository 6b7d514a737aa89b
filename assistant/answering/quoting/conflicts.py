"""Where the press or a statement says other than primary text: which says what, and which weighs more, both quoted.

Sources record what they say of provisions of others (`claims` in front matter): that these were lifted, what they do,
from when they apply. A claim is held against the standing, the norms and the dates of the provision on the date asked
about, and said only where it differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.answering.deciding.rules import modality
from assistant.answering.model import Quote, Statement, quote_of
from assistant.answering.phrases import Phrases
from assistant.answering.quoting.standings import act_quotes, rule_name
from assistant.answering.verdict import Decision
from assistant.documents.model import Claim, Modality
from assistant.documents.norms import says
from assistant.documents.validity import begins
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.related import at, dated

_LOOKED_AT = 10
_MOST = 2


@dataclass(frozen=True, slots=True)
class Conflict:
    """A claim, the words that make it, and the primary text that says otherwise: how, as the name of a phrase with its
    values, and the words that show it."""

    claim: Quote
    rule: Evidence
    how: str
    values: tuple[tuple[str, object], ...]
    shown: tuple[Quote, ...]


def conflicts(findings: Findings, decision: Decision) -> list[Conflict]:
    """The claims among the best of the evidence that primary text contradicts: those about the leading rule's source,
    and where the question asks about what the press says, the one of each source that is nearest to it."""
    found: dict[tuple[str, int, int], Conflict] = {}
    looked_at = findings.evidence[:_LOOKED_AT]
    nearest = {each.source.id: each.key for each in reversed(looked_at) if not each.provision.is_note}
    for evidence in looked_at:
        for claim in evidence.source.claims:
            if claim.provision == evidence.provision.label:
                for each in _of(findings, evidence, claim):
                    about_lead = decision.lead is not None and decision.lead.source is each.rule.source
                    asked_about = findings.question.asks_about_news and nearest.get(evidence.source.id) == evidence.key
                    if about_lead or asked_about:
                        found.setdefault(each.claim.key, each)
    return list(found.values())[:_MOST]


def conflict_statement(phrases: Phrases, findings: Findings, conflict: Conflict) -> Statement:
    """Which says what, and which weighs more."""
    values = {name: phrases.say(str(value)) if name == "does" else value for name, value in conflict.values}
    text = phrases.say(
        f"conflicts.{conflict.how}",
        claimant=conflict.claim.source,
        rule=rule_name(phrases, conflict.rule),
        day=findings.question.as_of,
        **values,
    )
    return Statement(text, (conflict.claim, *conflict.shown), spoken=True)


def _of(findings: Findings, evidence: Evidence, claim: Claim) -> Iterator[Conflict]:
    """The conflicts of one claim with the provisions that it is about, if these weigh more."""
    as_of, spans = findings.question.as_of, evidence.provision.sentences
    quote = quote_of(evidence, spans[min(claim.sentence, len(spans)) - 1])
    for key in claim.of:
        if key not in findings.snapshot.provisions:
            continue
        rule = at(findings.snapshot, key, as_of)
        if not rule.source.kind.is_primary or rule.source.kind.authority <= evidence.source.kind.authority:
            continue
        words = quote_of(rule, rule.best)
        if claim.lifted and rule.standing.applies:
            yield Conflict(quote, rule, "in_force", (), (words, *act_quotes(findings, rule)[:1]))
        elif claim.modality is not None and (does := modality(rule)) not in (None, claim.modality):
            yield Conflict(quote, rule, "does", (("does", f"conflicts.{does}"),), (_laying_down(rule, does),))
        elif claim.effective is not None:
            day = begins(rule.source, rule.provision)
            shown = dated(rule, day, as_of) if day and day != claim.effective else None
            if shown is not None:
                yield Conflict(quote, rule, "effective", (("begins", day),), (quote_of(shown, shown.best),))


def _laying_down(rule: Evidence, does: Modality | None) -> Quote:
    """The sentence of a rule that lays it down in so many words."""
    spans = rule.provision.sentences
    found = (each for each in spans if does and says(does, rule.source.quote(each)))
    return quote_of(rule, next(found, spans[0]))
