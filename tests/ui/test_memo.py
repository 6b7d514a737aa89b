"""A conversation as a memo: whatever it holds, every format says the same and nothing of it becomes markup."""

from __future__ import annotations

import datetime as dt
import io
import re

import pdfplumber
import pytest
from docx import Document

from assistant.journal import Entry
from assistant.ui.memo import Memo, memo
from assistant.ui.memo_docx import docx
from assistant.ui.memo_markdown import markdown
from assistant.ui.memo_pdf import pdf
from assistant.ui.wording import wording

HOSTILE = "<b>bold</b> & <script>alert(1)</script> [link](http://x) **stars** \x07 稀土 镝 \u202e"


def entry(text: str) -> Entry:
    answer = {
        "question": text,
        "as_of": "2025-10-20",
        "verdict": "permit_required",
        "answer": text,
        "statements": [{"text": text, "citations": [1]}],
        "citations": [
            {
                "n": 1,
                "source_id": "an-act",
                "title": "An act",
                "kind": "law",
                "provision": "Art. 1",
                "quote": text,
                "start": 0,
                "end": 5,
                "page": 3,
                "url": "https://example.org/act",
                "standing": {"state": "suspended", "since": "2025-10-01", "until": "2026-11-10", "by": "other-act"},
            }
        ],
        "abstained": False,
        "caveats": [text],
        "writer": "extractive",
    }
    return Entry(
        id="0123456789abcdef",
        at=dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC),
        caller="somebody",
        channel="ui",
        groups=None,
        history=(),
        answer=answer,
        evidence=(),
        corpus="the state of the corpus",
        settings="",
        program="",
        prompt=None,
    )


def made(text: str, language: str = "en") -> Memo:
    return memo([entry(text)], wording(language), lambda source_id: source_id.title(), on=dt.date(2026, 3, 2))


def markdown_text(content: bytes) -> str:
    return re.sub(r"\\(.)", r"\1", content.decode())


def docx_text(content: bytes) -> str:
    return "\n".join(each.text for each in Document(io.BytesIO(content)).paragraphs)


def pdf_text(content: bytes) -> str:
    with pdfplumber.open(io.BytesIO(content)) as document:
        return "\n".join(each.extract_text() for each in document.pages)


FORMATS = pytest.mark.parametrize(
    ("make", "text_of"), [(markdown, markdown_text), (docx, docx_text), (pdf, pdf_text)], ids=["md", "docx", "pdf"]
)


@FORMATS
def test_a_memo_says_all_that_an_auditor_needs(make, text_of) -> None:
    text = text_of(make(made("May it be exported?")))
    for needed in (
        "May it be exported?",
        "A licence is needed",
        "20 Oct 2025",
        "An-Act, Art. 1 (Page 3)",
        "Suspended until 10 Nov 2026, by Other-Act",
        "https://example.org/act",
        "the state of the corpus",
        "0123456789abcdef",
        "somebody",
    ):
        assert needed in text


@FORMATS
def test_hostile_words_stay_words(make, text_of) -> None:
    text = text_of(make(made(HOSTILE)))
    assert "<script>alert(1)</script>" in "".join(text.splitlines())


@FORMATS
def test_a_memo_is_made_in_chinese(make, text_of) -> None:
    assert "".join("需要许可") in text_of(make(made("在境外维修稀土分离设备需要许可吗？", "zh")))


def test_markup_is_escaped_in_markdown() -> None:
    content = markdown(made(HOSTILE)).decode()
    assert "<script>" not in content
    assert "[link](" not in content
