"""What a person states of a source beside its file: in a side-car file, with `--set`, or by an edit.

A side-car of ``decree.pdf`` is ``decree.pdf.yaml`` (or ``decree.yaml``) beside it, with any of the fields of front
matter. What is stated takes the place of what the file says and of what was guessed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import ConfigDict, Field, create_model

from assistant.documents import front_matter
from assistant.documents.front_matter import FrontMatter
from assistant.documents.model import PartDate, Source
from assistant.errors import SourceError

_MAX_BYTES = 100_000

# The fields of front matter, none of them required.
_FIELDS: dict[str, Any] = {
    name: (Annotated[info.annotation, Field(), *info.metadata] | None, None)
    for name, info in FrontMatter.model_fields.items()
}
_Partial = create_model("_Partial", __config__=ConfigDict(extra="forbid", frozen=True), **_FIELDS)
_LISTS = frozenset({"groups", "read_from"})
# What one line of text cannot say.
_NOT_ONE_LINE = frozenset({"norms", "reach", "read_with", "steps", "claims", "names", "status_events", "id"})
_REQUIRED = frozenset({"title", "kind", "language"})


def sidecar(file: Path) -> Path | None:
    """The side-car of a file, ``None`` where it has none."""
    for path in (file.with_name(f"{file.name}.yaml"), file.with_suffix(".yaml")):
        if path.is_file():
            return path
    return None


def read(path: Path) -> dict[str, Any]:
    """The fields in a side-car file, checked.

    Raises SourceError where it cannot be read or a field is unknown or has a value it cannot have.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise SourceError(path, f"a side-car has at most {_MAX_BYTES:,} bytes.")
        data = yaml.load(path.read_text(encoding="utf-8"), front_matter.PlainDates)  # noqa: S506 - a SafeLoader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SourceError(path, f"the side-car cannot be read: {error}.") from None
    if not isinstance(data, dict):
        raise SourceError(path, "a side-car is a list of fields such as `issued: 2025-10-09`.")
    return checked(str(path), data)


def parsed(where: str, pairs: Mapping[str, str]) -> dict[str, Any]:
    """Fields from text as it is typed: ``null`` for none, commas between the members of a list.

    Raises SourceError where a field is unknown, needs a file to be said, or has a value it cannot have.
    """
    data: dict[str, Any] = {}
    for name, value in pairs.items():
        if name in _NOT_ONE_LINE:
            raise SourceError(where, f"{name!r} cannot be set on one line; write it in a side-car file.", field=name)
        if name in _LISTS:
            data[name] = [part.strip() for part in value.split(",") if part.strip()]
        else:
            data[name] = None if value.strip() == "null" else value.strip()
    return checked(where, data)


def checked(where: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as they are written, once they are known to be sound.

    Raises SourceError where a field is unknown or has a value it cannot have.
    """
    front_matter.validated(_Partial, where, dict(data))
    missing = next((name for name in data if name in _REQUIRED and data[name] is None), None)
    if missing:
        raise SourceError(where, "every source has one.", field=missing)
    return dict(data)


def status_events(data: list[dict[str, Any]]) -> Any:
    """Status events as they are written, checked. Raises SourceError."""
    return front_matter.validated(_Partial, "status_events", {"status_events": data}).status_events  # type: ignore[attr-defined]


def applied(source: Source, fields: Mapping[str, Any]) -> Source:
    """A source with the fields stated of it, checked before; what was guessed of them is a guess no more."""
    if not fields:
        return source
    data = front_matter.validated(_Partial, source.id, dict(fields))
    source_id = getattr(data, "id", None) or source.id
    changes: dict[str, Any] = {}
    for name in fields:
        value = getattr(data, name)
        if name in ("issued", "effective"):
            value = front_matter.part_dates(value) if value else (PartDate(None),)
        elif name == "status_events":
            name, value = "events", front_matter.events(value or [])
        elif name == "norms":
            value = front_matter.norms(source_id, value or [], getattr(data, "reach", None) or [])
        elif name == "read_with":
            value = front_matter.read_with(source_id, value or [])
        elif name == "steps":
            value = front_matter.steps(source_id, value or [])
        elif name == "claims":
            value = front_matter.claims(source_id, value or [])
        elif name == "names":
            value = front_matter.names(value or {})
        elif name == "reach":
            continue  # said with the norms that it bounds
        elif name == "groups":
            value = frozenset(value or ())
        elif name == "read_from":
            value = tuple(value or ())
        elif name == "id":
            value = source_id
        changes[name] = value
    guesses = tuple(each for each in source.guesses if each.field not in fields)
    provisions = source.provisions
    if source_id != source.id:
        provisions = tuple(dataclasses.replace(each, source_id=source_id) for each in provisions)
    return dataclasses.replace(source, **changes, guesses=guesses, provisions=provisions)
