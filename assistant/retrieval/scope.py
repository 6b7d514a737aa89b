"""What the corpus knowingly does not cover, so that a question about it is not answered from what merely sounds
near."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from assistant.documents.language import has_chinese
from assistant.errors import SourceError

if TYPE_CHECKING:
    from assistant.index.embedding import Encoder

# The same safe YAML, ten times as fast where libyaml is there.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Topic(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: str
    terms: list[str]
    examples: list[str]


_TOPICS = TypeAdapter(list[_Topic])


@dataclass(frozen=True, slots=True)
class Outside:
    """A topic outside the corpus that a question has a word of. ``likeness`` is the cosine to the example nearest to
    it."""

    topic: str
    likeness: float


class _Marks:
    """Finds the words of a topic in a question: Chinese anywhere, capital abbreviations in capitals, others in any
    case."""

    def __init__(self, terms: Sequence[str]) -> None:
        chinese = [re.escape(term) for term in terms if has_chinese(term)]
        latin = [term for term in terms if not has_chinese(term)]
        exact = "|".join(re.escape(term) for term in latin if term.isupper())
        any_case = "|".join(re.escape(term) for term in latin if not term.isupper())
        parts = [*chinese, rf"(?<![A-Za-z0-9-])(?:{exact}|(?i:{any_case}))(?![A-Za-z0-9-])"]
        self._pattern = re.compile("|".join(parts))

    def in_question(self, question: str) -> bool:
        """Whether the question holds one of the words."""
        return any(match.group() for match in self._pattern.finditer(question))


class Scope:
    """The topics outside the corpus."""

    def __init__(self, topics: Sequence[_Topic]) -> None:
        self._topics = [(topic, _Marks(topic.terms)) for topic in topics]
        self._vectors: dict[tuple[str, str], np.ndarray] = {}

    @classmethod
    def read(cls, path: Path) -> Scope:
        """The topics in a YAML file; none where there is no such file.

        Raises SourceError where the file is not a list of topics.
        """
        if not path.is_file():
            return cls([])
        try:
            written = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - a safe one
            return cls(_TOPICS.validate_python(written or []))
        except (yaml.YAMLError, ValidationError, OSError, UnicodeDecodeError) as error:
            raise SourceError(path, f"the list of topics outside the corpus cannot be read: {error}.") from None

    def nearest(self, question: str, encoder: Encoder) -> Outside | None:
        """Of the topics that the question has a word of, the one it is most like; ``None`` where it has no such word.

        The examples of a topic are encoded when its first question comes, so that opening costs nothing.
        """
        marked = [topic for topic, marks in self._topics if marks.in_question(question)]
        if not marked:
            return None
        vector = encoder.encode([question])[0]
        found = []
        for topic in marked:
            key = (encoder.identity, topic.topic)
            if key not in self._vectors:
                self._vectors[key] = encoder.encode(topic.examples)
            found.append(Outside(topic.topic, float((self._vectors[key] @ vector).max())))
        return max(found, key=lambda each: each.likeness)
