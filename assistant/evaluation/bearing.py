"""When one stretch of text bears out a claim: the rule behind gold-point coverage and citation recall and precision.

It is lexical and deterministic on purpose: two runs agree, no model has to be at hand, and a wrong verdict can be
explained in a line. docs/evaluation.md gives its figures. Verification has a rule of its own, which may be tuned; this
one stays as it is, or figures before and after could not be compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from assistant.answering.reading.facts import Facts, missing_facts
from assistant.answering.reading.terms import key_terms
from assistant.documents.language import has_chinese

ENTAILMENT = "lexical-1"
"""The name of this check in reports: dates, quantities and codes all, key terms to `KEY_TERM_SHARE`, negation kept."""

KEY_TERM_SHARE = 0.6
"""The share of a claim's key terms that must be there."""

# What says no without a negator; enough to bear out a claim that negates.
_EXCLUDING = frozenset(key_terms("exempt outside except exclude free"))


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a claim is borne out, and what is missing where it is not, in words for the report."""

    holds: bool
    missing: tuple[str, ...] = ()


def bears_out(text: Facts, claim: Facts) -> Finding:
    """Whether one stretch of text bears out a claim: every date, quantity and code of the claim is there, a share of
    `KEY_TERM_SHARE` of its key terms, and nothing the claim affirms is negated or the other way round. Chinese words of
    a claim are not looked for in a text that has no Chinese: there they cannot be compared."""
    missing = missing_facts(text, claim)
    terms = (
        claim.terms if any(map(has_chinese, text.terms)) else {each for each in claim.terms if not has_chinese(each)}
    )
    shared = terms & text.terms
    if len(shared) < math.ceil(KEY_TERM_SHARE * len(terms)):
        lacking = ", ".join(sorted(terms - shared))
        missing.append(f"key terms ({len(shared)} of {len(terms)} there, not {lacking})")
    if claim.negates and not (text.negates or text.terms & _EXCLUDING):
        missing.append("the negation")
    reversed_terms = (shared & text.negated) - claim.negated
    if reversed_terms and not claim.negates:
        missing.append(f"negated there: {', '.join(sorted(reversed_terms))}")
    empty = not (claim.dates or claim.quantities or claim.codes or claim.terms)
    return Finding(not missing and not empty, tuple(missing) or (("nothing to check",) if empty else ()))
