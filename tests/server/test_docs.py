"""What docs/server.md says is so: its examples run, and it names every setting."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from acts import SEEDS, act_text

from assistant.settings import ServerSettings

TEXT = (Path(__file__).parents[2] / "docs" / "server.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```sh\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_examples_run(serve, tmp_path):
    server = serve()
    (tmp_path / "policy.md").write_text(act_text("policy", *SEEDS), encoding="utf-8")
    script = "\n".join(EXAMPLES).replace("http://127.0.0.1:8080", server.url)
    assert script.count("curl ") > 15
    ran = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", script], capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    assert ran.returncode == 0, ran.stderr[-2_000:]
    for expected in (
        '"verdict":"permit_required"',
        "event: answer",
        '"added":["policy"]',
        '"removed":["policy"]',
        '"same":true',
    ):
        assert expected in ran.stdout


def test_every_setting_is_named():
    named = set(re.findall(r"`(\w+)`", TEXT[TEXT.index("## Settings") :]))
    assert set(ServerSettings.model_fields) <= named
