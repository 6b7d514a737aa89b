"""A page of a PDF as a picture, with a passage marked.

The file came from anybody: it is drawn in a process of its own, which holds no secrets and whose memory, processor time
and clock are bounded. Run as a program, this module is that process.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

_SECONDS = 15
_MEMORY_BYTES = 2_000_000_000
_WIDTH_PIXELS = 1_100
_LARGEST_HEIGHT_PIXELS = 4_000
_AT_A_TIME = threading.Semaphore(2)
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "LANG", "SYSTEMROOT")
# So much of a passage that begins or ends on another page is enough to find its part on this one.
_END = 30
_MARK = (251, 220, 90)


def page_image(path: Path, number: int, words: str) -> bytes | None:
    """A page as PNG, counted from 1, with the words marked where they are found on it; ``None`` where it cannot be
    drawn within the bounds."""
    request = json.dumps({"path": str(path), "number": number, "words": words}).encode()
    with _AT_A_TIME:
        try:
            drawn = subprocess.run(
                [sys.executable, "-m", "assistant.ui.page_image"],
                input=request,
                capture_output=True,
                timeout=_SECONDS,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
    return drawn.stdout if drawn.returncode == 0 and drawn.stdout.startswith(b"\x89PNG") else None


def main() -> None:
    """Draws the page that standard input names, to standard output."""
    _bound()
    request = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(_drawn(request["path"], request["number"], request["words"]))


def _drawn(path: str, number: int, words: str) -> bytes:
    import pypdfium2
    from PIL import Image, ImageChops, ImageDraw

    with pypdfium2.PdfDocument(path) as document:
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(_WIDTH_PIXELS / width, _LARGEST_HEIGHT_PIXELS / height)
        image = page.render(scale=scale).to_pil().convert("RGB")
        layer = Image.new("RGB", image.size, "white")
        pen = ImageDraw.Draw(layer)
        for left, bottom, right, top in _boxes(page.get_textpage(), words):
            pen.rectangle(
                (left * scale - 1, (height - top) * scale - 1, right * scale + 1, (height - bottom) * scale + 1),
                fill=_MARK,
            )
    out = io.BytesIO()
    ImageChops.multiply(image, layer).save(out, "PNG", optimize=True)
    return out.getvalue()


def _boxes(textpage: Any, words: str) -> list[tuple[float, float, float, float]]:
    """Where the letters of the words stand on the page, in points from its lower left corner."""
    import pypdfium2.raw as pdfium

    letters: list[tuple[str, int]] = []
    for at in range(textpage.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(textpage.raw, at) or 32)
        if letter.isalnum():
            letters.append((letter.casefold(), at))
    found = _found("".join(letter for letter, _ in letters), "".join(filter(str.isalnum, words)).casefold())
    if found is None:
        return []
    first, last = letters[found[0]][1], letters[found[1] - 1][1]
    return [textpage.get_charbox(at, loose=True) for at in range(first, last + 1)]


def _found(page: str, words: str) -> tuple[int, int] | None:
    """Where the words stand on the page: all of them, or the part of them that a page break leaves on it."""
    if not words:
        return None
    at = page.find(words)
    if at >= 0:
        return at, at + len(words)
    begins, ends = page.rfind(words[:_END]), page.find(words[-_END:])
    if begins >= 0 and words.startswith(page[begins:]):
        return begins, len(page)
    if ends >= 0 and words.endswith(page[: ends + _END]):
        return 0, ends + _END
    return None


def _bound() -> None:
    """Bounds memory and processor time. Systems without such limits have the parent's clock alone."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))


if __name__ == "__main__":
    main()
