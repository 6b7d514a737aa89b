"""How relevant a passage is to a question, told from both searches' scores and from what the two texts share.

Nothing here knows what a text is about: the same few features hold for any regulation. Each is a number of about 0 to 1
a passage, and a linear model adds them up; ``scripts/train_relevance.py`` learns it. docs/retrieval.md has what was
tried beside them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from assistant.index.lexical import LexicalIndex, tokens
from assistant.retrieval.linear import packaged

_WORD = re.compile(r"[0-9a-zÀ-ɏ]+|[\u4e00-\u9fff]")
# Words with a capital, one behind the other, as defined terms and names are written: "Relevant Person".
_NAME = re.compile(r"\b[A-Z][A-Za-z'’-]+(?:\s+[A-Z][A-Za-z'’-]+)+")
# What is said in one place stands within so many terms, two or three lines.
_PLACE = 25
_LONGEST_HEADING = 90
_ENDS_A_SENTENCE = (".", ";", ":", ")", "。", "；", "：")
_KEPT = 16_384  # readings of passages, of about a kilobyte each


def relevances(features: Mapping[str, np.ndarray]) -> np.ndarray:
    """The logit that each text answers the question, float32, (n,), from the features."""
    return packaged("relevance").logits(features)


def features(
    question: str, texts: Sequence[str], cosines: np.ndarray, lexical: np.ndarray, index: LexicalIndex
) -> Mapping[str, np.ndarray]:
    """The features of all texts for a question, each (n,). ``cosines`` and ``lexical`` are what the searches say of
    them, the latter as a share of the best BM25 score; ``index`` knows how rare a term is."""
    asked = _read(question)
    read = [_read(text) for text in texts]
    rarity = {term: index.rarity(term) for term in asked.terms if index.knows(term)}
    names = set(_NAME.findall(question))
    codes = {term for term in rarity if any(character.isdigit() for character in term)}
    return {
        "cosine": cosines,
        "lexical": lexical,
        "phrases": _share_of_phrases(asked.terms, [each.of_terms for each in read], rarity),
        "words": _share_as_written([(word,) for word in asked.words], read),
        "wording": _share_as_written(list(pairwise(asked.words)), read),
        "in_one_place": np.array([_in_one_place(each.terms, rarity) for each in read])
        / max(sum(rarity.values()), 1e-9),
        "names": np.array([sum(name in text for name in names) for text in texts]) / max(len(names), 1),
        "codes": np.array([len(codes.intersection(each.terms)) for each in read]) / max(len(codes), 1),
        "length": np.log1p([len(each.terms) for each in read]) / 4,
        "heading": np.array([_is_heading(text) for text in texts], dtype=float),
    }


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text as its terms and as its words; each also as one string, set apart by blanks, in which a pair that stand
    side by side is quickly found."""

    terms: tuple[str, ...]
    words: tuple[str, ...]
    of_terms: str
    of_words: str


@lru_cache(maxsize=_KEPT)
def _read(text: str) -> _Reading:
    terms, words = tuple(tokens(text)), tuple(_WORD.findall(text.lower()))
    return _Reading(terms, words, f" {' '.join(terms)} ", f" {' '.join(words)} ")


def _share_of_phrases(asked: Sequence[str], texts: Sequence[str], rarity: Mapping[str, float]) -> np.ndarray:
    """Of the pairs of terms that stand side by side in the question, the share that does so in a text, by rarity."""
    pairs = {pair for pair in pairwise(asked) if pair[0] in rarity and pair[1] in rarity}
    return _shares(texts, {f" {one} {other} ": rarity[one] + rarity[other] for one, other in sorted(pairs)})


def _share_as_written(asked: Sequence[tuple[str, ...]], texts: Sequence[_Reading]) -> np.ndarray:
    """Of words or pairs of words as the question has them, "of" and "the" among them, the share that a text has; those
    count more that few of the texts have, and those that none has not at all."""
    strings = [f" {' '.join(each)} " for each in sorted(set(asked))]
    having = [sum(string in text.of_words for text in texts) for string in strings]
    weights = {
        string: float(np.log1p(len(texts) / (count + 0.5)))
        for string, count in zip(strings, having, strict=True)
        if count
    }
    return _shares([text.of_words for text in texts], weights)


def _shares(texts: Sequence[str], weights: Mapping[str, float]) -> np.ndarray:
    """The share, by weight, of some strings that each text holds, (n,)."""
    total = sum(weights.values())
    held = [sum(weight for string, weight in weights.items() if string in text) for text in texts]
    return np.array(held, dtype=float) / max(total, 1e-9)


def _in_one_place(terms: Sequence[str], rarity: Mapping[str, float]) -> float:
    """The rarity of the question's terms, each once, that stand together in the best stretch of a text."""
    hits = [(at, term) for at, term in enumerate(terms) if term in rarity]
    best = 0.0
    for first, (start, _) in enumerate(hits):
        near = {term for at, term in hits[first : first + _PLACE] if at < start + _PLACE}
        best = max(best, sum(rarity[term] for term in near))
    return best


def _is_heading(text: str) -> bool:
    return len(text) < _LONGEST_HEADING and not text.rstrip().endswith(_ENDS_A_SENTENCE)
