"""An answer as the journal records it, whole enough to be read when its sources have changed or gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from assistant.answering.model import Answer, standing_json
from assistant.documents.model import Source
from assistant.index.records import version_of
from assistant.retrieval.question import Turn

# Scores are compared when an answer is replayed: this many digits are the same on any machine.
_DIGITS = 6


class Rating(StrEnum):
    """What somebody thought of an answer."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said of an answer."""

    at: dt.datetime
    caller: str
    channel: str
    rating: Rating
    comment: str = ""

    def as_json(self) -> dict[str, Any]:
        """The feedback as plain data."""
        return {
            "at": self.at.isoformat(),
            "caller": self.caller,
            "channel": self.channel,
            "rating": self.rating.value,
            "comment": self.comment,
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """A question and its answer as recorded.

    ``answer`` is the answer's JSON form (`Answer.as_json`), each citation with the ``version`` of its source and the
    whole ``context`` of its quote, each statement with ``spoken``. ``evidence`` is everything found, best first:
    source id, title, provision, text, version, standing and scores. ``corpus`` and ``settings`` are the digests of
    their states, ``prompt`` that of the prompt where a chat model wrote. ``groups`` are the caller's at the time,
    ``None`` for the owner.
    """

    id: str
    at: dt.datetime
    caller: str
    channel: str
    groups: frozenset[str] | None
    history: tuple[Turn, ...]
    answer: Mapping[str, Any]
    evidence: tuple[Mapping[str, Any], ...]
    corpus: str
    settings: str
    program: str
    prompt: str | None
    feedback: tuple[Feedback, ...] = field(default=())

    @property
    def question(self) -> str:
        """What was asked."""
        return str(self.answer["question"])

    @property
    def as_of(self) -> dt.date:
        """The date that was asked about."""
        return dt.date.fromisoformat(self.answer["as_of"])

    @property
    def verdict(self) -> str:
        """The answer's first word."""
        return str(self.answer["verdict"])

    def as_json(self) -> dict[str, Any]:
        """The entry as plain data."""
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "caller": self.caller,
            "channel": self.channel,
            "history": [{"role": turn.role, "content": turn.content} for turn in self.history],
            **self.answer,
            "evidence": list(self.evidence),
            "corpus": self.corpus,
            "settings": self.settings,
            "program": self.program,
            "prompt": self.prompt,
            "feedback": [each.as_json() for each in self.feedback],
        }


def answer_json(answer: Answer, keep: Callable[[str], str]) -> dict[str, Any]:
    """The answer's JSON form with what the journal adds; ``keep`` keeps a text and gives its digest."""
    shown = {**answer.as_json(), "language": answer.language}
    for statement, each in zip(answer.statements, shown["statements"], strict=True):
        each["spoken"] = not statement.quoted
    for citation, each in zip(answer.citations, shown["citations"], strict=True):
        source, provision = citation.quote.source, citation.quote.provision
        each["version"] = _version(answer, source)
        each["path"] = list(provision.path)
        each["context"] = keep(source.quote(provision.span))
    return shown


def evidence_json(answer: Answer, keep: Callable[[str], str]) -> list[dict[str, Any]]:
    """All evidence of an answer as plain data, its texts kept; ``keep`` keeps a text and gives its digest."""
    return [
        {
            "source_id": each.source.id,
            "title": each.source.title,
            "kind": each.source.kind.value,
            "provision": each.provision.label,
            "text": keep(each.source.quote(each.provision.span)),
            "version": _version(answer, each.source),
            "standing": standing_json(each.standing),
            "score": round(each.score, _DIGITS),
            "cosine": round(each.cosine, _DIGITS),
            "lexical": round(each.lexical, _DIGITS),
        }
        for each in answer.evidence
    ]


def restricted(answer: Answer) -> list[list[str]]:
    """The groups of each source in the answer or its evidence that not everybody may see: whoever is to see the entry
    needs one of each."""
    sources = [*(each.source for each in answer.evidence), *(each.quote.source for each in answer.citations)]
    return [list(each) for each in sorted({tuple(sorted(source.groups)) for source in sources} - {()})]


def sources_of(body: Mapping[str, Any]) -> list[str]:
    """The ids of all sources in an entry: cited, in evidence, or named as what a standing rests on."""
    named = [*body["answer"]["citations"], *body["evidence"]]
    by = (each["standing"]["by"] for each in named)
    return sorted({*(each["source_id"] for each in named), *(each for each in by if each)})


def words_of(body: Mapping[str, Any]) -> str:
    """What an entry is found by: the question, the answer, its caveats, and its citations by source and title."""
    answer = body["answer"]
    cited = (f"{each['source_id']} {each['title']} {each['provision']} {each['quote']}" for each in answer["citations"])
    return "\n".join([answer["question"], answer["answer"], *answer["caveats"], *cited])


def rests_on(body: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    """The provisions that an answer rests on, by source id, label, and the labels above and its own, one a line; none
    where it abstains: then what it cites is only what comes nearest."""
    if body["answer"]["abstained"]:
        return set()
    return {
        (each["source_id"], each["provision"], "\n".join([*each["path"], each["provision"]]))
        for each in body["answer"]["citations"]
    }


def texts_of(body: Mapping[str, Any]) -> set[str]:
    """The digests of the kept texts that a record refers to."""
    if body["kind"] != "answer":
        return set()
    cited = {each["context"] for each in body["answer"]["citations"]}
    return cited | {each["text"] for each in body["evidence"]} | {body["corpus"], body["settings"]}


def entry_of(body: Mapping[str, Any], text: Callable[[str], str], feedback: Iterable[Mapping[str, Any]]) -> Entry:
    """The entry that a record holds; ``text`` gives a kept text for its digest."""
    answer = {**body["answer"]}
    answer["citations"] = [{**each, "context": text(each["context"])} for each in answer["citations"]]
    return Entry(
        id=body["id"],
        at=dt.datetime.fromisoformat(body["at"]),
        caller=body["caller"],
        channel=body["channel"],
        groups=None if body["groups"] is None else frozenset(body["groups"]),
        history=tuple(Turn(**turn) for turn in body["history"]),
        answer=answer,
        evidence=tuple({**each, "text": text(each["text"])} for each in body["evidence"]),
        corpus=body["corpus"],
        settings=body["settings"],
        program=body["program"],
        prompt=body["prompt"],
        feedback=tuple(feedback_of(each) for each in feedback),
    )


def feedback_of(body: Mapping[str, Any]) -> Feedback:
    """The feedback that a record holds."""
    at = dt.datetime.fromisoformat(body["at"])
    return Feedback(at, body["caller"], body["channel"], Rating(body["rating"]), body["comment"])


def history_json(history: Sequence[Turn]) -> list[dict[str, str]]:
    """Earlier turns as plain data."""
    return [{"role": turn.role, "content": turn.content} for turn in history]


def changed_since(entry: Entry, source_id: str, now: Source | None) -> tuple[str, ...]:
    """The provisions of a source, by label, that an answer cites and that no longer read as they did: their words have
    changed, or they have gone. ``now`` is the source as it is, ``None`` where it has gone as a whole."""
    cited = {each["provision"]: each["context"] for each in entry.answer["citations"] if each["source_id"] == source_id}
    present = {each.label: now.quote(each.span) for each in now.provisions} if now else {}
    return tuple(label for label, words in cited.items() if present.get(label) != words)


def _version(answer: Answer, source: Source) -> str:
    return answer.versions.get(source.id) or version_of(source)
