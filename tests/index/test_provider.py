"""A model that a provider runs, behind LangChain: asked over real HTTP, checked like any other, its key never shown."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from embedding_server import EmbeddingServer, bag_of_words

from assistant.errors import EncoderError
from assistant.index.encoders import open_encoder
from assistant.index.model_choice import ModelChoice
from assistant.index.provider import ProviderEncoder

SMALL = ModelChoice("openai:small")


class TestAProvidersModel:
    def test_is_what_a_name_with_a_provider_opens(self, embeddings: EmbeddingServer) -> None:
        encoder = open_encoder(SMALL)
        assert isinstance(encoder, ProviderEncoder)
        assert (encoder.identity, encoder.dimension) == ("openai:small@64", 64)

    def test_gives_unit_vectors_in_the_order_of_the_texts(self, embeddings: EmbeddingServer) -> None:
        texts = [f"passage {n} on magnets" for n in range(100)]
        told: list[int] = []
        vectors = open_encoder(SMALL).encode(texts, progress=told.append)
        expected = np.array([bag_of_words(each, 64) for each in texts])
        assert vectors.dtype == np.float32
        assert vectors == pytest.approx(expected / np.linalg.norm(expected, axis=1, keepdims=True), abs=1e-5)
        assert (sum(told), len(told)) == (100, 2)
        assert open_encoder(SMALL).encode([]).shape == (0, 64)

    def test_gets_its_prefixes_and_is_another_one_with_others(self, embeddings: EmbeddingServer) -> None:
        encoder = open_encoder(ModelChoice("openai:small", "query: ", "passage: "))
        embeddings.texts.clear()
        encoder.encode(["magnets"])
        encoder.embed_query("magnets?")
        assert embeddings.texts == ["passage: magnets", "query: magnets?"]
        choices = [SMALL, ModelChoice("openai:small", "query: "), ModelChoice("openai:small", None, "query: ")]
        assert len({encoder.identity, *(open_encoder(each).identity for each in choices)}) == 4

    def test_gets_a_text_of_ten_thousand_words_cut_and_one_without_words(self, embeddings: EmbeddingServer) -> None:
        encoder = open_encoder(SMALL)
        assert np.linalg.norm(encoder.embed_query("licence " * 10_000)) == pytest.approx(1, abs=1e-5)
        assert max(map(len, embeddings.texts)) <= 6_000
        assert np.linalg.norm(encoder.embed_query("\ud800")) == pytest.approx(1, abs=1e-5)

    def test_gets_the_key_of_its_own_variable(self, embeddings: EmbeddingServer) -> None:
        open_encoder(SMALL)
        assert embeddings.keys == {"Bearer sk-secret"}


class TestWhatCannotBeUsed:
    @pytest.mark.parametrize("number", [0.0, float("nan"), float("inf")])
    def test_is_a_vector_without_direction(self, embeddings: EmbeddingServer, number: float) -> None:
        encoder = open_encoder(SMALL)
        embeddings.number = number
        with pytest.raises(EncoderError, match="zero or holds what is no number"):
            encoder.encode(["one", "two"])
        with pytest.raises(EncoderError, match="zero or holds what is no number"):
            encoder.embed_query("one")

    def test_is_a_vector_of_another_dimension(self, embeddings: EmbeddingServer) -> None:
        encoder = open_encoder(SMALL)
        embeddings.dimension = 32
        with pytest.raises(EncoderError, match=r"shape \(1, 32\) where \(1, 64\) was due"):
            encoder.embed_query("one")
        with pytest.raises(EncoderError, match=r"shape \(2, 32\)"):
            encoder.encode(["one", "two"])

    @pytest.mark.parametrize("status", [401, 429])
    def test_is_told_without_the_key_when_the_provider_refuses(self, embeddings: EmbeddingServer, status: int) -> None:
        encoder = open_encoder(SMALL)
        embeddings.fails_after, embeddings.status = 0, status
        with pytest.raises(EncoderError, match=f"openai:small failed.*HTTP {status}") as said:
            encoder.embed_query("one")
        assert "sk-secret" not in str(said.value)
        assert said.value.__suppress_context__

    def test_is_a_provider_that_nobody_answers_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
        monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        with pytest.raises(EncoderError, match="openai:small failed \\(APIConnectionError\\)"):
            open_encoder(SMALL)

    def test_is_a_provider_without_its_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        with pytest.raises(EncoderError, match="cannot be set up"):
            open_encoder(SMALL)

    def test_is_a_provider_that_is_not_known(self) -> None:
        with pytest.raises(EncoderError, match="knows no provider 'nobody'"):
            open_encoder(ModelChoice("nobody:model"))

    @pytest.mark.parametrize(
        ("name", "package", "install"),
        [
            ("openai:small", "langchain", r"export-control-assistant\[openai\]"),
            ("ollama:small", "langchain_ollama", r"export-control-assistant\[ollama\]"),
            ("google_genai:small", "langchain_google_genai", "pip install langchain langchain-google-genai"),
        ],
    )
    def test_is_a_provider_whose_package_is_not_installed(
        self, monkeypatch: pytest.MonkeyPatch, name: str, package: str, install: str
    ) -> None:
        monkeypatch.setitem(sys.modules, package, None)
        if package == "langchain":
            monkeypatch.setitem(sys.modules, "langchain.embeddings", None)
        with pytest.raises(EncoderError, match=install):
            open_encoder(ModelChoice(name))
