"""What is told of all sources, from their headers alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from acts import SOURCES

from assistant.assistant import Assistant
from assistant.documents.headers import header_of
from assistant.settings import Settings


@pytest.fixture
def opened(built: Path, corpus: Path) -> Assistant:
    return Assistant.open(Settings(data_dir=built, corpus_dir=corpus))


def test_the_headers_are_those_of_the_sources_in_their_order(opened: Assistant) -> None:
    assert opened.headers() == [header_of(each) for each in opened.sources()]
    assert {each.id for each in opened.headers()} == set(SOURCES)
    assert all(each.issuer and each.language and each.effective and each.checked_until for each in opened.headers())


def test_no_source_is_read_to_list_them(opened: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened.index.catalogue, "_source", lambda record: pytest.fail("a source was read"))
    assert len(opened.headers()) == len(SOURCES)
