"""Plain pipelines that users would otherwise write, as adapters to the evaluation's runner.

`all_peers(encoder)` gives them; `assistant eval … --peers` loads this folder and prints them beside ours.
"""

from __future__ import annotations

from pathlib import Path

from assistant.evaluation.peers import Peer, TutorialStore
from assistant.index.embedding import Encoder

from .bm25 import BM25
from .tutorial import Tutorial


def published_tutorial(folder: Path) -> tuple[TutorialStore, type]:
    """The tutorial's pipeline with its own embedding, in a folder; and the class of that embedding."""
    from .published import MiniLM, PublishedTutorial

    return PublishedTutorial(folder), MiniLM


def all_peers(encoder: Encoder) -> list[Peer]:
    """A fresh instance of each peer; the dense one is given our encoder, so that only the pipelines differ."""
    return [Tutorial(encoder), BM25()]
