"""Provisions → passages: what is embedded and ranked, each small enough for the encoder to read whole."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from assistant.documents.invisible import seen
from assistant.documents.model import Provision, Source, Span
from assistant.index.records import Passage

# A sentence or two: an item of a long list is found by its own words, and the encoder's 256 tokens are never cut.
_PIECE_MAX = 300
LINE_MARKS = re.compile(r"^[ \t]*(?:>[ \t]?)*(?:\[!\w+\])?(?:[-*+•][ \t]+)?", re.MULTILINE)


def passages(source: Source, version: str, encoder_identity: str) -> list[Passage]:
    """The passages of a version of a source, named by its digest, in the order of its text: a provision is one, a long
    one several, cut at sentences."""
    return [
        Passage(source.id, provision.label, piece, _vector_id(source, provision, piece, encoder_identity), version)
        for provision in source.provisions
        for piece in _pieces(provision)
    ]


def context(source: Source, label: str) -> str:
    """The heading a passage is embedded under: without it "Art. 5" of one act reads like that of another."""
    return f"{source.title}, {label}"


def embedded_text(source: Source, label: str, piece: Span) -> str:
    """The words that are embedded for a passage: its heading, then its text."""
    return f"{context(source, label)}: {plain_text(source.quote(piece))}"


def plain_text(raw: str) -> str:
    """A stretch of stored text as it is read: without list and quotation marks at the start of its lines and without
    characters that show nothing, white space folded."""
    return " ".join(seen(LINE_MARKS.sub("", raw)).split())


def _pieces(provision: Provision) -> Iterator[Span]:
    start = end = None
    for sentence in provision.sentences:
        if start is not None and end is not None and sentence.end - start > _PIECE_MAX:
            yield Span(start, end)
            start = None
        start = sentence.start if start is None else start
        end = sentence.end
    if start is not None and end is not None:
        yield Span(start, end)


def _vector_id(source: Source, provision: Provision, piece: Span, encoder_identity: str) -> str:
    content = "\0".join((encoder_identity, embedded_text(source, provision.label, piece)))
    return hashlib.sha256(content.encode()).hexdigest()[:32]
