"""What a document seems to say of itself and of other acts, read off its text."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant.documents.announced import announced
from assistant.documents.blocks import Properties, Role, TextBuilder
from assistant.documents.loaders import text as text_loader
from assistant.documents.model import EventKind, Kind, Source
from assistant.documents.sources import source_of

CHINESE = """商务部公告2025年第62号 公布对稀土相关技术实施出口管制的决定

经国务院批准，有关事项公告如下：

一、本公告自2025年12月1日起实施。

二、暂停实施商务部公告2025年第61号至2026年11月10日。

商务部

2025年10月9日
"""
ENGLISH = """MOFCOM Announcement No. 70 of 2025 on the suspension of announcements

Issued on 7 November 2025

1. Announcements No. 61 and No. 62 of 2025 are suspended from 7 November 2025 until 10 November 2026.

2. This announcement enters into force on the date of its issue. A request may be made to suspend Announcement No. 63.
"""


def read(text: str) -> Source:
    return source_of(text_loader.read("act.txt", text))


def guessed(source: Source) -> dict[str, str]:
    return {each.field: each.value for each in source.guesses}


class TestGuesses:
    def test_of_a_chinese_announcement(self):
        assert guessed(read(CHINESE)) == {
            "title": "商务部公告2025年第62号 公布对稀土相关技术实施出口管制的决定",
            "number": "Announcement 2025 No. 62", "issuer": "MOFCOM", "issued": "2025-10-09",
            "effective": "2025-12-01", "kind": "announcement",
        }  # fmt: skip

    def test_of_an_english_one_that_applies_from_its_issue(self):
        found = guessed(read(ENGLISH))
        assert found["title"] == "MOFCOM Announcement No. 70 of 2025 on the suspension of announcements"
        assert (found["number"], found["issuer"]) == ("Announcement 2025 No. 70", "MOFCOM")
        assert (found["issued"], found["effective"]) == ("2025-11-07", "2025-11-07")

    @pytest.mark.parametrize(
        ("text", "field", "value"),
        [
            ("中华人民共和国国务院令\n\n第792号令\n\n第一条　内容。", "number", "Order No. 792"),
            ("Regulation (EU) 2021/821 of the Parliament\n\nArticle 1\n\nText.", "number", "Regulation 2021/821"),
            ("Export compliance policy of the group\n\nText.", "kind", "policy"),
            (
                "中华人民共和国出口管制法及其说明的全文\n\n第一条　本法自2020年12月1日起施行。",
                "effective",
                "2020-12-01",
            ),
        ],
    )
    def test_of_other_acts(self, text, field, value):
        assert guessed(read(text))[field] == value

    def test_the_day_from_which_it_applies_is_not_taken_for_that_of_its_issue(self):
        assert "issued" not in guessed(read("中华人民共和国出口管制法及其说明\n\n第一条　本法自2020年12月1日起施行。"))

    def test_an_impossible_day_is_none(self):
        assert "issued" not in guessed(read("A memo on exports of magnets\n\n31 February 2025\n\nText."))

    def test_the_properties_of_a_file_are_one_more_hint(self):
        builder = TextBuilder()
        builder.add("On licences", Role.HEADING, level=1)
        builder.add("Text of it.")
        properties = Properties(title="The decree", publisher="An office", published=dt.date(2025, 3, 1))
        assert guessed(source_of(builder.document("x.pdf", properties))) == {
            "title": "The decree", "issuer": "An office", "issued": "2025-03-01", "kind": "regulation",
        }  # fmt: skip

    def test_what_decides_over_answers_waits(self):
        source = read(CHINESE)
        assert (source.kind, source.effective[0].date, source.issued[0].date) == (Kind.NEWS, None, dt.date(2025, 10, 9))
        assert {each.field for each in source.guesses if each.waits} == {"kind", "effective"}


class TestAnnounced:
    def test_suspensions_with_their_window_in_either_language(self):
        (chinese,) = announced(read(CHINESE))
        assert (chinese.event, chinese.since, chinese.until) == (EventKind.SUSPENDED, None, dt.date(2026, 11, 10))
        (english,) = announced(read(ENGLISH))
        assert (english.provision, english.since, english.until) == ("1", dt.date(2025, 11, 7), dt.date(2026, 11, 10))

    def test_what_may_come_is_not_done(self):
        assert list(announced(read("The office may suspend Announcement No. 62 of 2025 until 2027-01-01."))) == []

    @pytest.mark.parametrize(
        ("text", "event"),
        [
            ("Order No. 5 is repealed from 1 March 2026.", EventKind.REPEALED),
            ("The Law is amended as follows from 1 March 2026.", EventKind.AMENDED),
            ("自2026年3月1日起，商务部公告2025年第61号同时废止。", EventKind.REPEALED),
            ("自2026年3月1日起恢复实施商务部公告2025年第61号。", EventKind.RESUMED),
        ],
    )
    def test_other_acts_on_acts(self, text, event):
        (said,) = announced(read(text))
        assert (said.event, said.since, said.until) == (event, dt.date(2026, 3, 1), None)
