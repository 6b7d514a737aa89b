"""What a server does with callers who send too much, too slowly, too often, or nonsense, and with those who hang up."""

import io
import json
import logging
import socket
import threading
import time

import httpx
import pytest
from acts import content
from served import IN_FORCE, QUESTION, Served, is_problem

from assistant.errors import DamagedIndex
from assistant.server import limits, protocol
from assistant.server.logs import JsonLines

ASK = {"question": QUESTION, "as_of": IN_FORCE}


def raw(server: Served, *pieces: bytes, wait: float = 10) -> bytes:
    """What comes back for bytes sent as they are, until the server closes or says no more."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as line:
        for each in pieces:
            line.sendall(each)
        received = b""
        try:
            while piece := line.recv(65_536):
                received += piece
        except TimeoutError:
            pass
        return received


def head(path: str, **headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


@pytest.mark.parametrize("path", ["/api/v1/ask", "/v1/chat/completions", "/api/v1/evaluations"])
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"null", 422),
        (b'"question"', 422),
        (b"[" * 200_000 + b"]" * 200_000, 400),
        (b'{"question": "\xff\xfe"}', 400),
        (
            b'{"question": "\\ud800", "messages": [{"role": "user", "content": "\\ud800"}], '
            b'"model": "export-control-assistant"}',
            422,
        ),
        (b'{"question": NaN}', 422),
    ],
)
def test_a_body_that_is_none_is_refused_with_a_sentence(shared, path, sent, status):
    response = shared.http.post(path, content=sent, headers={"Content-Type": "application/json"})
    is_problem(response, status)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"])
def test_a_body_of_another_kind_is_refused(shared, kind):
    headers = {"Content-Type": kind}
    is_problem(shared.http.post("/api/v1/ask", content=json.dumps(ASK), headers=headers), 415)
    is_problem(shared.http.post("/v1/chat/completions", content="{}", headers=headers), 415)


def test_only_forms_with_files_are_taken_as_uploads(shared):
    is_problem(shared.http.post("/api/v1/sources", json={"files": []}), 415)
    broken = {"Content-Type": "multipart/form-data"}
    is_problem(shared.http.post("/api/v1/sources", content=b"--x", headers=broken), 400)
    is_problem(shared.http.post("/api/v1/sources", data={"files": "text"}, files={"other": b""}), 422)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/nowhere", 404),
        ("GET", "/api/v1/../../etc/passwd", 404),
        ("GET", "/static-offline-docs/../../../pyproject.toml", 404),
        ("GET", "/static-offline-docs/%2e%2e/%2e%2e/core.py", 404),
        ("GET", "/api/v1/ask", 405),
        ("PUT", "/api/v1/sources", 405),
        ("TRACE", "/api/v1/sources", 405),
        ("BREW", "/api/v1/models", 400),
    ],
)
def test_what_is_not_there_is_a_problem_too(shared, method, path, status):
    response = shared.http.request(method, path)
    is_problem(response, status)
    if path == "/api/v1/sources":
        assert response.headers["allow"] == "GET, POST"


def test_a_body_too_large_is_refused_before_it_is_read(shared):
    begun = time.monotonic()
    for path in ("/api/v1/ask", "/api/v1/sources", "/v1/chat/completions"):
        response = raw(shared, head(path, Content_Length=str(100_000_000)), wait=20)
        assert response.startswith(b"HTTP/1.1 413")
        assert b"application/problem+json" in response
    assert time.monotonic() - begun < 15


def test_a_body_that_does_not_say_how_large_it_is_is_read_no_further_than_allowed(serve):
    server = serve(max_body_bytes=10_000)

    def endless():
        for _ in range(1_000):
            yield b"x" * 1_000

    is_problem(server.http.post("/api/v1/ask", content=endless(), headers={"Content-Type": "application/json"}), 413)
    assert server.http.post("/api/v1/ask", json=ASK).status_code == 200


def test_a_body_that_arrives_too_slowly_is_given_up(serve, monkeypatch):
    monkeypatch.setattr(limits, "_BODY_SECONDS", 0.3)
    server = serve()
    response = raw(server, head("/api/v1/ask", Content_Length="100"), b'{"question"')
    assert response.startswith(b"HTTP/1.1 408")
    assert server.http.post("/api/v1/ask", json=ASK).status_code == 200


def test_headers_that_arrive_too_slowly_are_given_up(serve, monkeypatch):
    monkeypatch.setattr(protocol, "_HEADER_SECONDS", 0.5)
    server = serve()
    assert raw(server) == b""
    assert raw(server, b"POST /api/v1/ask HTTP/1.1\r\n", b"Host: 127.0.0.1\r\nX-Slow") == b""
    answered = raw(server, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"GET /healthz HTTP/1.1\r\nX", wait=10)
    assert answered.count(b"HTTP/1.1 200") == 1


def test_many_slow_clients_keep_nobody_else_from_an_answer(serve):
    server = serve()
    lines = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(150)]
    try:
        for line in lines:
            line.sendall(head("/api/v1/ask", Content_Length="1000"))
        assert server.http.post("/api/v1/ask", json=ASK).status_code == 200
    finally:
        for line in lines:
            line.close()


def test_who_asks_too_often_is_told_when_to_come_back(serve):
    server = serve(authentication="keys", requests_per_minute=5)
    ann, bob = server.key("ann"), server.key("bob")
    statuses = [server.http.get("/v1/models", headers=ann).status_code for _ in range(8)]
    assert statuses == [200] * 5 + [429] * 3
    refused = server.http.get("/v1/models", headers=ann)
    assert "5 requests" in is_problem(refused, 429)
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert server.http.get("/v1/models", headers=bob).status_code == 200
    assert server.http.get("/docs", headers=ann).status_code == 200  # parts of pages do not count


def test_a_full_queue_says_when_to_come_back(serve):
    server = serve(workers=1, waiting=1)
    release = threading.Event()
    held = server.context.answers.submit(lambda: release.wait(30))
    told: list[httpx.Response] = []
    waiting = threading.Thread(target=lambda: told.append(server.http.post("/api/v1/ask", json=ASK)))
    waiting.start()
    until = time.monotonic() + 10
    while server.context.answers.waiting < 1:
        assert time.monotonic() < until
        time.sleep(0.01)
    for path in ("/api/v1/ask", "/api/v1/ask/stream"):
        refused = server.http.post(path, json=ASK)
        assert "busy" in is_problem(refused, 503)
        assert int(refused.headers["retry-after"]) >= 1
    chat = {"model": "export-control-assistant", "messages": [{"role": "user", "content": QUESTION}]}
    is_problem(server.http.post("/v1/chat/completions", json=chat), 503)
    assert server.http.get("/healthz").status_code == 200
    metrics = server.http.get("/metrics").text
    assert 'assistant_waiting{pool="answers"} 1.0' in metrics
    assert 'assistant_busy_total{pool="answers"} 3.0' in metrics
    release.set()
    held.result(30)
    waiting.join(30)
    assert told[0].status_code == 200


def test_who_hangs_up_while_waiting_leaves_no_trace(serve):
    server = serve(workers=1)
    release = threading.Event()
    held = server.context.answers.submit(lambda: release.wait(30))
    body = json.dumps(ASK).encode()
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(head("/api/v1/ask", Content_Length=str(len(body))) + body)
        until = time.monotonic() + 10
        while server.context.answers.waiting < 1:
            assert time.monotonic() < until
            time.sleep(0.01)
    while server.context.answers.waiting:
        assert time.monotonic() < until, "it still waits for whoever hung up"
        time.sleep(0.01)
    release.set()
    held.result(30)
    assert server.context.journal.count() == 0


def test_who_hangs_up_in_the_middle_of_a_stream_disturbs_nobody(serve, caplog):
    server = serve(workers=1)
    for _ in range(5):
        with server.http.stream("POST", "/api/v1/ask/stream", json=ASK) as response:
            next(response.iter_lines())
    assert server.http.post("/api/v1/ask", json=ASK).status_code == 200
    assert server.context.answers.running == server.context.answers.waiting == 0
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_what_is_being_answered_when_the_server_is_stopped_is_answered(serve):
    server = serve(workers=1)
    release = threading.Event()
    server.context.answers.submit(lambda: release.wait(30))
    told: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: told.append(httpx.post(f"{server.url}/api/v1/ask", json=ASK, timeout=30)))
    asking.start()
    until = time.monotonic() + 10
    while server.context.answers.waiting < 1:
        assert time.monotonic() < until
        time.sleep(0.01)
    server.stop()
    time.sleep(0.3)
    release.set()
    asking.join(30)
    assert told[0].status_code == 200
    assert server.context.journal.verify().records == 1


def test_before_the_index_is_open_callers_are_told_to_wait(serve):
    server = serve()
    opened, server.context._assistant = server.context._assistant, None
    is_problem(server.http.get("/readyz"), 503)
    refused = server.http.post("/api/v1/ask", json=ASK)
    assert "still opening" in is_problem(refused, 503)
    assert refused.headers["retry-after"]
    assert server.http.get("/healthz").status_code == 200
    server.context.failure = DamagedIndex("The index is damaged; run `assistant doctor --rebuild`.")
    assert "doctor" in is_problem(server.http.get("/readyz"), 503)
    server.context._assistant = opened


def test_a_fault_of_the_program_shows_nothing_of_it(serve, monkeypatch):
    server = serve()
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(JsonLines(with_text=False))
    logging.getLogger("assistant").addHandler(handler)

    secret = f"secret words: {QUESTION}"

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(secret)

    monkeypatch.setattr(server.context.assistant, "search", fail)
    response = server.http.post("/api/v1/search", json=ASK, headers={"X-Request-ID": "the-one"})
    logging.getLogger("assistant").removeHandler(handler)
    assert "secret words" not in is_problem(response, 500)
    assert response.headers["x-request-id"] == "the-one"
    assert response.headers["x-frame-options"] == "DENY"
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    failed = next(line for line in lines if line["level"] == "error")
    assert failed["request_id"] == "the-one"
    assert "RuntimeError" in failed["trace"]
    assert "in fail" in failed["trace"]
    assert QUESTION not in log.getvalue()
    assert "secret words" not in log.getvalue()


def test_the_log_tells_of_requests_and_not_of_what_was_asked(serve):
    server = serve(authentication="keys")
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(JsonLines(with_text=False))
    logging.getLogger().addHandler(handler)
    logging.getLogger("assistant").setLevel(logging.INFO)
    key = server.key("ann")
    response = server.http.post("/api/v1/ask", json=ASK, headers=key)
    server.http.get("/api/v1/sources/a-secret-name", headers=key)
    requests: list[dict] = []
    until = time.monotonic() + 10
    while len(requests) < 2:  # a line is written when its response is on its way
        assert time.monotonic() < until
        requests = [line for line in map(json.loads, log.getvalue().splitlines()) if line["message"] == "request"]
    logging.getLogger().removeHandler(handler)
    assert [(line["route"], line["status"], line["caller"]) for line in requests] == [
        ("/api/v1/ask", 200, "key:ann"),
        ("/api/v1/sources/{source_id}", 404, "key:ann"),
    ]
    assert requests[0]["request_id"] == response.headers["x-request-id"]
    for secret in (QUESTION, key["Authorization"].removeprefix("Bearer "), "a-secret-name"):
        assert secret not in log.getvalue()


@pytest.mark.parametrize("given", ["x y", "", "a" * 65, "<script>", "ä"])
def test_an_unusable_request_id_is_replaced(shared, given):
    response = shared.http.get("/healthz", headers={"X-Request-ID": given.encode("latin-1", "replace")})
    assert len(response.headers["x-request-id"]) == 32


@pytest.mark.parametrize("host", ["evil.example.org", "127.0.0.1.evil.example", "", "[", "127.0.0.1:x"])
def test_only_its_own_names_are_answered_to(shared, host):
    is_problem(shared.http.post("/api/v1/ask", json=ASK, headers={"Host": host}), 421)


def test_named_hosts_are_answered_to_and_no_others(serve):
    server = serve(hosts=["assistant.example.org"], authentication="keys")
    key = server.key("ann")
    for host, status in (("assistant.example.org", 200), ("assistant.example.org:443", 200), ("127.0.0.1", 421)):
        assert server.context is not None
        assert httpx.get(f"{server.url}/v1/models", headers={**key, "Host": host}).status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.org"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_page_of_another_site_can_ask_and_change_nothing(serve, headers):
    server = serve()
    before = content(server.settings.data_dir)
    for method, path in (("POST", "/api/v1/ask"), ("DELETE", "/api/v1/sources/mofcom-2025-62")):
        response = server.http.request(method, path, headers=headers)
        is_problem(response, 403)
        assert "access-control-allow-origin" not in response.headers
    assert content(server.settings.data_dir) == before
    own = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    assert server.http.post("/api/v1/ask", json=ASK, headers=own).status_code == 200


def test_every_response_carries_the_security_headers(shared):
    for path in ("/healthz", "/docs", "/nowhere", "/api/v1/sources", "/static-offline-docs/swagger-ui.css"):
        headers = shared.http.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers
    preflight = shared.http.options(
        "/api/v1/ask", headers={"Origin": "https://a.b", "Access-Control-Request-Method": "POST"}
    )
    assert not [name for name in preflight.headers if name.startswith("access-control")]


def test_metrics_count_requests_answers_and_the_index(serve):
    server = serve()
    server.http.post("/api/v1/ask", json=ASK)
    server.http.post("/api/v1/ask", json={"question": "What is the boiling point of helium?"})
    text = server.http.get("/metrics").text
    status = server.context.assistant.status()
    for line in (
        'assistant_requests_total{method="POST",route="/api/v1/ask",status="200"} 2.0',
        'assistant_answers_total{channel="rest",verdict="permit_required"} 1.0',
        "assistant_abstentions_total 1.0",
        'assistant_stage_seconds_count{stage="retrieve"} 2.0',
        f'assistant_index_size{{of="sources"}} {status.sources}.0',
        f'assistant_index_size{{of="passages"}} {status.passages}.0',
        "assistant_ready 1.0",
    ):
        assert line in text
    assert "process_resident_memory_bytes" in text
    assert QUESTION not in text
