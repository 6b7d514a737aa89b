"""The journal over HTTP: whatever is answered is in it, and each caller sees what is theirs to see."""

import pytest
from served import IN_FORCE, QUESTION, is_problem

from assistant.server.bodies import EntryGot, ListGot, ReplayGot


def ask(server, headers=None, question=QUESTION):
    response = server.http.post("/api/v1/ask", json={"question": question, "as_of": IN_FORCE}, headers=headers)
    assert response.status_code == 200, response.text
    return response.json()


def test_whatever_is_answered_is_in_the_journal(serve):
    server = serve()
    told = ask(server)
    entry = server.http.get(f"/api/v1/journal/{told['entry']}").json()
    EntryGot.model_validate(entry)
    assert (entry["question"], entry["caller"], entry["channel"]) == (QUESTION, "local", "rest")
    assert entry["answer"] == told["answer"]
    server.http.post("/v1/chat/completions", json={"model": "export-control-assistant", "messages": [
        {"role": "user", "content": QUESTION}, {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": "Until when?"},
    ]})  # fmt: skip
    with server.http.stream("POST", "/api/v1/ask/stream", json={"question": QUESTION}) as response:
        assert response.read()
    entries = server.http.get("/api/v1/journal").json()
    ListGot[EntryGot].model_validate(entries)
    assert [each["channel"] for each in entries["items"]] == ["rest", "openai", "rest"]
    assert len(entries["items"][1]["history"]) == 2
    assert server.context.journal.verify().sound


def test_entries_come_in_pages_and_by_words(serve):
    server = serve()
    told = [ask(server, question=f"Is repair number {n} controlled?")["entry"] for n in range(5)]
    first = server.http.get("/api/v1/journal", params={"limit": 3}).json()
    rest = server.http.get(first["next"]).json()
    assert [each["id"] for each in first["items"] + rest["items"]] == told[::-1]
    assert (first["total"], rest["next"]) == (5, None)
    found = server.http.get("/api/v1/journal", params={"words": '"number 3"'}).json()
    assert [each["id"] for each in found["items"]] == [told[3]]


def test_what_rests_on_a_provision_is_found(serve):
    server = serve()
    told = ask(server)
    cited = told["citations"][0]
    what = {"source_id": cited["source_id"], "provision": cited["provision"]}
    found = server.http.get("/api/v1/journal/resting-on", params=what).json()
    assert [each["id"] for each in found["items"]] == [told["entry"]]
    nothing = server.http.get("/api/v1/journal/resting-on", params={"source_id": "nix"}).json()
    assert nothing["items"] == []


def test_feedback_is_kept_with_the_entry(serve):
    server = serve()
    entry = ask(server)["entry"]
    said = server.http.post(f"/api/v1/journal/{entry}/feedback", json={"rating": "helpful", "comment": "Thanks."})
    assert said.status_code == 204
    kept = server.http.get(f"/api/v1/journal/{entry}").json()["feedback"]
    assert [(each["rating"], each["comment"], each["caller"]) for each in kept] == [("helpful", "Thanks.", "local")]
    is_problem(server.http.post(f"/api/v1/journal/{entry}/feedback", json={"rating": "fine"}), 422)
    is_problem(server.http.post("/api/v1/journal/0123456789abcdef/feedback", json={"rating": "helpful"}), 404)


def test_readers_see_what_they_asked_and_curators_what_all_asked(serve):
    server = serve(authentication="keys")
    ann, bob = server.key("ann"), server.key("bob")
    hers, his = ask(server, ann)["entry"], ask(server, bob)["entry"]

    def seen(headers):
        return {each["id"] for each in server.http.get("/api/v1/journal", headers=headers).json()["items"]}

    assert seen(ann) == {hers}
    assert seen(bob) == {his}
    assert seen(server.key("cur", "curator")) == {hers, his}
    theirs = server.http.get("/api/v1/journal", params={"caller": "key:bob"}, headers=ann).json()
    assert {each["id"] for each in theirs["items"]} == {hers}
    is_problem(server.http.get(f"/api/v1/journal/{his}", headers=ann), 404)
    is_problem(server.http.post(f"/api/v1/journal/{his}/feedback", json={"rating": "helpful"}, headers=ann), 404)


def test_who_nobody_knows_sees_no_journal_but_can_say_what_they_think(serve):
    server = serve(hosts=["127.0.0.1"], without_authentication=True)
    entry = ask(server)["entry"]
    for path in ("", "/resting-on?source_id=mofcom-2025-62", f"/{entry}"):
        is_problem(server.http.get(f"/api/v1/journal{path}"), 403)
    said = server.http.post(f"/api/v1/journal/{entry}/feedback", json={"rating": "not_helpful"})
    assert said.status_code == 204


@pytest.mark.parametrize("query", ["since=yesterday", "limit=0", "rating=fine", "colour=red", "verdict=maybe"])
def test_a_filter_that_cannot_be_used_is_refused(shared, query):
    is_problem(shared.http.get(f"/api/v1/journal?{query}"), 422)


def test_an_answer_can_be_replayed(serve):
    server = serve()
    entry = ask(server)["entry"]
    same = server.http.post(f"/api/v1/journal/{entry}/replay").json()
    ReplayGot.model_validate(same, extra="forbid")
    assert (same["same"], same["differences"]) == (True, [])
    server.http.delete("/api/v1/sources/mofcom-2025-62")
    other = server.http.post(f"/api/v1/journal/{entry}/replay").json()
    assert not other["same"]
    assert any("mofcom-2025-62" in reason for reason in other["reasons"])
    is_problem(server.http.post("/api/v1/journal/0123456789abcdef/replay"), 404)
