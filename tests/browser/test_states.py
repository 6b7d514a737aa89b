"""What the pages say while something is on its way, or went wrong, and the way on from there."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from asking import QUESTION, ask
from served import Served, with_pages

from assistant.assistant import Assistant
from assistant.settings import Settings


def test_a_conversation_outlives_the_server(built: Path, corpus: Path, tmp_path: Path, visit) -> None:
    settings = Settings(data_dir=shutil.copytree(built, tmp_path / "data"), corpus_dir=corpus)
    with Served(settings, with_pages) as first:
        page = visit(first.url, quiet=True)
        ask(page)
        port = first.port
    page.evaluate("window.reading.probe()")
    page.wait_for_selector(".connection:visible")
    page.fill("#question", "And until when is it suspended?")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#question').value === 'And until when is it suspended?'")
    with Served(settings, with_pages, port=port):
        page.locator(".connection").wait_for(state="hidden")
        page.locator("#question").focus()
        page.keyboard.press("Enter")
        page.locator(".turn[data-state=done]").nth(1).wait_for()
        assert page.locator(".turn h2").first.inner_text() == QUESTION


def test_the_first_start_shows_how_far_the_index_is(corpus: Path, tmp_path: Path, visit, monkeypatch) -> None:
    server = Served(Settings(data_dir=tmp_path / "data", corpus_dir=corpus), with_pages, wait=False)
    with server:
        page = visit(server.url)
        page.wait_for_selector(".starting, .welcome")
        page.wait_for_selector(".welcome")
        ask(page)


def test_an_answer_that_is_gone_is_said_to_be_gone(served, visit) -> None:
    page = visit(f"{served.url}/?c=0123456789abcdef")
    assert "not in the journal any more" in page.locator(".problem").inner_text()
    ask(page)
    assert page.locator(".turn[data-state=done]").count() == 1


def test_an_answer_that_takes_long_is_stopped_and_asked_again(served, visit, monkeypatch) -> None:
    quick = Assistant.stream

    def slow(*arguments, **options):
        time.sleep(3)
        yield from quick(*arguments, **options)

    page = visit(served.url)
    monkeypatch.setattr(Assistant, "stream", slow)
    page.fill("#question", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn .reading")
    assert page.locator(".turn h2").inner_text() == QUESTION
    page.locator(".stop").click()
    page.wait_for_selector(".stopped:visible")
    monkeypatch.setattr(Assistant, "stream", quick)
    page.locator(".stopped [data-act=again]").click()
    page.wait_for_selector(".turn[data-state=done]")


def test_a_mistake_of_the_program_is_a_sentence_with_a_way_on(served, visit, monkeypatch) -> None:
    def broken(*arguments, **options):
        raise RuntimeError("secret of the program")
        yield

    page = visit(served.url)
    quick = Assistant.stream
    monkeypatch.setattr(Assistant, "stream", broken)
    page.fill("#question", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".problem")
    assert "secret" not in page.content()
    monkeypatch.setattr(Assistant, "stream", quick)
    page.locator(".problem button").click()
    page.wait_for_selector(".turn[data-state=done], .welcome")
