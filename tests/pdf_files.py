"""PDFs to test with: what stands where on each page is said line by line, so that a test shows what a reader sees."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.lib import colors
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))

WIDTH, HEIGHT = 595, 842
LEFT, RIGHT, TOP, LEADING, SIZE = 72, 523, 100, 14, 11


class Page:
    """One page; ``down`` is how far from its top the next line stands."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.down: float = TOP

    def line(
        self, text: str, *, size: float = SIZE, left: float = LEFT, down: float | None = None, bold: bool = False
    ) -> Page:
        """Writes a line, at the next place or at one of its own, which the next line then does not follow."""
        self._canvas.setFont(_font(text, bold), size)
        self._canvas.drawString(left, HEIGHT - (self.down if down is None else down), text)
        if down is None:
            self.down += LEADING * size / SIZE
        return self

    def lines(self, *texts: str, left: float = LEFT) -> Page:
        """Writes lines of one paragraph."""
        for text in texts:
            self.line(text, left=left)
        return self

    def gap(self, points: float = LEADING) -> Page:
        """Leaves room before the next line."""
        self.down += points
        return self

    def raised(self, text: str, *, after: str, size: float = SIZE) -> Page:
        """Writes small figures over the end of the line written last."""
        left = LEFT + self._canvas.stringWidth(after, _font(after, False), size)
        self._canvas.setFont("Helvetica", size * 0.6)
        self._canvas.drawString(left, HEIGHT - self.down + LEADING + size * 0.35, text)
        return self

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[float]) -> Page:
        """Draws a table with ruled lines."""
        fonts = [
            ("FONT", (x, y), (x, y), _font(cell, False), 10) for y, row in enumerate(rows) for x, cell in enumerate(row)
        ]
        made = Table(rows, widths, style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black), *fonts])
        _, height = made.wrap(sum(widths), HEIGHT)
        made.drawOn(self._canvas, LEFT, HEIGHT - self.down - height)
        self.down += height + LEADING
        return self

    def picture(self) -> Page:
        """Fills the page with a picture."""
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        self._canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, WIDTH, HEIGHT)
        return self


def _font(text: str, bold: bool) -> str:
    if not text.isascii() and any(each > "\u2e80" for each in text):
        return "STSong-Light"
    return "Helvetica-Bold" if bold else "Helvetica"


class PdfFile:
    """A PDF under way: ask it for its pages in order, then for its bytes."""

    def __init__(self, *, title: str = "", password: str = "") -> None:
        self._file = io.BytesIO()
        encrypt = StandardEncryption(password, canPrint=0) if password else None
        self._canvas = Canvas(self._file, pagesize=(WIDTH, HEIGHT), encrypt=encrypt)
        self._canvas.setTitle(title)
        self._pages = 0

    def page(self, *, rotate: int = 0) -> Page:
        """Begins a page."""
        if self._pages:
            self._canvas.showPage()
        self._pages += 1
        if rotate:
            self._canvas.setPageRotation(rotate)
        return Page(self._canvas)

    def bytes(self) -> bytes:
        """The finished file."""
        self._canvas.showPage()
        self._canvas.save()
        return self._file.getvalue()


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of plain objects, numbered from 1; the first is its catalogue."""
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer <</Size %d /Root 1 0 R>>" % (len(objects) + 1)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%b%b\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        table,
        trailer,
        len(out),
    )


def one_page(content: bytes, extra: bytes = b"", *more: bytes, resources: bytes = b"") -> bytes:
    """A PDF of one page with that content stream."""
    stream = b"<</Length %d %b>>\nstream\n%b\nendstream" % (len(content), extra, content)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<%b>>>>" % resources
    return pdf_of(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream, *more)
