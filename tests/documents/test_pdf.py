"""A PDF becomes its text in the order it is read, each block with its pages, and nothing of what only frames it."""

import random
import re

import pytest
from pdf_files import PdfFile, one_page
from word_files import write

from assistant.documents import loaders
from assistant.documents.blocks import Role
from assistant.documents.loaders import pdf
from assistant.errors import SourceError
from assistant.settings import ReadingSettings

LIMITS = ReadingSettings()
WORDS = (
    "An exporter of the items listed below shall apply to the office for a licence before",
    "they leave the country, and shall name in the application the user and the use of each",
    "item. The office decides within forty-five days of the day on which it has received all.",
)


def read(file: PdfFile):
    return pdf.read("act.pdf", file.bytes(), LIMITS)


def blocks(file: PdfFile):
    document = read(file)
    return [(each.role, document.quote(each.span)) for each in document.blocks]


def texts(file: PdfFile):
    return [text for _, text in blocks(file)]


class TestParagraphs:
    def test_are_whole_over_lines_and_end_where_the_next_begins(self):
        file = PdfFile()
        file.page().lines(*WORDS).gap().lines("A licence is valid for a year.", "It may be extended.").gap(3).line(
            "(a) Magnets;"
        ).line("(b) targets.")
        assert blocks(file) == [
            (Role.PARAGRAPH, " ".join(WORDS)),
            (Role.PARAGRAPH, "A licence is valid for a year."),
            (Role.PARAGRAPH, "It may be extended."),
            (Role.LIST_ITEM, "(a) Magnets;"),
            (Role.LIST_ITEM, "(b) targets."),
        ]

    def test_run_over_the_page_and_know_both(self):
        file = PdfFile()
        file.page().lines(WORDS[0])
        file.page().lines(*WORDS[1:])
        document = read(file)
        assert document.text == " ".join(WORDS)
        assert [(page.number, document.quote(page.span)) for page in document.pages] == [
            (1, f"{WORDS[0]} "),
            (2, " ".join(WORDS[1:])),
        ]

    def test_have_words_parted_at_a_line_end_whole_and_hyphens_that_belong_kept(self):
        file = PdfFile()
        file.page().lines(
            "The appli-",
            "cation names the end-",
            "user. An end-user is who uses the item, and the application says so.",
        )
        assert texts(file)[0].startswith("The application names the end-user.")

    def test_with_letters_that_one_shape_shows_are_whole(self):
        # "fi" as one shape that stands for two letters, as most typesetting programs print it.
        cmap = b"/CIDInit/ProcSet findresource begin begincmap 1 begincodespacerange <00><FF> endcodespacerange "
        cmap += b"2 beginbfchar <41> <00660069> <42> <0073> endbfchar endcmap end"
        font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
        data = one_page(
            b"BT /F 12 Tf 72 700 Td (BABABABAB) Tj ET",
            b"",
            font,
            b"<</Length %d>>\nstream\n%b\nendstream" % (len(cmap), cmap),
            resources=b"/Font<</F 5 0 R>>",
        )
        assert pdf.read("act.pdf", data, LIMITS).text == "sfisfisfisfis"

    def test_that_begin_in_bold_or_hold_larger_letters_are_no_headings(self):
        file = PdfFile()
        page = file.page().lines(*WORDS).gap()
        page.line("An exporter", bold=True, down=page.down).line("means whoever sends goods abroad", left=140)
        assert [role for role, _ in blocks(file)] == [Role.PARAGRAPH, Role.PARAGRAPH]

    def test_go_on_where_a_reference_stands_at_the_beginning_of_a_line(self):
        file = PdfFile()
        page = file.page().lines(
            *WORDS[:2], "A licence is required for the export of each of the items that are named in part two of"
        )
        page.lines("Annex I. It is granted for a year.").lines("(a) Magnets and", "(b) targets.")
        assert [text[:9] for text in texts(file)] == ["An export", "(a) Magne", "(b) targe"]

    def test_in_chinese_are_joined_without_spaces(self):
        file = PdfFile()
        file.page().line("　　第一条　出口经营者出口稀土物项，应当依照本公告的规定向国务院商务主管").line(
            "部门申请许可。"
        ).line("　　第二条　本公告自公布之日起实施。")
        assert [text.replace(" ", "") for text in texts(file)] == [
            "第一条出口经营者出口稀土物项，应当依照本公告的规定向国务院商务主管部门申请许可。",
            "第二条本公告自公布之日起实施。",
        ]

    def test_headings_are_told_by_size_and_weight(self):
        file = PdfFile()
        file.page().line("Announcement No. 61", size=18).gap().line("Article 1", bold=True).gap(4).lines(*WORDS)
        document = read(file)
        assert [(each.role, each.level) for each in document.blocks] == [
            (Role.HEADING, 1),
            (Role.HEADING, 2),
            (Role.PARAGRAPH, 0),
        ]


