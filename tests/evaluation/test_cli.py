"""`assistant eval` from the outside."""

import json

import pytest
from click.testing import CliRunner

from assistant.errors import EvaluationError
from assistant.evaluation.cli import evaluate
from assistant.evaluation.runner import Kept

QUESTIONS = [
    {
        "id": "lathes",
        "question": "Do five-axis lathes need an export licence?",
        "as_of": "2025-08-01",
        "gold_verdict": "permit_required",
        "gold_sources": [{"doc_id": "lathes", "provision": "Art. 1"}],
        "type": "direct",
    },
    {
        "id": "weather",
        "question": "Will it rain on Saturday in Lisbon?",
        "unanswerable": True,
        "gold_verdict": "not_covered",
    },
]


@pytest.fixture
def call(monkeypatch, corpus_dir, tmp_path):
    monkeypatch.setenv("ASSISTANT_CORPUS_DIR", str(corpus_dir))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, QUESTIONS)), encoding="utf-8")

    def run(*args):
        return CliRunner().invoke(evaluate, [str(each) for each in args], catch_exceptions=True)

    return run


def test_a_question_set_is_run_and_both_reports_written(call, tmp_path):
    result = call("q.jsonl", "--json", "out/a.json", "--html", "out/a.html")
    assert result.exit_code == 0, result.output
    assert "Verdict accuracy" in result.output
    report = json.loads((tmp_path / "out/a.json").read_text(encoding="utf-8"))
    assert report["metrics"]["verdict_accuracy"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 2}
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == ["a.html", "a.json"]


def test_two_reports_are_compared(call):
    assert call("q.jsonl", "--json", "a.json").exit_code == 0
    result = call("compare", "a.json", "a.json")
    assert result.exit_code == 0
    assert "2 questions in both" in result.output


def test_fail_under_sets_the_exit_code_and_names_the_metric(call):
    assert call("q.jsonl", "--fail-under", "verdict_accuracy=1").exit_code == 0
    failed = call("q.jsonl", "--fail-under", "latency_p50_ms=0.0001")
    assert failed.exit_code == 1
    assert "FAILED latency_p50_ms" in failed.output


@pytest.mark.parametrize(
    ("args", "what"),
    [
        (["q.jsonl", "--fail-under", "accuracy=1"], "no metric 'accuracy'"),
        (["q.jsonl", "--fail-under", "verdict_accuracy=high"], "not a number"),
        (["none.jsonl"], "no such file"),
        (["compare", "q.jsonl", "q.jsonl"], "not a report"),
        (["q.jsonl", "--vary", "nothing=1"], "cannot be varied"),
        (["q.jsonl", "--judge", "no-such-model"], "judge"),
    ],
)
def test_bad_input_is_one_sentence_and_writes_nothing(call, tmp_path, args, what):
    result = call(*args, *(["--json", "out.json"] if args[0] != "compare" else []))
    assert isinstance(result.exception, EvaluationError)
    assert what in str(result.exception)
    assert [each.name for each in tmp_path.iterdir() if each.name != "data"] == ["q.jsonl"]


def test_a_bad_question_set_writes_nothing(call, tmp_path):
    (tmp_path / "q.jsonl").write_text('{"id": "a"}', encoding="utf-8")
    result = call("q.jsonl", "--json", "out.json", "--html", "out.html")
    assert "line 1" in str(result.exception)
    assert [each.name for each in tmp_path.iterdir() if each.name != "data"] == ["q.jsonl"]


@pytest.mark.parametrize("args", [["--beir", "x", "--html", "y"], ["--json", "x"], ["q.jsonl", "--split", "test"]])
def test_options_that_do_not_go_together_are_wrong_use(call, args):
    assert call(*args).exit_code == 2


def test_an_interrupted_run_is_resumed_by_the_same_command(call, tmp_path, monkeypatch):
    put = Kept.put

    def interrupted(self, key, record):
        put(self, key, record)
        raise KeyboardInterrupt

    monkeypatch.setattr(Kept, "put", interrupted)
    stopped = call("q.jsonl", "--json", "a.json")
    assert "goes on where this one did" in stopped.output
    assert not (tmp_path / "a.json").exists()
    monkeypatch.setattr(Kept, "put", put)
    assert call("q.jsonl", "--json", "a.json").exit_code == 0
    assert sorted(each.name for each in tmp_path.iterdir() if each.name != "data") == ["a.json", "q.jsonl"]


def test_variations_stand_beside_the_default(call, tmp_path):
    assert call("q.jsonl", "--vary", "relevance.place=10,40", "--json", "a.json").exit_code == 0
    names = [each["name"] for each in json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["runs"]]
    assert names == ["assistant", "relevance.place=10", "relevance.place=40"]


def test_retrieval_alone_prints_its_figures_by_their_names(call, tmp_path):
    from test_beir import folder

    folder(tmp_path / "set")
    result = call("--beir", "set", "--split", "dev", "--json", "b.json")
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))
    assert {
        "Recall@10",
        "MAP@10",
        "nDCG@10",
        "MRR@10",
        "ingest_seconds",
        "query_p50_ms",
        "query_p95_ms",
    } <= found.keys()


def test_the_gate_fails_when_answers_got_worse_and_a_new_baseline_says_what_changed(call, tmp_path, monkeypatch):
    evals = tmp_path / "evals"
    (evals / "questions").mkdir(parents=True)
    lines = [json.dumps({**QUESTIONS[0], "id": f"lathes-{n}"}) for n in range(6)]
    (evals / "questions" / "direct.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (evals / "gate.toml").write_text(
        "[thresholds]\nquotes_verbatim = 1\n[tolerance]\nverdict_accuracy = 0.01\n", encoding="utf-8"
    )
    monkeypatch.setattr("assistant.evaluation.cli._evals", lambda: evals)
    first = call("baseline")
    assert first.exit_code == 0, first.output
    assert call("gate").exit_code == 0
    baseline = json.loads((evals / "baseline.json").read_text(encoding="utf-8"))
    lines = [json.dumps({**json.loads(each), "gold_verdict": "informational"}) for each in lines]
    (evals / "questions" / "direct.jsonl").write_text("\n".join(lines), encoding="utf-8")
    failed = call("gate")
    assert failed.exit_code == 1
    assert "FAILED verdict_accuracy" in failed.output
    assert all(each in failed.output for each in baseline["questions"])
    assert "verdict_accuracy: 1.0 → 0.0" in call("baseline").output
