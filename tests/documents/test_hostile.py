"""Files made to do harm cost themselves: the process that reads them is bounded, and the next file is read as ever."""

import zlib
from pathlib import Path

import pytest
from pdf_files import one_page, pdf_of
from word_files import paragraph, word_file

from assistant.documents.loaders import Loaded
from assistant.documents.loaders.workers import Worker
from assistant.errors import SourceError
from assistant.settings import ReadingSettings

MEMORY = 300_000_000


def packed(size: int) -> bytes:
    """So many spaces, packed."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(b" " * 1_000_000) for _ in range(size // 1_000_000)]
    return b"".join([*parts, packer.flush()])


def form_in_itself() -> bytes:
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 6000/Resources<</XObject<</X 5 0 R>>>>>>"
    return one_page(
        b"/X Do " * 1000, b"", form + b"\nstream\n%b\nendstream" % (b"/X Do " * 1000), resources=b"/XObject<</X 5 0 R>>"
    )


FILES = {
    "bomb.pdf": lambda: one_page(packed(600_000_000), b"/Filter/FlateDecode"),
    "bomb-in-a-bomb.pdf": lambda: one_page(zlib.compress(packed(600_000_000)), b"/Filter[/FlateDecode/FlateDecode]"),
    "nested-arrays.pdf": lambda: one_page(b"[" * 10_000 + b"]" * 10_000),
    "nested-objects.pdf": lambda: pdf_of(
        b"<</Type/Catalog/Pages 2 0 R/X %b1%b>>" % (b"<</A " * 10_000, b">>" * 10_000),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R>>",
    ),
    "nested-pages.pdf": lambda: pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>", *(b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % n for n in range(3, 10_003))
    ),
    "pages-in-themselves.pdf": lambda: pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000>>"
    ),
    "form-in-itself.pdf": form_in_itself,
    "nested.html": lambda: b"<!doctype html>" + b"<div>" * 10_000 + b"Words" + b"</div>" * 10_000,
    "braces.html": lambda: b"<!doctype html><style>" + b"a" * 1_000_000 + b"/*" * 500_000 + b"</style>Words",
    "spaces.html": lambda: b"<!doctype html>" + b" " * 2_000_000 + b"Words<title>" + b"-" * 500_000 + b"</title>",
    "script.html": lambda: b"<!doctype html><script>while(true){}</script><img src=x onerror=alert(1)>",
    "nested.docx": lambda: word_file(
        "<w:sdt><w:sdtContent>" * 100 + paragraph("Words") + "</w:sdtContent></w:sdt>" * 100
    ),
    "quotes.md": lambda: b"> " * 20_000 + b"words",
    "brackets.md": lambda: b"[" * 50_000 + b"](" * 50_000,
    "front-matter.md": lambda: (
        b"---\na: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(b"%c: &%c [%b]\n" % (n, n, b",".join([b"*%c" % (n - 1)] * 9)) for n in range(98, 108))
        + b"---\n# Words\n\nWords.\n"
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_made_to_do_harm_costs_itself(name, tmp_path: Path):
    bad, good = tmp_path / name, tmp_path / "good.txt"
    bad.write_bytes(FILES[name]())
    good.write_text("Words of the good file.")
    with Worker(ReadingSettings(max_memory_bytes=MEMORY, max_seconds=20)) as worker:
        sentence = ""
        try:
            read = worker.read(bad, name=name, spool=tmp_path)
            assert isinstance(read, Loaded)
            assert "Words" in read.source.text or name.endswith(".md")
        except SourceError as error:
            sentence = str(error)
        assert not sentence or (sentence.startswith(name) and sentence.endswith("."))
        after = worker.read(good, name="good.txt", spool=tmp_path)
        assert isinstance(after, Loaded)
        assert after.source.text == "Words of the good file."
