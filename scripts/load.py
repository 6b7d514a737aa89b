"""How many questions a server answers, and how fast: requests a second, p50/p95/p99, CPU, refusals, errors, memory.

    python scripts/load.py                                  # starts a server of its own over the built-in sources
    python scripts/load.py --url http://127.0.0.1:8080 --key eca_…    # asks one that runs

Each of N clients asks questions of evals/questions one after another, for some seconds. A refusal is a 503 with
Retry-After, which is what a server says when its queue is full; anything else but a 200 is an error. The memory is the
server's own, as its /metrics tell it, before and after.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

QUESTIONS = Path(__file__).resolve().parent.parent / "evals" / "questions"


@dataclass
class Outcome:
    """What so many clients met in so many seconds."""

    clients: int
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    errors: list[str] = field(default_factory=list)
    megabytes: tuple[float, float] = (0.0, 0.0)
    cpu_seconds: float = 0.0

    def line(self) -> str:
        """The outcome as a row of the table."""
        cuts = statistics.quantiles(self.latencies, n=100) if len(self.latencies) > 1 else [0.0] * 99
        return (
            f"| {self.clients} | {len(self.latencies) / self.seconds:.1f} | {1000 * cuts[49]:.0f} | "
            f"{1000 * cuts[94]:.0f} | {1000 * cuts[98]:.0f} | "
            f"{1000 * self.cpu_seconds / max(1, len(self.latencies)):.0f} | {self.refused} | {len(self.errors)} | "
            f"{self.megabytes[0]:.0f} → {self.megabytes[1]:.0f} |"
        )


def questions() -> list[dict[str, str]]:
    """The bodies to send: every question of the sets, for its date."""
    lines = [line for path in sorted(QUESTIONS.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    read = [json.loads(line) for line in lines if line.strip()]
    return [{key: each[key] for key in ("question", "as_of") if key in each} for each in read]


async def load(url: str, headers: dict[str, str], clients: int, seconds: float) -> Outcome:
    """Lets clients ask for some seconds."""
    outcome = Outcome(clients)
    asked = questions()
    random.Random(1).shuffle(asked)
    bodies = itertools.cycle(asked)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=120, limits=limits) as http:
        before, worked = await _metric(http, "resident_memory_bytes"), await _metric(http, "cpu_seconds_total")
        start = time.perf_counter()

        async def client() -> None:
            while time.perf_counter() - start < seconds:
                await _ask(http, next(bodies), outcome)

        await asyncio.gather(*(client() for _ in range(clients)))
        outcome.seconds = time.perf_counter() - start
        outcome.cpu_seconds = await _metric(http, "cpu_seconds_total") - worked
        outcome.megabytes = (before / 1e6, await _metric(http, "resident_memory_bytes") / 1e6)
    return outcome


async def _ask(http: httpx.AsyncClient, body: dict[str, str], outcome: Outcome) -> None:
    begun = time.perf_counter()
    try:
        response = await http.post("/api/v1/ask", json=body)
    except httpx.HTTPError as error:
        outcome.errors.append(repr(error))
        return
    if response.status_code == 200:
        outcome.latencies.append(time.perf_counter() - begun)
    elif response.status_code == 503 and "retry-after" in response.headers:
        outcome.refused += 1
        await asyncio.sleep(float(response.headers["retry-after"]))
    else:
        outcome.errors.append(f"{response.status_code} {response.text[:200]}")


async def _metric(http: httpx.AsyncClient, name: str) -> float:
    """What the server tells of its process; 0 where it does not."""
    found = re.search(rf"^process_{name} (\S+)$", (await http.get("/metrics")).text, re.MULTILINE)
    return float(found[1]) if found else 0.0


@contextmanager
def server(*options: str, data: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server of its own over a data folder: its address and its process. Ended when done, however it ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "assistant", "serve", "--port", str(port), *options]
    environment = {**os.environ, "ASSISTANT_DATA_DIR": str(data)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url)
        yield url, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def wait_until_ready(url: str, *, seconds: float = 180) -> None:
    """Returns when a server says that it can answer. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise TimeoutError(f"{url} did not become ready within {seconds:g} seconds")


def main() -> None:
    """Runs the loads in turn and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--key", help="the key to show it; of an admin, for its memory")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    headers = {"Authorization": f"Bearer {given.key}"} if given.key else {}
    print("| clients | requests/s | p50 ms | p95 ms | p99 ms | CPU ms an answer | refused (503) | errors | memory MB |")
    print("|---|---|---|---|---|---|---|---|---|")

    def run(url: str) -> None:
        for clients in given.clients:
            outcome = asyncio.run(load(url, headers, clients, given.seconds))
            print(outcome.line(), flush=True)
            for error in outcome.errors[:3]:
                print(f"  {error}", file=sys.stderr)

    if given.url:
        run(given.url)
    else:
        with tempfile.TemporaryDirectory() as folder, server(data=Path(folder)) as (url, _):
            run(url)


if __name__ == "__main__":
    main()
