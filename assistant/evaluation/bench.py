"""How fast and how large: ours and the tutorial's pipeline over the same texts, side by side in one run.

Each runs in a process of its own and is asked in turns with the other, so that whatever else the machine does slows
both alike. Processor time is counted beside time on the clock, since only it is the same on a busy machine.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import EvaluationError
from assistant.evaluation import beir, questions
from assistant.evaluation.bench_systems import BEIR, BUILT_IN, STAGES, TUTORIAL
from assistant.settings import Settings, packaged

_ROUND = 20  # questions that one is asked before it is the other's turn
_WARM_UP = 5
_COLD_STARTS = 5
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much there is."""


@dataclass(frozen=True)
class Load:
    """What is taken in and asked: ``system`` is which of ours it is for, ``texts`` what the tutorial is given."""

    name: str
    system: str
    texts: Sequence[str]
    questions: Sequence[str]


def built_in(settings: Settings) -> Load:
    """The built-in corpus and the development half of the questions about it.

    Raises EvaluationError outside a checkout, SourceError where a source is broken.
    """
    from assistant.documents import loaders

    folder = packaged("evals") / "questions"
    if not folder.is_dir():
        raise EvaluationError(
            f"{folder} is not there; run from a checkout of the repository, or name a folder in BEIR's format."
        )
    sources = {each.id: each for each in map(loaders.load, loaders.find(settings.corpus_dir))}
    texts = [each.text[min(p.span.start for p in each.provisions) :] for each in sources.values() if each.provisions]
    asked = questions.load(folder, sources, split="dev")
    return Load("built-in corpus", BUILT_IN, texts, [each.question for each in asked])


def of_beir(folder: Path, split: str | None = None, most_passages: int | None = None) -> Load:
    """A folder in BEIR's format, or the first passages of one. Raises EvaluationError."""
    collection = beir.load(folder, split)
    texts = list(collection.passages.values())[:most_passages]
    return Load(collection.name, BEIR, texts, list(collection.queries.values()))


