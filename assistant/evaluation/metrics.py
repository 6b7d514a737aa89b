"""The metrics, each a documented function of one question, its answer and the corpus; docs/evaluation.md has sources.

A function gives a part ``(numerator, denominator)``, or ``None`` where the metric does not apply to the question. A
share is the sum of numerators over the sum of denominators, so that a mean per question (denominator 1) and a pooled
ratio are the same thing to the statistics. Nothing is ever NaN: what applies and is empty scores 0, what does not
apply is left out, and a metric that applies to no question has no value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assistant.answering.model import Verdict
from assistant.answering.reading.facts import Facts
from assistant.documents.language import word_count
from assistant.documents.model import Modality, Source
from assistant.documents.validity import State
from assistant.evaluation.answers import Cited, Given
from assistant.evaluation.bearing import Finding, bears_out
from assistant.evaluation.entailment import modalities, needed, quoted, read_facts, standing_of, supported
from assistant.evaluation.questions import GoldQuestion, names

Part = tuple[float, float] | None
Kind = Literal["share", "count", "p50", "p95"]

_DECIDING = {Modality.REQUIRES_PERMIT, Modality.FORBIDS, Modality.REFUSES_IN_PRINCIPLE, Modality.CASE_BY_CASE}
_BINDING = {Verdict.PERMIT_REQUIRED, Verdict.PROHIBITED_IN_PRINCIPLE, Verdict.CASE_BY_CASE}


@dataclass(frozen=True)
class Case:
    """A question, its answer, and the corpus both are judged by."""

    question: GoldQuestion
    given: Given
    sources: Mapping[str, Source]
    as_of: dt.date

    @cached_property
    def points(self) -> tuple[tuple[str, Finding], ...]:
        """Every gold point with whether one statement or quote bears it out, else what the nearest of them lacks."""
        told = [read_facts(text) for text, _ in self.given.statements]
        told += [quoted(cited, self.sources) for cited in self.given.pinned]
        return tuple((point, _best(read_facts(point), told)) for point in self.question.points)

    def is_gold(self, cited: Cited) -> bool:
        """Whether what is cited is a gold provision or stands under one."""
        source = self.sources.get(cited.source_id)
        return source is not None and any(names(gold, source, cited.provision) for gold in self.question.sources)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: its name in flags and files, its title in tables, which way is better, and its function."""

    name: str
    title: str
    kind: Kind
    better: Literal["higher", "lower"]
    of: Callable[[Case], Part]

    @property
    def definition(self) -> str:
        """What it measures, in a sentence or two."""
        return " ".join((self.of.__doc__ or "").split())


def verdict_accuracy(case: Case) -> Part:
    """Share of the questions with a gold verdict whose answer has that verdict."""
    gold = case.question.verdict
    return None if gold is None else (float(case.given.verdict == gold), 1)


def source_recall(case: Case) -> Part:
    """Share of a question's gold sources that its answer cites; mean over questions with gold sources, 0 for an
    abstention."""
    gold = {each.source_id for each in case.question.sources}
    cited = {each.source_id for each in case.given.pinned}
    return (len(gold & cited) / len(gold), 1) if gold else None


def source_precision(case: Case) -> Part:
    """Share of the sources an answer cites that are gold; mean over questions with gold sources, 0 where none is
    cited."""
    gold = {each.source_id for each in case.question.sources}
    cited = {each.source_id for each in case.given.pinned}
    return (len(gold & cited) / len(cited) if cited else 0.0, 1) if gold else None


def provision_recall(case: Case) -> Part:
    """Share of a question's gold provisions that its answer cites, a provision under a gold one counting for it; mean
    over questions with gold provisions, 0 for an abstention."""
    gold = [each for each in case.question.sources if each.provision is not None]
    if not gold:
        return None
    pairs = [
        (case.sources[each.source_id], each.provision) for each in case.given.pinned if each.source_id in case.sources
    ]
    return sum(any(names(each, source, label) for source, label in pairs) for each in gold) / len(gold), 1


def provision_precision(case: Case) -> Part:
    """Share of the provisions an answer cites that are gold; mean over questions with gold provisions, 0 where none is
    cited. A citation that helps but is not among the decisive ones counts against it."""
    if not any(each.provision is not None for each in case.question.sources):
        return None
    cited = {(each.source_id, each.provision): each for each in case.given.pinned}
    return (sum(map(case.is_gold, cited.values())) / len(cited) if cited else 0.0), 1


def point_coverage(case: Case) -> Part:
    """Share of a question's gold points that one statement or quote of its answer bears out: every date, quantity and
    code of the point, three fifths of its key terms, no negation turned; mean over questions with gold points."""
    found = case.points
    return (sum(finding.holds for _, finding in found) / len(found), 1) if found else None


def quotes_verbatim(case: Case) -> Part:
    """Share of all quotes that are the exact words at their offsets in the stored source, inside the provision they
    name. Anything below 1 is a fault of the program."""
    cited = case.given.citations
    return (sum(is_verbatim(each, case.sources) for each in cited), len(cited)) if cited else None


def citation_recall(case: Case) -> Part:
    """ALCE: share of an answer's statements that their citations together bear out, by the lexical check; mean over
    all questions but those rightly abstained from, 0 for an answer without statements."""
    if _rightly_silent(case):
        return None
    found = [
        supported(text, case.given.cited_by(numbers), case.sources, case.as_of)
        for text, numbers in case.given.statements
    ]
    return (sum(found) / len(found) if found else 0.0), 1


