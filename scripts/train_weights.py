"""Learns the weights of the small linear models in assistant/retrieval/weights from the development half of the
evaluation questions, and says how well each does on questions it did not learn from.

    python scripts/train_weights.py [MODEL …]

Logistic regression with an L2 penalty, by Newton's method. Folds keep the families of questions together, so that no
question is judged by a model that has seen its sibling. The gate half of the questions is never read.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from assistant import Assistant
from assistant.answering.deciding import fitting, permission, rules, sufficiency
from assistant.answering.extractive import ExtractiveWriter
from assistant.answering.quoting import saying
from assistant.answering.quoting.body import choices
from assistant.answering.quoting.sentences import Candidate
from assistant.answering.verdict import decide
from assistant.answering.wording import PHRASEBOOK
from assistant.documents.model import Modality, Source
from assistant.documents.naming import provision_name
from assistant.documents.validity import State, standing
from assistant.evaluation import questions
from assistant.evaluation.bearing import bears_out
from assistant.evaluation.entailment import read_facts
from assistant.evaluation.questions import GoldQuestion
from assistant.retrieval import intent, ranking
from assistant.retrieval.evidence import Findings
from assistant.retrieval.question import Question, understand

_QUESTIONS = Path(__file__).parent.parent / "evals" / "questions"
_WEIGHTS = Path(__file__).parent.parent / "assistant" / "retrieval" / "weights"
_FOLDS = 10
_CUTS = (1, 3, 5, 8, 12, 24)
# What an example of scope.yaml counts beside a question, and the day it is asked on.
_BARE_WEIGHT = 0.5
_EXAMPLE_WEIGHT, _EXAMPLES_ON = 0.03, dt.date(2026, 5, 1)


def main() -> None:
    """Trains the models named on the command line, all of them where none is."""
    assistant = Assistant.open()
    sources = {source.id: source for source in assistant.sources()}
    dev = questions.load(_QUESTIONS, sources, split="dev")
    models = {
        "intent": _intent,
        "ranking": _ranking,
        "rules": _rules,
        "sufficiency": _sufficiency,
        "permission": _permission,
        "saying": _saying,
    }
    for name in sys.argv[1:] or models:
        models[name](assistant, dev)


def _intent(assistant: Assistant, dev: Sequence[GoldQuestion]) -> None:
    snapshot = assistant.index.snapshot()
    asked = [each for each in dev if each.verdict and not each.unanswerable and not each.history]
    rows = []
    for each in asked:
        question = understand(each.question, each.on(None))
        own, _ = assistant.retriever.concepts(snapshot, question)
        text = assistant.retriever.spelled(snapshot, question.own)
        # Each question once more as a corpus without a glossary would read it: by its wording alone.
        rows += [intent.features(text, own, ()), intent.features(text, (), ())]
    asked = [each for each in asked for _ in range(2)]
    truth = np.array([each.verdict != "informational" for each in asked], dtype=float)
    names = sorted({name for row in rows for name in row})
    values = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    folds = _folds(asked)
    right = [(_unseen(values, truth, folds, l2) > 0) == truth for l2 in (1.0, 3.0, 10.0)]
    for way, kind in enumerate(("with the glossary", "without")):
        shares = [round(float(each[way::2].mean()), 3) for each in right]
        print(f"intent, {kind}: {len(asked) // 2} questions, right on unseen ones: {shares}")
    _write("intent", names, _fit(values, truth, 3.0))


def _permission(assistant: Assistant, dev: Sequence[GoldQuestion]) -> None:
    """Learns which questions are answered with a rule, from their wording as a model says that has not seen it, and
    from what is found for them."""
    snapshot = assistant.index.snapshot()
    asked = [each for each in dev if each.verdict and not each.unanswerable]
    worded, found = [], []
    for each in asked:
        question = understand(each.question, each.on(None), each.history)
        own, earlier = assistant.retriever.concepts(snapshot, question)
        worded.append(intent.features(assistant.retriever.spelled(snapshot, question.own), own, earlier))
        findings = assistant.retriever.find(question)
        found.append(permission.features(findings, fitting.rules_for(findings, findings.evidence)))
    truth = np.array([each.verdict != "informational" for each in asked], dtype=float)
    folds = _folds(asked)
    wording = _unseen(_matrix(worded)[1], truth, folds, 3.0)
    names, values = _matrix([{**each, "wording": logit} for each, logit in zip(found, wording, strict=True)])
    alone, together = (((logits > 0) == truth).mean() for logits in (wording, _unseen(values, truth, folds, 1.0)))
    print(f"permission: right on unseen questions by the wording {alone:.3f}, with what is found {together:.3f}")
    _write("permission", names, _fit(values, truth, 1.0))


def _saying(assistant: Assistant, dev: Sequence[GoldQuestion]) -> None:
    """Learns which of the sentences that an answer could go on with bear out something that a right answer says."""
    writer = ExtractiveWriter(PHRASEBOOK)
    asked: list[GoldQuestion] = []
    rows: list[Mapping[str, float]] = []
    truth: list[float] = []
    for each in dev:
        findings = assistant.retriever.find(_understood(assistant, each))
        if not each.points or not sufficiency.settles(findings):
            continue
        decision, draft = decide(findings), writer.draft(findings)
        found = choices(findings, decision, draft.statements[: draft.opening])
        points = [read_facts(point) for point in each.points]
        told = [read_facts(_as_shown(one)) for one in found]
        rows += saying.features(findings, found, decision.lead)
        truth += [float(any(bears_out(text, point).holds for point in points)) for text in told]
        asked += [each] * len(found)
    names, values = _matrix(rows)
    right = np.array(truth)
    unseen = _unseen(values, right, _folds(asked), 1.0)
    before = (unseen[right == 1][:, None] > unseen[right == 0][None, :]).mean()
    print(f"saying: {len(right)} sentences; one that bears out a point comes before one that does not in {before:.3f}")
    _write("saying", names, _fit(values, right, 1.0))


def _as_shown(candidate: Candidate) -> str:
    quote = candidate.quote
    return f"{provision_name(quote.source, quote.provision.label)}: {quote.text}"


def _matrix(rows: Sequence[Mapping[str, float]]) -> tuple[list[str], np.ndarray]:
    names = sorted({name for row in rows for name in row})
    return names, np.array([[row.get(name, 0.0) for name in names] for row in rows])


def _sufficiency(assistant: Assistant, dev: Sequence[GoldQuestion]) -> None:
    """Learns which questions the corpus answers: from the questions of the development half, and, counting less, from
    the examples of what corpus/scope.yaml leaves out, each as if it did not stand there itself."""
    retriever = assistant.retriever
    found = [retriever.find(_understood(assistant, each)) for each in dev]
    rows = [sufficiency.features(each) for each in found]
    names = sorted({name for row in rows for name in row})
    values = np.array([[row[name] for name in names] for row in rows])
    left_out = [_as_if_unknown(assistant, example) for example in retriever.scope.examples]
    examples = np.array([[row[name] for name in names] for row in left_out])
    # Each question once more as a corpus without a glossary would read it.
    bare = np.array([[row[name] for name in names] for row in map(_without_facets, found)])
    truth = np.array([not each.unanswerable for each in dev], dtype=float)
    folds = _folds(dev)
    unseen = np.zeros(len(truth))
    for fold in np.unique(folds):
        kept = folds != fold
        weights = _fit_beside(values[kept], bare[kept], truth[kept], examples)
        unseen[folds == fold] = values[folds == fold] @ weights[:-1] + weights[-1]
    # A level is judged on questions that it was not chosen on either.
    silent = np.zeros(len(truth), dtype=bool)
    for fold in np.unique(folds):
        others = folds != fold
        silent[~others] = unseen[~others] <= _level(unseen[others], truth[others])
    right = float((silent & (truth == 0)).sum())
    print(
        f"sufficiency: {len(dev)} questions, {int((truth == 0).sum())} without an answer; abstentions on unseen "
        f"ones: precision {right / silent.sum():.3f}, recall {right / (truth == 0).sum():.3f}, "
        f"F1 {_f1(silent, truth == 0):.3f}"
    )
    weights = _fit_beside(values, bare, truth, examples)
    weights[-1] -= _level(unseen, truth)
    _write("sufficiency", names, weights)


def _as_if_unknown(assistant: Assistant, example: str) -> Mapping[str, float]:
    retriever = assistant.retriever
    found = retriever.find(understand(example, _EXAMPLES_ON, groups=None))
    encoder = assistant.index.encoder_of(found.snapshot)
    return sufficiency.features(replace(found, outside=retriever.scope.nearest(example, encoder, leaving=example)))


def _without_facets(findings: Findings) -> Mapping[str, float]:
    return sufficiency.features(replace(findings, concepts=[replace(each, facet=None) for each in findings.concepts]))


def _fit_beside(values: np.ndarray, bare: np.ndarray, truth: np.ndarray, examples: np.ndarray) -> np.ndarray:
    """The weights learned from questions, with and without what a glossary tells of them, and from examples of what is
    not answered, of which each counts a part."""
    weight = np.concatenate(
        [np.ones(len(values)), np.full(len(bare), _BARE_WEIGHT), np.full(len(examples), _EXAMPLE_WEIGHT)]
    )
    right = np.concatenate([truth, truth, np.zeros(len(examples))])
    return _fit(np.vstack([values, bare, examples]), right, 1.0, weight)


def _level(logits: np.ndarray, truth: np.ndarray) -> float:
    """The level at which abstentions are right, and made, most often together."""
    return float(max(np.arange(-2.0, 3.0, 0.1), key=lambda each: _f1(logits <= each, truth == 0)))


def _understood(assistant: Assistant, gold: GoldQuestion) -> Question:
    return understand(gold.question, gold.on(None), gold.history, glossary=assistant.retriever.glossary)


def _f1(said: np.ndarray, right: np.ndarray) -> float:
    return float(2 * (said & right).sum() / (said.sum() + right.sum()))


def _ranking(assistant: Assistant, dev: Sequence[GoldQuestion]) -> None:
    """Learns which provisions of those found are gold: of each question the gold ones shall have all of the softmax
    of the weighted sums."""
    asked = [each for each in dev if any(gold.provision for gold in each.sources)]
    found = [_candidates(assistant, each) for each in asked]
    _learn_lists("ranking", list(zip(asked, found, strict=True)))


def _learn_lists(
    model: str, pairs: Sequence[tuple[GoldQuestion, tuple[list[Mapping[str, float]], np.ndarray]]]
) -> None:
    """Learns a model from lists of candidates, and says what share of the gold stands among the first on questions not
    learned from."""
    asked = [each for each, _ in pairs]
    names = sorted({name for _, (rows, _) in pairs for row in rows for name in row})
    lists = [(np.array([[row.get(name, 0.0) for name in names] for row in rows]), right) for _, (rows, right) in pairs]
    folds = _folds(asked)
    for l2 in (0.3, 1.0, 3.0):
        recalls = []
        for fold in np.unique(folds):
            kept = [each for each, other in zip(lists, folds, strict=True) if other != fold]
            weights = _fit_lists(kept, l2)
            for each, question, other in zip(lists, asked, folds, strict=True):
                if other == fold:
                    recalls.append(_recalls(each, weights, question if model == "ranking" else None))
        print(f"{model}, l2 {l2}: recall at {_CUTS} on unseen questions {np.round(np.mean(recalls, axis=0), 3)}")
    weights = _fit_lists(lists, 1.0)
    # The softmax leaves the level open: half of the best candidates shall score above 0.8.
    level = float(np.median([(values @ weights).max() for values, _ in lists]))
    _write(model, names, np.append(weights, np.log(0.8 / 0.2) - level))


def _rules(assistant: Assistant, dev: Sequence[GoldQuestion]) -> None:
    """Learns which rule decides a question for permission: the gold one whose effect on the date is the verdict."""
    asked = [each for each in dev if each.verdict not in (None, "informational", "not_covered")]
    pairs = [(each, _rule_candidates(assistant, each)) for each in asked]
    pairs = [(each, found) for each, found in pairs if found[1].any()]
    print(f"rules: {len(asked)} questions, {len(pairs)} whose rule is among the candidates")
    _learn_lists("rules", pairs)


def _rule_candidates(assistant: Assistant, gold: GoldQuestion) -> tuple[list[Mapping[str, float]], np.ndarray]:
    findings = assistant.retriever.find(_understood(assistant, gold))
    found = fitting.candidates(findings, findings.evidence)
    named = [_is_gold(gold, each.evidence.source, each.evidence.provision.label) for each in found]
    effective = [_effect(each) == gold.verdict for each in found]
    right = [one and other for one, other in zip(named, effective, strict=True)]
    return [fitting.features(findings, each) for each in found], np.array(right, dtype=float)


def _effect(rule: rules.Rule) -> str:
    if rule.evidence.standing.state is State.NOT_ESTABLISHED:
        return "unsettled"
    if not rule.applies or rule.modality in (Modality.EXEMPTS, Modality.LEAVES_OUT):
        return "not_required"
    if rule.modality in (Modality.FORBIDS, Modality.REFUSES_IN_PRINCIPLE):
        return "prohibited_in_principle"
    return "case_by_case" if rule.modality is Modality.CASE_BY_CASE else "permit_required"


def _is_gold(gold: GoldQuestion, source: Source, label: str) -> bool:
    return any(each.source_id == source.id and questions.names(each, source, label) for each in gold.sources)


def _candidates(assistant: Assistant, gold: GoldQuestion) -> tuple[list[Mapping[str, float]], np.ndarray]:
    """The features of every provision found for a question that was issued by its date, and which are gold."""
    snapshot = assistant.index.snapshot()
    question = _understood(assistant, gold)
    asked, fused = assistant.retriever.asked(snapshot, question)
    rows, right = [], []
    for found, values in ranking.described(snapshot, fused, asked):
        if standing(found.source, found.provision, question.as_of).state is State.NOT_ISSUED:
            continue
        rows.append(values)
        right.append(_is_gold(gold, found.source, found.provision.label))
    return rows, np.array(right, dtype=float)


def _fit_lists(lists: Sequence[tuple[np.ndarray, np.ndarray]], l2: float) -> np.ndarray:
    """The weights under which the gold rows of the lists together are likeliest."""
    learned = [(values, right / right.sum()) for values, right in lists if right.any()]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, gradient = l2 * float(weights @ weights), 2 * l2 * weights
        for values, target in learned:
            scores = values @ weights
            chances = np.exp(scores - scores.max())
            total -= float(target @ (scores - scores.max() - np.log(chances.sum())))
            gradient = gradient + values.T @ (chances / chances.sum() - target)
        return total, gradient

    return np.asarray(minimize(loss, np.zeros(learned[0][0].shape[1]), jac=True, method="L-BFGS-B").x)


def _recalls(one: tuple[np.ndarray, np.ndarray], weights: np.ndarray, question: GoldQuestion | None) -> list[float]:
    """The share of a question's gold provisions among the first; without a question, whether one is there at all."""
    values, right = one
    order = np.argsort(-(values @ weights))
    wanted = sum(each.provision is not None for each in question.sources) if question else 1
    return [min(1.0, float(right[order[:cut]].sum()) / wanted) for cut in _CUTS]


