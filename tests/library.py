"""A company's shelf to test with: acts, announcements and manuals in both languages and all formats, and what is in
them. Each document rules a thing of its own, so that a question about the thing has one right provision."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from pdf_files import PdfFile
from word_files import paragraph, table, word_file

ENGLISH = (
    "sonar buoys", "vacuum furnaces", "gas centrifuges", "thermal cameras", "winding machines", "isostatic presses",
    "lidar scanners", "gravity meters", "drone engines", "beryllium mirrors", "tritium lamps", "neutron tubes",
    "plasma torches", "crystal growers", "flight recorders", "radar absorbers", "laser welders", "helium pumps",
    "maraging steels", "titanium valves", "boron powders", "camera tubes",
)  # fmt: skip
CHINESE = (
    "声呐浮标", "真空炉", "离心机", "热像仪", "缠绕机", "等静压机", "激光雷达", "重力仪", "无人机发动机", "铍镜",
    "氚灯", "中子管", "等离子炬", "单晶炉", "飞行记录仪", "吸波材料", "激光焊机", "氦泵", "马氏体钢", "钛阀门",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document: a heading, a paragraph, or a table's rows. ``page`` is where a PDF has it."""

    page: int
    text: str = ""
    is_heading: bool = False
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A question whose answer cites a provision: its source, label and words, and its page where the file has pages."""

    question: str
    source_id: str
    label: str
    words: str
    page: int | None


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of document: its parts for a thing and a number of years, and the questions about them."""

    parts: Callable[[str, int], Sequence[Part]]
    cases: tuple[tuple[str, str, str, int], ...]  # question, label, words in the provision, page


def _act(thing: str, years: int) -> Sequence[Part]:
    return (
        Part(1, f"Export Rules for {thing.title()}", is_heading=True),
        Part(1, "Article 1", is_heading=True),
        Part(1, f"These rules apply to {thing} made in this country and to parts that are made for them alone."),
        Part(2, "Article 2", is_heading=True),
        Part(2, f"1. An exporter of {thing} shall keep the records of each sale for {years} years."),
        Part(2, "2. The exporter shall report to the office:"),
        Part(2, f"(a) the loss of any {thing} on their way within three days;"),
        Part(2, "(b) a change of the consignee before the goods have left the country."),
        Part(3, "Annex I", is_heading=True),
        Part(
            3, rows=(("Code", "Item"), (f"9K{years}01", f"Housings of {thing}"), (f"9K{years}02", f"Spares of {thing}"))
        ),
    )


def _manual(thing: str, years: int) -> Sequence[Part]:
    return (
        Part(1, f"Manual on {thing.title()}", is_heading=True),
        Part(1, "Section 3", is_heading=True),
        Part(1, f"Staff who sell {thing} read this manual once a year and sign that they have done so."),
        Part(2, "Section 4", is_heading=True),
        Part(2, f"(a) Orders for {thing} are screened against the lists of the day before they are accepted."),
        Part(2, "(b) The export desk stops an order where:"),
        Part(2, f"(i) the buyer of the {thing} gives no address of the place of use; or"),
        Part(2, f"(ii) the price of the {thing} is more than {years} per cent above the market."),
    )


def _law(thing: str, years: int) -> Sequence[Part]:
    return (
        Part(1, f"{thing}出口管理办法", is_heading=True),
        Part(1, f"第一条　为了规范{thing}的出口，制定本办法。"),
        Part(2, f"第二条　{thing}的出口经营者应当将销售记录保存{years}年。"),
        Part(2, "第三条　出口经营者应当报告下列情形："),
        Part(2, f"（一）{thing}在运输途中丢失的，三日内报告；"),
        Part(2, "（二）变更收货人的，出口前报告。"),
    )


def _notice(thing: str, years: int) -> Sequence[Part]:
    return (
        Part(1, f"关于{thing}出口的公告", is_heading=True),
        Part(1, f"一、下列{thing}未经许可不得出口："),
        Part(1, f"（一）功率高于{years}千瓦的{thing}；"),
        Part(1, f"（二）专门用于制造{thing}的模具。"),
        Part(2, f"二、{thing}的出口经营者应当在出口后三十日内提交最终用户证明。"),
        Part(2, "附件1", is_heading=True),
        Part(2, rows=(("编号", "物项"), (f"9K{years}01", f"{thing}外壳"), (f"9K{years}02", f"{thing}备件"))),
    )


