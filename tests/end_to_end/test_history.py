"""`assistant history`, and the text of former versions."""

import json

from acts import write_act


def test_versions_are_listed_told_apart_and_printed_also_of_a_removed_source(run, data, tmp_path):
    run("add", write_act(tmp_path / "in", "magnets", "Magnets are free.", "Wood is free."))
    first = run("source-text", "magnets").stdout
    run("add", write_act(tmp_path / "in", "magnets", "Magnets need a licence.", "Wood is free."))
    removed = run("remove", "magnets")
    assert "assistant history magnets" in removed.stderr
    (one, two) = json.loads(run("history", "magnets", "--json").stdout)["versions"]
    assert (one["reason"], two["reason"]) == ("corrected", "removed")
    assert two["differences"] == [
        {
            "provision": "Art. 1", "change": "changed",
            "before": "Magnets are free.", "after": "Magnets need a licence.",
        }
    ]  # fmt: skip
    assert "[-are free.-][+need a licence.+]" in run("history", "magnets", "--diff", "2").stdout
    assert run("source-text", "magnets", "--version", "1").stdout == first
    assert run("source-text", "magnets", "--version", one["digest"]).stdout == first


def test_what_was_never_there_is_an_error(run, data):
    for command in (("history", "nothing"), ("history", "mofcom-2025-62", "--diff", "7")):
        result = run(*command)
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: ")
    assert run("source-text", "mofcom-2025-62", "--version", "9").exit_code == 1
