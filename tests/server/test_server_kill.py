"""A server that is killed while it answers and adds: the journal verifies, and nothing that was acknowledged is lost.

``KILL_ROUNDS`` says how often.
"""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

import httpx
from acts import act_text

from assistant.assistant import Assistant
from assistant.journal import Journal
from assistant.settings import Settings

ROUNDS = int(os.environ.get("KILL_ROUNDS", "2"))
CLIENTS = 6


def start(data, corpus, log) -> tuple[str, subprocess.Popen]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "ASSISTANT_DATA_DIR": str(data), "ASSISTANT_CORPUS_DIR": str(corpus)}
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "assistant", "serve", "--port", str(port)],
        env=environment, stderr=log,
    )  # fmt: skip
    return f"http://127.0.0.1:{port}", process


def wait_until_ready(url: str, process: subprocess.Popen, log) -> None:
    until, said = time.monotonic() + 180, "nothing"
    while time.monotonic() < until and process.poll() is None:
        try:
            ready = httpx.get(f"{url}/readyz", timeout=60)
            if ready.status_code == 200:
                return
            said = ready.text
        except httpx.HTTPError as error:
            said = repr(error)
        time.sleep(0.05)
    process.kill()
    process.wait(30)
    log.seek(0)
    raise AssertionError(f"the server did not become ready; it said {said}; its log: {log.read()[-2_000:]}")


def ask(url: str, acknowledged: list[str]) -> None:
    with httpx.Client(base_url=url, timeout=30) as http:
        for number in range(10_000):
            try:
                told = http.post("/api/v1/ask", json={"question": f"Is repair number {number} abroad controlled?"})
            except httpx.HTTPError:
                return
            if told.status_code == 200:
                acknowledged.append(told.json()["entry"])


def add(url: str, name: str, acknowledged: list[str]) -> None:
    with httpx.Client(base_url=url, timeout=30) as http:
        for number in range(10_000):
            source_id = f"{name}-{number}"
            file = (f"{source_id}.md", act_text(source_id, f"Rule {source_id} holds.").encode())
            try:
                told = http.post("/api/v1/sources", files=[("files", file)])
            except httpx.HTTPError:
                return
            if told.status_code == 201:
                acknowledged.extend(told.json()["added"])


def test_a_kill_loses_nothing_that_was_acknowledged(built, corpus, tmp_path):
    data, chance = shutil.copytree(built, tmp_path / "data"), random.Random(2026)
    answered: list[str] = []
    added: list[str] = []
    for number in range(ROUNDS):
        with tempfile.TemporaryFile("w+") as log:
            url, process = start(data, corpus, log)
            wait_until_ready(url, process, log)
            callers = [threading.Thread(target=ask, args=(url, answered)) for _ in range(CLIENTS)]
            callers.append(threading.Thread(target=add, args=(url, f"round-{number}", added)))
            for each in callers:
                each.start()
            known, until = len(added), time.monotonic() + 60
            while len(added) == known and time.monotonic() < until:
                time.sleep(0.02)
            time.sleep(chance.uniform(0, 1.5))
            process.kill()
            process.wait(30)
            for each in callers:
                each.join(60)

        journal = Journal(data)
        verification = journal.verify()
        assert verification.sound, verification.problem
        assert set(answered) <= {entry.id for entry in journal.all()}
        assert set(added) <= {
            source.id for source in Assistant.open(Settings(data_dir=data, corpus_dir=corpus)).sources()
        }
        journal.close()
    assert len(answered) > ROUNDS
    assert added
