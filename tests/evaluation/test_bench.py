"""Speed is measured beside the tutorial's pipeline, in one run, and told as a table and as data."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from test_beir import folder

from assistant.cli import cli


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path / "data"))
    return lambda *arguments: CliRunner().invoke(cli, ["bench", *map(str, arguments)])


def test_a_collection_is_measured_side_by_side(call, tmp_path):
    asked = [{"_id": f"q{number}", "text": f"licence for {number} lathes"} for number in range(12)]
    judged = "".join(f"q{number}\tp1\t1\n" for number in range(12))
    folder(tmp_path / "set", queries=asked, qrels=f"query-id\tcorpus-id\tscore\n{judged}")
    done = call("--beir", tmp_path / "set", "--json", tmp_path / "figures.json")
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    ours, tutorial = found["systems"]
    assert (ours["name"], tutorial["name"]) == ("assistant", "tutorial")
    for system in (ours, tutorial):
        assert system["passages_per_cpu_second"] > 0
        assert 0 < system["query_ms"]["total"]["p50"] <= system["query_ms"]["total"]["p95"]
        assert system["cold_start_seconds"]["best"] > 0
    assert set(ours["query_ms"]) == {"embed", "dense", "lexical", "rank", "total"}
    assert "times better" in done.output


def test_a_split_without_a_collection_is_wrong_use(call):
    refused = call("--split", "dev")
    assert refused.exit_code == 2
    assert "--beir" in refused.output


def test_a_folder_that_is_no_collection_is_refused_in_a_sentence(call, tmp_path):
    refused = call("--beir", tmp_path)
    assert refused.exit_code == 1
    assert "there is no split" in str(refused.output) + str(refused.exception)
