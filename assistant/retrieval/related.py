"""What an evidence provision needs beside it: the act that suspends or ends it, what is said to prolong that, the
sentence that dates its beginning, and the exceptions that bend it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from assistant.documents.model import Modality, Provision, Source, Span
from assistant.documents.naming import long_date
from assistant.documents.validity import State, standing
from assistant.index.store import Snapshot
from assistant.retrieval.evidence import Evidence

_BEGINS = re.compile(r"\b(?:force|effect|effective|appl\w+|start\w*|from)\b", re.IGNORECASE)
BENDING = (Modality.EXEMPTS, Modality.REFUSES_IN_PRINCIPLE, Modality.CASE_BY_CASE)


def acting(snapshot: Snapshot, evidence: Evidence, as_of: dt.date) -> list[Evidence]:
    """What brought about the standing of a piece of evidence: the act that suspended, ended or dated it, then whoever
    stated that a window runs on. Each names the sentence that says so in ``best``. Acts outside the corpus are left out."""
    stands = evidence.standing
    found = [_of_act(snapshot, evidence.source, stands.by, stands.by_provision, as_of)]
    found += [_of_act(snapshot, evidence.source, claim.by, claim.by_provision, as_of) for claim in stands.claims]
    if stands.state is State.NOT_YET and stands.until is not None:
        found = [_dated(evidence, stands.until + dt.timedelta(days=1), as_of)]
    elif stands.state is State.IN_FORCE and stands.since is not None and found[0] is None:
        found = [_dated(evidence, stands.since, as_of)]
    return [each for each in found if each is not None]


def exceptions(snapshot: Snapshot, evidence: Evidence, as_of: dt.date) -> list[tuple[Evidence, Modality]]:
    """The provisions whose norms bend a piece of evidence, with how: its exemptions, refusals and case-by-case rules."""
    found = [
        (_as_evidence(source, provision, as_of, provision.sentences[0]), norm.modality)
        for source in snapshot.sources.values()
        for norm in source.norms
        if norm.modality in BENDING and evidence.key in norm.bends
        if (provision := source.provision(norm.provision)) is not None
    ]
    return [each for each in found if each[0].standing.state is not State.NOT_ISSUED]


def _of_act(
    snapshot: Snapshot, target: Source, by: str | None, by_provision: str | None, as_of: dt.date
) -> Evidence | None:
    source = snapshot.sources.get(by or "")
    if source is None:
        return None
    named = source.provision(by_provision) if by_provision else None
    provision = named or (None if source is target else _speaking(source.provisions))
    if provision is None:
        return None
    return _as_evidence(source, provision, as_of, _naming(source, provision, target))


def _speaking(provisions: Iterable[Provision]) -> Provision | None:
    return next((each for each in provisions if not each.is_note), None)


def _naming(source: Source, provision: Provision, target: Source) -> Span:
    """The sentence of an act's provision that names the target by its number, else its first."""
    number = re.search(r"No\. (\d+)$", target.number or "")
    pattern = re.compile(rf"(?<!\d){number[1]}(?!\d)") if number else None
    return next(
        (each for each in provision.sentences if pattern and pattern.search(source.quote(each))), provision.sentences[0]
    )


def _dated(evidence: Evidence, begins: dt.date, as_of: dt.date) -> Evidence | None:
    """The sentence of the evidence's own source that says from when it applies."""
    return next(_sentences_with(evidence.source, long_date(begins), as_of), None)


def _sentences_with(source: Source, words: str, as_of: dt.date) -> Iterator[Evidence]:
    for provision in source.provisions:
        for sentence in provision.sentences:
            text = source.quote(sentence)
            if not provision.is_note and words in text and _BEGINS.search(text):
                yield _as_evidence(source, provision, as_of, sentence)


def _as_evidence(source: Source, provision: Provision, as_of: dt.date, sentence: Span) -> Evidence:
    return Evidence(source, provision, standing(source, provision, as_of), 0.0, 0.0, 0.0, sentence)
