"""What an evidence provision needs beside it: the act that suspends or ends it, what is said to prolong that, the
sentence that dates its beginning, and the exceptions that bend it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from assistant.documents.model import Modality, Norm, Provision, Source, Span, Step
from assistant.documents.naming import long_date, note_label
from assistant.documents.validity import State, standing
from assistant.index.snapshot import Snapshot
from assistant.retrieval.crossreferences import references
from assistant.retrieval.evidence import Evidence, Findings, unsearched
from assistant.retrieval.references import SourceNames

_BEGINS = re.compile(r"\b(?:force|effect|effective|appl\w+|start\w*|from)\b", re.IGNORECASE)
BENDING = (Modality.EXEMPTS, Modality.REFUSES_IN_PRINCIPLE, Modality.CASE_BY_CASE)
BANS = (Modality.FORBIDS, Modality.REFUSES_IN_PRINCIPLE)


def acting(snapshot: Snapshot, evidence: Evidence, as_of: dt.date) -> list[Evidence]:
    """What brought about the standing of a piece of evidence: the act that suspended, ended or dated it, then whoever
    stated that a window runs on. Each names the sentence that says so in ``best``. Acts outside the corpus are left
    out."""
    stands = evidence.standing
    found = [_of_act(snapshot, evidence, stands.by, stands.by_provision, as_of)]
    found += [_of_act(snapshot, evidence, claim.by, claim.by_provision, as_of) for claim in stands.claims]
    if stands.state is State.NOT_YET and stands.until is not None:
        found = [dated(evidence, stands.until + dt.timedelta(days=1), as_of)]
    elif stands.state is State.IN_FORCE and stands.since is not None and found[0] is None:
        found = [dated(evidence, stands.since, as_of)]
    return [each for each in found if each is not None]


def exceptions(snapshot: Snapshot, evidence: Evidence, as_of: dt.date) -> list[tuple[Evidence, Modality]]:
    """The provisions whose norms bend a piece of evidence, with how: its exemptions, refusals and case-by-case
    rules."""
    found = [
        (unsearched(source, provision, as_of), norm.modality)
        for source in snapshot.relating()
        for norm in source.norms
        if norm.modality in BENDING and evidence.key in norm.bends
        if (provision := source.provision(norm.provision)) is not None
    ]
    return [each for each in found if each[0].standing.state is not State.NOT_ISSUED]


def read_with(snapshot: Snapshot, evidence: Evidence, as_of: dt.date) -> list[Evidence]:
    """The provisions that a piece of evidence is read with, since it does not say all by itself: the duty with the
    items it covers, the definition with the rule. Those issued by the date, the most important first."""
    named = [
        key
        for each in evidence.source.read_with
        if each.scope.match(evidence.provision)
        for key in each.beside
        if key[0] in snapshot.sources and key in snapshot.provisions
    ]
    found = [at(snapshot, key, as_of) for key in dict.fromkeys(named)]
    return [each for each in found if each.standing.state is not State.NOT_ISSUED]


def steps_of(snapshot: Snapshot, evidence: Evidence, step: Step, as_of: dt.date) -> list[Evidence]:
    """The provisions in force that lay down a step towards the licence that a piece of evidence asks for, the
    weightiest first. What is recorded for a narrower part of its source goes before what is for all of it."""
    recorded = [each for each in evidence.source.steps if each.scope.match(evidence.provision)]
    nearest = max(recorded, key=lambda each: each.scope.match(evidence.provision), default=None)
    keys = [key for each, key in nearest.provisions if each is step] if nearest else []
    found = [at(snapshot, key, as_of) for key in keys if key[0] in snapshot.sources and key in snapshot.provisions]
    return [each for each in found if each.standing.applies]


def provisions_of(findings: Findings, source_id: str) -> list[Evidence]:
    """Every provision of a source but its remarks, as evidence that no search found."""
    source, as_of = findings.snapshot.sources[source_id], findings.question.as_of
    return [unsearched(source, each, as_of) for each in source.provisions if not each.is_note]


def readers(snapshot: Snapshot, evidence: Evidence, as_of: dt.date) -> list[Evidence]:
    """The provisions of any source that are read with a piece of evidence."""
    return [
        unsearched(source, provision, as_of)
        for source in snapshot.relating()
        for each in source.read_with
        if evidence.key in each.beside
        for provision in source.provisions
        if each.scope.match(provision) and not provision.is_note
    ]


def listing(snapshot: Snapshot, as_of: dt.date) -> list[Evidence]:
    """The provisions whose rules are for the parties that they list."""
    return _recorded(snapshot.relating(), as_of, lambda norm: norm.reach.listed)


def leaving_out(sources: Iterable[Source], as_of: dt.date, items: frozenset[str] = frozenset()) -> list[Evidence]:
    """The provisions of some sources that are recorded to name what a list leaves out, all of the ``items`` among
    it."""
    return _recorded(
        sources, as_of, lambda norm: norm.modality is Modality.LEAVES_OUT and items <= set(norm.reach.items)
    )


def banning_uses(snapshot: Snapshot, as_of: dt.date) -> list[Evidence]:
    """The provisions that are recorded to forbid particular uses at particular destinations."""
    return _recorded(
        snapshot.relating(), as_of, lambda norm: norm.modality in BANS and bool(norm.reach.to and norm.reach.uses)
    )


def _recorded(sources: Iterable[Source], as_of: dt.date, meant: Callable[[Norm], bool]) -> list[Evidence]:
    return [
        unsearched(source, provision, as_of)
        for source in sources
        for label in dict.fromkeys(norm.provision for norm in source.norms if meant(norm))
        if (provision := source.provision(label)) is not None
    ]


def licence_duties(snapshot: Snapshot, as_of: dt.date) -> list[Evidence]:
    """The provisions that ask for a licence for all that their own source lists, so that its entries are read with
    them; those of lists of parties are none."""
    found: dict[tuple[str, str], Evidence] = {}
    for source in snapshot.relating():
        if any(norm.reach.listed for norm in source.norms):
            continue
        beside = {label for each in source.read_with for owner, label in each.beside if owner == source.id}
        for norm in source.norms:
            provision = source.provision(norm.provision) if norm.provision in beside else None
            if provision is not None and norm.modality is Modality.REQUIRES_PERMIT:
                found.setdefault((source.id, provision.label), unsearched(source, provision, as_of))
    return list(found.values())


def untouched(snapshot: Snapshot, evidence: Evidence, as_of: dt.date) -> list[Evidence]:
    """The provisions of acts that apply on the date which say or show that they leave the evidence's source untouched,
    each with the remark on it that says so by name, where it has one."""
    found: list[Evidence] = []
    for source in snapshot.relating():
        for norm in source.norms:
            provision = source.provision(norm.provision) if evidence.source.id in norm.leaves else None
            if provision is None or not standing(source, provision, as_of).applies:
                continue
            shown = unsearched(source, provision, as_of, provision.sentences[-1])
            found += [shown, *_remarks_on(snapshot, evidence, shown, as_of)[:1]]
    return found


def _remarks_on(snapshot: Snapshot, evidence: Evidence, act: Evidence, as_of: dt.date) -> list[Evidence]:
    """The editors' remarks that say of an act how it leaves the evidence's source: those under its own provision and
    those in that source, each the sentence that names the other."""
    names = snapshot.derived(SourceNames.of)
    remark = remark_on(act, as_of)
    said = [(each, evidence.source) for each in ([remark] if remark else [])]
    said += [
        (unsearched(evidence.source, each, as_of), act.source) for each in evidence.source.provisions if each.is_note
    ]
    return [
        replace(each, best=sentence)
        for each, other in said
        for sentence in each.provision.sentences
        if other.id in names.within(each.source.quote(sentence))
    ]


def remark_on(evidence: Evidence, as_of: dt.date) -> Evidence | None:
    """The editor's remark under a provision."""
    provision = evidence.source.provision(note_label(evidence.provision.label))
    return None if provision is None else unsearched(evidence.source, provision, as_of)