def run(load: Load, settings: Settings, *, most_questions: int, peer: bool, progress: Progress) -> dict[str, Any]:
    """Measures ours, and with ``peer`` the tutorial's pipeline, as plain data, ours first.

    Raises EvaluationError where one of them cannot be run.
    """
    if len(load.questions) <= _WARM_UP:
        raise EvaluationError(
            f"{load.name}: more than {_WARM_UP} questions are needed, and there are {len(load.questions)}."
        )
    names = [load.system, *([TUTORIAL] if peer else [])]
    step = max(1, len(load.questions) // (most_questions + _WARM_UP))
    asked = load.questions[::step][: most_questions + _WARM_UP]
    began = _load_average()
    with beir.scratch(settings.data_dir) as folder:
        texts = folder / "texts.json"
        texts.write_text(json.dumps(load.texts), encoding="utf-8")
        folders = {name: folder / name for name in names}
        with ExitStack() as running:
            children = {name: running.enter_context(_child(name, folders[name], texts)) for name in names}
            taken_in = {}
            for name in names:
                progress(f"{name}: taking in", 0, 1)
                taken_in[name] = _told(children[name], {})
            timings, last = _asked_in_turns(children, asked, progress)
        cold = _cold_starts(folders, asked[-1], folder, progress)
        disk = {name: _bytes_under(each) for name, each in folders.items()}
    count = taken_in[load.system]["passages"]
    return {
        "load": load.name,
        "passages": count,
        "characters": sum(map(len, load.texts)),
        "questions": len(asked) - _WARM_UP,
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load_average": [began, _load_average()],
        "systems": [
            _figures(name, count, taken_in[name], timings[name], cold[name])
            | {"peak_bytes": last[name], "disk_bytes": disk[name]}
            for name in names
        ],
    }


def _figures(
    name: str, count: int, taken_in: Mapping[str, Any], timings: Sequence[Mapping[str, float]], cold: Sequence[float]
) -> dict[str, Any]:
    """Speeds count our passages for both: they are made of the same text, of which the tutorial makes other pieces."""
    return {
        "name": "tutorial" if name == TUTORIAL else "assistant",
        "pieces": taken_in["passages"],
        "ingest_seconds": round(taken_in["seconds"], 2),
        "ingest_cpu_seconds": round(taken_in["cpu_seconds"], 2),
        "passages_per_second": round(count / taken_in["seconds"], 1),
        "passages_per_cpu_second": round(count / taken_in["cpu_seconds"], 1),
        "query_ms": {
            stage: {f"p{cut}": round(float(np.percentile([each[stage] for each in timings], cut)), 2)
                    for cut in (50, 95, 99)}
            for stage in (*STAGES, "total") if stage in timings[0]
        },
        "cold_start_seconds": {"median": round(statistics.median(cold), 2), "best": round(min(cold), 2)},
    }  # fmt: skip


def _asked_in_turns(
    children: Mapping[str, subprocess.Popen[str]], asked: Sequence[str], progress: Progress
) -> tuple[dict[str, list[Mapping[str, float]]], dict[str, int]]:
    """Every question's stages by system, those of the first few left out, and each one's peak memory."""
    timings: dict[str, list[Mapping[str, float]]] = {name: [] for name in children}
    peaks: dict[str, int] = {}
    for start in range(0, len(asked), _ROUND):
        progress("asking", start, len(asked))
        for name, child in children.items():
            answer = _told(child, {"ask": asked[start : start + _ROUND]})
            timings[name] += answer["milliseconds"]
            peaks[name] = answer["peak_bytes"]
    return {name: found[_WARM_UP:] for name, found in timings.items()}, peaks


def _cold_starts(
    folders: Mapping[str, Path], question: str, scratch: Path, progress: Progress
) -> dict[str, list[float]]:
    """Seconds from starting a process to its end with one question answered, in turns; the first of each, which also
    fills the system's file cache, is not counted."""
    # The assistant wants a corpus; this one adds next to nothing to what was taken in.
    small = scratch / "small"
    small.mkdir()
    (small / "nothing.md").write_text("# Nothing\n\nNothing is laid down here.\n", encoding="utf-8")
    found: dict[str, list[float]] = {name: [] for name in folders}
    for turn in range(_COLD_STARTS + 1):
        progress("cold starts", turn, _COLD_STARTS + 1)
        for name, folder in folders.items():
            environment = {**os.environ, "ASSISTANT_DATA_DIR": str(folder)}
            command = [sys.executable, "-m", "assistant", "search", question[:500], "--json"]
            if name == TUTORIAL:
                command = [sys.executable, "-m", "assistant.evaluation.bench_systems", "cold", name, str(folder)]
            elif name == BEIR:
                environment["ASSISTANT_CORPUS_DIR"] = str(small)
            start = time.perf_counter()
            done = subprocess.run(  # noqa: S603 - this program, in a folder of its own
                command, input=question, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
            )
            seconds = time.perf_counter() - start
            if done.returncode:
                raise EvaluationError(f"{name} does not start: {_last_line(done.stderr)}")
            if turn:
                found[name].append(seconds)
    return found


@contextmanager
def _child(name: str, folder: Path, texts: Path) -> Iterator[subprocess.Popen[str]]:
    folder.mkdir()
    errors = folder.with_suffix(".log")
    with errors.open("w", encoding="utf-8") as log:
        child = subprocess.Popen(  # noqa: S603 - this program
            [sys.executable, "-m", "assistant.evaluation.bench_systems", name, str(folder), str(texts)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8",
        )  # fmt: skip
        try:
            yield child
        except BrokenPipeError:
            raise EvaluationError(f"{name} cannot be run: {_last_line(errors.read_text(encoding='utf-8'))}") from None
        finally:
            child.kill()
            child.communicate()


def _told(child: subprocess.Popen[str], command: Mapping[str, Any]) -> dict[str, Any]:
    """What a system answers to a command. Raises BrokenPipeError where it has ended."""
    assert child.stdin is not None  # noqa: S101 - both are pipes
    assert child.stdout is not None  # noqa: S101
    child.stdin.write(json.dumps(command) + "\n")
    child.stdin.flush()
    line = child.stdout.readline()
    if not line:
        raise BrokenPipeError
    answer: dict[str, Any] = json.loads(line)
    return answer


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it says nothing"])[-1]


def _bytes_under(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


def _load_average() -> float | None:
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
