"""Asking in the browser: the answer, its citations, its date, and what one does with it."""

from __future__ import annotations

from asking import QUESTION, ask, choose_date, marked, verdict


def test_an_answer_begins_with_its_verdict_in_words(served, visit) -> None:
    page = visit(served.url)
    choose_date(page, "2026-11-22")
    ask(page)
    assert verdict(page) == "Not settled"
    assert "22 Nov 2026" in page.locator(".for-date").inner_text()


def test_a_citation_opens_its_source_at_the_quoted_words(served, visit) -> None:
    page = visit(served.url)
    choose_date(page, "2025-10-20")
    ask(page)
    page.locator(".statement.quoted .chip").first.click()
    quoted = page.locator(".statement.quoted").first.inner_text()
    assert marked(page) in " ".join(quoted.split())
    assert "In force since 9 Oct 2025" in page.locator(".source .standing-line").inner_text()
    assert page.locator(".source .bar").get_attribute("aria-label").startswith("Not issued yet")
    assert page.locator(".source .provision").count() > 3
    assert page.locator(".source footer a").get_attribute("href").startswith("https://www.mofcom.gov.cn/")


def test_another_date_gets_another_answer(served, visit) -> None:
    page = visit(served.url)
    choose_date(page, "2025-10-20")
    ask(page)
    assert verdict(page) == "A licence is needed"
    choose_date(page, "2026-03-15")
    page.get_by_role("button", name="Ask again as of 15 Mar 2026").click()
    page.wait_for_function("document.querySelectorAll('.turn[data-state=done]').length === 2")
    assert verdict(page) != "A licence is needed"
    assert "15 Mar 2026" in page.locator(".for-date").last.inner_text()


def test_an_example_is_asked_with_one_click(served, visit) -> None:
    page = visit(served.url)
    page.locator(".examples button").nth(1).click()
    page.wait_for_selector(".turn[data-state=done]")
    assert page.locator(".turn h2").inner_text() == QUESTION
    assert "20 Oct 2025" in page.locator(".for-date").inner_text()
