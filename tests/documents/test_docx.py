"""A Word file becomes what a reader sees in it, with the numbers that stand nowhere in the file."""

import datetime as dt
import io
import random
import zipfile

import docx as python_docx
import pytest
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from word_files import paragraph, table, word_file, write

from assistant.documents import loaders
from assistant.documents.blocks import Role
from assistant.documents.loaders import docx
from assistant.errors import SourceError
from assistant.settings import ReadingSettings

LIMITS = ReadingSettings()


def blocks(body: str, **parts):
    document = docx.read("act.docx", word_file(body, **parts), LIMITS)
    return [(each.role, document.quote(each.span)) for each in document.blocks]


def texts(body: str, **parts):
    return [text for _, text in blocks(body, **parts)]


class TestStructure:
    def test_headings_by_style_by_outline_and_by_being_bold(self):
        document = docx.read(
            "act.docx",
            word_file(
                paragraph("The Act", style="Title")
                + paragraph("Scope", style="Heading1")
                + paragraph("Goods", style="Heading2")
                + paragraph("Article 3", run="<w:b/>")
                + paragraph("It applies to goods.", run="<w:b/>")
            ),
            LIMITS,
        )
        assert [(each.role, each.level) for each in document.blocks] == [
            (Role.HEADING, 1),
            (Role.HEADING, 2),
            (Role.HEADING, 3),
            (Role.HEADING, 9),
            (Role.PARAGRAPH, 0),
        ]

    def test_numbers_are_counted_as_word_counts_them(self):
        levels = (("chineseCounting", "第%1条", "space"), ("decimal", "%1.%2", "tab"), ("lowerLetter", "(%3)", "space"))
        body = "".join(
            paragraph(text, number=number)
            for text, number in (
                ("甲", (71, 0)),
                ("乙", (71, 1)),
                ("丙", (71, 2)),
                ("丁", (71, 2)),
                ("戊", (71, 0)),
                ("己", (71, 2)),
                ("庚", (72, 0)),
            )
        )
        assert texts(body, levels=levels) == [
            "第一条 甲",
            "一.1 乙",
            "(a) 丙",
            "(b) 丁",
            "第二条 戊",
            "(a) 己",
            "第一条 庚",
        ]

    def test_bullets_are_items_without_a_number(self):
        assert blocks(paragraph("Goods;", number=(71, 0)), levels=(("bullet", "•", "tab"),)) == [
            (Role.LIST_ITEM, "Goods;")
        ]

    def test_rows_name_their_columns_and_merged_cells_reach_down(self):
        upper = '<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>1C902</w:t></w:r></w:p></w:tc>'
        lower = "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>"
        assert blocks(table(("Code", "Item"), (upper, "Samarium"), (lower, "Its alloys"), header=True)) == [
            (Role.TABLE_ROW, "Code: 1C902 | Item: Samarium"),
            (Role.TABLE_ROW, "Code: 1C902 | Item: Its alloys"),
        ]

    def test_footnotes_stand_behind_the_paragraph_that_refers_to_them(self):
        body = (
            '<w:p><w:r><w:t>Magnets</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
            "<w:r><w:t> need a licence.</w:t></w:r></w:p>" + paragraph("Next.")
        )
        assert blocks(body, footnotes=("Never referred to.", "See the catalogue.")) == [
            (Role.PARAGRAPH, "Magnets[1] need a licence."),
            (Role.FOOTNOTE, "[1] See the catalogue."),
            (Role.PARAGRAPH, "Next."),
        ]

    def test_powers_are_powers(self):
        raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>-6</w:t></w:r>'
        assert texts(f"<w:p><w:r><w:t>10</w:t></w:r>{raised}</w:p>") == ["10⁻⁶"]


