"""Every way to an answer shows it in its own language, its fixed words too."""

import datetime as dt
import io
import json

import pytest
from rich.console import Console

from assistant.answering.model import Verdict
from assistant.answering.wording import standing_words, verdict_words
from assistant.documents.naming import label_name, short_name
from assistant.documents.validity import standing
from assistant.journal import Entry
from assistant.server.prose import closing
from assistant.server.slack.blocks import answer_message
from assistant.terminal import render
from assistant.ui.memo import memo
from assistant.ui.memo_markdown import markdown
from assistant.ui.turns import Reader, answered, recorded
from assistant.ui.wording import wording

SUSPENDED = dt.date(2026, 2, 2)


@pytest.fixture(scope="module")
def chinese(whole):
    return whole.ask("到境外维修稀土分离设备需要许可吗？", as_of=SUSPENDED)


def test_the_terminal(chinese, monkeypatch):
    shown = io.StringIO()
    monkeypatch.setattr(render, "Console", lambda **options: Console(file=shown, width=400, **options))
    render.show_answer(chinese)
    first, *_ = shown.getvalue().splitlines()
    assert first == "○ 依所查规定无需许可 截至2026年2月2日"
    assert "\n来源\n" in shown.getvalue()
    assert "商务部公告2025年第62号，第一条第（二）项 — 自2025年11月7日起至2026年11月10日暂停实施" in shown.getvalue()


def test_a_slack_message(chinese):
    message = answer_message(chinese, None, mark="m")
    assert message["text"].startswith("依所查规定无需许可，截至2026年2月2日。\n")
    assert message["blocks"][0]["text"]["text"] == "依所查规定无需许可"
    assert "*来源*" in json.dumps(message, ensure_ascii=False)


def test_what_closes_an_answer_in_a_chat_window(chinese):
    assert "截至2026年2月2日。" in closing(chinese)
    assert "**来源**" in closing(chinese)


@pytest.mark.parametrize("page", ["en", "zh"])
def test_a_turn_of_the_page_keeps_the_language_of_its_answer(chinese, page):
    turn = answered(1, recorded(chinese), Reader(wording(page), lambda source: source))
    assert turn.language == "zh"
    assert turn.verdict_words == wording("zh")("verdict.not_required")


def test_a_memo_has_the_verdict_in_the_language_of_the_answer(chinese):
    entry = Entry(
        id="0123456789abcdef",
        at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
        caller="somebody",
        channel="ui",
        groups=None,
        history=(),
        answer=recorded(chinese),
        evidence=(),
        corpus="",
        settings="",
        program="",
        prompt=None,
    )
    text = markdown(memo([entry], wording("en"), lambda source: source, on=SUSPENDED)).decode()
    assert wording("zh")("verdict.not_required") in text
    assert "暂停实施" in text


def test_words_of_verdicts_and_standings_in_both_languages(whole):
    source = whole.source("mofcom-2025-62")
    stands = standing(source, source.provisions[0], SUSPENDED)
    assert standing_words(stands, source) == "suspended from 7 November 2025 until 10 November 2026, by mofcom-2025-70"
    assert standing_words(stands, source, "zh") == "自2025年11月7日起至2026年11月10日暂停实施，依据mofcom-2025-70"
    known = {"mofcom-2025-70": whole.source("mofcom-2025-70")}
    assert standing_words(stands, source, "en", known).endswith("by Announcement No. 70 of 2025")
    assert verdict_words(Verdict.UNSETTLED, "zh") == "尚无定论"
    assert verdict_words(Verdict.UNSETTLED, "fr") == verdict_words(Verdict.UNSETTLED) == "Not settled"


def test_the_page_in_chinese_calls_what_is_cited_by_its_chinese_names(chinese, whole):
    def name_of(source_id):
        return short_name(whole.source(source_id), "zh")

    def label_of(source_id, label):
        return label_name(whole.source(source_id), label, "zh")

    turn = answered(1, recorded(chinese), Reader(wording("zh"), name_of, label_of))
    assert turn.citations[0].name == "商务部公告2025年第62号，第一条第（二）项"


def test_what_is_not_in_force_yet_says_from_when(whole):
    source = whole.index.snapshot().sources["mofcom-2025-56"]
    stands = standing(source, source.provisions[0], dt.date(2025, 10, 20))
    assert standing_words(stands, source) == "not yet in force, from 8 November 2025 on"
    assert standing_words(stands, source, "zh") == "尚未生效，自2025年11月8日起施行"


def test_a_terminal_shows_the_words_of_what_is_only_named_and_addresses_that_can_be_copied(whole, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    question = "Do we need a licence to ship terbium oxide to a magnet maker in Germany?"
    answer = whole.ask(question, as_of=dt.date(2025, 12, 10))
    render.show_answer(answer)
    shown = capsys.readouterr().out
    named = next(each for each in answer.statements if each.text.startswith("See also: "))
    assert named.quotes[0].text.split()[:6] == shown.split("by Announcement No. 70 of 2025", 1)[1].split()[:6]
    addresses = {each.quote.source.url for each in answer.citations}
    assert [sum(line.strip() == address for line in shown.splitlines()) for address in addresses] == [1] * len(
        addresses
    )
