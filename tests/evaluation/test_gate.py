"""The gate: thresholds, tolerance, and a baseline whose diff can be read."""

import json

import fakes
import pytest

from assistant.errors import EvaluationError
from assistant.evaluation import gate, results
from assistant.evaluation.metrics import BY_NAME
from assistant.evaluation.runner import run


def report(answerer, questions, sources):
    made = results.run_report("us", "id", run(questions, answerer, sources))
    return {"runs": [made], "entailment": "lexical-1", "corpus": {"fingerprint": "f"}}


@pytest.fixture(scope="module")
def good(assistant, questions, sources):
    return report(fakes.Honest(assistant), questions, sources)


@pytest.fixture(scope="module")
def bad(assistant, questions, sources):
    return report(fakes.AlwaysAbstains(assistant), questions, sources)


def limits(**thresholds):
    return gate.Limits(thresholds=thresholds, tolerance={"verdict_accuracy": 0.01})


def test_a_run_like_the_baseline_passes(good):
    passing = limits(verdict_accuracy=0.9, wrong_date_citations=0, latency_p95_ms=1e6)
    assert gate.failures(good["runs"][0], passing, gate.baseline_of(good)) == []


def test_a_fall_behind_the_baseline_names_metric_and_questions(good, bad):
    (failure,) = gate.failures(bad["runs"][0], limits(), gate.baseline_of(good))
    assert failure.metric == "verdict_accuracy"
    assert "lathes (1 → 0)" in failure.changed
    assert not any(each.startswith("bananas") for each in failure.changed)


def test_a_threshold_holds_without_a_baseline(bad):
    (failure,) = gate.failures(bad["runs"][0], limits(verdict_accuracy=0.9), None)
    assert "must be at least 0.9" in str(failure)


def test_lower_is_better_for_faults(good):
    run_ = {"metrics": {"wrong_date_citations": {"value": 1.0}}, "answers": []}
    assert gate.under(run_, BY_NAME["wrong_date_citations"], 0) is not None
    assert gate.under(good["runs"][0], BY_NAME["wrong_date_citations"], 0) is None


def test_a_metric_without_a_value_fails_its_threshold():
    nothing = {"metrics": {"abstention_precision": {"value": None}}, "answers": []}
    assert "no value" in str(gate.under(nothing, BY_NAME["abstention_precision"], 0.5))


def test_a_baseline_reads_back_and_has_one_line_a_question(tmp_path, good):
    path = tmp_path / "baseline.json"
    path.write_text(gate.as_text(gate.baseline_of(good)), encoding="utf-8")
    assert gate.read_baseline(path) == json.loads(path.read_text(encoding="utf-8")) == gate.baseline_of(good)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert sum('"lathes"' in each for each in lines) == 1
    assert not any("axis" in each for each in lines), "outcomes are figures, never text"


def test_the_changes_of_a_new_baseline_are_listed(good, bad):
    lines = gate.changes(gate.baseline_of(good), gate.baseline_of(bad))
    assert any(each.startswith("verdict_accuracy: 1.0 → ") for each in lines)
    assert any(each.startswith("lathes: verdict permit_required") for each in lines)
    assert gate.changes(gate.baseline_of(good), gate.baseline_of(good)) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[thresholds]\nverdict = 1", "no metric 'verdict'"),
        ("thresholds = 1", "thresholds"),
        ("[threshold]", "threshold"),
        ("not toml", "not TOML"),
    ],
)
def test_a_broken_gate_file_is_refused(tmp_path, text, what):
    (tmp_path / "gate.toml").write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError, match=what):
        gate.read_limits(tmp_path / "gate.toml")


def test_the_repositorys_gate_is_good():
    from assistant.settings import packaged

    found = gate.read_limits(packaged("evals") / "gate.toml")
    assert found.thresholds["quotes_verbatim"] == 1
    assert found.thresholds["wrong_date_citations"] == 0
