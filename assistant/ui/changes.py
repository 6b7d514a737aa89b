"""Changes to the library: adding with progress and a report, versions and their differences, removing."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from gradio.utils import get_upload_folder

from assistant.adding import AddReport
from assistant.documents.versions import Change, Difference, Version, differences, fields_changed
from assistant.errors import AssistantError, SourceError
from assistant.server.caller import Role
from assistant.server.uploads import Upload, kept
from assistant.ui.desk import Desk
from assistant.ui.pages import render

_LOOK_AGAIN_SECONDS = 0.25


class NotAllowed(AssistantError):
    """The caller's role does not include what was asked for."""


@dataclass
class _Progress:
    """How far an add has come: files read, then passages embedded."""

    read: tuple[int, int] = (0, 0)
    embedded: tuple[int, int] = (0, 0)
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a provision; ``words`` are stretches of it, each kept, gone or come."""

    label: str
    change: str
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Since:
    """What differs from the version before: names of fields, and provisions."""

    fields: tuple[str, ...]
    provisions: tuple[Changed, ...]


async def add(desk: Desk, told: Mapping[str, Any]) -> AsyncIterator[str]:
    """Adds what was sent, saying how far it is, then what became of each file. ``told`` comes from the browser:
    ``files``, each with its ``name`` and the ``path`` where Gradio keeps it, and ``url``."""
    only_curators(desk)
    progress = _Progress()
    adding = asyncio.ensure_future(desk.context.changes.run(lambda: _added(desk, told, progress)))
    while not adding.done():
        yield render("adding.html", desk.wording, read=progress.read, embedded=progress.embedded)
        await asyncio.wait([adding], timeout=_LOOK_AGAIN_SECONDS)
    report = await adding
    waiting = {
        source_id: len(desk.assistant.proposals(source_id, desk.caller.groups))
        for source_id in [*report.added, *report.changed]
    }
    today = dt.date.today().isoformat()
    yield render("report.html", desk.wording, report=report, name_of=desk.name_of, waiting=waiting, today=today)


def versions(desk: Desk, told: Mapping[str, Any]) -> str:
    """The versions of a source, each with what differs from the one before. ``told``: ``source``, ``on``."""
    source_id = str(told.get("source") or "")
    history = desk.assistant.history(source_id, desk.caller.groups)
    pairs = [(version, _since(history[at - 1], version) if at else None) for at, version in enumerate(history)]
    return render(
        "versions.html", desk.wording, source_id=source_id, title=history[-1].source.title, versions=pairs[::-1],
        on=str(told.get("on") or ""),
    )  # fmt: skip


def ask_removal(desk: Desk, told: Mapping[str, Any]) -> str:
    """What removing a source would mean, before it is done. ``told``: ``source``, ``on``."""
    only_curators(desk)
    source = desk.assistant.source(str(told.get("source") or ""), desk.caller.groups)
    return render(
        "removing.html", desk.wording, source=source, count=desk.cited_in(source.id), on=str(told.get("on") or "")
    )


def remove(desk: Desk, told: Mapping[str, Any]) -> str:
    """Removes a source. ``told``: ``source``."""
    only_curators(desk)
    source = desk.assistant.source(str(told.get("source") or ""), desk.caller.groups)
    desk.context.changes.submit(lambda: desk.assistant.remove(source.id)).result()
    return render("done.html", desk.wording, sentence=desk.wording("library.removed", title=source.title))


def _since(former: Version, version: Version) -> Since:
    changed = tuple(
        Changed(each.label, each.change.value, tuple(_words(each)))
        for each in differences(former.source, version.source)
    )
    return Since(fields_changed(former.source, version.source), changed)


def _words(difference: Difference) -> Iterator[tuple[str, str]]:
    """The words of a provision before and after: what is kept, gone and come."""
    if difference.change is Change.RENAMED:
        yield "gone", difference.before or ""
        yield "come", difference.after or ""
        return
    before, after = _cut(difference.before), _cut(difference.after)
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "kept", "".join(before[start:end])
            continue
        if end > start:
            yield "gone", "".join(before[start:end])
        if new_end > new_start:
            yield "come", "".join(after[new_start:new_end])


def _cut(text: str | None) -> list[str]:
    """A text in words, each with the white space after it; Chinese in single signs."""
    return re.findall(r"[\u3400-\u9fff]|[^\s\u3400-\u9fff]+\s*|\s+", text or "")


def _added(desk: Desk, told: Mapping[str, Any], progress: _Progress) -> AddReport:
    def reading(done: int, total: int) -> None:
        progress.read = (done, total)

    def embedding(done: int, total: int) -> None:
        progress.embedded = (done, total)

    sent = [received(each) for each in told.get("files") or ()]
    url = str(told.get("url") or "").strip()
    with ExitStack() as opened:
        uploads = [Upload(name, opened.enter_context(path.open("rb"))) for name, path in sent]
        paths: list[Path | str] = [
            *opened.enter_context(kept(desk.context.settings.data_dir, desk.caller.name, uploads))
        ]
        if url:
            paths.append(url)
        try:
            return desk.assistant.add(paths, progress=embedding, reading=reading, groups=desk.caller.groups)
        finally:
            for _, path in sent:
                path.unlink(missing_ok=True)


def received(given: object) -> tuple[str, Path]:
    """The name and place of a file that the browser has uploaded.

    Raises SourceError where the place is none of an upload's.
    """
    if not isinstance(given, Mapping):
        raise SourceError("the upload", "it did not arrive whole; send it again.")
    name, path = str(given.get("name") or ""), Path(str(given.get("path") or "")).resolve()
    if not path.is_relative_to(Path(get_upload_folder()).resolve()) or not path.is_file():
        raise SourceError(name or "the upload", "it did not arrive whole; send it again.")
    return name, path


def only_curators(desk: Desk) -> None:
    """Raises NotAllowed where the caller may not change the library."""
    if not desk.caller.role.includes(Role.CURATOR):
        raise NotAllowed(desk.wording("library.may_not"))
