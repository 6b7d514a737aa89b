"""The library in the browser: what stands when, adding, versions, removing."""

from __future__ import annotations

import io
from pathlib import Path

from acts import LATHES, act_text
from asking import ask, choose_date
from PIL import Image
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate


def test_the_library_shows_each_source_as_it_stands_on_the_date(served, visit) -> None:
    page = visit(f"{served.url}/#library")
    page.wait_for_selector(".row")
    choose_date(page, "2026-03-15")
    page.wait_for_function("document.querySelector('.library .intro').textContent.includes('15 Mar 2026')")
    suspended = page.locator(".group:has(.s-suspended) .name").all_inner_texts()
    assert "Announcement No. 62 of 2025" in suspended
    choose_date(page, "2025-10-20")
    page.wait_for_function("document.querySelector('.library .intro').textContent.includes('20 Oct 2025')")
    in_force = page.locator(".group:has(h2.s-in_force) .name").all_inner_texts()
    assert "Announcement No. 62 of 2025" in in_force


def test_a_source_is_found_and_read(served, visit) -> None:
    page = visit(f"{served.url}/#library")
    page.fill("#seek-source", "1E902")
    page.locator(".row:visible").first.click()
    page.wait_for_selector(".source:not(.nothing) .provision")
    assert page.locator(".row:visible").count() == 1
    assert "No. 62 of 2025" in page.locator(".source h2").inner_text()


def test_an_uploaded_document_answers_questions_and_can_be_removed(serve, visit) -> None:
    page = visit(f"{serve().url}/#library")
    _add(page, "lathes.md", act_text("lathes", *LATHES, title="Rules on lathes"))
    assert "Added" in page.locator(".report li").inner_text()
    page.wait_for_selector(".row:has-text('Rules on lathes')")
    page.click("nav [data-page=ask]")
    ask(page, "Do lathes of five axes need a licence?")
    assert "Lathes of five axes need a licence" in page.locator(".statements").inner_text()

    page.click("nav [data-page=library]")
    page.click(".row:has-text('Rules on lathes')")
    page.click(".source [data-act=ask-removal]")
    assert "1 answers in the journal" in page.locator(".source.message").inner_text()
    page.click(".source [data-act=remove]")
    page.wait_for_selector("text=Removed: Rules on lathes")
    page.wait_for_function("!document.querySelector('.library').textContent.includes('Rules on lathes')")

    page.click("nav [data-page=ask]")
    page.locator(".chip").first.click()
    page.wait_for_selector(".source .version-notice")
    assert "Lathes of five axes" in page.locator("mark.active").first.inner_text()


def test_a_changed_document_keeps_its_versions_and_old_answers_theirs(serve, visit) -> None:
    page = visit(f"{serve().url}/#library")
    _add(page, "lathes.md", act_text("lathes", *LATHES, title="Rules on lathes"))
    page.click("nav [data-page=ask]")
    ask(page, "Do lathes of five axes need a licence?")
    page.click("nav [data-page=library]")
    _add(page, "lathes.md", act_text("lathes", LATHES[0].replace("five", "four"), LATHES[1], title="Rules on lathes"))
    assert "Changed" in page.locator(".report li").inner_text()
    page.click(".row:has-text('Rules on lathes')")
    page.click(".source [data-act=versions]")
    page.wait_for_selector(".versions")
    assert page.locator(".versions del").first.inner_text().strip() == "five"
    assert page.locator(".versions ins").first.inner_text().strip() == "four"
    page.click("nav [data-page=ask]")
    page.locator(".chip").first.click()
    page.wait_for_selector(".source .version-notice")
    assert "Lathes of five axes" in page.locator("mark.active").first.inner_text()


def test_a_bad_file_costs_only_itself_and_its_name_is_only_text(serve, visit) -> None:
    page = visit(f"{serve().url}/#library")
    _add(page, "<img src=x onerror=alert(1)>.md", "---\nid: broken\n---\n")
    assert "Not added" in page.locator(".report").inner_text()
    assert page.locator(".report img").count() == 0


def test_a_reader_may_look_but_not_change(serve, visit) -> None:
    server = serve(authentication="keys")
    key = server.key("somebody")["Authorization"].removeprefix("Bearer ")
    page = visit(f"{server.url}/#library", http_credentials={"username": "key", "password": key})
    page.click(".row >> nth=0")
    page.wait_for_selector(".source:not(.nothing)")
    assert page.locator("[data-act=adding], [data-act=ask-removal]").count() == 0


def test_an_uploaded_pdf_answers_with_its_page_shown_and_the_passage_marked(serve, visit, tmp_path) -> None:
    rule = "No person may export five-axis lathes without a licence issued by the Board of Trade."
    page = visit(f"{serve().url}/#library")
    _add(page, "lathes.pdf", _pdf(tmp_path / "lathes.pdf", ["The Lathes Order 2026", "Article 1", rule]))
    assert "Added" in page.locator(".report li").inner_text()
    page.click("nav [data-page=ask]")
    ask(page, "May one export five-axis lathes without a licence?")
    page.locator(".source-line:has-text('Lathes')").first.click()
    picture = page.locator("figure img")
    page.wait_for_function("document.querySelector('figure img')?.naturalWidth > 0")
    assert picture.get_attribute("alt") == "Page 1 of the document, with the passage marked"
    image = Image.open(io.BytesIO(page.request.get(picture.evaluate("img => img.src")).body()))
    assert any(blue < 150 < red and green > 150 for _, (red, green, blue) in image.getcolors(1 << 20))


def test_guesses_are_confirmed_and_fields_put_right(serve, visit, tmp_path) -> None:
    server = serve()
    page = visit(f"{server.url}/#library")
    text = "Announcement No. 9 of 2026\n\nArticle 1\n\nNo person may export wheat without a licence.\n"
    _add(page, "wheat.txt", text)
    page.locator(".report [data-act=details]").click()
    page.wait_for_selector(".details")
    waiting = page.locator(".proposals li").count()
    assert waiting > 0
    assert "No person may export wheat" in page.locator(".proposals").inner_text()
    page.locator("[data-act=confirm]").first.click()
    page.wait_for_selector(".details .said")
    assert page.locator(".proposals li").count() == waiting - 1
    page.locator(".fields input[name=title]").fill("Order <b>on</b> wheat")
    page.locator(".fields select[name=kind]").select_option("regulation")
    page.locator(".fields [type=submit]").click()
    page.wait_for_selector("text=Saved: Order <b>on</b> wheat")
    source = server.context.assistant.source("wheat")
    assert (source.title, source.kind) == ("Order <b>on</b> wheat", "regulation")
    page.wait_for_selector(".row:has-text('Order <b>on</b> wheat')")


def _pdf(path: Path, paragraphs: list[str]) -> bytes:
    style = getSampleStyleSheet()["Normal"]
    SimpleDocTemplate(str(path), title=paragraphs[0]).build([Paragraph(each, style) for each in paragraphs])
    return path.read_bytes()


def _add(page, name: str, content: str | bytes) -> None:
    data = content.encode() if isinstance(content, str) else content
    page.wait_for_selector(".row")
    if not page.locator("#add-files").is_visible():
        page.click("[data-act=adding]")
    page.evaluate("document.querySelector('#report .report')?.remove()")
    page.set_input_files("#add-files", {"name": name, "mimeType": "application/octet-stream", "buffer": data})
    page.wait_for_selector(".report li, #report .problem")
