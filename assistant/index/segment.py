"""A file of passages as they are searched: their vectors, their postings and where they stand, read where it lies.

It is written once, whole, before the commit that refers to it, and never changed. Everything in it is in the catalogue
too, so a file that is missing or damaged costs the time to write it again.
"""

from __future__ import annotations

import json
import mmap
import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.documents.language import guess_language
from assistant.documents.model import Span
from assistant.index.lexical import as_written, tokens
from assistant.index.passages import is_heading, plain_text
from assistant.index.postings import Postings
from assistant.index.records import Passage
from assistant.index.vocabulary import Vocabulary
from assistant.index.wordings import Wordings, spread

_MAGIC = b"passages 2\n"
_ALIGNED = 64
_COLUMNS = ("firsts", "spans", "labels", "label_bounds", "ids", "vectors", "are_headings", "are_chinese")
# Something of all that is read off a passage: stems, stop words, codes, numbers, hyphens, marks, both scripts.
_SPECIMEN = (
    "> - Exporters' licences for rare-earth/permanent-magnet alloys (1E902.b, 2846.90) of 1,500 kg were not asked for;",
    "Technical assistance with the smelting, separation and recycling of what any of them is made of",
    "Deemed re-exports by foreign affiliates: prohibited unless otherwise authorised under Art. 5(2).",
    "〔2025〕第61號 稀土相關技術出口管制的決定",
    "第二条 未经许可，出口经营者不得出口0.1%以上的钐、镝。",
)


class SegmentUnusable(Exception):
    """A segment's file is missing, damaged, or was not made as this program makes it. What it holds is in the
    catalogue."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Passages, those of one version of a source side by side and in order of its text.

    ``documents`` names these versions by source id and digest, ``firsts`` (int64) is where the rows of each begin and
    the last ends. Of every row: its ``vectors`` (float32, a row each), its vector's id (``ids``, 16 bytes), where it
    starts and ends in its source's text (``spans``, int32, two columns), its label, the bytes of ``labels`` from one of
    ``label_bounds`` to the next, whether it looks like a heading and whether it is in Chinese (bool), its ``terms``, in
    the text's order and as ``postings``, and its ``words`` as they are written.
    """

    name: str
    documents: Sequence[tuple[str, str]]
    firsts: np.ndarray
    spans: np.ndarray
    labels: np.ndarray
    label_bounds: np.ndarray
    ids: np.ndarray
    vectors: np.ndarray
    are_headings: np.ndarray
    are_chinese: np.ndarray
    terms: Wordings
    words: Wordings
    postings: Postings
    digest: int = field(default=0)

    def __len__(self) -> int:
        return int(self.firsts[-1])

    def passage(self, row: int, document: int) -> Passage:
        """The passage at a row, of the document at that place in ``documents``."""
        source_id, version = self.documents[document]
        label = self.labels[self.label_bounds[row] : self.label_bounds[row + 1]].tobytes().decode()
        start, end = self.spans[row].tolist()
        return Passage(source_id, label, Span(start, end), self.ids[row].tobytes().hex(), version)


def made(
    name: str,
    documents: Iterable[tuple[tuple[str, str], Sequence[tuple[Passage, str]]]],
    vectors: Mapping[str, np.ndarray],
    dimension: int,
) -> Segment:
    """A segment of the passages of some versions, each with the words it is found by. One whose vector is not given
    gets zeros, which are near to nothing."""
    keys, passages, words, counts = [], [], [], []
    for key, found in documents:
        keys.append(key)
        counts.append(len(found))
        passages += [passage for passage, _ in found]
        words += [text for _, text in found]
    labels = [each.label.encode() for each in passages]
    terms = Wordings.of(map(tokens, words))
    rows = np.zeros((len(passages), dimension), dtype="<f4")
    for row, each in enumerate(passages):
        if each.vector_id in vectors:
            rows[row] = vectors[each.vector_id]
    return Segment(
        name=name,
        documents=keys,
        firsts=np.cumsum([0, *counts], dtype=np.int64),
        spans=np.array([(each.span.start, each.span.end) for each in passages], dtype=np.int32).reshape(-1, 2),
        labels=np.frombuffer(b"".join(labels), dtype=np.uint8),
        label_bounds=np.cumsum([0, *map(len, labels)], dtype=np.int64),
        ids=np.frombuffer(bytes.fromhex("".join(each.vector_id for each in passages)), dtype=np.uint8).reshape(-1, 16),
        vectors=rows,
        are_headings=np.array([is_heading(text) for text in words], dtype=bool),
        are_chinese=np.array([guess_language(text) == "zh" for text in words], dtype=bool),
        terms=terms,
        words=Wordings.of(map(as_written, words)),
        postings=Postings.of(terms),
    )


def merged(name: str, parts: Sequence[tuple[Segment, Sequence[int]]]) -> Segment:
    """One segment of several: of each the documents at the places given, in their order."""
    kept = [(segment, _rows(segment, places)) for segment, places in parts]
    label_bytes, label_lengths = [], []
    for segment, rows in kept:
        lengths = np.diff(segment.label_bounds)[rows]
        label_bytes.append(segment.labels[spread(segment.label_bounds[rows], lengths)])
        label_lengths.append(lengths)
    terms = Wordings.merged([(segment.terms, rows) for segment, rows in kept])
    counts = [np.diff(segment.firsts)[list(places)] for segment, places in parts]
    return Segment(
        name=name,
        documents=[segment.documents[place] for segment, places in parts for place in places],
        firsts=np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64),
        spans=np.concatenate([segment.spans[rows] for segment, rows in kept]),
        labels=np.concatenate(label_bytes),
        label_bounds=np.concatenate([[0], np.cumsum(np.concatenate(label_lengths))]).astype(np.int64),
        ids=np.concatenate([segment.ids[rows] for segment, rows in kept]),
        vectors=_stacked([segment.vectors[rows] for segment, rows in kept]),
        are_headings=np.concatenate([segment.are_headings[rows] for segment, rows in kept]),
        are_chinese=np.concatenate([segment.are_chinese[rows] for segment, rows in kept]),
        terms=terms,
        words=Wordings.merged([(segment.words, rows) for segment, rows in kept]),
        postings=Postings.of(terms),
    )


