"""A memo as PDF, with the fonts that every reader of PDF brings along."""

from __future__ import annotations

import io
import re
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

from assistant.ui.memo import Item, Memo

_CHINESE = "STSong-Light"
# What the Latin fonts have no letters for: set in the Chinese font.
_BEYOND_LATIN = re.compile(r"[^\x00-\xff–—‘’“”…€•]+")
_INK, _SOFT = HexColor("#20242a"), HexColor("#575f69")

_TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=10, leading=14.5, textColor=_INK, spaceAfter=6)
_TITLE = ParagraphStyle("title", _TEXT, fontName="Helvetica-Bold", fontSize=17, leading=22)
_HEADING = ParagraphStyle("heading", _TEXT, fontName="Helvetica-Bold", fontSize=12.5, leading=17, spaceBefore=14)
_LABEL = ParagraphStyle("label", _TEXT, fontName="Helvetica-Bold", spaceBefore=8, spaceAfter=3)
_QUOTE = ParagraphStyle("quote", _TEXT, fontName="Times-Roman", fontSize=10.5, leftIndent=14, borderPadding=0)
_SMALL = ParagraphStyle("small", _TEXT, fontSize=8.5, leading=12, textColor=_SOFT, spaceAfter=2)


def pdf(memo: Memo) -> bytes:
    """The memo as a PDF file."""
    if _CHINESE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(_CHINESE))
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=2.4 * cm, rightMargin=2.4 * cm, topMargin=2 * cm, bottomMargin=2 * cm,
        title=memo.title, author="", subject=memo.items[0].question[:200] if memo.items else "",
    )  # fmt: skip
    story: list[Flowable] = [_paragraph(memo.title, _TITLE), _paragraph(memo.made, _SMALL)]
    for item in memo.items:
        story += _item(memo, item)
    story += [Spacer(1, 14), _paragraph(memo.notice, _SMALL)]
    document.build(story, onFirstPage=_numbered, onLaterPages=_numbered)
    return out.getvalue()


def _item(memo: Memo, item: Item) -> list[Flowable]:
    words = memo.words
    story: list[Flowable] = [_paragraph(item.question, _HEADING)]
    story.append(_paragraph(f"{words('memo.date')}: {item.date}", _TEXT))
    story.append(_paragraph(f"{words('memo.verdict')}: {item.verdict}", _LABEL))
    story += [_paragraph(text, _TEXT) for text in item.paragraphs]
    if item.caveats:
        story.append(_paragraph(words("memo.mind"), _LABEL))
        story += [_paragraph(f"• {text}", _TEXT) for text in item.caveats]
    if item.pins:
        story.append(_paragraph(words("memo.sources"), _LABEL))
    for pin in item.pins:
        story.append(_paragraph(f"[{pin.n}] {pin.name}. {pin.standing}.", _TEXT))
        story.append(_paragraph(f"“{pin.quote}”", _QUOTE))
        if pin.url:
            story.append(_paragraph(f"{words('memo.official')}: {pin.url}", _SMALL))
    story.append(Spacer(1, 8))
    story += [_paragraph(f"{label}: {value}", _SMALL) for label, value in item.facts]
    return story


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    """A paragraph whose text is only text: nothing in it is read as markup."""
    safe = _BEYOND_LATIN.sub(
        lambda found: f'<font name="{_CHINESE}">{found.group()}</font>', escape("".join(filter(_shown, text)))
    )
    return Paragraph(safe, style)


def _shown(character: str) -> bool:
    return character in "\n\t" or character.isprintable()


def _numbered(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(_SOFT)
    canvas.drawRightString(A4[0] - 2.4 * cm, 1.2 * cm, str(document.page))
