"""What the corpus knowingly does not cover, so that a question about it is not answered from what merely sounds
near."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from assistant.documents.language import has_chinese
from assistant.errors import SourceError
from assistant.retrieval.glossary import UNKNOWN, Glossary
from assistant.retrieval.jurisdictions import asks_of_law
from assistant.retrieval.likeness import Likeness

if TYPE_CHECKING:
    from assistant.index.embedding import Encoder

# The same safe YAML, ten times as fast where libyaml is there.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_Read = TypeVar("_Read")


class _Topic(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: str
    zh: str | None = None
    terms: list[str] = []
    laws: list[str] = []
    jurisdictions: list[str] = []
    examples: list[str]


class _Answers(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    at: list[str]
    asked: list[str]


class _Covers(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    clause: dict[str, str] = {}
    examples: list[str] = []


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    covers: _Covers = _Covers()
    topics: list[_Topic] = []


_ANSWERS = TypeAdapter(list[_Answers])


@dataclass(frozen=True, slots=True)
class Outside:
    """How near a question comes to what is outside the corpus.

    ``topic`` is the name, by language, of the topic outside that it is most like, of those it has a word of where there
    are such, and ``likeness`` the cosine to the nearest of its examples; ``marked`` tells whether it has a word of it,
    ``of_law`` whether it asks about a law outside, of another country or one that a topic names. ``nearest`` is the
    cosine to the nearest example of any topic, ``inside`` that to the nearest example of what the corpus covers, and
    ``answered_at`` that to the nearest question which a provision is recorded to answer, by source id and label.
    """

    topic: Mapping[str, str]
    likeness: float
    nearest: float
    inside: float = 0.0
    marked: bool = False
    of_law: bool = False
    answered_at: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def is_nearer_than(self, cosine: float) -> bool:
        """Whether the question is on the topic, as far as can be told beside a provision as near as this."""
        return self.marked or self.likeness > max(cosine, self.inside)


class _Marks:
    """Finds the words of a topic in a question, and whether it asks about the law of one of the topic's countries or
    about one of the laws that the topic names."""

    def __init__(self, topic: _Topic) -> None:
        self._terms, self._laws = _any_of(topic.terms), _any_of(topic.laws)
        self._countries = asks_of_law(topic.jurisdictions)

    def in_question(self, question: str) -> bool:
        """Whether the question holds one of the words, or asks about the law."""
        return _is_in(self._terms, question) or self.of_law(question)

    def of_law(self, question: str) -> bool:
        """Whether the question names one of the topic's laws, or asks about the law of one of its countries."""
        return _is_in(self._laws, question) or _is_in(self._countries, question)


def _any_of(terms: Sequence[str]) -> re.Pattern[str] | None:
    """A pattern for any of some terms: Chinese anywhere, capital abbreviations in capitals, others in any case."""
    chinese = [re.escape(term) for term in terms if has_chinese(term)]
    latin = [term for term in terms if not has_chinese(term)]
    exact = "|".join(re.escape(term) for term in latin if term.isupper())
    any_case = "|".join(re.escape(term) for term in latin if not term.isupper())
    found = [each for each in (exact, f"(?i:{any_case})" if any_case else "") if each]
    ways = [*chinese, *([rf"(?<![A-Za-z0-9-])(?:{'|'.join(found)})(?![A-Za-z0-9-])"] if found else [])]
    return re.compile("|".join(ways)) if ways else None


def _is_in(pattern: re.Pattern[str] | None, question: str) -> bool:
    return pattern is not None and pattern.search(question) is not None


class Scope:
    """The topics outside the corpus, and in ``covers`` what it covers, in a clause by language."""

    def __init__(
        self,
        written: _Written,
        answers: Sequence[_Answers],
        glossary: Glossary = UNKNOWN,
        kept: Path | None = None,
    ) -> None:
        self.covers: Mapping[str, str] = written.covers.clause
        asked = [(example, each.at) for each in answers for example in each.asked]
        self._covered = (*(example for example, _ in asked), *written.covers.examples)
        self._answered_at = [[_key(label) for label in at] for _, at in asked]
        self._topics = [(topic, _Marks(topic)) for topic in written.topics]
        self._examples = [(topic.topic, example) for topic in written.topics for example in topic.examples]
        self._likeness = Likeness([*self.examples, *self._covered], glossary, kept)

    @classmethod
    def read(cls, folder: Path, glossary: Glossary = UNKNOWN, kept: Path | None = None) -> Scope:
        """The scope of the corpus in a folder: what its `scope.yaml` says is covered and left out, and what its
        `asked.yaml` says its provisions answer; nothing where there is no such file. ``kept`` is the folder where the
        vectors of the examples are kept from one start to the next; without it they are made anew by each.

        Raises SourceError where a file does not say that.
        """
        written = _read(folder / "scope.yaml", _Written.model_validate, {})
        return cls(written, _read(folder / "asked.yaml", _ANSWERS.validate_python, []), glossary, kept)

    @property
    def examples(self) -> tuple[str, ...]:
        """What people ask of the topics outside, in the order of the file."""
        return tuple(example for _, example in self._examples)

    @property
    def answered_at(self) -> frozenset[tuple[str, str]]:
        """The provisions that are recorded to answer something, by source id and label."""
        return frozenset(key for keys in self._answered_at for key in keys)

    def nearest(
        self, question: str, encoder: Encoder, *, wordings: Sequence[str] = (), leaving: str | None = None
    ) -> Outside | None:
        """How near a question comes to the topics outside; ``None`` where there are no topics. Provisions that answer
        its like are looked for by its ``wordings`` as well. An example that is ``leaving`` counts for nothing."""
        if not self._examples:
            return None
        asked = list(dict.fromkeys([question, *wordings]))
        meant, alike = self._likeness.to(asked, encoder)
        cosines, inside = np.split(meant[:, 0], [len(self._examples)])
        likeness: dict[str, float] = {}
        for (topic, example), cosine in zip(self._examples, cosines.tolist(), strict=True):
            if example != leaving:
                likeness[topic] = max(cosine, likeness.get(topic, -1.0))
        marked = [topic.topic for topic, marks in self._topics if marks.in_question(question)]
        nearest = max(marked or likeness, key=lambda topic: likeness.get(topic, -1.0))
        of_law = any(marks.of_law(question) for _, marks in self._topics)
        named = next(topic for topic, _ in self._topics if topic.topic == nearest)
        names = {"en": named.topic, **({"zh": named.zh} if named.zh else {})}
        answered_at: dict[tuple[str, str], float] = {}
        nearest_wording = alike[len(self._examples) :].max(axis=1)
        for keys, cosine in zip(self._answered_at, nearest_wording.tolist(), strict=False):
            for key in keys:
                answered_at[key] = max(cosine, answered_at.get(key, -1.0))
        return Outside(
            names,
            likeness.get(nearest, -1.0),
            max(likeness.values()),
            inside=float(inside.max(initial=0.0)),
            marked=bool(marked),
            of_law=of_law,
            answered_at=answered_at,
        )


def _read(path: Path, validate: Callable[[object], _Read], nothing: object) -> _Read:
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        return validate(yaml.load(text, _LOADER) or nothing)  # noqa: S506 - a safe one
    except (yaml.YAMLError, ValidationError, OSError, UnicodeDecodeError) as error:
        raise SourceError(path, f"what the corpus covers and leaves out cannot be read: {error}.") from None


def _key(written: str) -> tuple[str, str]:
    """A provision written as its source's id and its label, with # between them."""
    source_id, _, label = written.partition("#")
    return source_id, label
