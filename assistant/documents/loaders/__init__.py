"""Files → sources. One module a format; this one picks it by what the file holds, and keeps what all of them need.

``find(path)`` lists what there is to read at a path, ``read(path)`` reads one file, ``load(path)`` gives its source.
A file that somebody else made is read in a process of its own: `batch.Batch` does that.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from assistant.documents.blocks import RawDocument
from assistant.documents.loaders.content import SUFFIXES, Format, format_of
from assistant.documents.loaders.encodings import decode
from assistant.documents.loaders.files import find
from assistant.documents.model import Source
from assistant.documents.naming import is_address
from assistant.documents.sources import source_of
from assistant.errors import SourceError
from assistant.settings import ReadingSettings

__all__ = ["SUFFIXES", "Format", "Loaded", "find", "load", "read"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A source as read, what it was read from, and sentences for whoever adds it on what could not be read."""

    source: Source
    format: Format
    notices: tuple[str, ...] = ()


def load(path: Path) -> Source:
    """One file as a source; see `read`."""
    return read(path).source


def read(
    path: Path, *, name: str | None = None, limits: ReadingSettings | None = None, charset: str | None = None
) -> Loaded:
    """Reads one file. ``name`` is what it is called where its bytes stand under another name: its path in an archive,
    or its address, then with the ``charset`` that its server declared.

    Raises SourceError where the file cannot be read, is too large, is in no format known here, or holds no text.
    """
    where = name or str(path)
    limits = limits or ReadingSettings()
    try:
        size = path.stat().st_size
        if size > limits.max_file_bytes:
            raise SourceError(where, f"the file has {size:,} bytes; at most {limits.max_file_bytes:,} are read.")
        found = format_of(where, path)
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(where, f"the file cannot be read: {error.strerror}.") from None
    if found is Format.MARKDOWN:
        from assistant.documents.loaders import markdown

        loaded = Loaded(markdown.load(where, _bounded(where, decode(where, data), limits)), found)
    else:
        try:
            document = _document(where, found, data, limits, charset)
        except (SourceError, MemoryError, RecursionError):
            raise
        except Exception as error:  # noqa: BLE001 - a broken file can make its reader raise anything; it costs that file
            what = f"the file is damaged: its reader fails on it ({type(error).__name__})."
            raise SourceError(where, what) from None
        _bounded(where, document.text, limits)
        source = source_of(document)
        if is_address(where):  # what the page itself calls its address may be anything
            source = dataclasses.replace(source, url=where)
        loaded = Loaded(source, found, document.notices)
    if not loaded.source.provisions:
        raise SourceError(where, " ".join(("the file holds no text to answer from.", *loaded.notices)))
    return loaded


def _document(where: str, found: Format, data: bytes, limits: ReadingSettings, charset: str | None) -> RawDocument:
    """The document in bytes of a format. A loader is imported when first needed: the built-in corpus is Markdown, and
    opening it waits for no PDF library."""
    match found:
        case Format.PDF:
            from assistant.documents.loaders import pdf

            return pdf.read(where, data, limits)
        case Format.DOCX:
            from assistant.documents.loaders import docx

            return docx.read(where, data, limits)
        case Format.HTML:
            from assistant.documents.loaders import html

            return html.read(where, _bounded(where, html.decoded(where, data, charset), limits))
        case Format.TEXT:
            from assistant.documents.loaders import text

            return text.read(where, _bounded(where, decode(where, data, declared=charset), limits))
        case _:
            raise SourceError(where, "an archive is no document; its files are read one by one.")


def _bounded(where: str, text: str, limits: ReadingSettings) -> str:
    if len(text) > limits.max_characters:
        raise SourceError(
            where,
            f"the file holds {len(text):,} characters of text; at most {limits.max_characters:,} are read. "
            "Split it, or raise max_characters.",
        )
    return text
