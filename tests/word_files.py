"""Word files to test with, from plain XML: a paragraph is what stands between <w:p> and </w:p>."""

from __future__ import annotations

import io
from pathlib import Path

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

_NUMBERING = """<w:numbering {ns}>
<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="multilevel"/>
{levels}</w:abstractNum>
<w:num w:numId="71"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="72"><w:abstractNumId w:val="1"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
</w:numbering>"""
_LEVEL = (
    '<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:suff w:val="{gap}"/>'
    '<w:lvlText w:val="{template}"/></w:lvl>'
)


def word_file(body: str, *, footnotes: tuple[str, ...] = (), levels: tuple[tuple[str, str, str], ...] = ()) -> bytes:
    """A Word file. ``body`` is XML; footnotes have the ids 1, 2 …; ``levels`` (format, template, gap) are those of the
    list 71, and of 72, which starts anew."""
    document = docx.Document()
    part = document.part
    for child in parse_xml(f"<w:body {nsdecls('w')}>{body}</w:body>"):
        document.element.body.insert(len(document.element.body) - 1, child)
    if footnotes:
        notes = "".join(
            f'<w:footnote w:id="{n}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
            for n, text in enumerate(footnotes, 1)
        )
        line = '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        xml = f"<w:footnotes {nsdecls('w')}>{line}{notes}</w:footnotes>"
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        part.relate_to(
            Part(PackURI("/word/footnotes.xml"), kind, xml.encode(), part.package), RELATIONSHIP_TYPE.FOOTNOTES
        )
    if levels:
        made = "".join(_LEVEL.format(at=at, style=s, template=t, gap=g) for at, (s, t, g) in enumerate(levels))
        part.numbering_part._element = parse_xml(_NUMBERING.format(ns=nsdecls("w"), levels=made))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def paragraph(text: str, *, style: str = "", number: tuple[int, int] | None = None, run: str = "") -> str:
    """A paragraph's XML; ``number`` is a list's id and a level, ``run`` the XML of its run's properties."""
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    listed = f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>' if number else ""
    words = f'<w:t xml:space="preserve">{text}</w:t>'
    return f"<w:p><w:pPr>{style}{listed}</w:pPr><w:r><w:rPr>{run}</w:rPr>{words}</w:r></w:p>"


def table(*rows: tuple[str, ...], header: bool = False) -> str:
    """A table's XML; a cell is text, or XML of its own where it begins with <."""
    mark = "<w:trPr><w:tblHeader/></w:trPr>" if header else ""
    lines = "".join(f"<w:tr>{mark if not at else ''}{''.join(map(_cell, row))}</w:tr>" for at, row in enumerate(rows))
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{lines}</w:tbl>"


def _cell(content: str) -> str:
    return content if content.startswith("<") else f"<w:tc>{paragraph(content)}</w:tc>"


def write(path: Path, data: bytes) -> Path:
    """Writes a file and gives its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
