"""What an answerer gave, as plain data: the form in which answers are kept, resumed, marked and compared.

Marking reads this and the corpus, never the objects an answer was made of, so that nothing is taken on an assistant's
word: not a quote, not a standing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cited:
    """One citation as shown. ``state`` is the standing it claims."""

    n: int
    source_id: str
    provision: str
    quote: str
    start: int
    end: int
    state: str


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as shown, with what it took.

    ``statements`` are the sentences with the numbers of their citations. ``milliseconds`` is the time a caller waited.
    ``confidence`` is the score of the best evidence, for the abstention curve; ``None`` where the answerer has none.
    ``as_of`` is the day that the answer says it is for, as it wrote it. ``error`` is the sentence of a failure; then
    the answer is empty and its verdict ``error``.
    """

    verdict: str
    statements: tuple[tuple[str, tuple[int, ...]], ...]
    citations: tuple[Cited, ...]
    abstained: bool
    milliseconds: float
    confidence: float | None = None
    error: str | None = None
    as_of: str | None = None

    def cited_by(self, numbers: tuple[int, ...]) -> tuple[Cited, ...]:
        """The citations of these numbers."""
        return tuple(each for each in self.citations if each.n in numbers)

    @property
    def pinned(self) -> tuple[Cited, ...]:
        """The citations that statements rest on; what an abstention names as nearest is none."""
        used = {number for _, numbers in self.statements for number in numbers}
        return tuple(each for each in self.citations if each.n in used)


ERROR = "error"


def from_json(record: Mapping[str, Any]) -> Given:
    """Reads an answer from its kept form: ``{"answer": Answer.as_json() | None, "ms", "confidence", "error"}``."""
    answer = record["answer"]
    if answer is None:
        return Given(ERROR, (), (), False, record["ms"], record.get("confidence"), record.get("error") or "no answer")
    return Given(
        verdict=answer["verdict"],
        statements=tuple((each["text"], tuple(each["citations"])) for each in answer["statements"]),
        citations=tuple(
            Cited(
                each["n"], each["source_id"], each["provision"], each["quote"], each["start"], each["end"],
                each["standing"]["state"],
            )
            for each in answer["citations"]
        ),
        abstained=answer["abstained"],
        milliseconds=record["ms"],
        confidence=record.get("confidence"),
        as_of=answer.get("as_of"),
    )  # fmt: skip
