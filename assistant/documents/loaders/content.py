"""What a file is, by its first bytes; its name decides only between kinds of text."""

from __future__ import annotations

import re
import zipfile
from enum import StrEnum
from pathlib import Path

from assistant.errors import SourceError


class Format(StrEnum):
    """The formats that can be read, by their media types."""

    MARKDOWN = "text/markdown"
    TEXT = "text/plain"
    HTML = "text/html"
    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ZIP = "application/zip"


SUFFIXES = {
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".txt": Format.TEXT,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".pdf": Format.PDF,
    ".docx": Format.DOCX,
    ".zip": Format.ZIP,
}
_REFUSED = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office file of the old kind (.doc, .xls, .ppt); save it as .docx or PDF"),
    (b"{\\rtf", "rich text (RTF); save it as .docx or PDF"),
    (b"\x89PNG", "a picture; text in pictures is not read"),
    (b"\xff\xd8\xff", "a picture; text in pictures is not read"),
    (b"GIF8", "a picture; text in pictures is not read"),
    (b"II*\0", "a picture; text in pictures is not read"),
    (b"MM\0*", "a picture; text in pictures is not read"),
    (b"7z\xbc\xaf", "a 7-Zip archive; unpack it and add the folder"),
    (b"Rar!", "a RAR archive; unpack it and add the folder"),
    (b"\x1f\x8b", "a gzip archive; unpack it and add the folder"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_HEAD = 2_048
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_PACKAGES = {"word/document.xml": Format.DOCX}
_OTHER_PACKAGES = {
    "xl/workbook.xml": "an Excel workbook; save its sheets as PDF or HTML",
    "ppt/presentation.xml": "a PowerPoint presentation; save it as PDF",
    "content.xml": "an OpenDocument file; save it as .docx or PDF",
    "META-INF/container.xml": "an e-book; save it as PDF or HTML",
}


def format_of(where: str, path: Path) -> Format:
    """The format of a file. ``where`` is what it is called, ``path`` where its bytes are.

    Raises SourceError where it is none that can be read, saying what it is; OSError where it cannot be read at all.
    """
    named = SUFFIXES.get(path.suffix.lower())
    with path.open("rb") as file:
        head = file.read(_HEAD)
    found = _by_content(where, path, head)
    if found is not None:
        return found
    if named in (Format.PDF, Format.DOCX, Format.ZIP):
        raise SourceError(where, f"the file's name ends in {path.suffix}, but that is not what it holds.")
    return named or Format.TEXT


def _by_content(where: str, path: Path, head: bytes) -> Format | None:
    """The format that the first bytes tell; ``None`` where they look like plain text."""
    for magic, what in _REFUSED:
        if head.startswith(magic):
            raise SourceError(where, f"the file is {what}.")
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _package(where, path)
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        return Format.HTML
    return None


def _package(where: str, path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError):
        raise SourceError(where, "the file is damaged or cut short: its ZIP directory cannot be read.") from None
    for name, found in _PACKAGES.items():
        if name in names:
            return found
    for name, what in _OTHER_PACKAGES.items():
        if name in names:
            raise SourceError(where, f"the file is {what}.")
    return Format.ZIP