class TestLayout:
    def test_columns_are_read_one_after_another_under_what_stands_over_both(self):
        file = PdfFile()
        page = file.page().line("A heading that stands over both of the columns of this page", size=16, left=90)
        top = page.down + 10
        for at in range(8):
            page.line(f"left {at} of the first column here", down=top + at * 14)
            page.line(f"right {at} of the second column", left=310, down=top + at * 14)
        (heading, *body) = texts(file)
        words = " ".join(body)
        assert heading.startswith("A heading")
        assert [words.index(f"{side} {at}") for side in ("left", "right") for at in range(8)] == sorted(
            words.index(f"{side} {at}") for side in ("left", "right") for at in range(8)
        )

    def test_cells_of_a_table_without_lines_are_no_columns(self):
        file = PdfFile()
        page = file.page()
        for at in range(8):
            page.line(f"1C90{at}", down=100 + at * 14).line(f"metal {at}", left=310, down=100 + at * 14)
        assert "1C903 metal 3" in " ".join(texts(file))

    def test_running_heads_and_page_numbers_are_left_out(self):
        file = PdfFile()
        for number in range(1, 5):
            page = file.page()
            page.line("Official Gazette", size=8, down=40).line(f"Page {number} of 4", size=8, left=280, down=810)
            page.line(f"Article {number}", down=95, bold=True).gap(20).lines(*WORDS)
        found = texts(file)
        assert len(found) == 8
        assert not any("Gazette" in each or "of 4" in each for each in found)
        assert found[0] == "Article 1"

    def test_heads_that_change_by_chapter_go_with_the_page_number_beside_them(self):
        file = PdfFile()
        for number in range(1, 5):
            file.page().line(f"Chapter {(number + 1) // 2}", size=8, down=40).line(
                str(number), size=8, left=500, down=40
            ).lines(*WORDS)
        assert not any("Chapter" in each for each in texts(file))

    def test_a_sideways_page_is_read_as_it_is_turned(self):
        file = PdfFile()
        page = file.page(rotate=90)
        page._canvas.translate(595, 0)
        page._canvas.rotate(90)
        page._canvas.drawString(72, 500, "Magnets need a licence")
        page._canvas.drawString(72, 486, "before they leave.")
        assert texts(file) == ["Magnets need a licence before they leave."]

    def test_a_mark_across_the_page_is_no_text(self):
        file = PdfFile()
        page = file.page().lines(*WORDS)
        page._canvas.saveState()
        page._canvas.translate(150, 300)
        page._canvas.rotate(40)
        page._canvas.drawString(0, 0, "DRAFT ONLY")
        page._canvas.restoreState()
        assert texts(file) == [" ".join(WORDS)]


class TestFootnotes:
    def test_stand_behind_the_paragraph_they_would_break(self):
        file = PdfFile()
        first = file.page().lines(*WORDS[:2]).raised("1", after=WORDS[1])
        first.line("1 See the catalogue of 2026, which lists the", size=8, down=760)
        first.line("items by code.", size=8, down=770)
        file.page().lines(WORDS[2])
        document = read(file)
        assert [(each.role, document.quote(each.span)) for each in document.blocks] == [
            (Role.PARAGRAPH, f"{WORDS[0]} {WORDS[1]}[1] {WORDS[2]}"),
            (Role.FOOTNOTE, "[1] See the catalogue of 2026, which lists the items by code."),
        ]
        assert [page.number for page in document.pages] == [1, 2, 1]

    def test_raised_figures_that_are_none_are_powers(self):
        file = PdfFile()
        file.page().lines(*WORDS).gap().line("At most 10").raised("6", after="At most 10")
        assert texts(file)[-1] == "At most 10⁶"


