"""Any chat that can sign a request gets answers, once for every message."""

import hashlib
import hmac
import json
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from served import IN_FORCE, QUESTION, Served, is_problem

from assistant.settings import Settings, WebhookSettings

SECRET = "a-secret-of-a-webhook"


@pytest.fixture(scope="module")
def served(built, corpus, tmp_path_factory):
    folder = shutil.copytree(built, tmp_path_factory.mktemp("webhook") / "data")
    settings = Settings(data_dir=folder, corpus_dir=corpus, webhook=WebhookSettings(signing_secret=SECRET))
    with Served(settings) as running:
        yield running


def signed(body: bytes, *, secret: str = SECRET, off: int = 0) -> dict[str, str]:
    """The headers of a body, by a clock that may be some seconds off."""
    timestamp = str(int(time.time()) + off)
    signature = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Signature-Timestamp": timestamp, "X-Signature": f"v0={signature}"}


def send(served: Served, sent, **more):
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return served.http.post("/webhook", content=body, headers=signed(body, **more))


def test_a_signed_question_is_answered_and_recorded(served):
    got = send(served, {"id": "m-1", "question": QUESTION, "as_of": IN_FORCE, "user": "anna"}).json()
    assert got["verdict"] == "permit_required"
    assert got["answer"] in got["text"]
    assert "**Sources**" in got["text"]
    entry = served.context.journal.entry(got["entry"])
    assert (entry.caller, entry.channel, entry.groups) == ("webhook:anna", "webhook", frozenset())


def test_the_same_message_sent_again_gets_the_same_answer(served):
    before = served.context.journal.count()
    sent = {"id": "m-2", "question": QUESTION}
    with ThreadPoolExecutor(4) as threads:
        responses = [each.result() for each in [threads.submit(send, served, sent) for _ in range(4)]]
    assert {each.status_code for each in responses} <= {200, 409}
    answered = [each.json() for each in [*responses, send(served, sent)] if each.status_code == 200]
    assert all(each == answered[0] for each in answered)
    assert served.context.journal.count() == before + 1


def test_one_id_for_two_messages_is_refused(served):
    assert send(served, {"id": "m-3", "question": QUESTION}).status_code == 200
    is_problem(send(served, {"id": "m-3", "question": "Is dysprosium metal controlled?"}), 422)


@pytest.mark.parametrize("more", [{"secret": "another"}, {"off": -302}, {"off": 302}])
def test_what_is_not_signed_now_with_the_secret_is_refused(served, more):
    is_problem(send(served, {"id": "m-4", "question": QUESTION}, **more), 401)


@pytest.mark.parametrize(
    "sent",
    [
        b"[]",
        {"question": QUESTION},
        {"id": "m 5", "question": QUESTION},
        {"id": "m-5", "question": ""},
        {"id": "m-5", "question": " "},
        {"id": "m-5", "question": QUESTION, "as_of": "soon"},
        {"id": "m-5", "question": QUESTION, "more": 1},
        {"id": "m-5", "question": QUESTION, "history": [{"role": "system", "content": "x"}]},
    ],
)
def test_what_is_no_question_is_refused_in_a_sentence(served, sent):
    is_problem(send(served, sent), 422)


@pytest.mark.parametrize("sent", [b"", b"{", b"[" * 50_000, b'{"id": "m-5"} more'])
def test_what_is_no_json_is_refused(served, sent):
    assert is_problem(send(served, sent), 400) == "The body is not JSON."


def test_without_a_secret_there_is_none(shared):
    is_problem(send(shared, {"id": "m-6", "question": QUESTION}), 404)


def test_the_example_in_the_documentation_works(served, capsys, monkeypatch):
    monkeypatch.setenv("WEBHOOK_URL", f"{served.url}/webhook")
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    documented = Path(__file__).parents[2] / "docs" / "slack.md"
    (example,) = re.findall(r"```python\n(.*?)```", documented.read_text(encoding="utf-8"), re.DOTALL)
    exec(example, {})
    assert "Sources" in capsys.readouterr().out
