"""Asking in the browser: the answer, its citations, its date, and what one does with it."""

from __future__ import annotations

import pdfplumber
from asking import QUESTION, ask, choose_date, marked, verdict
from docx import Document


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
    assert page.locator(".source .facts a").get_attribute("href").startswith("https://www.mofcom.gov.cn/")


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


def test_a_follow_up_stays_in_the_conversation(served, visit) -> None:
    page = visit(served.url)
    ask(page)
    ask(page, "And until when is it suspended?")
    assert page.locator(".turn").count() == 2
    assert page.url.count("%2C") == 1


def test_a_reloaded_conversation_keeps_every_citation_working(served, visit) -> None:
    page = visit(served.url)
    choose_date(page, "2025-10-20")
    ask(page)
    said = page.locator(".statements").inner_text()
    page.reload()
    page.wait_for_selector(".turn[data-state=done]")
    assert page.locator(".statements").inner_text() == said
    page.locator(".chip").first.click()
    assert "rare-earth" in marked(page)


def test_an_opinion_with_its_reason_is_in_the_journal(served, visit) -> None:
    page = visit(served.url)
    ask(page)
    page.get_by_role("button", name="Not helpful").click()
    page.get_by_label("It is out of date").check()
    page.get_by_label("In your words (optional)").fill("See the new announcement.")
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector(".notice.shown")
    (given,) = served.context.journal.entry(page.url.split("c=")[1].split("#")[0]).feedback
    assert given.rating == "not_helpful"
    assert given.comment == "out_of_date: See the new announcement."


def test_a_copied_answer_brings_its_citations(served, visit) -> None:
    page = visit(served.url)
    choose_date(page, "2025-10-20")
    ask(page)
    page.get_by_role("button", name="Copy with citations").click()
    page.wait_for_selector(".notice.shown")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "[1] Announcement No. 62 of 2025, Art. 1(2). In force since 9 Oct 2025." in copied


def test_a_conversation_is_filed_as_a_memo_in_three_formats(served, visit, tmp_path) -> None:
    page = visit(served.url)
    choose_date(page, "2025-10-20")
    ask(page)
    entry = page.locator(".turn").get_attribute("data-entry")
    files = {}
    for name in ("Markdown", "Word", "PDF"):
        page.locator(".actions .menu summary").click()
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        files[name] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[name])
        page.locator(".actions .menu summary").click()
    markdown = files["Markdown"].read_text(encoding="utf-8")
    for needed in (QUESTION, "A licence is needed", "20 Oct 2025", entry, "1E902.b", "In force since 9 Oct 2025"):
        assert needed in markdown
    assert entry in "\n".join(each.text for each in Document(files["Word"]).paragraphs)
    with pdfplumber.open(files["PDF"]) as document:
        assert entry in "".join(each.extract_text() for each in document.pages)


def test_markup_in_a_question_is_only_text(served, visit) -> None:
    page = visit(served.url)
    hostile = "<img src=x onerror=alert(1)><script>document.title='taken'</script> ${1+1} {{7*7}} Is it controlled?"
    ask(page, hostile)
    assert page.locator(".turn h2").inner_text() == hostile
    assert page.locator(".turn img, .turn script").count() == 0
    assert page.title() == "Export-control assistant"


def test_a_question_that_is_too_long_is_kept_and_said_to_be(served, visit) -> None:
    page = visit(served.url)
    page.fill("#question", "x" * 8_001)
    page.keyboard.press("Enter")
    assert "8001 characters" in page.locator(".composer .length").inner_text()
    assert page.locator(".turn").count() == 0
    assert len(page.input_value("#question")) == 8_001


def test_fifty_quick_clicks_ask_once_and_open_the_last_citation(served, visit) -> None:
    page = visit(served.url)
    page.fill("#question", QUESTION)
    page.eval_on_selector(".send", "button => { for (let i = 0; i < 50; i++) button.click(); }")
    page.wait_for_selector(".turn[data-state=done]")
    assert page.locator(".turn").count() == 1
    page.evaluate(
        """() => {
            const chips = [...document.querySelectorAll('.chip')];
            for (let i = 0; i < 50; i++) chips[i % chips.length].click();
            chips[0].click();
        }"""
    )
    page.wait_for_function("document.querySelector('.source .where')?.textContent === 'Art. 1(2)'")


def test_two_tabs_hold_two_conversations(served, visit) -> None:
    one, other = visit(served.url), visit(served.url)
    ask(one)
    ask(other, "Is dysprosium metal controlled?")
    assert one.locator(".turn").count() == other.locator(".turn").count() == 1
    assert one.url != other.url


def test_what_the_sources_do_not_answer_is_said_to_be_so(served, visit) -> None:
    page = visit(served.url)
    ask(page, "What is the best pizza in Naples?")
    assert verdict(page) == "Not covered by the sources"


def test_an_answer_from_part_of_the_sources_rests_on_them_alone_and_says_so(served, visit) -> None:
    page = visit(served.url)
    page.locator(".filters summary").click()
    page.get_by_label("Law", exact=True).check()
    page.keyboard.press("Escape")
    ask(page, "Is dysprosium metal controlled?")
    assert "Only part of the sources was asked: law." in page.locator(".caveats").inner_text()
    assert "Announcement" not in " ".join(page.locator(".sources .source-name").all_inner_texts())
