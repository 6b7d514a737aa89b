"""What the browser names as an upload is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SourceError
from assistant.ui.changes import received


@pytest.mark.parametrize("given", [None, "x", {}, {"path": "/etc/passwd"}, {"name": "x", "path": "../../etc/passwd"}])
def test_a_file_of_the_server_is_no_upload(given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    with pytest.raises(SourceError):
        received(given)


def test_an_upload_is_found_where_it_was_put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    (tmp_path / "file.md").write_text("text")
    assert received({"name": "act.md", "path": str(tmp_path / "file.md")}) == ("act.md", tmp_path / "file.md")
