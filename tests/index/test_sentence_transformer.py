"""Any model of sentence-transformers: its own vectors and prompts, known by its weights, or refused with a sentence."""

from __future__ import annotations

import json
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from texts import SENTENCES

from assistant.errors import EncoderError
from assistant.index.encoders import open_encoder
from assistant.index.model_choice import ModelChoice
from assistant.index.sentence_transformer import SentenceTransformerEncoder


@pytest.fixture(scope="module")
def torch_encoder(model_folder: Path) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(ModelChoice(str(model_folder)))


@pytest.fixture
def silent_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A hub that takes connections and never says anything, with nothing in its cache."""
    with socket.create_server(("127.0.0.1", 0)) as hub:
        monkeypatch.setenv("NO_PROXY", "*")
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", f"http://127.0.0.1:{hub.getsockname()[1]}")
        yield


class TestAnyOtherModel:
    def test_gives_the_vectors_of_sentence_transformers(
        self, torch_encoder: SentenceTransformerEncoder, reference: np.ndarray
    ) -> None:
        assert torch_encoder.encode(SENTENCES) == pytest.approx(reference, abs=1e-5)
        assert torch_encoder.embed_query(SENTENCES[4]) == pytest.approx(reference[4], abs=1e-5)

    def test_keeps_to_the_interface(self, torch_encoder: SentenceTransformerEncoder) -> None:
        told: list[int] = []
        assert torch_encoder.dimension == 384
        assert torch_encoder.encode([]).shape == (0, 384)
        assert torch_encoder.encode(["licence \ud800"] * 70, progress=told.append).dtype == np.float32
        assert sum(told) == 70

    def test_is_known_by_its_weights(self, torch_encoder: SentenceTransformerEncoder, model_folder: Path) -> None:
        assert torch_encoder.identity.startswith("model@")
        assert open_encoder(ModelChoice(str(model_folder))).identity == torch_encoder.identity

    def test_is_another_one_when_it_pools_otherwise(
        self, torch_encoder: SentenceTransformerEncoder, model_folder: Path, tmp_path: Path
    ) -> None:
        other = Path(shutil.copytree(model_folder, tmp_path / "model"))
        pooling = other / "1_Pooling" / "config.json"
        swapped = pooling.read_text(encoding="utf-8").replace('cls_token": false', 'cls_token": true')
        pooling.write_text(swapped.replace('mean_tokens": true', 'mean_tokens": false'), encoding="utf-8")
        assert open_encoder(ModelChoice(str(other))).identity != torch_encoder.identity

    def test_gives_a_text_its_own_prompt_or_the_prefix_that_is_set(self, model_folder: Path, tmp_path: Path) -> None:
        prompted = Path(shutil.copytree(model_folder, tmp_path / "model"))
        config = prompted / "config_sentence_transformers.json"
        facts = json.loads(config.read_text(encoding="utf-8"))
        prompts = {"query": "query: ", "document": "passage: "}
        config.write_text(json.dumps({**facts, "prompts": prompts}), encoding="utf-8")
        plain = open_encoder(ModelChoice(str(model_folder)))
        own, set_here, off = (
            open_encoder(ModelChoice(str(prompted), *prefixes))
            for prefixes in ((None, None), ("ask: ", "text: "), ("", ""))
        )

        def close(one: list[float], other: list[float]) -> bool:
            return bool(np.allclose(one, other, atol=1e-5))

        assert close(own.embed_query("magnets"), plain.embed_query("query: magnets"))
        assert close(own.encode(["magnets"])[0].tolist(), plain.embed_query("passage: magnets"))
        assert close(set_here.embed_query("magnets"), plain.embed_query("ask: magnets"))
        assert close(set_here.encode(["magnets"])[0].tolist(), plain.embed_query("text: magnets"))
        assert close(off.embed_query("magnets"), plain.embed_query("magnets"))
        assert len({each.identity for each in (plain, own, set_here, off)}) == 4

    @pytest.mark.parametrize(
        "names",
        [
            ["model.safetensors"],
            ["config.json"],
            ["modules.json"],
            ["1_Pooling/config.json"],
            ["tokenizer.json", "vocab.txt"],
        ],
    )
    def test_is_refused_when_a_file_of_its_folder_is_missing(
        self, model_folder: Path, tmp_path: Path, names: list[str]
    ) -> None:
        broken = Path(shutil.copytree(model_folder, tmp_path / "model"))
        for name in names:
            (broken / name).unlink()
        with pytest.raises(EncoderError, match="cannot be loaded"):
            open_encoder(ModelChoice(str(broken)))

    def test_is_refused_when_a_file_of_its_folder_was_cut_short(self, model_folder: Path, tmp_path: Path) -> None:
        broken = Path(shutil.copytree(model_folder, tmp_path / "model"))
        weights = broken / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:1_000_000])
        with pytest.raises(EncoderError, match="cannot be loaded"):
            open_encoder(ModelChoice(str(broken)))

    @pytest.mark.parametrize("name", ["no-such-model", "nobody/no-such-model", "two words", "a/"])
    def test_is_refused_within_seconds_when_the_hub_does_not_answer(self, silent_hub: None, name: str) -> None:
        start = time.monotonic()
        with pytest.raises(EncoderError, match=f"{name}.*(hub cannot be reached|neither a folder nor a name)"):
            open_encoder(ModelChoice(name))
        assert time.monotonic() - start < 30, "the hub's library by itself tries for minutes"

    def test_is_refused_when_the_folder_is_unknown(self, tmp_path: Path) -> None:
        with pytest.raises(EncoderError, match="nowhere"):
            open_encoder(ModelChoice(str(tmp_path / "nowhere")))

    def test_is_refused_when_the_folder_holds_no_model(self, tmp_path: Path) -> None:
        with pytest.raises(EncoderError, match="cannot be loaded"):
            open_encoder(ModelChoice(str(tmp_path)))

    def test_names_the_missing_extra(self, model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "sentence_transformers", None)
        with pytest.raises(EncoderError) as refusal:
            open_encoder(ModelChoice(str(model_folder)))
        assert "pip install 'export-control-assistant[sentence-transformers]'" in str(refusal.value)
