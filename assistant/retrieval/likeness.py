"""How like a question is to examples: by what both mean, and by the terms they share."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.documents.language import has_chinese
from assistant.index.lexical import tokens
from assistant.retrieval.glossary import Glossary
from assistant.retrieval.shared_terms import SharedTerms

if TYPE_CHECKING:
    from assistant.index.embedding import Encoder

_CHARACTER = re.compile(r"[\u4e00-\u9fff]")
# Of questions recorded for a provision, each left out in turn, these shares find its own provision best of those tried:
# mean reciprocal rank 0.400, by meaning alone 0.375, by terms alone 0.315.
_BY_MEANING, _BY_TERMS = 0.8, 0.4
# What likeness by terms alone is on that scale, so that like questions come as near in either language. Chinese ones
# find their provision by characters and glossary with 0.407, by pairs of characters with 0.296.
_LEAST, _GROWS = 0.22, 0.8


class Likeness:
    """Examples, to which questions are compared. ``folder`` is where their vectors are kept from one start to the next;
    without it they are made anew by each."""

    def __init__(self, examples: Sequence[str], glossary: Glossary, folder: Path | None) -> None:
        self._examples = examples
        self._glossary = glossary
        self._folder = folder
        self._vectors: dict[str, np.ndarray] = {}

    def to(self, wordings: Sequence[str], encoder: Encoder) -> tuple[np.ndarray, np.ndarray]:
        """How like each example is to each wording of a question, twice, (examples, wordings): by meaning alone, which
        can be held against the cosine of a passage, and by meaning and terms together. Both are by terms alone for a
        wording that the encoder does not read."""
        by_terms = self._shared.cosines(wordings)
        read = [column for column, text in enumerate(wordings) if encoder.reads_chinese or not has_chinese(text)]
        meant = np.where(by_terms > 0, _LEAST + _GROWS * by_terms, 0.0)
        alike = meant.copy()
        if read:
            meant[:, read] = self._vectors_of(encoder) @ encoder.encode([wordings[column] for column in read]).T
            alike[:, read] = _BY_MEANING * meant[:, read] + _BY_TERMS * by_terms[:, read]
        return meant, alike

    @cached_property
    def _shared(self) -> SharedTerms:
        return SharedTerms(self._examples, self._terms_of)

    def _terms_of(self, text: str) -> list[str]:
        """The terms of a text: of Chinese its characters, and what the glossary makes of its phrases."""
        if not has_chinese(text):
            return tokens(text)
        others = [term for term in tokens(text) if not has_chinese(term)]
        return [*_CHARACTER.findall(text), *others, *(f"={term}" for term in self._glossary.chinese_terms(text))]

    def _vectors_of(self, encoder: Encoder) -> np.ndarray:
        """The vectors of the examples, (examples, dimension), made when the first question comes; zero for those that
        the encoder does not read."""
        if encoder.identity not in self._vectors:
            self._vectors[encoder.identity] = self._kept(encoder)
        return self._vectors[encoder.identity]

    def _kept(self, encoder: Encoder) -> np.ndarray:
        if self._folder is None:
            return self._encoded(encoder)
        digest = hashlib.sha256("\n".join([encoder.identity, *self._examples]).encode()).hexdigest()[:16]
        file = self._folder / f"scope-{digest}.npy"
        with suppress(OSError, ValueError):
            vectors: np.ndarray = np.load(file, allow_pickle=False)
            if vectors.shape == (len(self._examples), encoder.dimension):
                return vectors
        vectors = self._encoded(encoder)
        # Only time is lost where they cannot be kept.
        with suppress(OSError):
            own = file.with_suffix(f".{os.getpid()}.npy")
            np.save(own, vectors)
            for other in self._folder.glob("scope-*.npy"):
                if other != own:
                    other.unlink(missing_ok=True)
            own.replace(file)
        return vectors

    def _encoded(self, encoder: Encoder) -> np.ndarray:
        vectors = np.zeros((len(self._examples), encoder.dimension), dtype=np.float32)
        read = [row for row, text in enumerate(self._examples) if encoder.reads_chinese or not has_chinese(text)]
        vectors[read] = encoder.encode([self._examples[row] for row in read])
        return vectors
