"""Asking and searching over HTTP."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from served import IN_FORCE, QUESTION, SUSPENDED, Served, is_problem

from assistant.server.bodies import AnswerGot, HitsGot


def events(response: httpx.Response) -> list[tuple[str, dict]]:
    """The server-sent events of a response."""
    found = []
    for block in response.iter_lines():
        if block.startswith("event: "):
            found.append((block.removeprefix("event: "), None))
        elif block.startswith("data: "):
            found[-1] = (found[-1][0], json.loads(block.removeprefix("data: ")))
    return found


def ask(server: Served, question: str = QUESTION, **body) -> dict:
    response = server.http.post("/api/v1/ask", json={"question": question, **body})
    assert response.status_code == 200, response.text
    return response.json()


def test_an_answer_is_the_assistants_own_for_the_date(shared):
    answer = ask(shared, as_of=IN_FORCE)
    AnswerGot.model_validate(answer, extra="forbid")
    own = shared.context.assistant.ask(QUESTION, as_of=AnswerGot.model_validate(answer).as_of).as_json()
    assert {**answer, "timings_ms": 0, "entry": 0} == {**own, "timings_ms": 0, "entry": 0}
    assert answer["verdict"] == "permit_required"
    assert ask(shared, as_of=SUSPENDED)["verdict"] != "permit_required"


def test_every_quote_stands_in_the_text_that_is_served(shared):
    for citation in ask(shared, as_of=IN_FORCE)["citations"]:
        text = shared.http.get(f"/api/v1/sources/{citation['source_id']}/text").text
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_history_makes_a_follow_up_a_question(shared):
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "Yes."}]
    alone = ask(shared, "And until when?", as_of=SUSPENDED)
    following = ask(shared, "And until when?", as_of=SUSPENDED, history=history)
    assert following["citations"] != alone["citations"]


def test_an_abstention_is_an_answer(shared):
    answer = ask(shared, "What is the boiling point of helium?")
    assert (answer["verdict"], answer["abstained"], answer["statements"]) == ("not_covered", True, [])


def test_a_stream_tells_the_verdict_then_statements_then_the_whole(shared):
    with shared.http.stream("POST", "/api/v1/ask/stream", json={"question": QUESTION, "as_of": IN_FORCE}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        told = events(response)
    names = [name for name, _ in told]
    whole = told[-1][1]
    assert names == ["began", *["statement"] * len(whole["statements"]), "answer"]
    assert told[0][1] == {"as_of": IN_FORCE, "verdict": whole["verdict"]}
    assert [data["text"] for name, data in told if name == "statement"] == [s["text"] for s in whole["statements"]]
    cited = {c["n"]: c for _, data in told[1:-1] for c in data["citations"]}
    assert list(cited.values()) == whole["citations"]
    assert {**whole, "timings_ms": 0, "entry": 0} == {**ask(shared, as_of=IN_FORCE), "timings_ms": 0, "entry": 0}


def test_a_search_gives_provisions_best_first(shared):
    response = shared.http.post("/api/v1/search", json={"question": "repair abroad", "limit": 3, "as_of": IN_FORCE})
    HitsGot.model_validate(response.json(), extra="forbid")
    scores = [hit["score"] for hit in response.json()["hits"]]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("path", ["/api/v1/ask", "/api/v1/ask/stream", "/api/v1/search"])
@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "question"),
        ({"question": ""}, "question"),
        ({"question": "?!"}, "empty"),
        ({"question": "x" * 8_001}, "question"),
        ({"question": 5}, "question"),
        ({"question": "Why?", "as_of": "yesterday"}, "as_of"),
        ({"question": "Why?", "as_of": 20251020}, "as_of"),
        ({"question": "Why?", "as_of": "2025-02-30"}, "as_of"),
        ({"question": "Why?", "as_of": "0001-01-01"}, "1949"),
        ({"question": "Why?", "colour": "red"}, "colour"),
    ],
)
def test_a_question_that_cannot_be_used_is_refused_with_what_is_wrong(shared, path, body, named):
    assert named in is_problem(shared.http.post(path, json=body), 422)


def test_many_ask_at_once_and_each_gets_their_own_answer(shared):
    dates = [f"2025-10-{day:02}" for day in range(10, 30)]
    with ThreadPoolExecutor(10) as clients:
        answers = list(clients.map(lambda day: ask(shared, as_of=day), dates))
    assert [answer["as_of"] for answer in answers] == dates
