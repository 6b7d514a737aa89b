"""What there is to read at a path: one file, or the files of a folder that have a name of a known kind."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from assistant.documents.loaders.content import SUFFIXES
from assistant.errors import SourceError

_KINDS = "Markdown, text, HTML, PDF, Word (.docx) and ZIP"


def find(path: Path) -> list[Path]:
    """The files to read at a path: the file itself, or every file of a known kind under a folder in name order, but
    not README.md, which speaks about the folder, and nothing hidden.

    Raises SourceError where nothing readable is there.
    """
    try:
        is_folder, is_file, exists = path.is_dir(), path.is_file(), path.exists()
    except OSError as error:
        raise SourceError(path, f"the path cannot be used: {error.strerror}.") from None
    if is_folder:
        files = sorted(_walk(path))
        if not files:
            raise SourceError(path, f"the folder holds no file of the kinds that can be read: {_KINDS}.")
        return files
    if not is_file:
        raise SourceError(path, "this is no file or folder." if exists else "there is no such file or folder.")
    if path.suffix and path.suffix.lower() not in SUFFIXES:
        raise SourceError(path, f"a {path.suffix} file cannot be read; what can: {_KINDS}.")
    return [path]


def _walk(folder: Path) -> Iterator[Path]:
    """Links to folders are not followed, and links to files only inside the folder that was named: whoever can write
    into a shared folder must not be able to have a file of somebody else's machine read."""
    root = folder.resolve()
    for at, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if not is_hidden(each)]
        for name in names:
            file = Path(at, name)
            if is_hidden(name) or name == "README.md" or file.suffix.lower() not in SUFFIXES:
                continue
            if file.is_file() and (not file.is_symlink() or file.resolve().is_relative_to(root)):
                yield file


def is_hidden(name: str) -> bool:
    """Names of what systems and programs leave behind: hidden files, Word's lock files, a Mac's archive folder."""
    return name.startswith((".", "~$", "__MACOSX"))


def digest_of(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal. Raises OSError."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
