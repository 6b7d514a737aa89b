"""Bytes → text: the encoding by byte order mark, then as declared, then UTF-8, then by what the text looks like."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from charset_normalizer import from_bytes

from assistant.errors import SourceError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What texts on export control come in. Left to guess among all, short texts pass for the oddest.
_LIKELY = ["gb18030", "big5", "cp1252", "shift_jis", "euc_kr", "cp1251"]
# Written by those who mean the larger encoding.
_MEANT = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "utf-8", "big5": "big5hkscs"}
_SAMPLE = 100_000
# So common that no Chinese text of a few lines is without them, and other writing read as Chinese is.
_COMMON = frozenset("的一是在不有人和国出口为以年月日第条本规定应当可对中大上者及或其下列管理部门务法行")


def decode(where: str, data: bytes, *, declared: str | None = None) -> str:
    """The text of bytes, without a byte order mark.

    Raises SourceError where they are no text in any encoding that is known here.
    """
    for encoding in _candidates(data, declared):
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" in text:
            raise SourceError(where, "the file is not text: it holds NUL bytes.")
        return text
    raise SourceError(where, "the file is not text in any known encoding; save it as UTF-8 and add it again.")


def _candidates(data: bytes, declared: str | None) -> Iterator[str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            yield encoding
            return
    if unmarked := _unmarked_utf16(data):
        yield unmarked
    if declared and (known := _known(declared)):
        yield known
    yield "utf-8"
    if b"\0" in data:
        return
    yield from _guessed(data)


def _known(declared: str) -> str | None:
    try:
        name = codecs.lookup(declared.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    return _MEANT.get(name, name)


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark, told by its spaces and line ends, which hold a NUL; no other text does."""
    head = data[: _SAMPLE & ~1]
    if len(data) % 2 or b"\0" not in head:
        return None
    found = {}
    for encoding in ("utf-16-le", "utf-16-be"):
        text = head.decode(encoding, errors="replace")
        if sum(each.isprintable() or each.isspace() for each in text) >= 0.95 * len(text):
            found[encoding] = text.count(" ") + text.count("\n") + text.count("\u3000")
    best = max(found, key=lambda each: found[each], default=None)
    return best if best is not None and found[best] else None


def _guessed(data: bytes) -> Iterator[str]:
    """Encodings by likelihood. GB18030 goes first where what it gives is common Chinese: detection by statistics needs
    more text than a notice has."""
    sample = _sample(data)
    try:
        chinese = [each for each in sample.decode("gb18030") if "\u4e00" <= each <= "\u9fff"]
    except UnicodeDecodeError:
        chinese = []
    if sum(each in _COMMON for each in chinese) * 20 >= len(chinese) > 0:
        yield "gb18030"
    best = from_bytes(sample, cp_isolation=_LIKELY).best()
    if best is not None:
        yield _MEANT.get(best.encoding, best.encoding)


def _sample(data: bytes) -> bytes:
    """The first lines: a cut inside a character would spoil every guess."""
    if len(data) <= _SAMPLE:
        return data
    head = data[:_SAMPLE]
    return head[: head.rfind(b"\n") + 1] or head
