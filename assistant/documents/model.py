"""What is known: sources, their provisions, and what happened to them. Plain frozen data, no I/O."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a source is; it decides the source's authority."""

    LAW = "law"
    REGULATION = "regulation"
    ANNOUNCEMENT = "announcement"
    OFFICIAL_QA = "official-qa"
    GUIDANCE = "guidance"
    POLICY = "policy"
    NEWS = "news"

    @property
    def authority(self) -> int:
        """How much the kind weighs: 5 for a law, down to 0 for news; a company's policy weighs as guidance."""
        return _AUTHORITY[self]

    @property
    def is_primary(self) -> bool:
        """Whether the kind is legally binding text, as against statements, guidance, policies and news."""
        return self.authority >= _AUTHORITY[Kind.ANNOUNCEMENT]


_AUTHORITY = {
    Kind.LAW: 5,
    Kind.REGULATION: 4,
    Kind.ANNOUNCEMENT: 3,
    Kind.OFFICIAL_QA: 2,
    Kind.GUIDANCE: 1,
    Kind.POLICY: 1,
    Kind.NEWS: 0,
}


class EventKind(StrEnum):
    """What a status event does to its scope; see corpus/README.md."""

    IN_FORCE = "in-force"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    AMENDED = "amended"
    REPEALED = "repealed"
    EXPIRES = "expires"
    STATED_EXTENSION = "stated-extension"


class Basis(StrEnum):
    """Whether an event rests on a legal act or only on somebody's statement."""

    INSTRUMENT = "instrument"
    STATEMENT = "statement"


class Confidence(StrEnum):
    """How well a restatement is attested."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Modality(StrEnum):
    """What a provision does; see corpus/README.md."""

    REQUIRES_PERMIT = "requires_permit"
    FORBIDS = "forbids"
    REFUSES_IN_PRINCIPLE = "refuses_in_principle"
    CASE_BY_CASE = "case_by_case"
    EXEMPTS = "exempts"
    LEAVES_OUT = "leaves_out"
    OBLIGES = "obliges"
    PROCEDURE = "procedure"
    PENALTY = "penalty"
    DEFINES = "defines"
    SUSPENDS = "suspends"
    EMPOWERS = "empowers"


class Step(StrEnum):
    """What an application for a licence takes: who makes it and to whom, how long the decision takes, which papers
    it has."""

    APPLY = "apply"
    TIME = "time"
    PAPERS = "papers"


class Actor(StrEnum):
    """Whom a rule addresses: whose act it allows, forbids or frees."""

    EXPORTER = "exporter"
    IN_CHINA = "in_china"
    CHINESE = "chinese"
    ABROAD = "abroad"
    SERVICE_PROVIDER = "service_provider"


class Subject(StrEnum):
    """What a rule is about: things, knowledge, or something done for somebody."""

    GOODS = "goods"
    TECHNOLOGY = "technology"
    SERVICES = "services"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source's stored text: characters ``start`` up to, not including, ``end``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the file that a source was read from, counted from 1, and a stretch of the stored text that is on it.

    A page has several stretches where a paragraph runs on past the footnotes under it.
    """

    number: int
    span: Span


@dataclass(frozen=True, slots=True)
class Original:
    """The file that a source was read from, where its bytes are kept: their SHA-256, what they are, and the version of
    this program that read them."""

    digest: str
    media_type: str
    read_by: str


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a source that a date, an event or a norm is about. No labels means all of it."""

    labels: tuple[str, ...] = ()

    def match(self, provision: Provision) -> int:
        """How closely the scope names the provision: 0 not at all, 1 as part of the whole source, and the more the
        nearer the named label stands to it. A label includes what stands under it."""
        if not self.labels:
            return 1
        lineage = (*provision.path, provision.label)
        named = [depth for depth, label in enumerate(lineage, start=2) if label in self.labels]
        named += [1 + len(lineage) for label in self.labels if provision.label.startswith((f"{label}(", f"{label} ("))]
        return max(named, default=0)


@dataclass(frozen=True, slots=True)
class PartDate:
    """A date that holds for a part of a source; ``None`` where it never comes of itself (a draft, a news article)."""

    date: dt.date | None
    scope: Scope = Scope()


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """Something that happened to a source or to a part of it.

    ``until`` is the last day the act or statement names and counts as inside the window. ``by`` is the id of the source
    that did it, or its name where that is not in the corpus; ``by_provision`` the label in it that says so.
    """

    date: dt.date
    event: EventKind
    by: str
    basis: Basis
    scope: Scope = Scope()
    until: dt.date | None = None
    by_provision: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a rule addresses and what it is about, where it is for particular destinations or uses, and whether it is
    for parties that a list names. Empty means that nothing is recorded, so that nothing is excluded.

    ``to``, ``uses``, ``items`` and ``cases`` hold the corpus's own words for destinations, uses, items and further
    circumstances, as its glossary has them; a rule with ``items`` is for nothing else, one with ``cases`` decides only
    where one of these is told. ``against`` are phrases that tell that none of its uses or cases is given,
    ``condition`` says these as a clause, (language, words).
    """

    who: frozenset[Actor] = frozenset()
    what: frozenset[Subject] = frozenset()
    to: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    listed: bool = False
    cases: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    condition: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadWith:
    """Provisions that do not say all by themselves, and what is read with them: the duty with the items it covers, the
    definition with the rule that uses it. ``beside`` holds (source id, label), the most important first."""

    scope: Scope
    beside: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """How the licence is applied for that the provisions in a scope ask for: each step with the provision that lays it
    down, (source id, label), the weightiest of a step first."""

    scope: Scope
    provisions: tuple[tuple[Step, tuple[str, str]], ...]


