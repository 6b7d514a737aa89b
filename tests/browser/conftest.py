"""A real Chromium against a real server on loopback. Without a Chromium on this machine these tests are skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from served import Served, with_pages

from assistant.settings import ServerSettings, Settings

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
# No screen, no sandbox of its own inside a container, and no name is looked up: nothing can leave this machine.
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
_WIDE, _PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Says why these tests cannot run where they cannot."""
    for item in items:
        if not item.path.is_relative_to(Path(__file__).parent):
            continue
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: apt-get install chromium"))
        # Gradio's queue calls pandas in ways that pandas is giving up.
        item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning"))


@pytest.fixture(scope="session")
def served(whole, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over the whole built-in corpus that many tests ask."""
    folder = shutil.copytree(whole.settings.data_dir, tmp_path_factory.mktemp("pages") / "data")
    with Served(Settings(data_dir=folder), with_pages) as server:
        yield server


@pytest.fixture
def serve(built: Path, corpus: Path, tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Starts a server over a small corpus of the test's own, to be changed."""
    folder = shutil.copytree(built, tmp_path / "data")
    with ExitStack() as running:
        yield lambda **settings: running.enter_context(
            Served(Settings(data_dir=folder, corpus_dir=corpus, server=ServerSettings(**settings)), with_pages)
        )


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser) -> Iterator[Callable]:
    """Opens a page in a browser of its own. Whatever it asks for is on this machine, and nothing in it goes wrong."""
    outside, wrong = [], []
    with ExitStack() as opened:

        def open_page(url: str, *, phone: bool = False, dark: bool = False, quiet: bool = False, **options):
            context = browser.new_context(
                viewport=_PHONE if phone else _WIDE,
                color_scheme="dark" if dark else "light",
                accept_downloads=True,
                permissions=["clipboard-read", "clipboard-write"],
                **options,
            )
            opened.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(10_000)
            page.on("request", lambda request: outside.append(request.url) if not _is_here(request.url) else None)
            page.on("pageerror", lambda error: wrong.append(str(error)))
            if not quiet:
                page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
            page.goto(url)
            page.wait_for_selector(".thread:not(.loading)", state="attached")
            return page

        yield open_page
    assert not outside
    assert not wrong


def _is_here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob") or parts.hostname == "127.0.0.1"