def _folds(asked: Sequence[GoldQuestion]) -> np.ndarray:
    return np.array([int(hashlib.md5(each.family.encode()).hexdigest(), 16) % _FOLDS for each in asked])


def _unseen(values: np.ndarray, truth: np.ndarray, folds: np.ndarray, l2: float) -> np.ndarray:
    """The logit of every row by a model of the other folds."""
    logits = np.zeros(len(truth))
    for fold in np.unique(folds):
        weights = _fit(values[folds != fold], truth[folds != fold], l2)
        logits[folds == fold] = values[folds == fold] @ weights[:-1] + weights[-1]
    return logits


def _fit(values: np.ndarray, truth: np.ndarray, l2: float, counts: np.ndarray | float = 1.0) -> np.ndarray:
    """The weights that fit best, the bias last and not penalised; ``counts`` is what each row counts."""
    rows = np.column_stack([values, np.ones(len(values))])
    penalty = np.diag([l2] * values.shape[1] + [1e-6])
    weights = np.zeros(rows.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-rows @ weights))
        gradient = rows.T @ (counts * (chance - truth)) + penalty @ weights
        hessian = (rows * (counts * chance * (1 - chance))[:, None]).T @ rows + penalty
        weights -= np.linalg.solve(hessian, gradient)
    return weights


def _write(model: str, names: Sequence[str], weights: np.ndarray) -> None:
    kept = {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=False) if abs(weight) >= 0.005}
    written = {"weights": kept, "bias": round(float(weights[-1]), 4)}
    _WEIGHTS.mkdir(exist_ok=True)
    (_WEIGHTS / f"{model}.json").write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