class TestWhatIsRead:
    def test_is_the_text_with_all_changes_accepted(self):
        inserted = '<w:ins w:id="1" w:author="x"><w:r><w:t>not </w:t></w:r></w:ins>'
        deleted = '<w:del w:id="2" w:author="x"><w:r><w:delText>always </w:delText></w:r></w:del>'
        before, after = "<w:r><w:t xml:space='preserve'>It is </w:t></w:r>", "<w:r><w:t>free.</w:t></w:r>"
        assert texts(f"<w:p>{before}{inserted}{deleted}{after}</w:p>") == ["It is not free."]

    def test_holds_content_controls_and_links(self):
        body = "<w:sdt><w:sdtContent>" + paragraph("In a control.") + "</w:sdtContent></w:sdt>"
        link = "<w:p><w:hyperlink><w:r><w:t>In a link.</w:t></w:r></w:hyperlink></w:p>"
        assert texts(body + link) == ["In a control.", "In a link."]

    @pytest.mark.parametrize("run", ["<w:vanish/>", "<w:strike/>", "<w:dstrike/>"])
    def test_leaves_out_what_is_hidden_or_struck_through(self, run):
        document = docx.read("a.docx", word_file(paragraph("Obey.", run=run) + paragraph("Words.")), LIMITS)
        assert document.text == "Words."
        assert bool(document.notices) == ("trike" in run)

    def test_leaves_out_the_table_of_contents(self):
        styles = python_docx.Document()
        style = styles.styles.add_style("toc 1", 1)
        styles.add_paragraph("Article 1 ..... 3", style)
        styles.add_paragraph("Words.")
        file = io.BytesIO()
        styles.save(file)
        assert docx.read("a.docx", file.getvalue(), LIMITS).text == "Words."

    def test_properties_are_the_files_own(self):
        document = python_docx.Document()
        document.core_properties.title, document.core_properties.author = "The Policy", "Trade office"
        document.core_properties.modified = dt.datetime(2025, 11, 7, 10)
        document.add_paragraph("Words.")
        file = io.BytesIO()
        document.save(file)
        said = docx.read("a.docx", file.getvalue(), LIMITS).properties
        assert (said.title, said.author, said.modified) == ("The Policy", "Trade office", dt.date(2025, 11, 7))


class TestBadFiles:
    def test_that_unpack_to_too_much_are_refused_before_they_are_unpacked(self):
        file = io.BytesIO(word_file(paragraph("Words.")))
        with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as package:
            package.writestr("word/media/bomb.xml", bytes(60_000_000))
        assert len(file.getvalue()) < 200_000
        with pytest.raises(SourceError, match="times smaller"):
            docx.read("a.docx", file.getvalue(), LIMITS)

    def test_with_entities_that_multiply_are_not_read(self, tmp_path):
        entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        body = "<w:body><w:p><w:r><w:t>&l9;</w:t></w:r></w:p></w:body>"
        xml = f'<!DOCTYPE x [<!ENTITY l0 "lol">{entities}]><w:document {nsdecls("w")}>{body}</w:document>'
        data = _replaced(word_file(paragraph("Words.")), "word/document.xml", xml.encode())
        with pytest.raises(SourceError, match=r"damaged|no text"):
            loaders.read(write(tmp_path / "a.docx", data))

    def test_cut_short_or_changed_anywhere_are_read_or_refused(self, tmp_path):
        whole = word_file(
            paragraph("Scope", style="Heading1") + table(("Code", "Item"), ("1", "x")), footnotes=("Note.",)
        )
        chance, refused = random.Random(7), 0
        for _ in range(150):
            data = bytearray(whole)
            if chance.random() < 0.2:
                del data[chance.randrange(1, len(data)) :]
            data[chance.randrange(len(data))] = chance.randrange(256)
            try:
                loaders.read(write(tmp_path / "a.docx", bytes(data)))
            except SourceError:
                refused += 1
        assert refused >= 30

    PIECES = st.lists(
        st.sampled_from(
            [
                paragraph("Words.", style="Heading1"),
                paragraph("Words.", style="None"),
                paragraph("Words.", number=(71, 0)),
                paragraph("Words.", number=(71, 8)),
                paragraph("Words.", number=(99, 3)),
                "<w:p/>",
                "<w:tbl/>",
                "<w:tbl><w:tr/><w:tr><w:tc/></w:tr></w:tbl>",
                table(("a", table(("b", "c"), ("d", "e")).join(("<w:tc>", "</w:tc>")))),
                table(("a",), ("b", "c"), ("d", "e", "f"), header=True),
                '<w:p><w:r><w:footnoteReference w:id="9"/></w:r><w:r><w:footnoteReference/></w:r></w:p>',
                "<w:sdt><w:sdtContent><w:p/></w:sdtContent></w:sdt>",
                '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999999"/><w:vMerge/></w:tcPr></w:tc></w:tr></w:tbl>',
            ]
        ),
        max_size=8,
    )

    @settings(deadline=None, max_examples=40)
    @given(PIECES)
    def test_of_any_make_give_blocks_that_are_their_text(self, pieces):
        data = word_file("".join(pieces), levels=(("decimal", "%1.%2", "tab"),))
        document = docx.read("a.docx", data, LIMITS)
        assert "\n\n".join(document.quote(each.span) for each in document.blocks) == document.text


def _replaced(data: bytes, name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, content if entry.filename == name else old.read(entry))
    return file.getvalue()
