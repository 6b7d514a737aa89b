"""Legal structure: what a text's parts are called, where they begin and end, and what is not a part."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.documents.blocks import Role, TextBuilder
from assistant.documents.loaders import text as text_loader
from assistant.documents.model import Source
from assistant.documents.numbering import markers, roman
from assistant.documents.sources import source_of


def read(text: str) -> Source:
    return source_of(text_loader.read("act.txt", text))


def built(*blocks: tuple[Role, int, str]) -> Source:
    builder = TextBuilder()
    for role, level, text in blocks:
        builder.add(text, role, level=level)
    return source_of(builder.document("act.pdf"))


def labels(source: Source) -> list[str]:
    return [each.label for each in source.provisions]


def words(source: Source, label: str) -> str:
    provision = source.provision(label)
    assert provision is not None, labels(source)
    return " ".join(source.quote(each) for each in provision.sentences)


EU = """COUNCIL REGULATION ON DUAL-USE ITEMS

Table of contents
Chapter I Subject 3
Article 1 Subject matter 3
Article 2 Definitions ......... 4
Article 3 5

Having regard to the Treaty,

CHAPTER I
SUBJECT AND SCOPE

Article 1
Subject matter

This Regulation establishes a regime for exports.

Article 2
Definitions

For the purposes of this Regulation, the following definitions apply:

(1) 'dual-use items' means items which can be used for both:

(a) civil purposes; and

(b) military purposes;

(2) 'export' means an export procedure within the meaning of Article 269 of the Code.

CHAPTER II
LICENCES

Article 3

1. An authorisation shall be required for the export of items listed in Annex I.

2. Under Article 4, Article 5 or Article 9 an authorisation may be required:

(a) for exports to certain destinations; or

(b) where the exporter is aware of
 (i) a military end use; or
 (ii) a diversion,

if the competent authority so decides.

Article 12a

Article 4 of this Regulation applies to brokers.

Done at Brussels, 20 May 2021.

ANNEX I

1. Lathes of category 2B001.

2. Magnets.
"""

LAW = """中华人民共和国出口管制法

目　录

第一章　总则
第二章　管制政策

第一章　总则

第一条　为了维护国家安全和利益，制定本法。

第二条　国家对两用物项的出口管制，适用本法。

前款所称管制物项，包括技术资料等数据。

本法所称出口管制，是指：
（一）转移；
（二）提供：
1．货物；
2．技术。

第二章　管制政策

第十二条
国家对管制物项的出口实行许可制度：

（一）国家安全和利益；

（二）国际义务。

第十三条　本法第十二条规定的许可，依照第十四条的规定办理。
"""

ANNOUNCEMENT = """商务部公告2025年第62号

经国务院批准，有关事项公告如下：

一、以下物项未经许可不得出口：

（一）稀土开采技术；

（二）装配、调试、维护等技术。

二、出口经营者应当：

（一）申请：
1. 填写申请表；
2. 提交说明。

三、本公告自公布之日起正式实施。

商务部

2025年10月9日

附件1

