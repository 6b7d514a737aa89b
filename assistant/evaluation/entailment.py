"""Whether citations bear out the statement they are pinned to: ALCE's question, asked of words instead of a model.

What a citation puts on the table is its quote, the heading it is shown under, and what the corpus records of the
provision: its true standing on the date, computed here and never taken from the answer, what it does (its norms), and
whether it is an editor's remark.
So "Yes, a licence is needed: Art. 1(2) asks for it and is in force" holds only where it does and is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache

from assistant.answering.reading import facts
from assistant.answering.reading.facts import Facts
from assistant.documents.model import Modality, Source
from assistant.documents.norms import norms_of
from assistant.documents.validity import Standing, State, standing
from assistant.evaluation.answers import Cited
from assistant.evaluation.bearing import bears_out

read_facts = lru_cache(maxsize=20_000)(facts.read)
"""`facts.read`, remembered: the same quotes come up in many answers."""

_STANDING_WORDS = {
    State.NOT_ISSUED: "It is not issued, not in force.",
    State.NOT_YET: "It is issued and not yet in force, starts only later and asks for no licence before.",
    State.IN_FORCE: "It is in force, applies and still asks for what it says.",
    State.SUSPENDED: "It is suspended, not in force, and asks for no licence in this window.",
    State.ENDED: "It ended, was repealed, is no longer in force and asks for no licence.",
    State.NOT_ESTABLISHED: "It is not settled, not established whether it applies.",
}
_LAPSED_WORDS = (
    "The suspension or window ended as written and no later act is in the corpus. "
    "A statement that it runs on, is extended, does not change an act."
)
_NORM_WORDS = {
    Modality.REQUIRES_PERMIT: "A licence is needed, required; it asks for a licence.",
    Modality.FORBIDS: "It prohibits this, rules it out; it may not be done, no.",
    Modality.REFUSES_IN_PRINCIPLE: "Applications are refused in principle, ruled out, prohibited, no.",
    Modality.CASE_BY_CASE: "Applications are decided case by case, one by one; a licence is needed.",
    Modality.EXEMPTS: "It exempts; no licence is needed or required, none.",
}

_REMARK_WORDS = "It is an editor's remark, an editor's note."


def quoted(cited: Cited, sources: Mapping[str, Source]) -> Facts:
    """A quote's facts, with the numbers of the act and article it is shown under."""
    return read_facts(cited.quote).with_codes(read_facts(_heading(cited, sources)))


def supported(text: str, cited: Sequence[Cited], sources: Mapping[str, Source], as_of: dt.date) -> bool:
    """Whether the citations together bear out a statement; never without any."""
    plain = " ".join(text.split())
    if any(" ".join(each.quote.split()) == plain for each in cited):
        return True
    # The date asked about is given, not claimed.
    premise = Facts(dates=frozenset({as_of.isoformat()}))
    for each in cited:
        premise = premise | _premise(each, sources, as_of)
    return bool(cited) and bears_out(premise, read_facts(text)).holds


def needed(text: str, cited: Sequence[Cited], one: Cited, sources: Mapping[str, Source], as_of: dt.date) -> bool:
    """Whether one of the citations of a statement that they bear out is not superfluous: it bears the statement out
    alone, or the others do not without it."""
    if not supported(text, cited, sources, as_of):
        return False
    others = [each for each in cited if each.n != one.n]
    return supported(text, [one], sources, as_of) or not supported(text, others, sources, as_of)


def standing_of(cited: Cited, sources: Mapping[str, Source], as_of: dt.date) -> Standing | None:
    """The true standing of what is cited on the date; ``None`` where the corpus has no such provision."""
    source = sources.get(cited.source_id)
    provision = source.provision(cited.provision) if source else None
    return standing(source, provision, as_of) if source and provision else None


def modalities(cited: Cited, sources: Mapping[str, Source]) -> frozenset[Modality]:
    """What the cited provision does; empty where the corpus has no such provision or records nothing."""
    source = sources.get(cited.source_id)
    provision = source.provision(cited.provision) if source else None
    return frozenset(norm.modality for norm in norms_of(source, provision)) if source and provision else frozenset()


def _heading(cited: Cited, sources: Mapping[str, Source]) -> str:
    source = sources.get(cited.source_id)
    return f"{source.number or ''}; {source.title}; {cited.provision}" if source else cited.provision


def _premise(cited: Cited, sources: Mapping[str, Source], as_of: dt.date) -> Facts:
    premise = read_facts(cited.quote) | read_facts(_heading(cited, sources))
    for modality in sorted(modalities(cited, sources) & _NORM_WORDS.keys()):
        premise = premise | read_facts(_NORM_WORDS[modality])
    source = sources.get(cited.source_id)
    provision = source.provision(cited.provision) if source else None
    if provision is not None and provision.is_note:
        premise = premise | read_facts(_REMARK_WORDS)
    stands = standing_of(cited, sources, as_of)
    if stands is None:
        return premise
    premise = premise | read_facts(_STANDING_WORDS[stands.state]) | Facts(dates=_days(stands))
    if stands.lapsed or stands.claims:
        premise = premise | read_facts(_LAPSED_WORDS)
    acting = sources.get(stands.by or "")
    return premise | read_facts(f"{acting.number or ''}; {acting.title}") if acting else premise


def _days(stands: Standing) -> frozenset[str]:
    """The days of a standing, and the day after each: "not before the 7th is over" and "from the 8th" are the same."""
    lapsed = (stands.lapsed.date, stands.lapsed.until) if stands.lapsed else ()
    claimed = [day for claim in stands.claims for day in (claim.date, claim.until)]
    days = [day for day in (stands.since, stands.until, *lapsed, *claimed) if day is not None]
    return frozenset(each.isoformat() for day in days for each in (day, day + dt.timedelta(days=1)))
