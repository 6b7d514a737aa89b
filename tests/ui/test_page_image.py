"""A page of a PDF drawn with a passage marked, in a process that can come to no harm."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from assistant.ui.page_image import page_image

RULE = "No person may export five-axis lathes without a licence issued by the Board of Trade in the manner prescribed."


@pytest.fixture
def order(tmp_path: Path) -> Path:
    style = getSampleStyleSheet()["Normal"]
    path = tmp_path / "order.pdf"
    first, rest = RULE.split(" without ")
    story = [Paragraph("Nothing of interest", style), PageBreak(), Paragraph(RULE, style), PageBreak()]
    story += [Paragraph(first, style), PageBreak(), Paragraph(f"without {rest}", style)]
    SimpleDocTemplate(str(path)).build(story)
    return path


def is_marked(png: bytes | None) -> bool:
    assert png is not None
    colours = Image.open(io.BytesIO(png)).convert("RGB").getcolors(1 << 24)
    return any(red > 240 and green > 200 and blue < 120 for _, (red, green, blue) in colours)


def test_the_passage_is_marked_where_it_stands(order: Path) -> None:
    assert is_marked(page_image(order, 2, RULE))
    assert not is_marked(page_image(order, 1, RULE))


def test_a_passage_over_two_pages_is_marked_on_both(order: Path) -> None:
    assert is_marked(page_image(order, 3, RULE))
    assert is_marked(page_image(order, 4, RULE))


def test_what_is_no_page_gives_no_picture(order: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing of the sort")
    assert page_image(broken, 1, RULE) is None
    assert page_image(order, 99, RULE) is None
