"""Everybody can use the pages: by keyboard alone, with a screen reader, on a phone, in the dark, in Chinese; and
nothing foreign runs in them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from asking import ask, choose_date, verdict

_AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
_PAGES = ("ask", "library", "journal", "quality")


@pytest.mark.skipif(not _AXE.is_file(), reason="axe-core is not installed: npm ci --prefix tests/browser")
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_page_has_a_serious_barrier(served, visit, phone: bool, dark: bool) -> None:
    page = visit(served.url, phone=phone, dark=dark)
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    assert _barriers(page) == []
    ask(page)
    page.locator(".chip").first.click()
    page.wait_for_selector("mark.active")
    page.wait_for_timeout(300)
    assert _barriers(page) == []
    page.locator(".source .close").click()
    for name in _PAGES[1:]:
        page.click(f"nav [data-page={name}]")
        page.wait_for_selector(f".{name}")
        assert _barriers(page) == [], name


def test_all_is_done_with_the_keyboard_alone(served, visit) -> None:
    page = visit(served.url)
    page.keyboard.press("/")
    page.keyboard.type("Is dysprosium metal controlled?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn[data-state=done]")
    page.locator(".chip").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.classList.contains('source')")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.classList.contains('chip')")
    page.locator("nav [data-page=library]").focus()
    page.keyboard.press("Enter")
    page.locator(".row").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-source-open] .source .provision")


def test_a_phone_shows_everything_in_its_width(served, visit) -> None:
    page = visit(served.url, phone=True)
    ask(page)
    page.locator(".chip").first.click()
    page.wait_for_selector("mark.active")
    assert page.locator(".source .close").is_visible()
    page.locator(".source .close").click()
    page.locator(".source").wait_for(state="hidden")
    for name in _PAGES:
        page.click(f"nav [data-page={name}]")
        page.wait_for_timeout(150)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_dark_is_what_the_system_says_or_the_reader_chooses(served, visit) -> None:
    page = visit(served.url, dark=True)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.click("[data-act=theme]")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


def test_the_pages_speak_chinese(served, visit) -> None:
    page = visit(f"{served.url}/zh/")
    assert page.evaluate("document.documentElement.lang") == "zh"
    choose_date(page, "2025-10-20")
    ask(page, "在境外维修稀土分离设备需要许可吗？")
    assert verdict(page) == "需要许可"
    page.click(".language")
    page.wait_for_function("document.documentElement.lang === 'en'")
    page.wait_for_selector(".turn[data-state=done]")
    # The page turns, the answer stays in the language of its question.
    assert verdict(page) == "需要许可"


def test_scripts_run_only_with_the_nonce_of_the_page(served) -> None:
    one, other = httpx.get(served.url), httpx.get(served.url)
    policy = one.headers["content-security-policy"]
    script = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "'unsafe-inline'" not in script
    assert "default-src 'self'" in policy
    assert policy != other.headers["content-security-policy"]
    assert "https://" not in one.text.replace("http://www.w3.org", "").split("gradio_config")[0]


def _barriers(page) -> list[str]:
    """What axe finds that keeps people out, by rule and place."""
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['id']}: {each['nodes'][0]['target']} {each['nodes'][0].get('failureSummary', '')}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]
