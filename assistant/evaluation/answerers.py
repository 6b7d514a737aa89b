"""Our assistant as an answerer, and variations of it that stand side by side in one run."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.answering.model import Answer
from assistant.assistant import Assistant
from assistant.errors import EvaluationError
from assistant.retrieval.question import Turn, understand
from assistant.settings import Settings, packaged

# Numbers of retrieval that are no user's setting and that evaluation tunes: where each stands.
KNOBS = {
    "candidates.depth": ("assistant.retrieval.candidates", "_DEPTH"),
    "relevance.place": ("assistant.retrieval.relevance", "_PLACE"),
}


@dataclass(frozen=True)
class Variation:
    """Values of settings and knobs that differ from the default; none for the default itself."""

    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How reports call it."""
        return ", ".join(f"{name}={value}" for name, value in self.values.items()) or "assistant"

    def settings(self, base: Settings) -> Settings:
        """The settings with this variation's values; an index of its own where they change what is in one.

        Raises SettingsError where a value cannot be used.
        """
        changed = {name: value for name, value in self.values.items() if name not in KNOBS}
        if not changed:
            return base
        folder = hashlib.sha256(repr(sorted(changed.items())).encode()).hexdigest()[:12]
        kept = base.model_dump(exclude_defaults=True)
        return Settings.load(**{**kept, **changed, "data_dir": base.data_dir / "evaluation" / folder})

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Turns the knobs for as long as the context lasts.

        Raises EvaluationError where a value is not a number.
        """
        former: list[tuple[Any, str, Any]] = []
        try:
            for name, value in self.values.items():
                if name in KNOBS:
                    home, attribute = KNOBS[name]
                    module = importlib.import_module(home)
                    former.append((module, attribute, getattr(module, attribute)))
                    setattr(module, attribute, _number(name, value, type(former[-1][2])))
            yield
        finally:
            for module, attribute, number in reversed(former):
                setattr(module, attribute, number)


def variations(given: Sequence[str]) -> list[Variation]:
    """The variations that ``NAME=V1,V2`` options ask for, every combination of them; the default first.

    Raises EvaluationError where an option has no ``=`` or names nothing that can be varied.
    """
    choices: list[list[tuple[str, str]]] = []
    for each in given:
        name, equals, values = each.partition("=")
        if not equals or not values:
            raise EvaluationError(f"--vary {each!r}: write NAME=V1,V2, such as candidates.depth=50,200.")
        if name not in KNOBS and name not in Settings.model_fields:
            known = ", ".join(sorted({*KNOBS, *Settings.model_fields} - {"data_dir"}))
            raise EvaluationError(f"--vary {each!r}: {name!r} cannot be varied; what can is {known}.")
        choices.append([(name, value.strip()) for value in values.split(",")])
    combined = [Variation(dict(pairs)) for pairs in itertools.product(*choices)] if choices else []
    return [Variation(), *combined]


class AssistantAnswerer:
    """`Assistant` under evaluation."""

    def __init__(self, assistant: Assistant, variation: Variation | None = None) -> None:
        self.assistant = assistant
        self.variation = variation or Variation()
        self.name = self.variation.name
        settings = assistant.settings.model_dump_json(exclude={"data_dir", "corpus_dir"})
        content = f"{settings} {self.name} {assistant.index.encoder.identity} {_code_digest()}"
        self.identity = f"assistant@{hashlib.sha256(content.encode()).hexdigest()[:16]}"

    def ask(self, question: str, *, as_of: dt.date, history: Sequence[Turn]) -> Answer:
        """What `Assistant.ask` answers."""
        with self.variation.applied():
            return self.assistant.ask(question, as_of=as_of, history=history)

    def confidence(self, question: str, *, as_of: dt.date, history: Sequence[Turn]) -> float | None:
        """The fused score of the best provision."""
        with self.variation.applied():
            found = self.assistant.search(understand(question, as_of, history).search, k=1, as_of=as_of)
        return found[0].score if found else None


def _number(name: str, value: str, kind: type) -> float | int:
    try:
        return int(value) if kind is int else float(value)
    except ValueError:
        raise EvaluationError(f"--vary {name}={value}: {value!r} is not a number.") from None


def _code_digest() -> str:
    """A digest of the code and prompts that answer, so that answers of an older state are not taken for this one's."""
    package = Path(__file__).parent.parent
    files = [each for each in package.rglob("*.py") if each.parent.name not in ("evaluation", "terminal")]
    digest = hashlib.sha256()
    for file in sorted([*files, *(each for each in packaged("prompts").rglob("*") if each.is_file())]):
        digest.update(f"{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()