def said_of_act(snapshot: Snapshot, evidence: Evidence, as_of: dt.date) -> list[Evidence]:
    """What else the corpus says of the act behind a standing: the act's own further words on its target, and what the
    sources of claims about it say of it."""
    stands = evidence.standing
    act = snapshot.sources.get(stands.by or "")
    if act is None or act is evidence.source:
        return []
    found = _elsewhere(act, stands.by_provision, evidence.source, as_of, notes=False)[:1]
    for claim in stands.claims:
        speaker = snapshot.sources.get(claim.by)
        if speaker is not None:
            found += _elsewhere(speaker, claim.by_provision, act, as_of, notes=True)
    return found


def beside(snapshot: Snapshot, evidence: Evidence, as_of: dt.date) -> list[Evidence]:
    """The rules of other sources that stand beside a rule on their own, and apply on the date."""
    found = [
        unsearched(source, provision, as_of)
        for source in snapshot.relating()
        for norm in source.norms
        if evidence.key in norm.beside and (provision := source.provision(norm.provision)) is not None
    ]
    return [each for each in found if each.standing.applies]


def cited(snapshot: Snapshot, evidence: Evidence, as_of: dt.date) -> list[Evidence]:
    """The provisions of the corpus that a piece of evidence cites by number, of sources issued by the date."""
    found = (
        unsearched(each.source, each.provision, as_of)
        for each in references(evidence.source, evidence.provision, snapshot.sources, snapshot.derived(SourceNames.of))
    )
    return [each for each in found if each.standing.state is not State.NOT_ISSUED]