_KINDS = {
    "act": _Kind(
        _act,
        (
            (
                "How long shall an exporter of {thing} keep the records of each sale?",
                "Art. 2(1)",
                "records of each sale",
                2,
            ),
            ("Within how many days is the loss of any {thing} reported?", "Art. 2(2)(a)", "within three days", 2),
            ("Which housings of {thing} does the annex list?", "Annex I, item 9K{years}01", "Housings", 3),
        ),
    ),
    "manual": _Kind(
        _manual,
        (
            ("What are orders for {thing} screened against?", "Section 4(a)", "screened against the lists", 2),
            ("At what price of the {thing} is an order stopped?", "Section 4(b)(ii)", "above the market", 2),
        ),
    ),
    "law": _Kind(
        _law,
        (
            ("{thing}的销售记录应当保存多少年？", "第二条", "销售记录保存", 2),
            ("{thing}在运输途中丢失的，几日内报告？", "第三条第（一）项", "三日内报告", 2),
        ),
    ),
    "notice": _Kind(
        _notice,
        (
            ("{thing}的出口经营者何时提交最终用户证明？", "二、", "最终用户证明", 2),
            ("{thing}外壳的编号是什么？", "附件1，9K{years}01", "外壳", 2),
        ),
    ),
}


def pdf(parts: Sequence[Part]) -> bytes:
    """As a PDF with a running head and page numbers."""
    file = PdfFile()
    for number in range(1, parts[-1].page + 1):
        page = (
            file.page().line("Official collection", size=8, down=40).line(f"- {number} -", size=8, left=290, down=810)
        )
        for part in (each for each in parts if each.page == number):
            if part.rows:
                page.table(part.rows, (120, 300))
            elif part.is_heading:
                page.line(part.text, size=14, bold=True).gap(6)
            else:
                for line in _wrapped(part.text):
                    page.line(line)
                page.gap(8)
    return file.bytes()


def _wrapped(text: str) -> Iterator[str]:
    if text.isascii():
        line = ""
        for word in text.split():
            if len(line) + len(word) > 80:
                yield line
                line = ""
            line += f" {word}" if line else word
        yield line
    else:
        yield from (text[at : at + 38] for at in range(0, len(text), 38))


def docx(parts: Sequence[Part]) -> bytes:
    """As a Word file, headings by style."""
    body = "".join(
        table(*part.rows) if part.rows else paragraph(part.text, style="Heading1" if part.is_heading else "")
        for part in parts
    )
    return word_file(body)


def html(parts: Sequence[Part]) -> bytes:
    """As a page of a site, with its navigation."""
    body = "".join(_table_html(part.rows) if part.rows else _line_html(part) for part in parts)
    menu = "<ul class='menu'><li><a href=/>Home</a></li><li><a href=/n>News</a></li><li><a href=/l>Laws</a></li></ul>"
    head = f"<head><meta charset=utf-8><title>{escape(parts[0].text)}</title></head>"
    return f"<!doctype html><html>{head}<body>{menu}{body}</body></html>".encode()


def _line_html(part: Part) -> str:
    tag = "h2" if part.is_heading else "p"
    return f"<{tag}>{escape(part.text)}</{tag}>"


def _table_html(rows: Sequence[Sequence[str]]) -> str:
    lines = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def text(parts: Sequence[Part]) -> bytes:
    """As plain text; the rows of tables with tabs."""
    return "\n\n".join("\n".join("\t".join(row) for row in part.rows) or part.text for part in parts).encode()


def text_of_a_chinese_system(parts: Sequence[Part]) -> bytes:
    """The same as such systems save it."""
    return text(parts).decode().encode("gb18030")


def text_of_windows(parts: Sequence[Part]) -> bytes:
    """The same as its editor saves it."""
    return text(parts).decode().replace("\n", "\r\n").encode("utf-16")


_FORMATS: dict[str, tuple[tuple[str, Callable[[Sequence[Part]], bytes]], ...]] = {
    "act": (("pdf", pdf), ("docx", docx), ("html", html), ("txt", text)),
    "manual": (("docx", docx), ("pdf", pdf), ("txt", text_of_windows), ("html", html)),
    "law": (("pdf", pdf), ("docx", docx), ("txt", text_of_a_chinese_system), ("html", html)),
    "notice": (("html", html), ("pdf", pdf), ("docx", docx), ("txt", text)),
}


def shelve(folder: Path) -> list[Case]:
    """Writes 42 documents into a folder, some of them in an archive, and gives what to ask about them."""
    folder.mkdir(parents=True)
    cases = []
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        for kinds, things in ((("act", "manual"), ENGLISH), (("law", "notice"), CHINESE)):
            for at, thing in enumerate(things):
                kind = kinds[at % 2]
                ending, made = _FORMATS[kind][at // 2 % 4]
                years, source_id = 11 + at, f"{kind}-{at}"
                parts = _KINDS[kind].parts(thing, years)
                if at % 7 == 6:
                    archive.writestr(f"{source_id}.{ending}", made(parts))
                else:
                    (folder / f"{source_id}.{ending}").write_bytes(made(parts))
                for question, label, words, page in _KINDS[kind].cases:
                    if made in (text, text_of_windows, text_of_a_chinese_system) and "9K" in label:
                        continue
                    cases.append(
                        Case(
                            question.format(thing=thing),
                            source_id,
                            label.format(years=years),
                            words,
                            page if ending == "pdf" else None,
                        )
                    )
    return cases
