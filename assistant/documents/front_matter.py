"""The front matter of a source file: its schema, and the plain data of the model made from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from assistant.documents.model import (
    Actor,
    Basis,
    Claim,
    Confidence,
    EventKind,
    Kind,
    Modality,
    Names,
    Norm,
    PartDate,
    Reach,
    ReadWith,
    Scope,
    StatusEvent,
    Step,
    Steps,
    Subject,
)
from assistant.errors import SourceError

_Model = TypeVar("_Model", bound=BaseModel)
_ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_URL = TypeAdapter(HttpUrl)


class PlainDates(yaml.SafeLoader):
    """YAML that leaves dates as text, so that an impossible one is reported with its field."""


PlainDates.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Strict(BaseModel):
    """Unknown fields are refused: a typing error must not pass for a date that is not there."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _checked_url(value: Any) -> Any:
    # Kept as written: pydantic's own URL type would rewrite it, and a citation shows what the editor entered.
    if value is not None:
        _URL.validate_python(value)
    return value


_Labels = Literal["all"] | Annotated[list[str], Field(min_length=1)]


# A comma parts the groups where a proxy or a setting lists them.
_Group = Annotated[str, Field(pattern=r"^[^\s,]([^\r\n,]*[^\s,])?$", max_length=100)]


def _scope(labels: str | list[str]) -> Scope:
    return Scope() if isinstance(labels, str) else Scope(tuple(labels))


class _PartDate(_Strict):
    date: dt.date | None
    scope: _Labels = "all"


class _Event(_Strict):
    date: dt.date
    event: EventKind
    by: str
    basis: Basis
    scope: _Labels
    until: dt.date | None = None
    by_provision: str | None = None
    note: str = ""

    @model_validator(mode="after")
    def _window_is_one(self) -> _Event:
        if self.until is not None and self.until < self.date:
            raise ValueError(f"the window ends ({self.until}) before it starts ({self.date})")
        return self


# A clause that completes "if", by language.
_Condition = dict[Annotated[str, Field(pattern=r"^[a-z]{2}$")], Annotated[str, Field(min_length=1)]]


class _Norm(_Strict):
    provision: str
    modality: Modality
    bends: list[str] = Field(default_factory=list)
    beside: list[str] = Field(default_factory=list)
    leaves: list[str] = Field(default_factory=list)
    uses: list[str] = Field(default_factory=list)
    items: list[str] = Field(default_factory=list)
    cases: list[str] = Field(default_factory=list)
    against: list[str] = Field(default_factory=list)
    condition: _Condition = Field(default_factory=dict)


class _Reach(_Strict):
    who: list[Actor] = Field(default_factory=list)
    what: list[Subject] = Field(default_factory=list)
    to: list[str] = Field(default_factory=list)
    uses: list[str] = Field(default_factory=list)
    against: list[str] = Field(default_factory=list)
    condition: _Condition = Field(default_factory=dict)
    listed: bool = False
    scope: _Labels = "all"


class _ReadWith(_Strict):
    provisions: Annotated[list[str], Field(min_length=1)]
    beside: Annotated[list[str], Field(min_length=1)]


class _Steps(_Strict):
    apply: list[str] = Field(default_factory=list)
    papers: list[str] = Field(default_factory=list)
    time: list[str] = Field(default_factory=list)
    scope: _Labels = "all"


class _Claim(_Strict):
    provision: str
    of: Annotated[list[str], Field(min_length=1)]
    sentence: int = Field(default=1, ge=1)
    lifted: bool = False
    modality: Modality | None = None
    effective: dt.date | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> _Claim:
        if sum((self.lifted, self.modality is not None, self.effective is not None)) != 1:
            raise ValueError("a claim says one thing: lifted, modality or effective")
        return self


class _Names(_Strict):
    source: str = Field(min_length=1)
    issuer: str = ""
    labels: dict[str, str] = Field(default_factory=dict)


