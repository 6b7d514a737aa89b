"""The versions of a source, and what differs between them, for people at a terminal and as plain data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from assistant.documents.naming import long_date
from assistant.documents.versions import Change, Difference, Retired, Version, differences, fields_changed

_RETIRED = {Retired.CORRECTED: "corrected", Retired.REMOVED: "removed"}


def show_versions(pairs: Iterable[tuple[Version | None, Version]], *, with_words: bool) -> None:
    """Versions, each with the one before it: when they came and went, and what they changed, on demand word by word."""
    console = Console(highlight=False)
    for former, each in pairs:
        _show_version(console, each, former)
        if with_words and former is not None:
            for difference in differences(former.source, each.source):
                _show_difference(console, difference)


def version_json(version: Version, former: Version | None) -> dict[str, Any]:
    """A version as plain data, with what differs from the one before it."""
    return {
        "number": version.number,
        "digest": version.digest,
        "title": version.source.title,
        "origin": version.origin,
        "added": version.added.isoformat() if version.added else None,
        "holds_from": version.holds_from.isoformat() if version.holds_from else None,
        "retired": version.retired.isoformat() if version.retired else None,
        "reason": version.reason.value if version.reason else None,
        "fields": list(fields_changed(former.source, version.source)) if former else [],
        "differences": [
            {"provision": each.label, "change": each.change.value, "before": each.before, "after": each.after}
            for each in (differences(former.source, version.source) if former else ())
        ],
    }


def _show_version(console: Console, version: Version, former: Version | None) -> None:
    added = f"added {version.added:%Y-%m-%d %H:%M} UTC" if version.added else "added before versions were kept"
    facts = [added, f"from {version.origin}", version.digest[:12]]
    if version.holds_from:
        facts.append(f"its wording holds from {long_date(version.holds_from)}")
    if version.retired and version.reason:
        facts.append(f"{_RETIRED[version.reason]} {version.retired:%Y-%m-%d %H:%M} UTC, answers no longer")
    console.print(f"[bold]Version {version.number}[/] [dim]{escape(' · '.join(facts))}[/]", soft_wrap=True)
    console.print(Padding("\n".join(map(escape, _summary(version, former))), (0, 0, 1, 2)))


def _summary(version: Version, former: Version | None) -> Iterator[str]:
    """What a version brought, in a line or a few."""
    if former is None:
        yield f"{version.source.title} ({len(version.source.provisions)} provisions)"
        return
    if fields := fields_changed(former.source, version.source):
        yield f"fields: {', '.join(fields)}"
    found = list(differences(former.source, version.source))
    for change in Change:
        labels = [each.label for each in found if each.change is change]
        if labels:
            yield f"{change.value}: {', '.join(labels[:8])}{f' and {len(labels) - 8} more' if len(labels) > 8 else ''}"
    if not fields and not found:
        yield "no difference in what is cited"


def _show_difference(console: Console, difference: Difference) -> None:
    console.print(f"  [bold]{escape(difference.label)}[/] [dim]{difference.change.value}[/]")
    console.print(Padding("".join(_marked(difference)), (0, 0, 1, 4)))


def _marked(difference: Difference) -> Iterator[str]:
    """The words of both, what went struck out in brackets with a minus, what came in brackets with a plus: colour alone
    says nothing to whoever cannot see it."""
    before, after = _words(difference.before or ""), _words(difference.after or "")
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old, new = escape("".join(before[start:end])), escape("".join(after[new_start:new_end]))
        if tag == "equal":
            yield old
            continue
        if old:
            yield f"[red strike]{escape('[-')}{old}{escape('-]')}[/]"
        if new:
            yield f"[green]{escape('[+')}{new}{escape('+]')}[/]"


def _words(text: str) -> list[str]:
    """Words with the space after them; every Chinese character by itself."""
    return re.findall(r"[\u4e00-\u9fff]|[^\s\u4e00-\u9fff]+\s*|\s+", text)
