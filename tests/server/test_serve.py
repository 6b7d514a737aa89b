"""`assistant serve` as a process: where it listens, what it says, how it ends."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from served import IN_FORCE, QUESTION, is_problem

from assistant.journal import Journal


@pytest.fixture
def start(built: Path, corpus: Path, tmp_path: Path):
    data = shutil.copytree(built, tmp_path / "data")
    running = []

    def started(*options: str, **environment: str) -> tuple[subprocess.Popen, Path]:
        environment = {
            **os.environ, "ASSISTANT_DATA_DIR": str(data), "ASSISTANT_CORPUS_DIR": str(corpus), **environment,
        }  # fmt: skip
        command = [sys.executable, "-W", "error", "-m", "assistant", "serve", *options]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        running.append(process)
        return process, data

    yield started
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def address(process: subprocess.Popen) -> str:
    return re.search(r"http://\S+", process.stderr.readline())[0]


def test_it_serves_until_it_is_told_to_stop(start):
    process, data = start("--port", "0")
    url = address(process)
    until = time.monotonic() + 180
    while httpx.get(f"{url}/readyz", timeout=60).status_code != 200:
        assert time.monotonic() < until
        time.sleep(0.05)
    told = httpx.post(f"{url}/api/v1/ask", json={"question": QUESTION, "as_of": IN_FORCE}).json()
    # The pages take every address that nothing else takes; what programs call answers them as ever.
    is_problem(httpx.get(f"{url}/api/v1/nowhere"), 404)
    is_problem(httpx.get(f"{url}/v1/nowhere"), 404)
    wrong = httpx.put(f"{url}/api/v1/sources")
    is_problem(wrong, 405)
    assert wrong.headers["allow"] == "GET, POST"
    is_problem(httpx.post(f"{url}/healthz"), 405)
    page = httpx.get(url, follow_redirects=True)
    assert page.headers["content-type"].startswith("text/html")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=180)
    assert process.returncode in (0, -signal.SIGTERM)
    assert out == ""
    assert QUESTION not in err
    lines = [json.loads(line) for line in err.splitlines()]
    assert "/api/v1/ask" in {line.get("route") for line in lines}
    assert not [line for line in lines if line["level"] in ("warning", "error")]
    assert Journal(data).entry(told["entry"]).question == QUESTION


def refused(process: subprocess.Popen) -> str:
    out, err = process.communicate(timeout=180)
    assert (process.returncode, out) == (1, "")
    (sentence,) = [line for line in err.splitlines() if line.startswith("Error: ")]
    assert "Traceback" not in err
    return sentence


def test_a_port_in_use_is_said_to_be(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process, _ = start("--port", str(taken.getsockname()[1]))
        assert "cannot be listened on" in refused(process)


def test_an_index_that_cannot_be_opened_ends_it_with_what_to_do(start, tmp_path):
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "catalogue.sqlite3").write_bytes(b"no database" * 1_000)
    process, _ = start("--port", "0", ASSISTANT_DATA_DIR=str(damaged))
    assert "doctor" in refused(process)