def _as_list(value: Any) -> Any:
    """The dates of a field that may give one date or a list of them."""
    return value if isinstance(value, list) else [{"date": value}]


class FrontMatter(_Strict):
    """The fields of a source file's front matter; corpus/README.md says what each holds."""

    id: str = Field(pattern=_ID, max_length=100)
    title: str = Field(min_length=1)
    kind: Kind
    issuer: str
    number: str | None
    issued: Annotated[list[_PartDate], BeforeValidator(_as_list)]
    effective: Annotated[list[_PartDate], BeforeValidator(_as_list)]
    language: str = Field(pattern=r"^[a-z]{2}$")
    original_language: str | None = Field(default=None, pattern=r"^[a-z]{2}$")
    jurisdiction: str
    url: Annotated[str | None, BeforeValidator(_checked_url)]
    read_from: list[str] = Field(default_factory=list)
    checked_until: dt.date
    confidence: Confidence
    status_events: list[_Event] = Field(default_factory=list)
    norms: list[_Norm] = Field(default_factory=list)
    groups: list[_Group] = Field(default_factory=list)
    wording_from: dt.date | None = None
    reach: list[_Reach] = Field(default_factory=list)
    read_with: list[_ReadWith] = Field(default_factory=list)
    steps: list[_Steps] = Field(default_factory=list)
    claims: list[_Claim] = Field(default_factory=list)
    names: dict[Annotated[str, Field(pattern=r"^[a-z]{2}$")], _Names] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _events_in_order(self) -> FrontMatter:
        for earlier, later in zip(self.status_events, self.status_events[1:], strict=False):
            if later.date < earlier.date:
                raise ValueError(f"status_events are not in date order: {later.date} stands after {earlier.date}")
        return self

    def source_norms(self) -> tuple[Norm, ...]:
        """The norms as the model's data, each with the reach whose scope names its provision most closely."""
        return norms(self.id, self.norms, self.reach)

    def source_read_with(self) -> tuple[ReadWith, ...]:
        """What is read with which provisions, as the model's data."""
        return read_with(self.id, self.read_with)

    def source_steps(self) -> tuple[Steps, ...]:
        """How licences are applied for, as the model's data."""
        return steps(self.id, self.steps)

    def source_claims(self) -> tuple[Claim, ...]:
        """What it says of provisions of other sources, as the model's data."""
        return claims(self.id, self.claims)

    def named_labels(self) -> set[tuple[str, str]]:
        """Every label the front matter names in this source, with the field that names it."""
        named = {("norms", norm.provision) for norm in self.norms}
        named |= {("norms", label) for norm in self.source_norms() for sid, label in norm.bends if sid == self.id}
        named |= {("read_with", label) for each in self.read_with for label in each.provisions}
        named |= {
            ("read_with", label) for each in self.source_read_with() for sid, label in each.beside if sid == self.id
        }
        named |= {
            ("steps", label) for each in self.source_steps() for _, (sid, label) in each.provisions if sid == self.id
        }
        named |= {("claims", each.provision) for each in self.claims}
        named |= {("steps", label) for each in self.steps if each.scope != "all" for label in each.scope}
        named |= {("names", label) for each in self.names.values() for label in each.labels}
        named |= {("reach", label) for each in self.reach if each.scope != "all" for label in each.scope}
        scoped = [("issued", d.scope) for d in self.issued] + [("effective", d.scope) for d in self.effective]
        scoped += [("status_events", e.scope) for e in self.status_events]
        return named | {(field, label) for field, labels in scoped if labels != "all" for label in labels}


def events(written: Iterable[_Event]) -> tuple[StatusEvent, ...]:
    """Status events as the model's data, in date order."""
    found = [
        StatusEvent(e.date, e.event, e.by, e.basis, _scope(e.scope), e.until, e.by_provision, e.note) for e in written
    ]
    return tuple(sorted(found, key=lambda event: event.date))


