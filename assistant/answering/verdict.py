"""The answer's first word, from the norms of the provisions found and their standing on the date.

A rule decides a question only if it speaks of its subject, the item or activity asked about, and where the rule is for
one destination the question must name that. Among the rules that do, the special goes before the general: a ban, a
refusal, a case-by-case rule or an exemption decides over a licence duty where it speaks of something more that was
asked, such as a military use or a listed company.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.deciding.fitting import rules_for
from assistant.answering.deciding.permission import wants_a_rule
from assistant.answering.deciding.premises import takes_itself_free
from assistant.answering.deciding.rules import RULING, Rule, is_special, modality, names_a_party
from assistant.answering.deciding.subject import asks_if_listed, subjects_of
from assistant.answering.deciding.thresholds import Outside, outside
from assistant.answering.model import Verdict
from assistant.documents.model import Modality
from assistant.documents.validity import State
from assistant.retrieval.concepts import Concept
from assistant.retrieval.evidence import Evidence, Findings, unsearched
from assistant.retrieval.glossary import Facet
from assistant.retrieval.references import asks_of_acts
from assistant.retrieval.related import BANS, beside

# What a rule in force makes of a question whether something may be done, the strictest first.
VERDICTS = {
    Modality.FORBIDS: Verdict.PROHIBITED_IN_PRINCIPLE,
    Modality.REFUSES_IN_PRINCIPLE: Verdict.PROHIBITED_IN_PRINCIPLE,
    Modality.CASE_BY_CASE: Verdict.CASE_BY_CASE,
    Modality.EXEMPTS: Verdict.NOT_REQUIRED,
    Modality.LEAVES_OUT: Verdict.NOT_REQUIRED,
    Modality.REQUIRES_PERMIT: Verdict.PERMIT_REQUIRED,
}
# A rule in force counts beside the one that fits best where it fits nearly as well.
_NEARLY = 0.6
# A special rule must speak of this share of the question beyond what the general one speaks of, and fit nearly as well.
_SPECIAL = 0.1
_SPECIAL_FIT = 0.3
_FREEING_FIT = 0.65


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and what it rests on: the rule that leads, a second rule that bears on it from the other side of its
    standing, a later act on the subject that was not issued on the date, and the quantity that puts the question
    outside of what the leading rule covers."""

    verdict: Verdict
    lead: Evidence | None = None
    remaining: Evidence | None = None
    later: Evidence | None = None
    outside: Outside | None = None


def decide(findings: Findings) -> Decision:
    """The verdict on a question that asks whether something may be done; `INFORMATIONAL` where it does not ask this or
    no rule fits it."""
    found = rules_for(findings, findings.evidence)
    if asks_if_listed(findings) or not (wants_a_rule(findings, found) or takes_itself_free(findings.question.own)):
        return Decision(Verdict.INFORMATIONAL)
    # A licence duty stays, to say that it does not reach this; another rule that does not has nothing to say.
    rules = [
        each for each in found if each.modality is Modality.REQUIRES_PERMIT or outside(findings, each.evidence) is None
    ]
    later = rules_for(findings, findings.later)
    of_act = bool(findings.named) and asks_of_acts(findings.question.own)
    if of_act:
        # What an act asks for is judged by that act alone.
        own = [each for each in rules if each.evidence.source.id in findings.named]
        rules = [each for each in rules if each in own or any(each.bends(other) for other in own)]
        later = [each for each in later if each.evidence.source.id in findings.named]
    # What is for listed parties alone adds to a duty that others lay down.
    duty = next((each for each in later if each.modality is Modality.REQUIRES_PERMIT and not each.reach.listed), None)
    # A duty that fits so much better and had not been issued: on the date there was no rule on this.
    if not rules or (duty is not None and _NEARLY * duty.fits > rules[0].fits):
        return _without_a_rule(findings, later, of_act=of_act)
    # An exemption frees from a rule, and so comes in by way of one; alone it leads only where there is none.
    lead = next((each for each in rules if each.modality is not Modality.EXEMPTS), rules[0])
    # What a list is recorded to leave out it does not ask a licence for, however near one of its entries sounds.
    left_out = (each for each in rules if each.modality is Modality.LEAVES_OUT)
    lead = next((each for each in left_out if each.evidence.source is lead.evidence.source), lead)
    beyond = outside(findings, lead.evidence) if lead.modality is Modality.REQUIRES_PERMIT else None
    in_force = [each for each in rules if each.applies]
    if beyond is not None and _special(findings, lead, in_force) is None:
        return Decision(Verdict.NOT_REQUIRED, lead.evidence, outside=beyond)
    if lead.applies:
        lead = _special(findings, lead, in_force) or lead
        return Decision(VERDICTS[lead.modality], lead.evidence)
    other = next((each for each in in_force if _stays(each, lead)), None)
    if lead.evidence.standing.state is State.NOT_ESTABLISHED:
        return Decision(Verdict.UNSETTLED, lead.evidence, other.evidence if other else None)
    if other is not None:
        leads = _special(findings, other, in_force) or other
        return Decision(VERDICTS[leads.modality], leads.evidence, lead.evidence)
    successor = _successor(findings, lead.evidence)
    if successor is not None:
        return Decision(VERDICTS[modality(successor) or Modality.REQUIRES_PERMIT], successor, lead.evidence)
    return Decision(Verdict.NOT_REQUIRED, lead.evidence)


