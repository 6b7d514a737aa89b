"""What an answer hangs on besides the sources, so that a replay can say what changed: settings, vocabulary, program."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

import assistant
from assistant.settings import Settings, packaged

# These say where things are kept, how the service runs and what it keeps; no answer hangs on them.
_ELSEWHERE = {"data_dir", "corpus_dir", "write_wait_seconds", "reading", "server", "journal", "slack", "webhook"}
_PACKAGE = Path(assistant.__file__).parent
# The packages that make an answer, and none that only shows or measures it.
_ANSWERING = ("documents", "index", "retrieval", "answering", "assistant.py")


def settings_of(settings: Settings) -> dict[str, str]:
    """The settings that answers hang on, by name, no secret among them, and a digest of each file of words that the
    assistant reads questions and writes answers with."""
    files = sorted(settings.corpus_dir.glob("*.yaml")) + sorted(path for path in _prompts() if path.is_file())
    named = {f"file {path.name}": _digest([path]) for path in files}
    return {**dict(_flat(settings, _ELSEWHERE)), **named}


@cache
def program() -> str:
    """The program's version and a digest of the code that makes answers."""
    try:
        number = version("export-control-assistant")
    except PackageNotFoundError:  # run from a checkout that was never installed
        number = "unreleased"
    code = (path for name in _ANSWERING for path in _python(_PACKAGE / name))
    return f"{number} {_digest(code)[:16]}"


def _prompts() -> Iterable[Path]:
    return packaged("prompts").rglob("*")


def _python(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _flat(model: BaseModel, leave_out: Iterable[str] = (), prefix: str = "") -> Iterable[tuple[str, str]]:
    for name in type(model).model_fields:
        value: Any = getattr(model, name)
        if name in leave_out or isinstance(value, SecretStr):
            continue
        if isinstance(value, BaseModel):
            yield from _flat(value, prefix=f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str | None, str | None]]:
    """By name, what differs between two mappings: the former value and the later, ``None`` where there is none."""
    names = sorted({*before, *after})
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}