def mention(evidence: Evidence, target: Source, as_of: dt.date) -> Evidence | None:
    """Where the source of a piece of evidence speaks of a target: the sentence that names it with a suspension, else
    the first that names it."""
    pattern = _number_of(target)
    naming = [
        unsearched(evidence.source, provision, as_of, sentence)
        for provision in evidence.source.provisions
        for sentence in provision.sentences
        if pattern and _names(evidence.source.quote(sentence), target, pattern)
    ]
    return max(naming, key=lambda each: "suspen" in each.source.quote(each.best), default=None)


def _names(text: str, target: Source, pattern: re.Pattern[str]) -> bool:
    """Whether a sentence names the target by "No." and number, and by its year where it gives one."""
    year = re.match(r"[A-Za-z ]*(\d{4})", target.number or "")
    match = re.search(rf"No\. {pattern.pattern}(?: of (\d{{4}}))?", text)
    return match is not None and (match[1] is None or year is None or match[1] == year[1])


def _elsewhere(source: Source, said: str | None, target: Source, as_of: dt.date, *, notes: bool) -> list[Evidence]:
    """The sentences that name the target by number, in the first provision of a source, other than the one named, that
    has any."""
    pattern = _number_of(target)
    for provision in source.provisions:
        if pattern and not provision.label.startswith(said or "\0") and provision.is_note == notes:
            naming = [each for each in provision.sentences if pattern.search(source.quote(each))]
            if naming:
                return [unsearched(source, provision, as_of, each) for each in naming]
    return []


def _of_act(
    snapshot: Snapshot, target: Evidence, by: str | None, by_provision: str | None, as_of: dt.date
) -> Evidence | None:
    source = snapshot.sources.get(by or "")
    if source is None:
        return None
    named = source.provision(by_provision) if by_provision else None
    provision = named or (None if source is target.source else _speaking(source.provisions))
    if provision is None:
        return None
    return unsearched(source, provision, as_of, _naming(source, provision, target))


def _speaking(provisions: Iterable[Provision]) -> Provision | None:
    return next((each for each in provisions if not each.is_note), None)


def _naming(source: Source, provision: Provision, target: Evidence) -> Span:
    """The sentence of an act's provision that names the target by its number, else its first."""
    own = re.search(r"No\. (\d+)", target.provision.label)
    pattern = re.compile(rf"(?<!\d){own[1]}(?!\d)") if own else _number_of(target.source)
    return next(
        (each for each in provision.sentences if pattern and pattern.search(source.quote(each))), provision.sentences[0]
    )


def _number_of(source: Source) -> re.Pattern[str] | None:
    number = re.search(r"No\. (\d+)$", source.number or "")
    return re.compile(rf"(?<!\d){number[1]}(?!\d)") if number else None


def dated(evidence: Evidence, day: dt.date, as_of: dt.date) -> Evidence | None:
    """The sentence of the evidence's own source that says what begins on a day."""
    return next(_sentences_with(evidence.source, long_date(day), as_of), None)


def _sentences_with(source: Source, words: str, as_of: dt.date) -> Iterator[Evidence]:
    for provision in source.provisions:
        for sentence in provision.sentences:
            text = source.quote(sentence)
            if not provision.is_note and words in text and _BEGINS.search(text):
                yield unsearched(source, provision, as_of, sentence)


def at(snapshot: Snapshot, key: tuple[str, str], as_of: dt.date) -> Evidence:
    """The provision of a key, (source id, label), as evidence that no search found."""
    provision = snapshot.provisions[key]
    return unsearched(snapshot.sources[key[0]], provision, as_of)
