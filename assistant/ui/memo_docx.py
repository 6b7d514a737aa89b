"""A memo as a Word document."""

from __future__ import annotations

import io
import re

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from assistant.ui.memo import Item, Memo

# What XML cannot hold at all.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SOFT = RGBColor(0x57, 0x5F, 0x69)


def docx(memo: Memo) -> bytes:
    """The memo as a Word file."""
    document = Document()
    _dress(document)
    document.core_properties.title = memo.title
    document.core_properties.author = ""
    document.add_heading(_writable(memo.title), 0)
    document.add_paragraph(memo.made)
    for item in memo.items:
        _item(document, memo, item)
    document.add_paragraph(memo.notice).runs[0].font.size = Pt(9)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _dress(document: WordDocument) -> None:
    normal = document.styles["Normal"]
    normal.font.name = "Calibri"
    normal.font.size = Pt(11)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "SimSun")
    for section in document.sections:
        section.left_margin = section.right_margin = Cm(2.5)


def _item(document: WordDocument, memo: Memo, item: Item) -> None:
    words = memo.words
    document.add_heading(_writable(item.question), 1)
    facts = document.add_paragraph()
    for label, value in ((words("memo.date"), item.date), (words("memo.verdict"), item.verdict)):
        facts.add_run(f"{label}: ")
        facts.add_run(f"{value}    ").bold = True
    for text in item.paragraphs:
        document.add_paragraph(_writable(text))
    if item.caveats:
        document.add_heading(words("memo.mind"), 2)
    for text in item.caveats:
        document.add_paragraph(_writable(text), style="List Bullet")
    if item.pins:
        document.add_heading(words("memo.sources"), 2)
    for pin in item.pins:
        document.add_paragraph(_writable(f"[{pin.n}] {pin.name}. {pin.standing}."))
        quote = document.add_paragraph(_writable(pin.quote), style="Intense Quote")
        quote.paragraph_format.left_indent = Cm(1)
        if pin.url:
            document.add_paragraph(_writable(f"{words('memo.official')}: {pin.url}"))
    for label, value in item.facts:
        run = document.add_paragraph().add_run(_writable(f"{label}: {value}"))
        run.font.size = Pt(9)
        run.font.color.rgb = _SOFT


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("�", text)
