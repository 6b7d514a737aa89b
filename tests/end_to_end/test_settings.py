"""Settings come from flags, the environment and assistant.toml, in this order, and a wrong one is named."""

from pathlib import Path

import pytest

from assistant.settings import Settings


@pytest.fixture
def toml(tmp_path, monkeypatch):
    """Writes assistant.toml into the working directory."""
    monkeypatch.chdir(tmp_path)
    return lambda text: (tmp_path / "assistant.toml").write_text(text, encoding="utf-8")


class TestAWrongSetting:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('dat_dir = "x"', "'dat_dir'"),
            ("data_dir = 5", "'data_dir'"),
            ('write_wait_seconds = "long"', "'write_wait_seconds'"),
            ("write_wait_seconds = -1", "'write_wait_seconds'"),
            ("data_dir = ", "assistant.toml cannot be read"),
            ("[index]\nkind = 1", "'index'"),
        ],
    )
    def test_in_the_file_is_named(self, run, toml, monkeypatch, text, said):
        monkeypatch.delenv("ASSISTANT_DATA_DIR")
        toml(text)
        result = run("sources")
        assert (result.exit_code, result.stdout) == (1, "")
        assert said in result.stderr
        assert result.stderr.count("\n") == 1

    def test_in_the_environment_is_named(self, run, toml, monkeypatch):
        monkeypatch.setenv("ASSISTANT_WRITE_WAIT_SECONDS", "soon")
        result = run("sources")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("Error: The setting 'write_wait_seconds' cannot be used")

    def test_of_a_corpus_that_is_not_there_is_named(self, run, data, monkeypatch):
        monkeypatch.setenv("ASSISTANT_CORPUS_DIR", "/no/such/corpus")
        result = run("sources")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == "Error: /no/such/corpus: there is no such file or folder.\n"

    def test_of_an_embedding_model_that_is_not_there_is_named(self, run, data, monkeypatch):
        monkeypatch.setenv("ASSISTANT_EMBEDDING", "/no/such/model")
        result = run("ask", "is a permit needed?")
        assert (result.exit_code, result.stdout) == (1, "")
        assert "/no/such/model" in result.stderr


class TestTheOrder:
    def test_is_flags_then_environment_then_file(self, toml, monkeypatch):
        toml('data_dir = "from-file"\nembedding = "from-file"\nwrite_wait_seconds = 1')
        monkeypatch.setenv("ASSISTANT_DATA_DIR", "from-environment")
        monkeypatch.setenv("ASSISTANT_EMBEDDING", "from-environment")
        settings = Settings.load(data_dir=Path("from-flag"), embedding=None)
        assert settings.data_dir == Path("from-flag")
        assert settings.embedding == "from-environment"
        assert settings.write_wait_seconds == 1

    def test_passes_over_an_empty_variable(self, monkeypatch):
        monkeypatch.setenv("ASSISTANT_DATA_DIR", "")
        assert Settings.load().data_dir.is_absolute()