def citation_precision(case: Case) -> Part:
    """ALCE: share of an answer's citations that are needed: their statement is borne out, and either they bear it out
    alone or the others do not without them; mean over the questions of `citation_recall`."""
    if _rightly_silent(case):
        return None
    found = [
        needed(text, case.given.cited_by(numbers), each, case.sources, case.as_of)
        for text, numbers in case.given.statements
        for each in case.given.cited_by(numbers)
    ]
    return (sum(found) / len(found) if found else 0.0), 1


def abstention_precision(case: Case) -> Part:
    """Share of the abstentions that were right: the question has no answer in the corpus."""
    return float(case.given.abstained and case.question.unanswerable), float(case.given.abstained)


def abstention_recall(case: Case) -> Part:
    """Share of the questions without an answer in the corpus that were abstained from."""
    return float(case.given.abstained and case.question.unanswerable), float(case.question.unanswerable)


def abstention_f1(case: Case) -> Part:
    """Harmonic mean of abstention precision and recall: 2TP / (2TP + FP + FN)."""
    both = case.given.abstained and case.question.unanswerable
    return 2.0 * both, float(case.given.abstained) + float(case.question.unanswerable)


def wrong_date_citations(case: Case) -> Part:
    """Number of citations shown as in force that were not on the date, and of verdicts that bind (licence, prohibition,
    case by case) though no deciding provision they cite was in force on the date. Must be 0."""
    return float(len(wrong_dates(case))), 0


def answer_words(case: Case) -> Part:
    """Mean words of an answer's statements, of Chinese as many as its characters are worth; read coverage beside it,
    since saying everything covers everything."""
    return float(sum(word_count(text) for text, _ in case.given.statements)), 1


def latency_ms(case: Case) -> Part:
    """Milliseconds a caller waited for an answer, on the machine of the run."""
    return case.given.milliseconds, 1


METRICS = (
    Metric("verdict_accuracy", "Verdict accuracy", "share", "higher", verdict_accuracy),
    Metric("point_coverage", "Gold-point coverage", "share", "higher", point_coverage),
    Metric("provision_recall", "Provision recall", "share", "higher", provision_recall),
    Metric("provision_precision", "Provision precision", "share", "higher", provision_precision),
    Metric("source_recall", "Source recall", "share", "higher", source_recall),
    Metric("source_precision", "Source precision", "share", "higher", source_precision),
    Metric("quotes_verbatim", "Quotes verbatim", "share", "higher", quotes_verbatim),
    Metric("citation_recall", "Citation recall (ALCE)", "share", "higher", citation_recall),
    Metric("citation_precision", "Citation precision (ALCE)", "share", "higher", citation_precision),
    Metric("abstention_precision", "Abstention precision", "share", "higher", abstention_precision),
    Metric("abstention_recall", "Abstention recall", "share", "higher", abstention_recall),
    Metric("abstention_f1", "Abstention F1", "share", "higher", abstention_f1),
    Metric("wrong_date_citations", "Wrong-date citations", "count", "lower", wrong_date_citations),
    Metric("answer_words", "Words per answer", "share", "lower", answer_words),
    Metric("latency_p50_ms", "Latency p50, ms", "p50", "lower", latency_ms),
    Metric("latency_p95_ms", "Latency p95, ms", "p95", "lower", latency_ms),
)
BY_NAME = {metric.name: metric for metric in METRICS}


def is_verbatim(cited: Cited, sources: Mapping[str, Source]) -> bool:
    """Whether a quote is the stored text at its offsets and stands inside the provision it names."""
    source = sources.get(cited.source_id)
    provision = source.provision(cited.provision) if source else None
    if source is None or provision is None or not cited.quote.strip():
        return False
    inside = provision.span.start <= cited.start < cited.end <= provision.span.end
    return inside and source.text[cited.start : cited.end] == cited.quote


def wrong_dates(case: Case) -> tuple[str, ...]:
    """What an answer gets wrong about the date, a phrase for each fault; see `wrong_date_citations`."""
    true = {each.n: standing_of(each, case.sources, case.as_of) for each in case.given.citations}
    faults = [
        f"[{each.n}] {each.source_id}, {each.provision} is shown as in force and was {stands.state.value}"
        for each in case.given.citations
        if each.state == State.IN_FORCE and (stands := true[each.n]) is not None and not stands.applies
    ]
    if case.given.verdict in _BINDING:
        deciding = [
            each for each in case.given.pinned if modalities(each, case.sources) & _DECIDING
        ] or case.given.pinned
        known = [stands for each in deciding if (stands := true[each.n]) is not None]
        if known and not any(stands.applies for stands in known):
            faults.append(f"the verdict {case.given.verdict} rests on nothing that was in force")
    return tuple(faults)


def _best(claim: Facts, told: list[Facts]) -> Finding:
    findings = [bears_out(each, claim) for each in told]
    return min(
        findings, key=lambda each: (not each.holds, len(each.missing)), default=Finding(False, ("no statement",))
    )


def _rightly_silent(case: Case) -> bool:
    return case.given.abstained and case.question.unanswerable
