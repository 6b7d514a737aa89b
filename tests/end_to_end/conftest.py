"""The command line over the small corpus, in a copy of its index for every test that changes it."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from acts import content
from click.testing import CliRunner, Result

from assistant.cli import cli

_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 24, 1, 2


@pytest.fixture(autouse=True)
def small_corpus(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_CORPUS_DIR", str(corpus))


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    """The data folder of this test, with a copy of the index in it."""
    return shutil.copytree(built, tmp_path / "data")


@pytest.fixture
def run() -> Callable[..., Result]:
    """Runs a command inside this process."""
    return lambda *arguments: CliRunner().invoke(cli, [str(each) for each in arguments])


def _as_ordinary_user() -> None:
    """Takes root's right to pass over file modes, for the program that is started next."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
        libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


@pytest.fixture
def start() -> Callable[..., subprocess.Popen[str]]:
    """Starts a command as a process of its own; ``ordinary`` as one that file modes hold for, even root's."""

    def started(*arguments, ordinary: bool = False, before: Callable[[], None] | None = None, **environment: str):
        if ordinary and os.geteuid() == 0:
            before = _as_ordinary_user
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "assistant", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            env={**os.environ, **environment},
            preexec_fn=before,
        )

    return started


@pytest.fixture
def refused(data: Path) -> Callable[..., str]:
    """Checks that a command ended with one sentence, no output and an unchanged index; returns the sentence."""
    before = content(data)

    def check(result: Result | subprocess.Popen[str]) -> str:
        if isinstance(result, Result):
            assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
            code, out, err = result.exit_code, result.stdout, result.stderr
        else:
            out, err = result.communicate(timeout=60)
            code = result.returncode
        assert (code, out) == (1, ""), err
        assert err.startswith("Error: ")
        assert err.endswith(".\n")
        assert err.count("\n") == 1
        assert content(data) == before
        return err.removeprefix("Error: ").strip()

    return check
