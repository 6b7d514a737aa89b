"""Question sets: JSON lines → questions with what a right answer says and cites, checked against the corpus."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.answering.model import Verdict
from assistant.documents.model import Scope, Source
from assistant.errors import EvaluationError
from assistant.retrieval.question import Turn

Split = Literal["dev", "gate", "all"]


@dataclass(frozen=True, slots=True)
class GoldSource:
    """A source that a right answer cites; where a provision is named, that provision or one under it."""

    source_id: str
    provision: str | None = None


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """One line of a question set. ``place`` is its file and line, for messages."""

    id: str
    question: str
    place: str
    as_of: dt.date | None = None
    history: tuple[Turn, ...] = ()
    verdict: Verdict | None = None
    points: tuple[str, ...] = ()
    sources: tuple[GoldSource, ...] = ()
    unanswerable: bool = False
    type: str = "untyped"

    @property
    def family(self) -> str:
        """What its relatives share: the id up to the first ``/``."""
        return self.id.partition("/")[0]

    @property
    def split(self) -> Literal["dev", "gate"]:
        """The half it belongs to, by a hash of its family, as evals/questions/README.md lays down."""
        return "gate" if int(hashlib.sha256(self.family.encode()).hexdigest(), 16) % 2 else "dev"

    def on(self, as_of: dt.date | None) -> dt.date:
        """The date asked about: its own, else the one given for the run, else today."""
        return self.as_of or as_of or dt.date.today()


class _Turn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "assistant"]
    content: str


class _GoldSource(BaseModel):
    model_config = ConfigDict(extra="forbid")

    doc_id: str
    provision: str | None = None


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    as_of: dt.date | None = None
    history: list[_Turn] = []
    gold_verdict: Verdict | None = None
    gold_points: list[str] = []
    gold_sources: list[_GoldSource] = []
    unanswerable: bool = False
    type: str = Field(default="untyped", min_length=1)


def load(path: Path, sources: Mapping[str, Source], *, split: Split = "all") -> list[GoldQuestion]:
    """The questions of a file, or of every ``.jsonl`` file of a folder in name order; only those of the named half.

    Raises EvaluationError, naming file and line, where a line is not JSON, has an unknown field or verdict, repeats an
    id, or names a source or provision that the corpus does not have. Everything is checked, whichever half is wanted.
    """
    found: list[GoldQuestion] = []
    places: dict[str, str] = {}
    for file in _files(path):
        for number, line in enumerate(_lines(file), start=1):
            if not line.strip():
                continue
            question = _question(line, f"{file}, line {number}", sources)
            if question.id in places:
                raise EvaluationError(
                    f"{question.place}: the id {question.id!r} is also at {places[question.id]}; ids are unique."
                )
            places[question.id] = question.place
            found.append(question)
    if not found:
        raise EvaluationError(f"{path}: there is no question in it.")
    kept = [each for each in found if split in ("all", each.split)]
    if not kept:
        raise EvaluationError(f"{path}: none of its {len(found)} questions belongs to the half {split!r}.")
    return kept


def names(gold: GoldSource, source: Source, label: str) -> bool:
    """Whether the provision of this label in the gold source is the gold provision or stands under it; an editor's
    remark is not the provision it stands beside."""
    if gold.source_id != source.id:
        return False
    if gold.provision is None:
        return True
    provision = source.provision(label)
    wanted = _resolved(gold.provision, source)
    if provision is None or wanted is None:
        return False
    return label == wanted or (not provision.is_note and Scope((wanted,)).match(provision) > 0)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(path.glob("*.jsonl"))
        if not files:
            raise EvaluationError(f"{path}: the folder holds no .jsonl file.")
        return files
    if not path.is_file():
        raise EvaluationError(f"{path}: there is no such file or folder.")
    return [path]


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{file}: the file is not text in UTF-8 (byte {error.start:,} is not).") from None
    except OSError as error:
        raise EvaluationError(f"{file}: the file cannot be read: {error.strerror}.") from None


def _question(line: str, place: str, sources: Mapping[str, Source]) -> GoldQuestion:
    try:
        read = _Line.model_validate_json(line)
    except ValidationError as error:
        raise EvaluationError(f"{place}: {_explained(error.errors(include_url=False)[0])}") from None
    gold = tuple(GoldSource(each.doc_id, each.provision) for each in read.gold_sources)
    for each in gold:
        _check(each, place, sources)
    if read.unanswerable and read.gold_verdict not in (None, Verdict.NOT_COVERED):
        raise EvaluationError(f"{place}: an unanswerable question has the verdict 'not_covered' or none.")
    return GoldQuestion(
        id=read.id,
        question=read.question,
        place=place,
        as_of=read.as_of,
        history=tuple(Turn(each.role, each.content) for each in read.history),
        verdict=read.gold_verdict,
        points=tuple(read.gold_points),
        sources=gold,
        unanswerable=read.unanswerable or read.gold_verdict is Verdict.NOT_COVERED,
        type=read.type,
    )


def _explained(error: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in error["loc"])
    match error["type"]:
        case "json_invalid":
            return f"this is not a JSON object on one line ({error['ctx']['error']})."
        case "extra_forbidden":
            return f"the field {where!r} is unknown; there are {', '.join(_Line.model_fields)}."
        case "missing":
            return f"the field {where!r} is missing."
        case "enum":
            return f"the field {where!r} is {error['input']!r} and must be one of {', '.join(Verdict)}."
        case _:
            return f"the field {where!r} cannot be used: {error['msg']}." if where else f"{error['msg']}."


def _check(gold: GoldSource, place: str, sources: Mapping[str, Source]) -> None:
    source = sources.get(gold.source_id)
    if source is None:
        raise EvaluationError(f"{place}: the gold source {gold.source_id!r} is not in the corpus.")
    if gold.provision is not None and _resolved(gold.provision, source) is None:
        raise EvaluationError(f"{place}: the gold source {gold.source_id!r} has no provision {gold.provision!r}.")


def _resolved(label: str, source: Source) -> str | None:
    """The label as the source writes it: of a provision, or of a heading above provisions. Spelling of "Article" and
    "Paragraph", case and white space do not matter."""
    known: Iterable[str] = (each for provision in source.provisions for each in (provision.label, *provision.path))
    wanted = _spelled(label)
    return next((each for each in known if each == label or _spelled(each) == wanted), None)


def _spelled(label: str) -> str:
    short = re.sub(r"\b(art|para)(?:icle|graph)?\b\.?\s*", r"\1.", label.casefold())
    return re.sub(r"\s+", "", short).replace("–", "-")
