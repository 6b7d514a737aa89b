"""Evaluation runs of the server: started, worked off one after another, kept as JSON files in the data folder."""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from assistant.errors import AssistantError
from assistant.evaluation.results import write_whole
from assistant.evaluation.session import Plan, evaluate
from assistant.server.pool import Pool

_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
_MESSAGE = "The server was stopped before the run was done; start it again."


class Runs:
    """The runs kept in one data folder."""

    def __init__(self, data_dir: Path, *, waiting: int) -> None:
        self._folder = data_dir / "evaluations"
        self._pool = Pool("evaluation", workers=1, waiting=waiting)
        self._lock = threading.Lock()
        self._own: dict[str, dict[str, Any]] = {}

    def start(self, assistant: Assistant, lines: Sequence[dict[str, Any]], as_of: dt.date | None) -> dict[str, Any]:
        """Hands in a run over the lines of a question set and gives its record. Raises Busy where too many wait."""
        now = dt.datetime.now(dt.UTC)
        run_id = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        run = {
            "id": run_id,
            "state": "waiting",
            "started": now.isoformat(timespec="seconds"),
            "questions": len(lines),
            "done": 0,
            "error": None,
            "report": None,
        }
        self._note(run)
        try:
            self._pool.submit(lambda: self._run(run_id, assistant, lines, as_of))
        except AssistantError:
            self._path(run_id).unlink(missing_ok=True)
            self._own.pop(run_id, None)
            raise
        return run

    def list(self) -> list[dict[str, Any]]:
        """The records of all runs, the newest first."""
        ids = sorted((path.stem for path in self._folder.glob("*.json") if _ID.fullmatch(path.stem)), reverse=True)
        return [run for each in ids if (run := self.get(each)) is not None]

    def get(self, run_id: str) -> dict[str, Any] | None:
        """The record of a run, with its report when it is done; None where there is no such run."""
        with self._lock:
            if run_id in self._own:
                return dict(self._own[run_id])
        if not _ID.fullmatch(run_id) or not self._path(run_id).is_file():
            return None
        run: dict[str, Any] = json.loads(self._path(run_id).read_text(encoding="utf-8"))
        if run["state"] in ("waiting", "running"):  # and not by this process
            run.update(state="failed", error=_MESSAGE)
        return run

    def close(self) -> None:
        """Drops the runs that wait and lets the one that is worked on end."""
        self._pool.close(drop=True)

    def _run(self, run_id: str, assistant: Assistant, lines: Sequence[dict[str, Any]], as_of: dt.date | None) -> None:
        questions = self._folder / f"{run_id}.jsonl"
        run = self._own[run_id]

        def advance(_: str, done: int, __: int) -> None:
            self._note({**self._own[run_id], "done": done}, on_disk=False)

        self._note({**run, "state": "running"})
        try:
            write_whole(questions, "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines))
            report = evaluate(Plan(questions, as_of=as_of), assistant.settings, advance, assistant=assistant)
            # Whoever sees that the run is done finds nothing of it left.
            questions.unlink(missing_ok=True)
            self._note({**self._own[run_id], "state": "done", "report": report})
        except AssistantError as error:
            sentence = str(error).replace(f"{questions}", "the question set")
            self._note({**self._own[run_id], "state": "failed", "error": sentence})
        finally:
            questions.unlink(missing_ok=True)
            with self._lock:
                self._own.pop(run_id)

    def _note(self, run: dict[str, Any], *, on_disk: bool = True) -> None:
        with self._lock:
            self._own[run["id"]] = run
        if on_disk:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._path(run["id"]), json.dumps(run, ensure_ascii=False))

    def _path(self, run_id: str) -> Path:
        return self._folder / f"{run_id}.json"