def _special(findings: Findings, general: Rule, rules: Sequence[Rule]) -> Rule | None:
    """The strictest rule in force that goes before the general one: it bends it, or is about a use or party in the
    question, and is for just what the question names or speaks of more of it than the general one does."""
    special = [
        each
        for each in rules
        if each.modality is not Modality.REQUIRES_PERMIT
        and (each.bends(general) or is_special(findings, each))
        and (_is_meant(findings, each, general) or findings.coverage(_more(findings, each, general)) >= _SPECIAL)
        and (names_a_party(findings, each) or each.fits >= _special_fit(findings, each, general) * general.fits)
    ]
    return min(special, key=lambda each: (RULING.index(each.modality), -each.fits), default=None)


def _stays(rule: Rule, lead: Rule) -> bool:
    """Whether a rule in force decides where the one that fits best does not apply: it fits nearly as well, or what fits
    best is a refusal of it or a ban, beside which the licence duty stands."""
    left = lead.modality in BANS and rule.modality is Modality.REQUIRES_PERMIT
    return rule.fits >= _NEARLY * lead.fits or lead.bends(rule) or left


def _more(findings: Findings, special: Rule, general: Rule) -> frozenset[Concept]:
    """What a special rule speaks of that the general one does not, of what the question is about: what something is for
    is another matter."""
    return special.spoken_of - general.spoken_of - findings.situation.purposes


def _special_fit(findings: Findings, special: Rule, general: Rule) -> float:
    """How well a special rule must fit, as a share of how well the general one does. What frees must fit as well as
    what binds. One that names the very thing, or a circumstance, that is told frees however little else it says, and
    so does a ban for just the destination and the use bind."""
    if special.modality is not Modality.EXEMPTS:
        for_both = special.modality in BANS and special.reach.to and special.reach.uses
        return 0.0 if for_both else _SPECIAL_FIT
    return 0.0 if special.reach.cases or _names_the_thing(findings, special, general) else _FREEING_FIT


def _is_meant(findings: Findings, rule: Rule, general: Rule) -> bool:
    """Whether a rule is for particular destinations, uses, parties or circumstances, since one that reached the case is
    for those it names, or frees the very thing that is asked about."""
    narrowed = rule.reach.to or rule.reach.uses or rule.reach.listed or rule.reach.cases
    return bool(narrowed) or (rule.modality is Modality.EXEMPTS and _names_the_thing(findings, rule, general))


def _names_the_thing(findings: Findings, special: Rule, general: Rule) -> bool:
    return any(each.facet is Facet.ITEMS for each in _more(findings, special, general))


def _successor(findings: Findings, lead: Evidence) -> Evidence | None:
    """The rule that took the place of one that ended: the provision that ended it, where that lays down a rule
    itself."""
    stands = lead.standing
    source = findings.snapshot.sources.get(stands.by or "")
    provision = source.provision(stands.by_provision) if source and stands.by_provision else None
    if stands.state is not State.ENDED or source is None or provision is None:
        return None
    found = unsearched(source, provision, findings.question.as_of)
    return found if found.standing.applies and modality(found) is not None else None


def _without_a_rule(findings: Findings, later: Sequence[Rule], *, of_act: bool) -> Decision:
    """No rule that was issued by the date speaks of the subject. Where a later one does, the corpus knows the subject
    and had no rule on it then."""
    if later and findings.evidence and (of_act or subjects_of(findings)):
        # A rule that stands beside the later one on its own may already have applied: then no plain "no" is due.
        alone = of_act or not beside(findings.snapshot, later[0].evidence, findings.question.as_of)
        return Decision(Verdict.NOT_REQUIRED if alone else Verdict.INFORMATIONAL, later=later[0].evidence)
    return Decision(Verdict.INFORMATIONAL)
