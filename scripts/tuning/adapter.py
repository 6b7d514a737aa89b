"""A low-rank adapter: what tuning adds to the upstream weights, small enough to keep in the repository.

To the weight matrix W of every linear layer of the transformer's attention and feed-forward blocks it adds B·A, where A
has `rank` rows and B `rank` columns (Hu et al., "LoRA", 2021). The tuned model in fp32 is the upstream weights plus the
adapter; nothing else of the model changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch.nn.utils import parametrize

RANK = 16
Factors = dict[str, torch.Tensor]
"""The factors by the name of their layer: `NAME.down` is A, (rank, inputs), `NAME.up` is B, (outputs, rank)."""


class LowRank(torch.nn.Module):
    """A parametrization W → W + B·A. B starts at zero: an untrained adapter changes nothing."""

    def __init__(self, outputs: int, inputs: int, rank: int) -> None:
        super().__init__()
        self.down = torch.nn.Parameter(torch.randn(rank, inputs) / inputs**0.5)
        self.up = torch.nn.Parameter(torch.zeros(outputs, rank))

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """The weight as the adapter changes it, (outputs, inputs)."""
        return weight + self.up @ self.down


def attach(transformer: torch.nn.Module, rank: int = RANK) -> list[torch.nn.Parameter]:
    """Freezes the transformer and puts a fresh adapter on it. Returns what is to be trained."""
    transformer.requires_grad_(False)
    adapters = []
    for _, layer in _layers(transformer):
        adapter = LowRank(layer.out_features, layer.in_features, rank)
        parametrize.register_parametrization(layer, "weight", adapter)
        adapters.append(adapter)
    return [parameter for adapter in adapters for parameter in adapter.parameters()]


def factors(transformer: torch.nn.Module) -> Factors:
    """The adapter of a transformer that has one, in half precision."""
    found: Factors = {}
    for name, module in transformer.named_modules():
        if isinstance(module, LowRank):
            layer = name.removesuffix(".parametrizations.weight.0")
            found[f"{layer}.down"] = module.down.detach().to(torch.float16).contiguous()
            found[f"{layer}.up"] = module.up.detach().to(torch.float16).contiguous()
    return found


def merge(transformer: torch.nn.Module, adapter: Factors, strength: float = 1.0) -> None:
    """Adds an adapter, times `strength`, to the weights of a plain transformer.

    Raises ValueError where the adapter is not one for just the layers of this transformer.
    """
    layers = dict(_layers(transformer))
    if set(adapter) != {f"{name}.{part}" for name in layers for part in ("down", "up")}:
        raise ValueError("The adapter does not fit the layers of this model.")
    with torch.no_grad():
        for name, layer in layers.items():
            change = adapter[f"{name}.up"].float() @ adapter[f"{name}.down"].float()
            if change.shape != layer.weight.shape:
                raise ValueError(f"The adapter's change of {name} is {tuple(change.shape)}, its weight is not.")
            layer.weight += strength * change


def save(adapter: Factors, path: Path) -> None:
    """Writes an adapter as safetensors."""
    save_file(adapter, path)


def load(path: Path) -> Factors:
    """Reads an adapter."""
    loaded: Factors = load_file(path)
    return loaded


def _layers(transformer: torch.nn.Module) -> Iterator[tuple[str, torch.nn.Linear]]:
    """The linear layers of the blocks, with their names; not the pooler, which sentence vectors do not use."""
    for name, module in transformer.named_modules():
        if isinstance(module, torch.nn.Linear) and name.startswith("encoder."):
            yield name, module
