"""The Journal page: past questions, found again, and the answers that rest on a source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.errors import AssistantError
from assistant.journal import Entry, Filter, Rating
from assistant.server.caller import Role
from assistant.ui.desk import Desk
from assistant.ui.pages import render

_PAGE = 40


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in the list. ``changed`` names the sources that have another version since, or are gone."""

    entry: str
    question: str
    verdict: str
    as_of: str
    asked: str
    caller: str
    channel: str
    sources: str
    feedback: str
    changed: str


def show(desk: Desk, told: Mapping[str, Any]) -> str:
    """The newest entries that fit. ``told`` comes from the browser: ``words``, ``resting`` (a source id), ``before``
    (the entry to go on after)."""
    if desk.caller.is_anonymous:
        return render("journal.html", desk.wording, lines=[], total=0, words="", resting="", more="", may_verify=False)
    words, resting = str(told.get("words") or ""), str(told.get("resting") or "")
    own = desk.caller.name if desk.caller.role is Role.READER else None
    if resting:
        found = [
            each
            for each in desk.journal.resting_on(resting, groups=desk.caller.groups)
            if own is None or each.caller == own
        ]
        total, more = len(found), ""
    else:
        wanted = Filter(words=words, caller=own)
        found = desk.journal.search(wanted, limit=int(told.get("limit") or _PAGE), groups=desk.caller.groups)
        total = desk.journal.count(wanted, groups=desk.caller.groups)
        more = str(len(found) + _PAGE) if total > len(found) else ""
    return render(
        "journal.html",
        desk.wording,
        lines=_lines(desk, found),
        total=total,
        words=words,
        resting=desk.name_of(resting) if resting else "",
        more=more,
        may_verify=desk.caller.role.includes(Role.ADMIN),
    )


def verify(desk: Desk, told: Mapping[str, Any]) -> str:
    """Whether the chain of entries is whole."""
    del told
    if not desk.caller.role.includes(Role.ADMIN):
        raise AssistantError(desk.wording("journal.not_yours"))
    checked = desk.journal.verify()
    if checked.problem is None:
        sentence = desk.wording("journal.verified", count=checked.records)
    else:
        sentence = desk.wording("journal.broken", what=checked.problem)
    return render("sentence.html", desk.wording, sentence=sentence, good=checked.sound)


def _lines(desk: Desk, entries: Sequence[Entry]) -> list[Line]:
    present = desk.assistant.index.snapshot(desk.caller.groups).versions
    words = desk.wording
    lines = []
    for each in entries:
        cited = {citation["source_id"]: citation["version"] for citation in each.answer["citations"]}
        changed = [desk.name_of(source) for source, version in cited.items() if present.get(source) != version]
        lines.append(
            Line(
                entry=each.id,
                question=each.question,
                verdict=each.verdict,
                as_of=words.date(each.as_of),
                asked=f"{words.date(each.at.date())}, {each.at:%H:%M} UTC",
                caller=each.caller,
                channel=each.channel,
                sources=" · ".join(dict.fromkeys(desk.name_of(source) for source in cited)),
                feedback=_feedback(desk, each),
                changed=" · ".join(changed),
            )
        )
    return lines


def _feedback(desk: Desk, entry: Entry) -> str:
    if not entry.feedback:
        return ""
    last = entry.feedback[-1]
    if last.rating is Rating.HELPFUL:
        return desk.wording("journal.feedback_good")
    reason, _, comment = last.comment.partition(": ")
    known = desk.wording.under("ask.reasons")
    said = [known.get(reason, reason), comment]
    return desk.wording("journal.feedback_bad", reason=" – ".join(each for each in said if each) or "–")
