"""An answer asked for again: the same, or exactly what differs and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.answering.model import Answer
from assistant.assistant import Assistant
from assistant.journal.circumstances import changes, program, settings_of
from assistant.journal.entry import Entry, answer_json, evidence_json

# As many digits as `assistant search` shows: what two machines make of a score beyond them may differ.
_DIGITS = 4
_EXTRACTIVE = "extractive"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was: ``part`` says what it is, ``None`` stands where there was or is none."""

    part: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Replay:
    """A recorded answer and the one that the same question gets now, for the same date and after the same turns.
    ``reasons`` say, a sentence each, what has changed since, also where the answer has not."""

    entry: Entry
    answer: Answer
    differences: tuple[Difference, ...]
    reasons: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether verdict, statements, quotes, caveats and evidence are what they were."""
        return not self.differences

    def as_json(self) -> dict[str, Any]:
        """The replay as plain data."""
        return {
            "id": self.entry.id,
            "same": self.same,
            "differences": [
                {"part": each.part, "before": each.before, "after": each.after} for each in self.differences
            ],
            "reasons": list(self.reasons),
            "answer": self.answer.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Kept:
    """The states that an entry names by their digests: the version of every source by id, and the settings by name."""

    versions: Mapping[str, str]
    settings: Mapping[str, str]


def replay(entry: Entry, kept: Kept, assistant: Assistant, *, groups: frozenset[str] | None = None) -> Replay:
    """Asks the question of an entry again and compares. ``groups`` are those of who reads: what is asked again rests on
    nothing that they may not see, and no other source is named.

    Raises QuestionError where the question cannot be asked any more.
    """
    asker = entry.groups if groups is None else groups if entry.groups is None else entry.groups & groups
    answer = assistant.ask(entry.question, as_of=entry.as_of, history=entry.history, groups=asker)
    differences = tuple(_differences(entry, answer))
    reasons = _reasons(entry, kept, answer, assistant, everything=groups is None)
    if differences and not reasons:
        writer = str(entry.answer["writer"])
        reasons = (
            "Nothing that an answer hangs on has changed; `assistant doctor` says whether the index is sound."
            if writer == _EXTRACTIVE
            else f"Nothing that is recorded has changed, but {writer} need not write the same twice.",
        )
    return Replay(entry, answer, differences, reasons)


def _differences(entry: Entry, answer: Answer) -> list[Difference]:
    # What is kept stays as it is: the texts themselves are compared.
    before, after = entry.answer, answer_json(answer, str)
    found = [
        Difference(part, before[part], after[part]) for part in ("verdict", "writer") if before[part] != after[part]
    ]
    found += _listed("statement", _statements(before), _statements(after))
    found += _listed("caveat", before["caveats"], after["caveats"])
    found += _listed("citation", _citations(before), _citations(after))
    return found + _found(entry.evidence, evidence_json(answer, str))


def _listed(part: str, before: Sequence[str], after: Sequence[str]) -> list[Difference]:
    """What one list has and the other has not; where they have the same in another order, that."""
    gone = [Difference(part, each, None) for each in before if each not in after]
    new = [Difference(part, None, each) for each in after if each not in before]
    if not gone and not new and list(before) != list(after):
        return [Difference(f"order of {part}s", "\n".join(before), "\n".join(after))]
    return gone + new


def _statements(answer: Mapping[str, Any]) -> list[str]:
    by_number = {each["n"]: each for each in answer["citations"]}
    named = (
        "; ".join(f"{by_number[n]['source_id']}, {by_number[n]['provision']}" for n in each["citations"])
        for each in answer["statements"]
    )
    return [f"{each['text']} [{names}]" for each, names in zip(answer["statements"], named, strict=True)]


def _citations(answer: Mapping[str, Any]) -> list[str]:
    return [
        f"{each['source_id']}, {each['provision']} ({_stands(each['standing'])}): {each['quote']}"
        for each in answer["citations"]
    ]


def _found(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """What differs in the evidence: provisions by name, and of those found both times how they were found, how they
    stand, and their words."""
    was, now = ({f"{each['source_id']}, {each['provision']}": each for each in found} for found in (before, after))
    differences = _listed("evidence", list(was), list(now))
    for name in (each for each in was if each in now):
        facts = [f"{_stands(each['standing'])}, score {each['score']:.{_DIGITS}f}" for each in (was[name], now[name])]
        if facts[0] != facts[1]:
            differences.append(Difference(f"evidence {name}", *facts))
        if was[name]["text"] != now[name]["text"]:
            differences.append(Difference(f"words of {name}", was[name]["text"], now[name]["text"]))
    return differences


def _stands(standing: Mapping[str, str | None]) -> str:
    dates = "".join(f" {name} {standing[name]}" for name in ("since", "until", "by") if standing[name])
    return f"{standing['state']}{dates}"


def _reasons(entry: Entry, kept: Kept, answer: Answer, assistant: Assistant, *, everything: bool) -> tuple[str, ...]:
    """What has changed since, of what an answer hangs on. Where not ``everything`` may be told, only those sources are
    named that are in the entry or that the reader sees now."""
    tellable = {*answer.versions, *(each["source_id"] for each in entry.evidence)}
    reasons = []
    sources = changes(kept.versions, answer.versions)
    for word, is_so in (("added", (True, False)), ("changed", (False, False)), ("removed", (False, True))):
        named = [
            each
            for each, (was, now) in sources.items()
            if (was is None, now is None) == is_so and (everything or each in tellable)
        ]
        if named:
            reasons.append(f"The corpus changed: {word} since {', '.join(named)}.")
    for name, (was, now) in changes(kept.settings, settings_of(assistant.settings)).items():
        reasons.append(f"The settings changed: {name} was {_short(was)} and is {_short(now)}.")
    if entry.program != program():
        reasons.append(f"The program changed: it was {entry.program} and is {program()}.")
    if entry.prompt != answer.prompt:
        reasons.append(f"The prompt changed: its hash was {_short(entry.prompt)} and is {_short(answer.prompt)}.")
    return tuple(reasons)


def _short(value: str | None) -> str:
    return "not set" if value is None else repr(value[:64])
