"""What an encoder promises: the model's own vectors, one vector a text, and no model but the one that was meant."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import SENTENCES
from tuning import upstream

from assistant.errors import EncoderError
from assistant.index.encoders import open_encoder
from assistant.index.model_choice import PACKAGED, ModelChoice
from assistant.index.onnx_encoder import OnnxEncoder
from assistant.settings import DEFAULT_MODEL


@pytest.fixture(scope="module")
def onnx() -> OnnxEncoder:
    return OnnxEncoder()


@pytest.fixture
def copied_model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGED, tmp_path / "minilm"))


class TestThePackagedModel:
    def test_agrees_with_sentence_transformers(self, onnx: OnnxEncoder) -> None:
        tuned = upstream.open_tuned().encode(SENTENCES, normalize_embeddings=True)
        cosines = (onnx.encode(SENTENCES) * tuned).sum(axis=1)
        assert cosines.mean() >= 0.985
        assert cosines.min() >= 0.97

    def test_is_what_the_default_name_opens(self, onnx: OnnxEncoder) -> None:
        assert open_encoder(ModelChoice(DEFAULT_MODEL)).identity == onnx.identity

    def test_names_itself_and_its_weights(self, onnx: OnnxEncoder) -> None:
        name, digest = onnx.identity.split("@")
        assert name == DEFAULT_MODEL
        assert len(digest) == 12

    def test_brings_its_licence_its_origin_and_what_it_was_tuned_on(self) -> None:
        assert "Apache License" in (PACKAGED / "LICENSE").read_text(encoding="utf-8")
        notice = (PACKAGED / "NOTICE").read_text(encoding="utf-8")
        assert "sentence-transformers/all-MiniLM-L6-v2" in notice
        assert "ObliQA" in notice


class TestAVector:
    @settings(max_examples=50, deadline=None)
    @given(text=st.text())
    def test_has_length_one_whatever_the_text(self, onnx: OnnxEncoder, text: str) -> None:
        assert np.linalg.norm(onnx.embed_query(text)) == pytest.approx(1.0, abs=1e-5)

    def test_is_the_same_for_a_question_and_a_passage(self, onnx: OnnxEncoder) -> None:
        assert [onnx.embed_query(text) for text in SENTENCES] == onnx.embed_documents(SENTENCES)

    def test_does_not_depend_on_neighbours_or_threads(self, onnx: OnnxEncoder) -> None:
        together = onnx.encode(SENTENCES * 4)
        apart = np.concatenate([OnnxEncoder(threads=1).encode([text]) for text in SENTENCES[:5]])
        assert np.array_equal(together[:5], apart)
        assert np.array_equal(together, np.tile(together[: len(SENTENCES)], (4, 1)))

    def test_reads_the_first_256_tokens_and_no_more(self, onnx: OnnxEncoder) -> None:
        first = "licence " * 254  # and the two tokens that frame a text
        assert onnx.embed_query(first) == onnx.embed_query(first + "banana")
        assert onnx.embed_query("licence " * 253) != onnx.embed_query("licence " * 253 + "banana")

    def test_exists_for_half_a_surrogate_pair(self, onnx: OnnxEncoder) -> None:
        assert onnx.embed_query("licence \ud800") == onnx.embed_query("licence ?")


class TestEncoding:
    def test_keeps_the_order_of_the_texts(self, onnx: OnnxEncoder) -> None:
        forwards, backwards = onnx.encode(SENTENCES), onnx.encode(SENTENCES[::-1])
        assert np.array_equal(forwards, backwards[::-1])

    def test_of_no_texts_is_an_empty_table(self, onnx: OnnxEncoder) -> None:
        assert onnx.encode([]).shape == (0, 384)
        assert onnx.embed_documents([]) == []

    def test_gives_single_precision(self, onnx: OnnxEncoder) -> None:
        assert onnx.encode(["licence"]).dtype == np.float32

    def test_tells_how_many_were_newly_done(self, onnx: OnnxEncoder) -> None:
        told: list[int] = []
        onnx.encode(["licence"] * 150, progress=told.append)
        assert sum(told) == 150
        assert len(told) > 1


class TestAModelThatIsNotTheOneMeant:
    @pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
    def test_is_refused_when_a_byte_differs(self, copied_model: Path, name: str) -> None:
        data = bytearray((copied_model / name).read_bytes())
        data[len(data) // 2] ^= 1
        (copied_model / name).write_bytes(data)
        with pytest.raises(EncoderError, match=f"{name} is not the file"):
            OnnxEncoder(copied_model)

    @pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "digests.json"])
    def test_is_refused_when_a_file_is_missing(self, copied_model: Path, name: str) -> None:
        (copied_model / name).unlink()
        with pytest.raises(EncoderError, match=name):
            OnnxEncoder(copied_model)

    def test_is_refused_when_its_digests_cannot_be_read(self, copied_model: Path) -> None:
        (copied_model / "digests.json").write_text('{"sha256": []}', encoding="utf-8")
        with pytest.raises(EncoderError, match="not complete"):
            OnnxEncoder(copied_model)

    def test_is_refused_when_the_folder_is_unknown(self, tmp_path: Path) -> None:
        with pytest.raises(EncoderError, match="nowhere"):
            OnnxEncoder(tmp_path / "nowhere")
