"""Files → sources. One module a format; this one picks the loader and keeps what all of them need.

``load(path)`` reads one file; ``find(path)`` lists the files of a folder that can be read.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.documents.loaders import markdown, text
from assistant.documents.model import Source
from assistant.errors import SourceError

MAX_FILE_BYTES = 20_000_000
_LOADERS: dict[str, Callable[[str, str], Source]] = {".md": markdown.load, ".txt": text.load}


def find(path: Path) -> list[Path]:
    """The files to read at a path: the file itself, or every Markdown and text file under a folder in name order,
    but not its README.md files, which speak about the folder.

    Raises SourceError where nothing readable is there.
    """
    try:
        is_folder, is_file, exists = path.is_dir(), path.is_file(), path.exists()
    except OSError as error:
        raise SourceError(path, f"the path cannot be used: {error.strerror}.") from None
    if is_folder:
        files = sorted(
            each for each in path.rglob("*") if each.suffix in _LOADERS and each.name != "README.md" and each.is_file()
        )
        if not files:
            raise SourceError(path, f"the folder holds no {' or '.join(_LOADERS)} file.")
        return files
    if not is_file:
        raise SourceError(path, "this is no file or folder." if exists else "there is no such file or folder.")
    if path.suffix.lower() not in _LOADERS:
        raise SourceError(path, f"only {' and '.join(_LOADERS)} files can be added.")
    return [path]


def load(path: Path) -> Source:
    """One file as a source.

    Raises SourceError where the file cannot be read, is not text, or breaks the front matter's schema.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise SourceError(path, f"the file has {size:,} bytes; at most {MAX_FILE_BYTES:,} are read.")
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(path, f"the file cannot be read: {error.strerror}.") from None
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(path, f"the file is not text in UTF-8 (byte {error.start:,} is not).") from None
    if "\0" in content:
        raise SourceError(path, "the file is not text: it holds NUL bytes.")
    source = _LOADERS[path.suffix.lower()](str(path), content)
    if not source.provisions:
        raise SourceError(path, "the file holds no text to answer from.")
    return source
