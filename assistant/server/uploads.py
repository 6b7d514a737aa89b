"""Uploaded files on their way into the index: under a name that is a name and nothing more, in a folder that is empty
again afterwards. The folder is the caller's own, so that a file sent again is known to be the same."""

from __future__ import annotations

import hashlib
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock

from assistant.errors import SourceError

_FOLDER = "uploads"
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent."""

    name: str
    content: BinaryIO


def checked_name(name: str | None) -> str:
    """The name of an uploaded file. Raises SourceError where it is a path, hidden, too long, or not printable."""
    name = unicodedata.normalize("NFC", name or "")
    shown = name[:_LONGEST_NAME].encode("ascii", "backslashreplace").decode() or "the upload"
    if not name:
        raise SourceError("the upload", "the file has no name; send it with one, such as announcement.pdf.")
    if any(sign in name for sign in "/\\:") or name.startswith("."):
        raise SourceError(shown, "the file's name is a path or is hidden; send a plain name, such as announcement.pdf.")
    if len(name.encode(errors="replace")) > _LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise SourceError(shown, f"the file's name must be printable and at most {_LONGEST_NAME} bytes long.")
    return name


@contextmanager
def kept(data_dir: Path, caller: str, uploads: Sequence[Upload]) -> Iterator[list[Path]]:
    """The uploads of a caller as files while they are read.

    Raises SourceError where a name cannot be used or two files have one.
    """
    names = [checked_name(each.name) for each in uploads]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SourceError(twice, "two files of one upload have this name.")
    folder = data_dir / _FOLDER / hashlib.sha256(caller.encode(errors="replace")).hexdigest()[:16]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        try:
            folder.mkdir(exist_ok=True)
            for name, upload in zip(names, uploads, strict=True):
                with (folder / name).open("wb") as file:
                    shutil.copyfileobj(upload.content, file)
            yield [folder / name for name in names]
        finally:
            shutil.rmtree(folder, ignore_errors=True)