@dataclass(frozen=True, slots=True)
class Norm:
    """What a provision does and whom it reaches. ``bends`` names the provisions whose effect it changes, ``beside``
    those on the same matter beside which it stands on its own, as (source id, label); ``leaves`` the ids of sources
    that it says or shows to be left untouched.

    ``proposed`` marks a norm that was read off the wording and that nobody has confirmed.
    """

    provision: str
    modality: Modality
    bends: tuple[tuple[str, str], ...] = ()
    beside: tuple[tuple[str, str], ...] = ()
    leaves: tuple[str, ...] = ()
    reach: Reach = Reach()
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """What a provision of a source, most often of news, says of provisions of others, (source id, label): that they do
    something, or apply from a day. ``sentence`` is the one of its sentences that says so, counted from 1."""

    provision: str
    of: tuple[tuple[str, str], ...]
    sentence: int = 1
    lifted: bool = False
    modality: Modality | None = None
    effective: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Provision:
    """The smallest citable unit of a source.

    ``label`` is unique within the source and written as a lawyer writes it; ``path`` holds what stands above it.
    ``span`` is where its text stands in the source's stored text, ``sentences`` where each of its sentences does.
    ``is_note`` marks an editor's remark, which is never law. ``heading`` is the title of the article it is or belongs
    to, as printed; ``lead_in`` the sentence above it that an item completes ("The following need a licence:").
    """

    source_id: str
    label: str
    path: tuple[str, ...]
    span: Span
    sentences: tuple[Span, ...]
    is_note: bool = False
    heading: str | None = None
    lead_in: Span | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """What a document seems to say of itself, which nobody has confirmed. ``field`` and ``value`` are as in front
    matter, ``basis`` the words or the property that it was read off."""

    field: str
    value: str
    basis: str

    @property
    def waits(self) -> bool:
        """Whether it counts only once it is confirmed: what a text weighs, and from when it applies, is no guess."""
        return self.field in ("kind", "effective")


@dataclass(frozen=True, slots=True)
class Names:
    """What a source, whoever issued it, and its provisions are called in another language than the one its text is in;
    ``labels`` pairs a label with its name."""

    language: str
    source: str
    issuer: str = ""
    labels: tuple[tuple[str, str], ...] = ()


def named_in(names: tuple[Names, ...], language: str) -> Names | None:
    """What is recorded of a language among the names of a source."""
    return next((each for each in names if each.language == language), None)


def open_to(kept_to: frozenset[str], groups: frozenset[str] | None) -> bool:
    """Whether what is kept to some groups, if to any, is open to a caller of others; ``None`` is the owner, who may see
    everything."""
    return groups is None or not kept_to or not kept_to.isdisjoint(groups)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Source:
    """One document of the corpus, with everything known about it. ``text`` is the stored text that all spans count.

    ``pages`` stand in the order of the text; a source without pages has none.
    ``groups`` are who may see it: whoever is in one of them. None at all means everybody.
    ``guesses`` are what was read off the document and nobody has confirmed. ``wording_from`` is the day from which this
    wording holds, where the document was amended in place and says so. ``norms_reviewed`` says that somebody decided on
    proposed norms, so that none at all is a finding.
    """

    id: str
    title: str
    kind: Kind
    text: str
    provisions: tuple[Provision, ...]
    issued: tuple[PartDate, ...]
    effective: tuple[PartDate, ...]
    language: str
    issuer: str | None = None
    number: str | None = None
    original_language: str | None = None
    jurisdiction: str | None = None
    url: str | None = None
    read_from: tuple[str, ...] = ()
    checked_until: dt.date | None = None
    confidence: Confidence | None = None
    events: tuple[StatusEvent, ...] = ()
    norms: tuple[Norm, ...] = ()
    pages: tuple[Page, ...] = ()
    original: Original | None = None
    groups: frozenset[str] = frozenset()
    wording_from: dt.date | None = None
    guesses: tuple[Guess, ...] = ()
    norms_reviewed: bool = False
    names: tuple[Names, ...] = ()

    def is_open_to(self, groups: frozenset[str] | None) -> bool:
        """Whether a caller of these groups may see the source; ``None`` is the owner, who may see everything."""
        return open_to(self.groups, groups)

    read_with: tuple[ReadWith, ...] = ()
    steps: tuple[Steps, ...] = ()
    claims: tuple[Claim, ...] = ()

    def named(self, language: str) -> Names | None:
        """What it is called in a language, where that is recorded."""
        return named_in(self.names, language)

    def quote(self, span: Span) -> str:
        """The exact words at a span of the stored text."""
        return self.text[span.start : span.end]

    def in_context(self, provision: Provision) -> str:
        """The words of a provision after those of the sentence it completes, where it is an item of one."""
        own = self.quote(provision.span)
        return f"{self.quote(provision.lead_in)} {own}" if provision.lead_in else own

    def provision(self, label: str) -> Provision | None:
        """The provision of this label, or ``None``."""
        return next((each for each in self.provisions if each.label == label), None)

    def page_at(self, offset: int) -> int | None:
        """The page on which a character of the stored text stands; ``None`` where the source has no pages."""
        at = bisect_right(self.pages, offset, key=lambda page: page.span.start)
        return self.pages[at - 1].number if at else None

    def norms_of(self, label: str) -> tuple[Norm, ...]:
        """What the provision of this label does; empty where nothing is recorded."""
        return tuple(norm for norm in self.norms if norm.provision == label)
