"""What a reader does on the Ask page."""

from __future__ import annotations

QUESTION = "Do I need a permit to repair separation equipment abroad?"


def ask(page, question: str = QUESTION) -> None:
    """Types a question, sends it and waits for the whole answer."""
    before = page.locator(".turn[data-state=done], .turn[data-state=failed]").count()
    page.fill("#question", question)
    page.keyboard.press("Enter")
    page.locator(".turn[data-state=done], .turn[data-state=failed]").nth(before).wait_for()


def choose_date(page, day: str) -> None:
    """Sets the asked date in the head of the page."""
    page.eval_on_selector(
        "#as-of", "(field, day) => { field.value = day; field.dispatchEvent(new Event('change')); }", day
    )


def verdict(page) -> str:
    """The last answer's verdict in words."""
    return page.locator(".turn .verdict-line").last.inner_text()


def marked(page) -> str:
    """The words marked in the open source."""
    page.wait_for_selector("mark.active")
    return " ".join("".join(page.locator("mark.active").all_inner_texts()).split())
