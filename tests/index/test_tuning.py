"""How the packaged encoder is tuned: an adapter changes what it says and no more; what is judged was not learned."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tuning import adapter
from tuning.data import Collection, divide


class Block(torch.nn.Module):
    """A model with one linear layer where a transformer has its blocks, and one elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Linear(6, 5))
        self.pooler = torch.nn.Linear(5, 5)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.pooler(self.encoder(rows))


@pytest.fixture
def plain() -> Block:
    torch.manual_seed(0)
    return Block()


@pytest.fixture
def tuned(plain: Block) -> Block:
    copied = Block()
    copied.load_state_dict(plain.state_dict())
    for parameter in adapter.attach(copied, rank=2):
        torch.nn.init.uniform_(parameter)
    return copied


ROWS = torch.arange(12.0).reshape(2, 6) / 12


class TestAnAdapter:
    def test_changes_nothing_before_it_is_trained(self, plain: Block) -> None:
        before = plain(ROWS)
        adapter.attach(plain, rank=2)
        assert torch.equal(plain(ROWS), before)

    def test_is_all_that_is_trained(self, plain: Block) -> None:
        trained = adapter.attach(plain, rank=2)
        assert [each for each in plain.parameters() if each.requires_grad] == trained

    def test_merged_into_the_plain_weights_gives_the_tuned_model(
        self, plain: Block, tuned: Block, tmp_path: Path
    ) -> None:
        adapter.save(adapter.factors(tuned), tmp_path / "adapter.safetensors")
        adapter.merge(plain, adapter.load(tmp_path / "adapter.safetensors"))
        assert torch.allclose(plain(ROWS), tuned(ROWS), atol=1e-2)  # it is kept in half precision

    def test_of_no_strength_leaves_the_plain_model(self, plain: Block, tuned: Block) -> None:
        before = plain(ROWS)
        adapter.merge(plain, adapter.factors(tuned), strength=0.0)
        assert torch.equal(plain(ROWS), before)

    def test_of_another_model_is_refused(self, plain: Block) -> None:
        with pytest.raises(ValueError, match="does not fit"):
            adapter.merge(plain, {"encoder.1.down": torch.zeros(2, 6), "encoder.1.up": torch.zeros(5, 2)})


@st.composite
def collections(draw: st.DrawFn) -> Collection:
    count = draw(st.integers(2, 30))
    gold = draw(st.lists(st.frozensets(st.integers(0, count - 1), min_size=1, max_size=3), min_size=1, max_size=40))
    names = draw(st.lists(st.sampled_from("abcdef"), min_size=count, max_size=count))
    families = draw(st.lists(st.integers(0, 60).map(str), min_size=len(gold), max_size=len(gold)))
    return Collection("drawn", ("text",) * count, tuple(names), ("?",) * len(gold), tuple(families), tuple(gold))


class TestQuestionsHeldOut:
    @given(collection=collections(), seed=st.integers(0, 99))
    def test_share_neither_gold_nor_family_with_those_learned_from(self, collection: Collection, seed: int) -> None:
        split = divide(collection, unseen=8, foreign=4, seed=seed)
        learned = frozenset().union(*(collection.gold[at] for at in split.train))
        families = {collection.families[at] for at in split.train}
        for at in split.unseen:
            assert not collection.gold[at] & learned
            assert collection.families[at] not in families

    @given(collection=collections(), seed=st.integers(0, 99))
    def test_of_foreign_documents_have_no_document_learned_from(self, collection: Collection, seed: int) -> None:
        split = divide(collection, unseen=8, foreign=4, seed=seed)
        documents = {collection.documents[row] for at in split.train for row in collection.gold[at]}
        assert all(collection.documents[row] not in documents for at in split.foreign for row in collection.gold[at])
