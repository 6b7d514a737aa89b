"""The API's document, and what schemathesis finds when it takes the server at its word.

``SCHEMATHESIS_EXAMPLES`` says how many examples of each operation, ``SCHEMATHESIS_REPORT`` names a file for the counts.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "8")


def test_schemathesis_finds_no_fault(serve, tmp_path):
    server = serve(requests_per_minute=0, waiting=2_000)
    command = [
        Path(sys.executable).with_name("schemathesis"), "--config-file", Path(__file__).with_name("schemathesis.toml"),
        "run", f"{server.url}/openapi.json",
        "--checks", "all", "--max-examples", EXAMPLES, "--seed", "1", "--suppress-health-check", "all",
        "--request-timeout", "60", "--max-response-time", "60", "--generation-database", "none", "--no-color",
    ]  # fmt: skip
    ran = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=1800, cwd=tmp_path)
    if report := os.environ.get("SCHEMATHESIS_REPORT"):
        Path(report).write_text(ran.stdout, encoding="utf-8")
    assert ran.returncode == 0, ran.stdout[-20_000:]


def test_every_error_is_documented_as_a_problem(shared):
    document = shared.http.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if path not in ("/healthz",):
                assert "application/problem+json" in operation["responses"]["default"]["content"]
    assert "HTTPValidationError" not in json.dumps(document)


def test_the_page_of_the_document_loads_nothing_from_elsewhere(shared):
    page = shared.http.get("/docs").text
    addresses = [part.split('"')[0] for mark in ('src="', 'href="') for part in page.split(mark)[1:]]
    assert addresses
    assert all(each.startswith("/") for each in addresses)
    assert all(shared.http.get(each).status_code == 200 for each in addresses)