def read_with(source_id: str, written: Iterable[_ReadWith]) -> tuple[ReadWith, ...]:
    """What is read with which provisions, as the model's data; a label without a source's id is one of the source."""

    return tuple(ReadWith(Scope(tuple(each.provisions)), _references(source_id, each.beside)) for each in written)


def steps(source_id: str, written: Iterable[_Steps]) -> tuple[Steps, ...]:
    """How licences are applied for, as the model's data; a label without a source's id is one of the source."""
    return tuple(
        Steps(
            _scope(each.scope),
            tuple((step, key) for step in Step for key in _references(source_id, getattr(each, step.value))),
        )
        for each in written
    )


def claims(source_id: str, written: Iterable[_Claim]) -> tuple[Claim, ...]:
    """What a source says of provisions of others, as the model's data."""
    return tuple(
        Claim(
            each.provision, _references(source_id, each.of), each.sentence, each.lifted, each.modality, each.effective
        )
        for each in written
    )


def _references(source_id: str, labels: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Labels as (source id, label); one without a source's id is one of the source."""
    parted = (label.partition("#") for label in labels)
    return tuple((first, rest) if separator else (source_id, first) for first, separator, rest in parted)


def names(written: Mapping[str, _Names]) -> tuple[Names, ...]:
    """What a source is called in other languages, as the model's data."""
    return tuple(
        Names(language, each.source, each.issuer, tuple(each.labels.items())) for language, each in written.items()
    )


def part_dates(written: Iterable[_PartDate]) -> tuple[PartDate, ...]:
    """Dates of issue or of effect as the model's data."""
    return tuple(PartDate(each.date, _scope(each.scope)) for each in written)


def norms(source_id: str, written: Iterable[_Norm], reach: Iterable[_Reach] = ()) -> tuple[Norm, ...]:
    """Norms as the model's data; a label that they bend, without a source's id, is one of the source itself."""
    reaches = list(reach)

    return tuple(
        Norm(
            n.provision,
            n.modality,
            _references(source_id, n.bends),
            _references(source_id, n.beside),
            tuple(n.leaves),
            _reach_of(n, reaches),
        )
        for n in written
    )


def _reach_of(norm: _Norm, written: Iterable[_Reach]) -> Reach:
    """Whom a norm reaches: what is written for its provision, else for all of its source."""
    found = sorted(
        (each for each in written if each.scope == "all" or norm.provision in each.scope),
        key=lambda each: each.scope != "all",
    )
    reach = found[-1] if found else _Reach()
    return Reach(
        frozenset(reach.who),
        frozenset(reach.what),
        tuple(reach.to),
        tuple(norm.uses or reach.uses),
        tuple(norm.items),
        reach.listed,
        tuple(norm.cases),
        tuple(norm.against or reach.against),
        tuple((norm.condition or reach.condition).items()),
    )


def parse(where: str, text: str) -> FrontMatter:
    """Front matter from its YAML.

    Raises SourceError with the file, the field and what is wrong.
    """
    try:
        data = yaml.load(text, PlainDates)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 2}" if mark else ""
        raise SourceError(where, f"the front matter is not YAML{line}: {getattr(error, 'problem', error)}.") from None
    if not isinstance(data, dict):
        raise SourceError(where, "the front matter is not a list of fields such as `id: …`.")
    return validated(FrontMatter, where, data)


def validated(model: type[_Model], where: str, data: dict[str, Any]) -> _Model:
    """Fields as a model of them. Raises SourceError with the field and what is wrong."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # A mistyped field is also a missing one; the field that is not known tells the writer more.
        first = min(error.errors(include_url=False), key=lambda each: each["type"] != "extra_forbidden")
        field = ".".join(str(part) for part in first["loc"]) or None
        what = "no front matter has a field of this name" if first["type"] == "extra_forbidden" else first["msg"]
        raise SourceError(where, f"{what}.", field=field) from None
