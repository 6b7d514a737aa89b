"""`assistant add --set`, `assistant edit`, `assistant confirm`."""

import json

MEMO = """MOFCOM Announcement No. 9 of 2026 on lathes and on other announcements

Issued on 1 March 2026

1. Announcement No. 62 of 2025 is repealed from 1 April 2026.

2. Lathes may not be exported without a licence.
"""


def added(run, tmp_path, *options):
    path = tmp_path / "nine.txt"
    path.write_text(MEMO, encoding="utf-8")
    return run("add", path, *options)


def recorded(run, source_id: str) -> dict:
    return next(each for each in json.loads(run("sources", "--json").stdout)["sources"] if each["id"] == source_id)


def test_what_was_guessed_is_said_listed_and_confirmed(run, data, tmp_path):
    assert "issued=2026-03-01" in added(run, tmp_path).stderr
    assert recorded(run, "nine")["guessed"] == ["issued", "issuer", "number", "title"]
    assert json.loads(run("confirm", "--json").stdout)["open"]["nine"] > 0
    listed = run("confirm", "nine").stdout
    assert "mofcom-2025-62 is repealed from 2026-04-01" in " ".join(listed.split())
    assert "Lathes may not be exported" in listed
    assert run("confirm", "nine", "issued", "kind").exit_code == 0
    assert recorded(run, "nine")["kind"] == "announcement"
    assert run("confirm", "nine", "--all").exit_code == 0
    assert json.loads(run("confirm", "nine", "--json").stdout) == {"proposals": []}
    asked = ("ask", "May separation equipment be repaired abroad?", "--as-of", "2026-05-01", "--json")
    stands = {each["standing"]["state"] for each in json.loads(run(*asked).stdout)["citations"]}
    assert "ended" in stands


def test_proposals_can_be_dropped(run, data, tmp_path):
    added(run, tmp_path)
    assert run("confirm", "nine", "--reject").exit_code == 1
    assert run("confirm", "nine", "--all", "--reject").exit_code == 0
    assert "Nothing of nine waits" in run("confirm", "nine").stdout
    assert recorded(run, "nine")["issued"] is None


def test_fields_are_set_while_adding_and_put_right_later(run, data, tmp_path):
    added(run, tmp_path, "--set", "kind=guidance", "--set", "jurisdiction=EU")
    assert (recorded(run, "nine")["kind"], recorded(run, "nine")["jurisdiction"]) == ("guidance", "EU")
    assert run("edit", "nine", "kind=law", "effective=2026-04-01").stdout == "changed: nine\n"
    assert (recorded(run, "nine")["kind"], recorded(run, "nine")["effective"]) == ("law", "2026-04-01")
    assert "fields: kind, effective" in run("history", "nine").stdout


def test_what_cannot_be_set_is_an_error(run, data, tmp_path):
    assert "colour" in added(run, tmp_path, "--set", "colour=red").stderr
    added(run, tmp_path)
    for wrong in ("kind=statute", "kind", "=x", "issued=tomorrow"):
        result = run("edit", "nine", wrong)
        assert (result.exit_code, result.stderr.startswith("Error: ")) == (1, True)
    assert run("confirm", "nine", "no-such-key").exit_code == 1
    assert run("edit", "nothing", "kind=law").exit_code == 1