def _stacked(vectors: Sequence[np.ndarray]) -> np.ndarray:
    """Vectors one after the other; where there are none a segment does not know their dimension."""
    return np.concatenate([each for each in vectors if len(each)] or vectors[:1])


def _rows(segment: Segment, places: Sequence[int]) -> np.ndarray:
    """The rows of the documents at some places, in their order."""
    firsts = np.asarray(segment.firsts)[list(places)]
    return spread(firsts, np.diff(segment.firsts)[list(places)])


def write(segment: Segment, folder: Path) -> None:
    """Writes a segment into a folder under its name, on the disk before this returns. Raises OSError."""
    arrays = _arrays(segment)
    places, at, check = {}, 0, 0
    for name, values in arrays.items():
        places[name] = [values.dtype.str, list(values.shape), at]
        at += -(-values.nbytes // _ALIGNED) * _ALIGNED
        check = zlib.crc32(values.data.cast("B") if values.size else b"", check)
    told = {"documents": segment.documents, "arrays": places, "bytes": at, "digest": check, "reading": _reading()}
    head = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    path = folder / segment.name
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(_MAGIC + len(head).to_bytes(8, "little") + zlib.crc32(head).to_bytes(4, "little") + head)
        file.write(b"\0" * (-file.tell() % _ALIGNED))
        for values in arrays.values():
            file.write(values.data.cast("B") if values.size else b"")
            file.write(b"\0" * (-values.nbytes % _ALIGNED))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _arrays(segment: Segment) -> dict[str, np.ndarray]:
    found = {name: getattr(segment, name) for name in _COLUMNS}
    for name in ("terms", "words"):
        wordings: Wordings = getattr(segment, name)
        found |= {f"{name}.letters": wordings.vocabulary.letters, f"{name}.bounds": wordings.vocabulary.bounds}
        found |= {f"{name}.numbers": wordings.numbers, f"{name}.starts": wordings.starts}
    found |= {f"postings.{name}": getattr(segment.postings, name) for name in ("starts", "rows", "counts", "lengths")}
    return {name: np.ascontiguousarray(values) for name, values in found.items()}


def read(path: Path) -> Segment:
    """The segment in a file, whose arrays stay in it and are read when they are used. Raises SegmentUnusable."""
    try:
        with path.open("rb") as file:
            lead = file.read(len(_MAGIC) + 12)
            size = int.from_bytes(lead[len(_MAGIC) : len(_MAGIC) + 8], "little")
            head = file.read(size) if lead.startswith(_MAGIC) and size < path.stat().st_size else b""
            if not head or zlib.crc32(head) != int.from_bytes(lead[-4:], "little"):
                raise SegmentUnusable(f"{path} is no segment")
            told: dict[str, Any] = json.loads(head)
            if told.get("reading") != _reading():
                raise SegmentUnusable(f"{path} was made by another version of this program")
            start = -(-(len(lead) + size) // _ALIGNED) * _ALIGNED
            if path.stat().st_size != start + told["bytes"]:
                raise SegmentUnusable(f"{path} is cut off")
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise SegmentUnusable(str(error)) from error
    arrays = {
        name: np.frombuffer(content, dtype=dtype, count=int(np.prod(shape)), offset=start + at).reshape(shape)
        for name, (dtype, shape, at) in told["arrays"].items()
    }
    documents = [(source_id, version) for source_id, version in told["documents"]]
    terms, words = _wordings(arrays, "terms"), _wordings(arrays, "words")
    postings = Postings(terms.vocabulary, **_named(arrays, "postings"))
    columns = {name: arrays[name] for name in _COLUMNS}
    return Segment(path.name, documents, **columns, terms=terms, words=words, postings=postings, digest=told["digest"])


def _wordings(arrays: Mapping[str, np.ndarray], name: str) -> Wordings:
    own = _named(arrays, name)
    return Wordings(Vocabulary(own["letters"], own["bounds"]), own["numbers"], own["starts"])


def _named(arrays: Mapping[str, np.ndarray], name: str) -> dict[str, np.ndarray]:
    """The arrays that are filed under a name, by the rest of theirs."""
    return {each.removeprefix(f"{name}."): values for each, values in arrays.items() if each.startswith(f"{name}.")}


@cache
def _reading() -> str:
    """A digest of how passages are read into terms and words here. A file whose passages were read otherwise would
    answer a question's words wrongly without a sign, also where only the stemmer is another."""
    texts = [plain_text(each) for each in _SPECIMEN]
    read = [(tokens(each), as_written(each), is_heading(each), guess_language(each)) for each in texts]
    return f"{zlib.crc32(repr(read).encode()):08x}"


def is_sound(segment: Segment) -> bool:
    """Whether a segment that was read holds what was written, byte for byte."""
    check = 0
    for values in _arrays(segment).values():
        check = zlib.crc32(values.data.cast("B") if values.size else b"", check)
    return check == segment.digest