class TestTables:
    ROWS = (("Code", "Item"), ("1C902", "Samarium metal"), ("1C903", "Gadolinium metal"))

    def test_have_rows_that_name_their_columns_between_what_stands_around_them(self):
        file = PdfFile()
        file.page().lines(*WORDS).gap().table(self.ROWS, (100, 300)).gap().line("The list ends here.")
        assert blocks(file) == [
            (Role.PARAGRAPH, " ".join(WORDS)),
            (Role.TABLE_ROW, "Code: 1C902 | Item: Samarium metal"),
            (Role.TABLE_ROW, "Code: 1C903 | Item: Gadolinium metal"),
            (Role.PARAGRAPH, "The list ends here."),
        ]

    @pytest.mark.parametrize("header", [True, False])
    def test_that_run_over_the_page_keep_their_header(self, header):
        file = PdfFile()
        file.page().table(self.ROWS, (100, 300))
        file.page().table([*self.ROWS[: int(header)], ("1C904", "Terbium 金属")], (100, 300))
        document = read(file)
        assert document.quote(document.blocks[-1].span) == "Code: 1C904 | Item: Terbium 金属"
        assert document.pages[-1].number == 2

    def test_repeat_a_cell_that_spans_rows_in_each(self):
        file = PdfFile()
        page = file.page()
        for left, top, right, bottom in (
            (72, 100, 172, 160),
            (172, 100, 372, 130),
            (172, 130, 372, 160),
            (72, 100, 372, 160),
        ):
            page._canvas.rect(left, 842 - bottom, right - left, bottom - top)
        page.line("1C902", left=80, down=134).line("Samarium", left=180, down=120).line(
            "Its alloys", left=180, down=150
        )
        page.gap(80).line("End.")
        assert texts(file) == ["1C902 | Samarium", "1C902 | Its alloys", "End."]

    def test_a_frame_around_text_is_none(self):
        file = PdfFile()
        page = file.page().lines(*WORDS)
        for at in range(4):
            page._canvas.rect(60 - at, 600 - at, 480 + 2 * at, 180 + 2 * at)
        assert texts(file) == [" ".join(WORDS)]


class TestPagesWithoutText:
    def test_are_named(self):
        file = PdfFile()
        file.page().lines(*WORDS)
        file.page().picture()
        file.page().picture()
        file.page()
        document = read(file)
        assert document.notices == (
            "Pages 2–3 hold no text but a picture of it (a scan). Make it searchable (OCR) and add it again.",
        )

    def test_alone_are_refused_with_the_reason(self, tmp_path):
        file = PdfFile()
        file.page().picture()
        with pytest.raises(SourceError, match=r"no text to answer from\. Page 1 holds no text but a picture"):
            loaders.read(write(tmp_path / "scan.pdf", file.bytes()))


class TestBadFiles:
    def test_that_are_encrypted_are_refused(self):
        file = PdfFile(password="secret")
        file.page().lines(*WORDS)
        with pytest.raises(SourceError, match="encrypted"):
            read(file)

    def test_with_a_page_that_is_damaged_are_read_without_it(self):
        file = PdfFile()
        file.page().lines(*WORDS)
        file.page().lines("The second page.")
        data = file.bytes()
        kids = re.search(rb"/Kids \[ (\d+ 0 R) (\d+ 0 R) \]", data)
        document = pdf.read("act.pdf", data.replace(kids[0], b"/Kids [ %b 99 0 R ]" % kids[1]), LIMITS)
        assert document.text == " ".join(WORDS)
        assert document.notices == ("Page 2 holds nothing that can be read: the file is damaged there.",)

    def test_with_too_many_pages_are_refused(self):
        file = PdfFile()
        for _ in range(3):
            file.page().lines(*WORDS)
        with pytest.raises(SourceError, match="3 pages; at most 2"):
            pdf.read("act.pdf", file.bytes(), ReadingSettings(max_pages=2))

    def test_cut_short_or_changed_anywhere_are_read_or_refused(self, tmp_path):
        file = PdfFile()
        for _ in range(2):
            file.page().lines(*WORDS).table(TestTables.ROWS, (100, 300))
        whole, chance = file.bytes(), random.Random(11)
        refused = 0
        for _ in range(100):
            data = bytearray(whole)
            if chance.random() < 0.4:
                del data[chance.randrange(1, len(data)) :]
            for _ in range(chance.randrange(20)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            try:
                loaders.read(write(tmp_path / "a.pdf", bytes(data)))
            except SourceError:
                refused += 1
        assert 0 < refused < 100


def test_properties_are_the_files_own():
    file = PdfFile(title="Announcement No. 61")
    file.page().lines(*WORDS)
    assert read(file).properties.title == "Announcement No. 61"
    file = PdfFile(title="Microsoft Word - draft.docx")
    file.page().lines(*WORDS)
    assert read(file).properties.title is None
