"""Sources over HTTP: listed, shown, added, removed."""

import json
import threading

import pytest
from acts import LATHES, MAGNETS, SEEDS, SOURCES, act_text, content
from served import is_problem

from assistant.server.bodies import AddedGot, EditedGot, HistoryGot, ListGot, SourceGot, WholeSourceGot


def upload(*files: tuple[str, str | bytes]) -> list:
    return [("files", (name, text.encode() if isinstance(text, str) else text)) for name, text in files]


def add(server, *files, **options):
    return server.http.post("/api/v1/sources", files=upload(*files), **options)


def test_sources_are_listed_in_pages(shared):
    first = shared.http.get("/api/v1/sources", params={"limit": 2}).json()
    ListGot[SourceGot].model_validate(first, extra="forbid")
    second = shared.http.get(first["next"]).json()
    assert first["total"] == second["total"] == len(SOURCES)
    assert second["next"] is None
    assert {each["id"] for each in first["items"] + second["items"]} == set(SOURCES)


def test_a_source_is_shown_with_how_its_provisions_stand_on_the_date(shared):
    def states(day: str) -> set[str]:
        body = shared.http.get("/api/v1/sources/mofcom-2025-62", params={"as_of": day}).json()
        WholeSourceGot.model_validate(body, extra="forbid")
        return {each["standing"]["state"] for each in body["provisions"]}

    assert "in_force" in states("2025-10-20")
    assert states("2026-03-15") <= {"suspended", "not_established"}


def test_the_stored_text_is_served_as_citations_count_it(shared):
    response = shared.http.get("/api/v1/sources/mofcom-2025-62/text")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.text == shared.context.assistant.source("mofcom-2025-62").text


@pytest.mark.parametrize("path", ["/api/v1/sources/nix", "/api/v1/sources/nix/text", "/api/v1/sources/%2e%2e%2fx"])
def test_an_unknown_source_is_not_found(shared, path):
    is_problem(shared.http.get(path), 404)


def test_uploads_are_added_and_answer_questions_at_once(serve):
    server = serve()
    added = add(server, ("magnets.md", act_text("magnets", *MAGNETS)), ("lathes.md", act_text("lathes", *LATHES)))
    assert added.status_code == 201
    AddedGot.model_validate(added.json(), extra="forbid")
    assert added.json()["added"] == ["magnets", "lathes"]
    answer = server.http.post("/api/v1/ask", json={"question": "May neodymium magnets be exported?"}).json()
    assert "magnets" in {each["source_id"] for each in answer["citations"]}
    again = add(server, ("magnets.md", act_text("magnets", *MAGNETS)))
    assert again.json()["unchanged"] == ["magnets"]
    changed = add(server, ("magnets.md", act_text("magnets", *MAGNETS, "Ferrite is free.")))
    assert changed.json()["changed"] == ["magnets"]
    assert not list((server.settings.data_dir / "uploads").glob("*/*"))


def test_a_source_is_removed(serve):
    server = serve()
    add(server, ("magnets.md", act_text("magnets", *MAGNETS)))
    assert server.http.delete("/api/v1/sources/magnets").json() == {"removed": ["magnets"]}
    is_problem(server.http.get("/api/v1/sources/magnets"), 404)
    is_problem(server.http.delete("/api/v1/sources/magnets"), 404)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("../../x.md", act_text("x", *SEEDS)),
        ("..\\x.md", act_text("x", *SEEDS)),
        ("C:x.md", act_text("x", *SEEDS)),
        (".hidden.md", act_text("x", *SEEDS)),
        ("x\u202ey.md", act_text("x", *SEEDS)),
        (f"{'x' * 300}.md", act_text("x", *SEEDS)),
        ("x.exe", b"MZ\0"),
        ("x.md", b"\xff\xfe\x00\x00"),
        ("x.md", "---\nid: [\n---\n"),
        ("x.md", ""),
    ],
)
def test_an_upload_that_cannot_be_used_is_refused_and_leaves_no_trace(serve, name, text):
    server = serve()
    before = content(server.settings.data_dir)
    sentence = is_problem(add(server, (name, text)), 422)
    assert str(server.settings.data_dir) not in sentence
    assert content(server.settings.data_dir) == before
    assert not list((server.settings.data_dir / "uploads").glob("*/*"))


def test_a_file_that_cannot_be_used_costs_only_itself(serve):
    server = serve()
    report = add(server, ("magnets.md", act_text("magnets", *MAGNETS)), ("broken.md", b"\xff\xfe\x00")).json()
    assert report["added"] == ["magnets"]
    assert [each["name"] for each in report["failed"]] == ["broken.md"]
    assert str(server.settings.data_dir) not in json.dumps(report)


