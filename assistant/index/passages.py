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
_HEADING_MAX = 120
_LONGEST_HEADING = 90
_ENDS_A_SENTENCE = (".", ";", ":", ")", "。", "；", "：")
LINE_MARKS = re.compile(r"^[ \t]*(?:>[ \t]?)*(?:\[!\w+\])?(?:[-*+•][ \t]+)?", re.MULTILINE)


def passages(source: Source, version: str, encoder_identity: str) -> list[Passage]:
    """The passages of a version of a source, named by its digest, in the order of its text: a provision is one, a long
    one several, cut at sentences."""
    return [passage for passage, _ in with_words(source, version, encoder_identity)]


def with_words(source: Source, version: str, encoder_identity: str) -> list[tuple[Passage, str]]:
    """The passages of a version of a source, each with the words that are embedded for it."""
    found = []
    for provision in source.provisions:
        for piece in _pieces(provision):
            words = embedded_text(source, provision, piece)
            vector_id = hashlib.sha256(f"{encoder_identity}\0{words}".encode()).hexdigest()[:32]
            found.append((Passage(source.id, provision.label, piece, vector_id, version), words))
    return found


def context(source: Source, provision: Provision) -> str:
    """The heading a passage is embedded under: without it "Art. 5" of one act reads like that of another."""
    heading = provision.heading
    titled = f" ({heading})" if heading and len(heading) <= _HEADING_MAX else ""
    return f"{source.title}, {provision.label}{titled}"


def embedded_text(source: Source, provision: Provision, piece: Span) -> str:
    """The words that are embedded for a passage: its heading, the sentence it completes, then its text."""
    lead_in = provision.lead_in
    before = f"{plain_text(source.quote(lead_in))} " if lead_in and lead_in.end - lead_in.start <= _PIECE_MAX else ""
    return f"{context(source, provision)}: {before}{plain_text(source.quote(piece))}"


def plain_text(raw: str) -> str:
    """A stretch of stored text as it is read: without list and quotation marks at the start of its lines and without
    characters that show nothing, white space folded."""
    return " ".join(seen(LINE_MARKS.sub("", raw)).split())


def is_heading(text: str) -> bool:
    """Whether a passage, as it is read, looks like a heading: short, and no sentence."""
    return len(text) < _LONGEST_HEADING and not text.endswith(_ENDS_A_SENTENCE)


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
