"""Markdown with front matter, the format of corpus/: headings are provisions, ``[!NOTE]`` blocks editor's remarks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt

from assistant.documents import front_matter
from assistant.documents.language import guess_language
from assistant.documents.model import Kind, PartDate, Source, Span
from assistant.documents.naming import id_from_name, note_label
from assistant.documents.structure import Section, paragraph_sections, provisions
from assistant.errors import SourceError

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_NOTE = re.compile(r"[ \t]*>[ \t]*\[!NOTE\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    label: str
    span: Span


def load(where: str, content: str) -> Source:
    """A Markdown file as a source. Without front matter it is of unknown date and weighs as news, like bare text.

    Raises SourceError where the front matter breaks the schema or names a provision the text does not have.
    """
    matter = _FRONT_MATTER.match(content)
    body = Span(matter.end() if matter else 0, len(content))
    headings = _headings(content, body)
    if matter is None:
        if content.startswith("---"):
            raise SourceError(where, "the front matter opens with --- and is never closed by a line of ---.")
        return _without_front_matter(where, content, body, headings)
    data = front_matter.parse(where, matter.group(1))
    found = provisions(data.id, content, _sections(where, content, body, headings))
    labels = {provision.label for provision in found} | {heading.label for heading in headings}
    for field, label in sorted(data.named_labels()):
        if label not in labels:
            raise SourceError(
                where, f"names the provision {label!r}, and no heading of the text has this label.", field=field
            )
    return Source(
        id=data.id,
        title=data.title,
        kind=data.kind,
        text=content,
        provisions=found,
        issued=front_matter.part_dates(data.issued),
        effective=front_matter.part_dates(data.effective),
        language=data.language,
        issuer=data.issuer,
        number=data.number,
        original_language=data.original_language,
        jurisdiction=data.jurisdiction,
        url=data.url,
        read_from=tuple(data.read_from),
        checked_until=data.checked_until,
        confidence=data.confidence,
        events=front_matter.events(data.status_events),
        norms=data.source_norms(),
        groups=frozenset(data.groups),
        wording_from=data.wording_from,
        read_with=data.source_read_with(),
        steps=data.source_steps(),
        claims=data.source_claims(),
        names=front_matter.names(data.names),
    )


def _without_front_matter(where: str, content: str, body: Span, headings: list[_Heading]) -> Source:
    source_id = id_from_name(where)
    title = next((heading.label for heading in headings if heading.level == 1), None)
    return Source(
        id=source_id,
        title=title or source_id,
        kind=Kind.NEWS,
        text=content,
        provisions=provisions(source_id, content, _sections(where, content, body, headings)),
        issued=(PartDate(None),),
        effective=(PartDate(None),),
        language=guess_language(content),
    )


def _headings(content: str, body: Span) -> list[_Heading]:
    line_starts = [body.start]
    for line in content[body.start :].splitlines(keepends=True):
        line_starts.append(line_starts[-1] + len(line))
    tokens = MarkdownIt().parse(content[body.start :])
    return [
        _Heading(
            int(token.tag[1]),
            tokens[at + 1].content.strip(),
            Span(line_starts[token.map[0]], line_starts[min(token.map[1], len(line_starts) - 1)]),
        )
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and token.map and token.level == 0
    ]


def _sections(where: str, content: str, body: Span, headings: list[_Heading]) -> Iterator[Section]:
    """The text under each heading. Text before the first heading, or under the title alone, is cited by paragraph."""
    first = next((heading.span.start for heading in headings if heading.level > 1), body.end)
    start = next(
        (heading.span.end for heading in headings if heading.level == 1 and heading.span.end <= first), body.start
    )
    yield from paragraph_sections(content, Span(start, first))
    above: list[_Heading] = []
    for at, heading in enumerate(headings):
        if heading.span.start < first:
            continue
        above = [each for each in above if each.level < heading.level]
        end = headings[at + 1].span.start if at + 1 < len(headings) else body.end
        path = tuple(each.label for each in above)
        yield from _text_and_note(where, content, heading.label, path, Span(heading.span.end, end))
        above.append(heading)


def _text_and_note(where: str, content: str, label: str, path: tuple[str, ...], span: Span) -> Iterator[Section]:
    """A section's own text, then the remarks that stand at its end, as a section of their own."""
    note_at = next((at for at in _line_starts(content, span) if _NOTE.match(content, at)), None)
    if note_at is None:
        yield Section(label, path, span)
        return
    for at in _line_starts(content, Span(note_at, span.end)):
        line = content[at : span.end].split("\n", 1)[0].strip()
        if line and not line.startswith(">"):
            raise SourceError(
                where, f"text follows a note ({line[:40]!r}); notes stand at the end of a provision.", field=label
            )
    has_text = bool(content[span.start : note_at].strip())
    yield Section(label, path, Span(span.start, note_at))
    yield Section(note_label(label) if has_text else label, path, Span(note_at, span.end), is_note=True)


def _line_starts(content: str, span: Span) -> Iterator[int]:
    at = span.start
    while at < span.end:
        yield at
        newline = content.find("\n", at, span.end)
        if newline < 0:
            return
        at = newline + 1