一、稀土清单
"""


class TestEnglish:
    def test_articles_paragraphs_items_and_annexes_are_labelled_as_they_are_cited(self):
        assert labels(read(EU)) == [
            "Para. 1", "Para. 2", "Art. 1", "Art. 2", "Art. 2(1)", "Art. 2(1)(a)", "Art. 2(1)(b)", "Art. 2(2)",
            "Art. 3(1)", "Art. 3(2)", "Art. 3(2)(a)", "Art. 3(2)(b)", "Art. 3(2)(b)(i)", "Art. 3(2)(b)(ii)",
            "Art. 3(2), closing words", "Art. 12a", "Signature", "Annex I, point 1", "Annex I, point 2",
        ]  # fmt: skip

    def test_a_provision_knows_what_it_stands_under_its_title_and_the_sentence_it_completes(self):
        source = read(EU)
        item = source.provision("Art. 2(1)(b)")
        assert item is not None
        assert item.path == ("CHAPTER I SUBJECT AND SCOPE", "Art. 2", "Art. 2(1)")
        assert item.heading == "Definitions"
        assert item.lead_in is not None
        assert source.quote(item.lead_in) == "'dual-use items' means items which can be used for both:"
        assert source.in_context(item).endswith("both: (b) military purposes;")

    def test_a_number_in_a_sentence_is_no_part(self):
        assert words(read(EU), "Art. 12a") == "Article 4 of this Regulation applies to brokers."
        plain = read(
            "Deliveries end in\n12. December was cold.\n\n5. This begins no list.\n\nSection 4(b) applies here."
        )
        assert labels(plain) == ["Para. 1", "Para. 2", "Para. 3"]

    def test_sections_of_a_code(self):
        source = read(
            "§ 734.13 Export.\n\n(a) Export means:\n\n(1) A shipment;\n\n(2) Releasing it.\n\n(b) A release counts."
            "\n\n§ 734.14 Reexport.\n\n(a) Reexport means:\n\n(1) A shipment."
        )
        assert labels(source) == [
            "§ 734.13", "§ 734.13(a)", "§ 734.13(a)(1)", "§ 734.13(a)(2)", "§ 734.13(b)",
            "§ 734.14", "§ 734.14(a)", "§ 734.14(a)(1)",
        ]  # fmt: skip

    def test_numbers_that_name_all_that_stands_above_them(self):
        source = read("Section 4 Licences\n\nSection 4(a) A first.\n\nSection 4(b)(i) Sub.\n\nSection 4(b)(ii) Sub.")
        assert labels(source) == ["Section 4", "Section 4(a)", "Section 4(b)(i)", "Section 4(b)(ii)"]

    def test_rules_in_decimals_with_guidance_beside_them(self):
        source = read(
            "1. INTRODUCTION\n\n1.1 Scope\n\n1.1.1 The rules apply.\n\n(1) to firms;\n\n(2) to banks.\n\nGuidance\n\n"
            "1. Firms are companies.\n\n2. Banks are firms.\n\n1.1.2 Nothing else.\n\n2. DUTIES\n\n2.1 Reports\n\n"
            "2.1.1.(a) First.\n\n2.1.1.(b) Second."
        )
        assert labels(source) == [
            "1", "1.1", "1.1.1", "1.1.1(1)", "1.1.1(2)", "1.1.1, Guidance(1)", "1.1.1, Guidance(2)", "1.1.2",
            "2", "2.1", "2.1.1(a)", "2.1.1(b)",
        ]  # fmt: skip

    def test_letters_and_roman_numbers_are_told_apart_by_what_stands_before(self):
        items = "\n\n".join(f"({mark}) item {mark};" for mark in "abcdefghij")
        assert labels(read(f"Article 1\n\nAll of:\n\n{items}"))[-2:] == ["Art. 1(i)", "Art. 1(j)"]
        nested = read("Article 1\n\n(a) one:\n\n(i) first;\n\n(ii) second;\n\n(b) two.")
        assert labels(nested)[-4:] == ["Art. 1(a)", "Art. 1(a)(i)", "Art. 1(a)(ii)", "Art. 1(b)"]

    def test_rows_of_a_table_are_cited_by_their_code_or_their_place(self):
        source = built(
            (Role.HEADING, 1, "Annex 1"),
            (Role.TABLE_ROW, 0, "Code: 1C902 | Item: magnets"),
            (Role.TABLE_ROW, 0, "Item: seeds | Note: free"),
        )
        assert labels(source) == ["Annex 1, item 1C902", "Annex 1, row 2"]

    def test_headings_of_a_document_without_numbers_are_what_its_paragraphs_stand_under(self):
        source = built(
            (Role.HEADING, 1, "Export policy"),
            (Role.PARAGRAPH, 0, "Ask first."),
            (Role.HEADING, 2, "Exceptions"),
            (Role.PARAGRAPH, 0, "None are known."),
            (Role.FOOTNOTE, 0, "1 As of today."),
        )
        assert [(each.label, each.path) for each in source.provisions] == [
            ("Para. 1", ("Export policy",)),
            ("Para. 2", ("Export policy", "Exceptions")),
            ("Footnote 1", ()),
        ]

    def test_articles_under_headings_with_a_page_break_and_a_footnote_between(self):
        source = built(
            (Role.HEADING, 2, "Chapter II Licences"),
            (Role.HEADING, 3, "Article 5 Duty"),
            (Role.PARAGRAPH, 0, "A licence is needed."),
            (Role.FOOTNOTE, 0, "1 See Article 9."),
            (Role.HEADING, 3, "Article 6 Exemptions"),
            (Role.LIST_ITEM, 1, "(a) samples;"),
            (Role.LIST_ITEM, 1, "(b) gifts."),
        )
        assert labels(source) == ["Art. 5", "Footnote 1", "Art. 6(a)", "Art. 6(b)"]
        assert words(source, "Art. 5") == "A licence is needed."


class TestChinese:
    def test_a_law_is_cited_by_article_paragraph_item_and_sub_item(self):
        assert labels(read(LAW)) == [
            "Para. 1", "第一条", "第二条第一款", "第二条第二款", "第二条第三款", "第二条第三款第（一）项",
            "第二条第三款第（二）项", "第二条第三款第（二）项第1目", "第二条第三款第（二）项第2目", "第十二条",
            "第十二条第（一）项", "第十二条第（二）项", "第十三条",
        ]  # fmt: skip

    def test_the_article_as_a_whole_stands_in_the_path_of_its_paragraphs(self):
        source = read(LAW)
        paths = {each.label: each.path for each in source.provisions}
        assert paths["第二条第一款"] == paths["第二条第二款"] == ("第一章 总则", "第二条")
        assert paths["第二条第三款第（一）项"] == ("第一章 总则", "第二条", "第二条第三款")

    def test_an_announcement_is_cited_by_its_own_numbers(self):
        assert labels(read(ANNOUNCEMENT)) == [
            "Para. 1", "Para. 2", "一、", "一、（一）",
            "一、（二）", "二、", "二、（一）", "二、（一）1", "二、（一）2",
            "三、", "落款", "附件1，一、",
        ]  # fmt: skip

    def test_an_item_completes_its_lead_in(self):
        source = read(ANNOUNCEMENT)
        item = source.provision("一、（二）")
        assert item is not None
        assert source.in_context(item).startswith("以下物项未经许可不得出口：")


class TestContents:
    def test_entries_are_no_articles_with_or_without_pages(self):
        for text in (EU, LAW):
            source = read(text)
            assert all("Subject matter 3" not in source.quote(each.span) for each in source.provisions)
            assert len([each for each in labels(source) if each in ("Art. 1", "第一条")]) == 1

    def test_a_run_of_headings_that_stand_again_is_one_without_being_called_so(self):
        text = "\n".join(f"Article {n} Title {n}" for n in range(1, 5))
        body = "\n\n".join(f"Article {n} Title {n}\n\nRule {'abcd'[n - 1]} holds." for n in range(1, 5))
        assert labels(read(f"{text}\n\n{body}")) == [f"Art. {n}" for n in range(1, 5)]


class TestNumbers:
    @given(st.integers(1, 99))
    def test_roman_numbers_have_their_value(self, number):
        tens = ("", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc")[number // 10]
        ones = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[number % 10]
        assert roman(tens + ones) == number

    @pytest.mark.parametrize("word", ["iiii", "vx", "ic", "mix", "", "hello"])
    def test_other_letters_have_none(self, word):
        assert roman(word) == 0

    @pytest.mark.parametrize(
        ("text", "first"),
        [
            ("Article 12 Licences", "Art. 12"), ("第一百零三条　内容", "第一百零三条"), ("附件２：清单", "附件２"),
            ("1.1.1.(a) text", "1.1.1"), ("（十一）内容", "（十一）"), ("Appendix B", "Appendix B"),
        ],
    )  # fmt: skip
    def test_markers_are_read(self, text, first):
        assert next(markers(text)).steps[0].label == first

    @pytest.mark.parametrize(
        "text",
        ["Article 12 of the Law applies.",
        "Section 4(b)(ii) applies", "Regulation 2021/821 is long", "第十四条规定的情形",
         "Articles on trade", "Annexes may follow", "chapter and verse", "1.5million"],
    )  # fmt: skip
    def test_mentions_are_not(self, text):
        assert list(markers(text)) == []


# A whole act at random: articles of paragraphs of items, with what each is to be called.
_WORDS = st.sampled_from(["Exporters keep records", "Magnets need a licence", "The office decides", "Nothing is owed"])
_ITEMS = st.lists(_WORDS, min_size=2, max_size=12)
_PARAGRAPHS = st.lists(st.one_of(_WORDS, st.tuples(_WORDS, _ITEMS)), min_size=1, max_size=4)
_ACT = st.lists(_PARAGRAPHS, min_size=1, max_size=5)


def printed(act) -> tuple[str, list[tuple[str, str]]]:
    lines, expected = [], []
    for n, paragraphs in enumerate(act, start=1):
        lines.append(f"Article {n}")
        for m, paragraph in enumerate(paragraphs, start=1):
            text, items = paragraph if isinstance(paragraph, tuple) else (paragraph, [])
            lines.append(f"{m}. {text}{':' if items else '.'}")
            expected.append((f"Art. {n}({m})", f"{text}{':' if items else '.'}"))
            for at, item in enumerate(items):
                lines.append(f"({chr(97 + at)}) {item};")
                expected.append((f"Art. {n}({m})({chr(97 + at)})", f"{item};"))
    return "\n\n".join(lines), expected


@given(_ACT)
@settings(max_examples=60)
def test_every_act_written_by_the_rules_is_read_back_whole(act):
    text, expected = printed(act)
    source = read(text)
    found = [(each.label, " ".join(source.quote(s) for s in each.sentences)) for each in source.provisions]
    assert found == expected


_ANYTHING = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from([
            "Article 1", "Article 2 Scope", "Article 7", "(a) one;",
            "(b) two", "(i) x", "1. First", "2. Second", "1.1 A",
            "1.2 B", "第一条　内容。", "第二条", "一、甲", "（一）乙",
            "附件1", "Annex I", "CHAPTER I", "Guidance", "目录",
            "Contents", "Scope .... 3", "2025年10月9日", "Section 4(b)(ii)", "§ 5", "words and more words.", "结尾。",
        ]),
    ),
    max_size=25,
)  # fmt: skip


@given(_ANYTHING, st.sampled_from(["\n", "\n\n"]))
@settings(max_examples=300, deadline=None)
def test_whatever_the_text_its_provisions_are_in_order_apart_inside_it_uniquely_labelled_and_leave_out_only_headings(
    lines, between
):
    text = between.join(lines)
    source = read(text)
    at, left_out = 0, []
    for provision in source.provisions:
        assert at <= provision.span.start < provision.span.end <= len(text)
        left_out.append(text[at : provision.span.start])
        at = provision.span.end
        for sentence in provision.sentences:
            assert provision.span.start <= sentence.start < sentence.end <= provision.span.end
        assert provision.lead_in is None or provision.lead_in.end <= provision.span.start
    left_out.append(text[at:])
    assert len(set(labels(source))) == len(source.provisions)
    _assert_headings(left_out, text)


def _assert_headings(left_out: list[str], text: str) -> None:
    """What no provision has: numbers and titles of what stands above, tables of contents, and marks without words."""
    for part in left_out:
        for line in filter(None, map(str.strip, part.splitlines())):
            assert len(line) <= 160
            assert (
                any(markers(line, is_heading=True)) or not re.search(r"\w", line) or not re.search(r"[.;。；]$", line)
            ), (line, text)


class TestHostileText:
    def test_numbers_without_end_are_no_depth_without_end(self):
        assert len(read("Section 4" + "(a)" * 20_000).provisions) == 1
        assert len(read("(a) " * 20_000).provisions) <= 5
        assert len(read("1" + ".1" * 20_000).provisions) == 1

    def test_more_paragraphs_than_any_law_has_are_counted_on(self):
        source = read("第一条 内容。\n\n" + "\n\n".join(["内容。"] * 120))
        assert labels(source)[-1] == "第一条第121款"

    def test_labels_stay_unique_where_one_number_stands_a_thousand_times(self):
        found = labels(read("\n\n".join(["(a) one thing."] * 1000)))
        assert len(set(found)) == 1000
