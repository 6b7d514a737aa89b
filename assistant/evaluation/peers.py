"""The peers of evals/peers/: plain pipelines that users would otherwise write, run beside ours.

They live outside the package because nothing in the product uses them, and are loaded from a checkout.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast

from assistant.documents.model import Source
from assistant.errors import EvaluationError
from assistant.evaluation.runner import Answerer
from assistant.index.embedding import Encoder
from assistant.settings import packaged

_NAME = "assistant_evaluation_peers"


class Peer(Answerer, Protocol):
    """A peer answers questions over sources and ranks plain texts."""

    def read(self, sources: Mapping[str, Source]) -> None:
        """Takes in the sources that `ask` answers from."""
        ...

    def ingest(self, texts: Sequence[str]) -> None:
        """Takes in the texts that `rank` ranks."""
        ...

    def rank(self, query: str, count: int) -> list[int]:
        """The places of the best texts, best first."""
        ...


class TutorialStore(Protocol):
    """The tutorial's pipeline as it is published, as far as its speed is measured."""

    def ingest(self, texts: Sequence[str]) -> int:
        """Takes in the texts and returns how many chunks they are."""
        ...

    def nearest(self, question: str, count: int) -> Sequence[object]:
        """The nearest chunks."""
        ...


def load(encoder: Encoder) -> list[Peer]:
    """All peers, in the order of reports.

    Raises EvaluationError where there is no checkout, or where a library that a peer uses is not installed.
    """
    return cast("list[Peer]", _called("all_peers", encoder))


def published_tutorial(folder: Path) -> tuple[TutorialStore, type]:
    """The tutorial's pipeline with an embedding of its own, in a folder, and the class of that embedding.

    Raises EvaluationError as `load` does.
    """
    return cast("tuple[TutorialStore, type]", _called("published_tutorial", folder))


def _called(function: str, argument: object) -> object:
    folder = packaged("evals") / "peers"
    if not (folder / "__init__.py").is_file():
        raise EvaluationError(f"The peers are not here ({folder}); run from a checkout of the repository.")
    try:
        module = sys.modules.get(_NAME) or _imported(folder.joinpath("__init__.py").as_posix(), folder.as_posix())
        return getattr(module, function)(argument)
    except ModuleNotFoundError as error:
        raise EvaluationError(
            f"A peer needs {error.name}: pip install {(error.name or '').replace('_', '-')}."
        ) from None


def _imported(file: str, folder: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(_NAME, file, submodule_search_locations=[folder])
    if spec is None or spec.loader is None:
        raise EvaluationError(f"{file} cannot be loaded.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[_NAME] = module
    spec.loader.exec_module(module)
    return module
