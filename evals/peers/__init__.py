"""Plain pipelines that users would otherwise write, as adapters to the evaluation's runner.

`all_peers(encoder)` gives them; `assistant eval … --peers` loads this folder and prints them beside ours.
"""

from __future__ import annotations

from assistant.evaluation.peers import Peer
from assistant.index.embedding import Encoder

from .bm25 import BM25
from .tutorial import Tutorial


def all_peers(encoder: Encoder) -> list[Peer]:
    """A fresh instance of each peer; the dense one is given our encoder, so that only the pipelines differ."""
    return [Tutorial(encoder), BM25()]
