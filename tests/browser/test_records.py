"""The journal and the figures in the browser."""

from __future__ import annotations

import json

import httpx
from asking import QUESTION, ask, choose_date, verdict


def test_a_past_question_is_found_and_opened_again(serve, visit) -> None:
    page = visit(serve().url)
    choose_date(page, "2025-10-20")
    ask(page)
    page.click("[data-act=new]")
    page.wait_for_selector(".welcome")
    page.click("nav [data-page=journal]")
    page.fill("#seek-entry", "separation equipment")
    page.wait_for_selector(".entries li")
    page.fill("#seek-entry", "wheat")
    page.wait_for_selector(".journal .empty")
    page.fill("#seek-entry", "")
    page.locator(".entries a").click()
    page.wait_for_selector(".turn[data-state=done]")
    assert page.locator(".turn h2").inner_text() == QUESTION
    assert verdict(page) == "A licence is needed"


def test_the_answers_that_rest_on_a_source_are_listed(serve, visit) -> None:
    page = visit(serve().url)
    choose_date(page, "2025-10-20")
    ask(page)
    page.click(".source .actions a")
    page.wait_for_selector(".journal .only")
    assert "Answers that rest on Announcement No. 62 of 2025" in page.locator(".journal .only").inner_text()
    assert page.locator(".entries li").count() == 1


def test_the_chain_of_the_journal_is_verified(serve, visit) -> None:
    page = visit(serve().url)
    ask(page)
    page.click("nav [data-page=journal]")
    page.click("[data-act=verify]")
    page.wait_for_selector(".verified.good")


def test_readers_find_their_own_questions_alone(serve, visit) -> None:
    server = serve(authentication="keys")
    keys = {name: server.key(name)["Authorization"].removeprefix("Bearer ") for name in ("one", "other")}
    asked = visit(server.url, http_credentials={"username": "key", "password": keys["one"]})
    ask(asked)
    page = visit(
        f"{server.url}/?{asked.url.split('?')[1].split('#')[0]}",
        http_credentials={"username": "key", "password": keys["other"]},
    )
    assert "not in the journal" in page.locator(".problem").inner_text()
    page.click("nav [data-page=journal]")
    page.wait_for_selector(".journal .empty")


def test_readers_may_not_upload_and_nobody_names_a_file_of_the_server(serve) -> None:
    server = serve(authentication="keys")
    files = {"files": ("x.md", b"text")}
    refused = httpx.post(f"{server.url}/gradio_api/upload", files=files, headers=server.key("reader"))
    assert refused.status_code == 403
    taken = httpx.post(f"{server.url}/gradio_api/upload", files=files, headers=server.key("curator", "curator"))
    assert taken.status_code == 200
    assert taken.json()[0].startswith(str(server.settings.data_dir))


def test_a_set_of_questions_is_run_and_its_figures_shown(serve, visit) -> None:
    page = visit(f"{serve().url}/#quality")
    page.wait_for_selector(".quality .empty")
    line = {"id": "one", "question": QUESTION, "as_of": "2025-10-20", "gold_verdict": "permit_required"}
    page.set_input_files(
        "#questions-file",
        {"name": "set.jsonl", "mimeType": "text/plain", "buffer": json.dumps(line).encode()},
    )
    page.wait_for_selector(".measures", timeout=60_000)
    assert "1.000" in page.locator(".measures").inner_text()
    report = page.request.get(page.locator(".quality a").evaluate("link => link.href"))
    assert "Evaluation of 1 questions" in report.text()
