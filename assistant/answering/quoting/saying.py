"""Which of the sentences that an answer could go on with it says, and which it leaves to a mention of their provision.

A linear model weighs how a sentence bears on the question: what of it its own words speak of, whose words they are,
whether their rule reaches the case at all. Learned on the development half of evals/questions, from whether a sentence
bears out something that a right answer says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from assistant.answering.quoting.sentences import Candidate, has_figure, is_duty, is_item, worth
from assistant.documents.norms import norms_of
from assistant.index.passages import plain_text
from assistant.retrieval.concepts import Concept
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.linear import packaged

# How likely a sentence must be to bear out something that a right answer says: to be said, to be said though it adds
# nothing to the best provision, to have its provision named.
_SAID = 0.08
_SAID_AGAIN = 0.16
_NAMED = 0.05
_LONG = 40


def apart(
    findings: Findings, chosen: Sequence[Candidate], lead: Evidence | None
) -> tuple[list[Candidate], list[Candidate]]:
    """The chosen sentences that are said, without a rule to lead the first of them in any case, and those of which the
    provision is worth a mention, the likeliest first. What adds nothing to what the best provision speaks of must be
    twice as likely; an item of a list further down says nothing by itself."""
    model = packaged("saying")
    likely = [model.probability(each) for each in features(findings, chosen, lead)]
    best = findings.evidence[0].key if findings.evidence else None
    spoken = frozenset[Concept]().union(
        *(
            each.speaks_of
            for each, share in zip(chosen, likely, strict=True)
            if each.evidence.key == best and share >= _SAID
        )
    )
    said, named = [], []
    for at, (each, share) in enumerate(zip(chosen, likely, strict=True)):
        adds = not spoken or share >= _SAID_AGAIN or findings.coverage(each.own - spoken) > 0
        fits = each.evidence.key in (best, lead.key if lead else None) or (adds and not is_item(each))
        if (share >= _SAID and fits and not _is_beside_what_applies(each, lead)) or not (at or lead):
            said.append(each)
        elif share >= _NAMED:
            named.append((share, at, each))
    return said, [each for *_, each in sorted(named, key=lambda one: (-one[0], one[1]))]


def _is_beside_what_applies(candidate: Candidate, lead: Evidence | None) -> bool:
    """Whether a sentence is of a rule that asks for nothing on the date, where the answer rests on one that does."""
    quote = candidate.quote
    return lead is not None and lead.standing.applies and quote.source.kind.is_primary and not quote.standing.applies


def features(findings: Findings, chosen: Sequence[Candidate], lead: Evidence | None) -> Iterator[Mapping[str, float]]:
    """For each of the chosen sentences, the signs that it says what a right answer says; ``lead`` is the rule that the
    answer rests on."""
    first = findings.evidence[0].key if findings.evidence else None
    most = max((findings.coverage(each.own) for each in chosen), default=0.0) or 1.0
    worthiest = max((worth(findings, each, frozenset()) for each in chosen), default=0.0) or 1.0
    before: Counter[tuple[str, str]] = Counter()
    for each in chosen:
        own, evidence = findings.coverage(each.own), each.evidence
        norms = norms_of(evidence.source, evidence.provision)
        yield {
            "of_the_best": float(evidence.key == first),
            "own_words": own,
            "own_words_beside_the_best": own / most,
            "worth": worth(findings, each, frozenset()) / worthiest,
            "cosine": evidence.cosine,
            "after": before[evidence.key],
            "is_a_duty": float(is_duty(evidence)),
            "does_not_reach": float(bool(norms) and all(findings.situation.excludes(norm.reach) for norm in norms)),
            "length": len(plain_text(each.quote.text).split()) / _LONG,
            "figure_asked": float(has_figure(findings, each)),
            "beside_a_rule": float(lead is not None),
            "of_the_rule": float(lead is not None and evidence.key == lead.key),
        }
        before[evidence.key] += 1
