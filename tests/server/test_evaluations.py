"""Evaluation runs over HTTP."""

import json
import time

import pytest
from served import IN_FORCE, QUESTION, is_problem

GOLD = {
    "id": "one",
    "question": QUESTION,
    "as_of": IN_FORCE,
    "gold_verdict": "permit_required",
    "gold_sources": [{"doc_id": "mofcom-2025-62"}],
}


def finished(server, address: str) -> dict:
    until = time.monotonic() + 60
    while (run := server.http.get(address).json())["state"] in ("waiting", "running"):
        assert time.monotonic() < until
        time.sleep(0.05)
    return run


def test_a_run_is_started_and_its_report_kept(serve):
    server = serve()
    started = server.http.post("/api/v1/evaluations", json={"questions": [GOLD]})
    assert started.status_code == 202
    run = finished(server, started.headers["location"])
    assert run["state"] == "done", run["error"]
    assert run["report"]["questions"]["count"] == 1
    assert run["report"]["runs"]
    listed = server.http.get("/api/v1/evaluations").json()
    assert [(each["id"], each["report"]) for each in listed["items"]] == [(run["id"], None)]
    assert server.http.get(started.headers["location"]).json() == run
    assert not list((server.settings.data_dir / "evaluations").glob("*.jsonl"))


def test_a_set_that_cannot_be_run_says_why(serve):
    server = serve()
    gold = {**GOLD, "gold_sources": [{"doc_id": "nix"}]}
    started = server.http.post("/api/v1/evaluations", json={"questions": [gold]})
    run = finished(server, started.headers["location"])
    assert run["state"] == "failed"
    assert "nix" in run["error"]
    assert str(server.settings.data_dir) not in run["error"]


@pytest.mark.parametrize(
    "questions", [[], [{"id": "x"}], [{**GOLD, "colour": "red"}], [{**GOLD, "gold_verdict": "maybe"}]]
)
def test_what_is_no_question_set_is_refused(shared, questions):
    is_problem(shared.http.post("/api/v1/evaluations", json={"questions": questions}), 422)


def test_a_run_that_a_stop_cut_off_is_said_to_have_failed(serve):
    server = serve()
    folder = server.settings.data_dir / "evaluations"
    folder.mkdir()
    run_id = "20260101-000000-abcdef"
    run = {"id": run_id, "state": "running", "started": "2026-01-01T00:00:00+00:00", "questions": 1, "done": 0}
    (folder / f"{run_id}.json").write_text(json.dumps({**run, "error": None, "report": None}))
    found = server.http.get(f"/api/v1/evaluations/{run_id}").json()
    assert (found["state"], "stopped" in found["error"]) == ("failed", True)


@pytest.mark.parametrize("run_id", ["nix", "20260101-000000-abcdef", "..%2f..%2fcatalogue"])
def test_an_unknown_run_is_not_found(shared, run_id):
    is_problem(shared.http.get(f"/api/v1/evaluations/{run_id}"), 404)