def test_an_add_sent_twice_under_one_key_is_done_once_and_after_a_restart_too(serve):
    first = serve()
    once = {"Idempotency-Key": "add-1"}
    report = add(first, ("magnets.md", act_text("magnets", *MAGNETS)), headers=once).json()
    generation = first.context.assistant.status().generation
    second = serve()
    repeated = add(second, ("magnets.md", act_text("magnets", *MAGNETS)), headers=once)
    assert (repeated.status_code, repeated.json()) == (201, report)
    assert second.context.assistant.status().generation == generation
    other = add(second, ("lathes.md", act_text("lathes", *LATHES)), headers=once)
    assert "another request" in is_problem(other, 422)
    is_problem(add(second, ("lathes.md", act_text("lathes", *LATHES)), headers={"Idempotency-Key": "a b"}), 422)


def test_a_long_add_holds_up_no_answer(serve):
    server = serve()
    begun, end = threading.Event(), threading.Event()

    def long() -> None:
        begun.set()
        end.wait(30)

    changing = server.context.changes.submit(long)
    assert begun.wait(10)
    adding = threading.Thread(target=add, args=(server, ("magnets.md", act_text("magnets", *MAGNETS))))
    adding.start()
    assert server.http.post("/api/v1/ask", json={"question": "Is repair controlled?"}).status_code == 200
    assert "magnets" not in {each.id for each in server.context.assistant.sources()}
    end.set()
    changing.result(30)
    adding.join(30)
    assert "magnets" in {each.id for each in server.context.assistant.sources()}


def test_adds_at_the_same_time_all_arrive(serve):
    server = serve()
    names = [f"act-{n}" for n in range(6)]
    threads = [
        threading.Thread(target=add, args=(server, (f"{name}.md", act_text(name, f"Rule {name} holds."))))
        for name in names
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert set(names) <= {each.id for each in server.context.assistant.sources()}


def test_a_page_of_the_web_is_added_only_where_the_settings_allow_it(serve):
    server = serve()
    refused = server.http.post("/api/v1/web-sources", json={"url": "https://example.org/act.html"})
    assert "ALLOW_WEB" in is_problem(refused, 422)
    is_problem(server.http.post("/api/v1/web-sources", json={"url": "file:///etc/passwd"}), 422)


def test_what_is_recorded_of_a_source_is_put_right(serve):
    server = serve()
    add(server, ("magnets.md", act_text("magnets", *MAGNETS)))
    version = server.http.get("/api/v1/sources/magnets").json()["version"]
    edited = server.http.patch("/api/v1/sources/magnets", json={"fields": {"title": "Rule on magnets"}})
    assert edited.status_code == 200, edited.text
    EditedGot.model_validate(edited.json(), extra="forbid")
    assert server.http.get("/api/v1/sources/magnets").json()["source"]["title"] == "Rule on magnets"
    late = server.http.patch(
        "/api/v1/sources/magnets", json={"fields": {"title": "Late"}}, headers={"If-Match": f'"{version}"'}
    )
    assert "in between" in is_problem(late, 412)
    current = {"If-Match": edited.json()["version"]}
    timely = server.http.patch("/api/v1/sources/magnets", json={"fields": {"issued": "2024-05-01"}}, headers=current)
    assert timely.json()["source"]["issued"] == "2024-05-01"
    for fields in ({"issued": "soon"}, {"colour": "red"}, {}, {"title": 5}):
        is_problem(server.http.patch("/api/v1/sources/magnets", json={"fields": fields}), 422)
    is_problem(server.http.patch("/api/v1/sources/nix", json={"fields": {"title": "X"}}), 404)


def test_versions_of_a_source_are_kept_and_served(serve):
    server = serve()
    add(server, ("magnets.md", act_text("magnets", *MAGNETS)))
    add(server, ("magnets.md", act_text("magnets", *MAGNETS, "Ferrite is free.")))
    versions = server.http.get("/api/v1/sources/magnets/history").json()["versions"]
    HistoryGot.model_validate({"versions": versions}, extra="forbid")
    assert [each["number"] for each in versions] == [1, 2]
    assert str(server.settings.data_dir) not in json.dumps(versions)
    former = server.http.get("/api/v1/sources/magnets/versions/1").json()
    assert "Ferrite" not in former["text"]
    by_digest = server.http.get(f"/api/v1/sources/magnets/versions/{versions[1]['digest'][:12]}").json()
    assert "Ferrite" in by_digest["text"]
    is_problem(server.http.get("/api/v1/sources/magnets/versions/7"), 404)
    is_problem(server.http.get("/api/v1/sources/nix/history"), 404)


def test_the_file_that_a_source_was_read_from_comes_as_a_file(serve):
    server = serve()
    page = b"<html><head><title>Rule</title></head><body><p>Cobalt needs a licence.</p><script>x</script></body></html>"
    added = add(server, ("rule.html", page))
    assert added.status_code == 201, added.text
    (source_id,) = added.json()["added"]
    response = server.http.get(f"/api/v1/sources/{source_id}/original")
    assert response.content == page
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in response.headers["content-security-policy"]
    is_problem(server.http.get("/api/v1/sources/mofcom-2025-62/original"), 404)
