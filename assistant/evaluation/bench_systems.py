"""What `assistant bench` measures, each in a process of its own: ours over the built-in corpus, ours over a BEIR
folder, and the pipeline of LangChain's tutorial as it is published.

`python -m assistant.evaluation.bench_systems SYSTEM FOLDER TEXTS` takes commands, one JSON object a line, on standard
input and answers each with one on standard output; ``cold`` before SYSTEM opens what is there, asks the question on
standard input, and ends.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

BUILT_IN, BEIR, TUTORIAL = "built-in", "beir", "tutorial"
STAGES = ("embed", "dense", "lexical", "rank")
COUNT = 10
"""How many provisions, passages or chunks a question is to find."""


class System(Protocol):
    """What is measured. Its models are loaded when it is made, so that only its work is timed."""

    def ingest(self, texts: Sequence[str]) -> int:
        """Takes the texts in and returns how many passages of its own it made of them."""
        ...

    def ask(self, question: str) -> Mapping[str, float]:
        """Milliseconds of each stage, and of the whole as ``total``; what is no other stage is ``rank``."""
        ...


class _Clock:
    """Adds up what calls of some methods take."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def watching(self, stages: Mapping[str, tuple[type, str]]) -> Iterator[None]:
        """Times a method of a class for every stage named."""
        originals = [(owner, name, getattr(owner, name)) for owner, name in stages.values()]
        for stage, (owner, name, method) in zip(stages, originals, strict=True):
            setattr(owner, name, self._timed(stage, method))
        try:
            yield
        finally:
            for owner, name, method in originals:
                setattr(owner, name, method)

    def _timed(self, stage: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **options: Any) -> Any:
            start = time.perf_counter()
            try:
                return method(*args, **options)
            finally:
                self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start

        return timed

    def asked(self, ask: Callable[[str], object], question: str) -> Mapping[str, float]:
        """The stages of one question, in milliseconds."""
        self.seconds = {}
        start = time.perf_counter()
        ask(question)
        total = time.perf_counter() - start
        stages = {**self.seconds, "rank": total - sum(self.seconds.values()), "total": total}
        return {name: 1000 * seconds for name, seconds in stages.items()}


class _Ours:
    """The stages that both of ours have."""

    def __init__(self, encoder: type) -> None:
        from assistant.index.lexical import LexicalIndex
        from assistant.index.store import Index

        self._clock = _Clock()
        self._stages = {
            "embed": (encoder, "embed_queries"),
            "dense": (Index, "nearest_to_each"),
            "lexical": (LexicalIndex, "scores"),
        }

    def _timed(self, ask: Callable[[str], object], question: str) -> Mapping[str, float]:
        with self._clock.watching(self._stages):
            return self._clock.asked(ask, question)


class BuiltIn(_Ours):
    """The assistant over its built-in corpus, from files to provisions ranked."""

    def __init__(self, folder: Path) -> None:
        from assistant.index.encoders import open_encoder
        from assistant.index.model_choice import ModelChoice
        from assistant.settings import Settings

        self._settings = Settings.load(data_dir=folder)
        super().__init__(type(open_encoder(ModelChoice.of(self._settings))))

    def ingest(self, texts: Sequence[str]) -> int:
        """Reads the built-in sources; the texts are not looked at."""
        from assistant.assistant import Assistant

        del texts
        self._assistant = Assistant.open(self._settings)
        return self._assistant.status().passages

    def ask(self, question: str) -> Mapping[str, float]:
        """Finds provisions as `assistant search` does."""
        return self._timed(lambda text: self._assistant.search(text, k=COUNT), question)


class Beir(_Ours):
    """Our index and ranking over plain passages."""

    def __init__(self, folder: Path) -> None:
        from assistant.evaluation.rankers import IndexRanker
        from assistant.index.encoders import open_encoder
        from assistant.index.model_choice import ModelChoice
        from assistant.settings import Settings

        encoder = open_encoder(ModelChoice.of(Settings.load()))
        super().__init__(type(encoder))
        self._ranker = IndexRanker(folder, encoder)

    def ingest(self, texts: Sequence[str]) -> int:
        """Makes each text a passage."""
        self._ranker.ingest(texts)
        return len(texts)

    def ask(self, question: str) -> Mapping[str, float]:
        """Ranks passages as `assistant eval --beir` does."""
        return self._timed(lambda text: self._ranker.rank(text, COUNT), question)


class Tutorial:
    """The tutorial's pipeline with its own embedding, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        from assistant.evaluation import peers

        self._store, self._embedding = peers.published_tutorial(folder)
        self._clock = _Clock()

    def ingest(self, texts: Sequence[str]) -> int:
        """Chunks the texts and embeds the chunks."""
        return int(self._store.ingest(texts))

    def ask(self, question: str) -> Mapping[str, float]:
        """Finds the nearest chunks; it has no lexical search, and ranks nothing."""
        stages = {"embed": (self._embedding, "embed_query")}
        with self._clock.watching(stages):
            found = self._clock.asked(lambda text: self._store.nearest(text, COUNT), question)
        return {"embed": found["embed"], "dense": found["rank"], "total": found["total"]}


SYSTEMS: Mapping[str, Callable[[Path], System]] = {BUILT_IN: BuiltIn, BEIR: Beir, TUTORIAL: Tutorial}


def serve(system: System, texts: Sequence[str], commands: IO[str], answers: IO[str]) -> None:
    """Carries out commands until there are no more: ``{"ask": [question, …]}``, or else to take the texts in."""
    for line in commands:
        command = json.loads(line)
        if "ask" in command:
            answer: dict[str, Any] = {"milliseconds": [system.ask(each) for each in command["ask"]]}
        else:
            start, used = time.perf_counter(), time.process_time()
            made = system.ingest(texts)
            answer = {
                "passages": made,
                "seconds": time.perf_counter() - start,
                "cpu_seconds": time.process_time() - used,
            }
        # Of this process, all its threads and libraries; Linux counts in KiB, macOS in bytes.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        answers.write(json.dumps({**answer, "peak_bytes": peak}) + "\n")
        answers.flush()


def main(arguments: Sequence[str]) -> None:
    """See the module's first lines."""
    if arguments[0] == "cold":
        SYSTEMS[arguments[1]](Path(arguments[2])).ask(sys.stdin.read())
        return
    name, folder, texts = arguments
    # What libraries print must not get between the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    serve(SYSTEMS[name](Path(folder)), json.loads(Path(texts).read_text(encoding="utf-8")), sys.stdin, answers)


if __name__ == "__main__":
    main(sys.argv[1:])
