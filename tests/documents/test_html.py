"""A page becomes its text: what a reader sees of it, in order, with the numbers that stand before list items."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.documents.blocks import Role
from assistant.documents.loaders import html
from assistant.errors import SourceError


def blocks(body: str, head: str = ""):
    document = html.read("page.html", f"<html><head>{head}</head><body>{body}</body></html>")
    return [(each.role, document.quote(each.span)) for each in document.blocks]


def texts(body: str, head: str = ""):
    return [text for _, text in blocks(body, head)]


class TestStructure:
    def test_headings_paragraphs_and_line_breaks_are_blocks(self):
        assert blocks(
            "<h2>Article 1</h2><p>One\n  <b>thing</b>.</p>第二条 甲<br>第三条 乙<div>More<p>text</p>tail</div>"
        ) == [
            (Role.HEADING, "Article 1"),
            (Role.PARAGRAPH, "One thing."),
            (Role.PARAGRAPH, "第二条 甲"),
            (Role.PARAGRAPH, "第三条 乙"),
            (Role.PARAGRAPH, "More"),
            (Role.PARAGRAPH, "text"),
            (Role.PARAGRAPH, "tail"),
        ]

    def test_a_line_break_inside_a_sentence_does_not_end_it(self):
        assert texts("<p>The exporter shall<br>apply for a licence.<br>The office decides.</p>") == [
            "The exporter shall apply for a licence.",
            "The office decides.",
        ]

    def test_text_set_line_by_line_is_cut_where_lines_are_blank_or_indented(self):
        assert texts(
            "<pre>SUMMARY: The Bureau adds\nentities to the list.\n\n    (a) Scope. This part\napplies.\n"
            "    (b) Licences. They\nare needed.</pre>"
        ) == [
            "SUMMARY: The Bureau adds entities to the list.",
            "(a) Scope. This part applies.",
            "(b) Licences. They are needed.",
        ]

    def test_inline_elements_around_blocks_do_not_run_paragraphs_together(self):
        assert texts("<font><p>One.</p><p>Two.</p></font>") == ["One.", "Two."]

    def test_list_items_have_their_numbers_as_printed(self):
        assert texts(
            '<ol type="a" start="3"><li>Three.</li><li><p>Four:</p><ol type="i"><li>small</li></ol></li></ol>'
            '<ol><li value="7">Seven</li><li>Eight</li></ol><ul><li>Bare</li></ul>'
            '<ol style="list-style-type: none"><li>(b) Own number</li></ol><ol><li>第一条 其</li></ol>'
        ) == ["c. Three.", "d. Four:", "i. small", "7. Seven", "8. Eight", "Bare", "(b) Own number", "第一条 其"]

    def test_rows_name_their_columns(self):
        assert blocks(
            "<table><caption>Items</caption><thead><tr><th>Code</th><th>Item</th></tr></thead>"
            "<tr><td rowspan=2>1C902</td><td>Samarium</td></tr><tr><td>Its alloys</td></tr>"
            "<tr><td colspan=2>Part two</td></tr></table>"
        ) == [
            (Role.PARAGRAPH, "Items"),
            (Role.TABLE_ROW, "Code: 1C902 | Item: Samarium"),
            (Role.TABLE_ROW, "Code: 1C902 | Item: Its alloys"),
            (Role.TABLE_ROW, "Part two"),
        ]

    def test_tables_that_only_place_things_are_no_tables(self):
        assert blocks("<table><tr><td><p>One.</p><p>Two.</p></td></tr></table>") == [
            (Role.PARAGRAPH, "One."),
            (Role.PARAGRAPH, "Two."),
        ]

    def test_footnotes_stand_apart_and_are_referred_to_by_their_marks(self):
        assert blocks(
            'Magnets<sup><a href="#n1">1</a></sup> of 10<sup>-6</sup> m<sup>2</sup> are listed.'
            '<ol><li id="n1">See the catalogue. <a href="#r1">↩</a></li></ol>'
        ) == [
            (Role.PARAGRAPH, "Magnets[1] of 10⁻⁶ m² are listed."),
            (Role.FOOTNOTE, "[1] See the catalogue."),
        ]


class TestWhatNobodySees:
    @pytest.mark.parametrize(
        "hidden",
        [
            '<p style="display: none">Obey.</p>',
            '<p style="visibility:hidden">Obey.</p>',
            '<span style="font-size:0px">Obey.</span>',
            '<div style="position:absolute; left:-9999px">Obey.</div>',
            "<p hidden>Obey.</p>",
            '<p aria-hidden="true">Obey.</p>',
            '<p class="a x">Obey.</p>',
            '<p id="y">Obey.</p>',
            "<script>Obey.</script>",
            "<style>Obey.</style>",
            "<noscript>Obey.</noscript>",
            "<template>Obey.</template>",
            "<!-- Obey. -->",
            '<input value="Obey.">',
            "<textarea>Obey.</textarea>",
            "<del>Obey.</del>",
        ],
    )
    def test_is_no_text(self, hidden):
        rules = "<style>p{color:black} .x, #y { display : none; }</style>"
        assert texts(f"<p>Magnets are listed.</p>{hidden} tail", rules) == ["Magnets are listed.", "tail"]

    def test_struck_text_is_said_to_be_left_out(self):
        assert html.read("page.html", "<p>In force. <s>Not in force.</s></p>").notices


class TestNavigation:
    MENU = "<ul><li><a href=/>Home</a></li><li><a href=/a>News</a></li><li><a href=/b>Laws</a></li></ul>"

    @pytest.mark.parametrize(
        "chrome",
        [
            f"<nav>{MENU}</nav>",
            f"<div role='navigation'>{MENU}</div>",
            f"<div>{MENU}</div>",
            "<header>The Ministry</header>",
            "<footer>Copyright</footer>",
            "<div class='site-footer'>Copyright</div>",
            "<div id='breadcrumb'>Home &gt; Laws</div>",
            "<aside>Read more</aside>",
        ],
    )
    def test_is_no_text(self, chrome):
        long = "<p>Magnets of samarium may leave the country with a licence of the ministry only.</p>"
        assert texts(f"{chrome}<h1>Notice</h1>{long}{chrome}") == ["Notice", long[3:-4]]

    def test_text_under_an_odd_name_or_full_of_links_stays(self):
        linked = "".join(f"<li><a href=#a{n}>Section {n}</a> applies to the items of list {n};</li>" for n in range(5))
        assert len(texts(f"<div class='menu'><h1>Part 740</h1><ul>{linked}</ul></div>")) == 6

    def test_the_part_marked_as_main_is_taken(self):
        assert texts("<div>Skip</div><main><h1>Act</h1><p>Words of the act.</p></main><div>Tail</div>") == [
            "Act",
            "Words of the act.",
        ]


class TestProperties:
    def test_are_read_from_what_pages_name_them(self):
        head = """<title>Announcement No. 61 - Ministry</title><meta name="PubDate" content="2025-10-09 09:00">
        <meta property="og:site_name" content="Ministry"><link rel="canonical" href="https://example.org/61">"""
        found = html.read(
            "p.html", f"<html lang='en-GB'><head>{head}</head><body><p>Words.</p></body></html>"
        ).properties
        assert (found.title, found.publisher, found.published, found.url, found.language) == (
            "Announcement No. 61",
            "Ministry",
            dt.date(2025, 10, 9),
            "https://example.org/61",
            "en",
        )

    def test_are_read_from_linked_data(self):
        data = '{"@graph": [{"datePublished": "2025-11-07T10:00", "publisher": {"name": "The Office"}}]}'
        found = html.read("p.html", f'<script type="application/ld+json">{data}</script><p>Words.</p>').properties
        assert (found.publisher, found.published) == ("The Office", dt.date(2025, 11, 7))

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "/61", "file:///etc/passwd"])
    def test_an_address_is_one_of_the_web(self, url):
        assert html.read("p.html", f'<link rel="canonical" href="{url}"><p>Words.</p>').properties.url is None


class TestEncodings:
    @pytest.mark.parametrize(
        ("encoding", "declared", "charset"),
        [
            ("utf-8", "", None),
            ("utf-16", "", None),
            ("gb18030", '<meta charset="gb2312">', None),
            ("gbk", "", "gbk"),
            ("big5", '<meta http-equiv="Content-Type" content="text/html; charset=big5">', None),
        ],
    )
    def test_are_taken_as_declared_or_found(self, encoding, declared, charset):
        data = f"<html><head>{declared}</head><body><p>出口管制</p></body></html>".encode(encoding)
        assert html.decoded("p.html", data, charset).count("出口管制") == 1


class TestBrokenPages:
    def test_without_anything_are_refused(self):
        with pytest.raises(SourceError):
            html.read("p.html", "")

    FRAGMENTS = st.lists(
        st.sampled_from(
            "<p> </p> <li> <ol type=i start=9999999999> </ol> <table> <tr> <td rowspan=-1 colspan=99999> <th> </table> "
            "<br> <sup> <a href=#x id=x> </a> </sup> <div hidden> </div> <main> <h1> <style>.a{ } </style> <!-- --> "
            "<![CDATA[ ]]> <html> <body> </body> <frameset> <svg> <math> &#0; &amp &#x110000; \0 第一条 words. 1".split(
                " "
            )
        )
        | st.text(max_size=8),
        max_size=60,
    )

    @settings(deadline=None)
    @given(FRAGMENTS)
    def test_whatever_they_hold_give_blocks_or_a_sentence(self, fragments):
        try:
            document = html.read("p.html", "".join(fragments))
        except SourceError:
            return
        assert "\n\n".join(document.quote(each.span) for each in document.blocks) == document.text
