"""Files become sources, or a sentence says which file, which field and what is wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import loaders
from assistant.documents.loaders import markdown, text
from assistant.documents.model import Kind
from assistant.documents.sources import source_of
from assistant.errors import SourceError
from assistant.settings import packaged

FRONT_MATTER = """---
id: an-act
title: An act on things
kind: announcement
issuer: An office
number: null
issued: 2025-01-01
effective: 2025-02-01
language: en
jurisdiction: Somewhere
url: https://example.org/act
checked_until: 2025-06-01
confidence: high
status_events:
  - {date: 2025-03-01, event: suspended, until: 2025-04-01, by: other-act, basis: instrument, scope: ["Art. 1"]}
norms:
  - {provision: "Art. 1", modality: requires_permit}
---
"""
BODY = """# An act

## Art. 1

Things need a licence.

> [!NOTE]
> This is a remark.

## Art. 2

### Art. 2(1)

More.
"""


def load(content: str):
    return markdown.load("act.md", content)


class TestMarkdown:
    def test_headings_are_labels_and_remarks_stand_apart(self):
        found = load(FRONT_MATTER + BODY)
        assert [(each.label, each.path, each.is_note) for each in found.provisions] == [
            ("Art. 1", (), False),
            ("Art. 1 (note)", (), True),
            ("Art. 2(1)", ("Art. 2",), False),
        ]

    def test_spans_count_characters_of_the_whole_file(self):
        found = load(FRONT_MATTER + BODY)
        first = found.provisions[0]
        assert found.text == FRONT_MATTER + BODY
        assert found.quote(first.span) == "Things need a licence."
        assert found.quote(found.provisions[1].sentences[0]) == "This is a remark."

    def test_windows_line_ends_count_too(self):
        found = load((FRONT_MATTER + BODY).replace("\n", "\r\n"))
        assert found.quote(found.provisions[0].span) == "Things need a licence."

    def test_a_hash_inside_a_code_block_is_no_heading(self):
        found = load(FRONT_MATTER + "# An act\n\n## Art. 1\n\n```\n## not a heading\n```\n\nThings.\n")
        assert [each.label for each in found.provisions] == ["Art. 1"]

    def test_equal_headings_get_labels_of_their_own(self):
        found = load(FRONT_MATTER + "# An act\n\n## Art. 1\n\nOne thing.\n\n## Art. 1\n\nAnother thing.\n")
        assert [each.label for each in found.provisions] == ["Art. 1", "Art. 1 [2]"]

    def test_without_front_matter_it_weighs_as_news_of_unknown_date(self):
        found = load("# Our notes\n\nA paragraph of text.\n\nAnother one.\n")
        assert (found.kind, found.title, found.issued[0].date) == (Kind.NEWS, "Our notes", None)
        assert [each.label for each in found.provisions] == ["Para. 1", "Para. 2"]

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (("id: an-act", "id: An Act"), "field 'id'"),
            (("kind: announcement", "kind: rumour"), "field 'kind'"),
            (("issued: 2025-01-01", "issued: 2025-13-01"), "field 'issued"),
            (("effective: 2025-02-01", "effective: soon"), "field 'effective"),
            (("language: en", "langauge: en"), "langauge"),
            (("url: https://example.org/act", "url: javascript:alert(1)"), "field 'url'"),
            (("until: 2025-04-01", "until: 2025-02-01"), "ends (2025-02-01) before it starts"),
            (('scope: ["Art. 1"]', 'scope: ["Art. 9"]'), "names the provision 'Art. 9'"),
            (('{provision: "Art. 1", modality', '{provision: "Art. 7", modality'), "names the provision 'Art. 7'"),
            (("title: An act on things", "title: [an, act"), "not YAML"),
            (("\n---\n#", "\n#"), "never closed"),
        ],
    )
    def test_a_broken_file_is_refused_with_file_field_and_reason(self, change, message):
        broken = (FRONT_MATTER + BODY).replace(*change)
        assert broken != FRONT_MATTER + BODY
        with pytest.raises(SourceError, match=r"act\.md") as refused:
            load(broken)
        assert message in str(refused.value)

    def test_text_after_a_remark_is_refused(self):
        with pytest.raises(SourceError, match="text follows a note"):
            load(FRONT_MATTER + "# An act\n\n## Art. 1\n\n> [!NOTE]\n> A remark.\n\nThings.\n")

    def test_events_out_of_order_are_refused(self):
        earlier = "  - {date: 2025-02-01, event: repealed, by: x, basis: instrument, scope: all}\nnorms:"
        with pytest.raises(SourceError, match="not in date order"):
            load((FRONT_MATTER + BODY).replace("norms:", earlier))


def read_text(name: str, content: str):
    return source_of(text.read(name, content))


class TestText:
    def test_lines_are_paragraphs_where_text_is_not_wrapped(self):
        found = read_text("a note.txt", "First paragraph that says something.\nSecond one says more.\n")
        assert (found.id, [each.label for each in found.provisions]) == ("a-note", ["Para. 1", "Para. 2"])

    def test_wrapped_lines_are_joined_to_paragraphs(self):
        found = read_text("x.txt", "A paragraph that\nruns on.\n\nThe next one\nruns on too.\n")
        assert [found.quote(each.span) for each in found.provisions] == [
            "A paragraph that\nruns on.",
            "The next one\nruns on too.",
        ]

    def test_the_title_is_the_first_line_that_reads_like_one(self):
        assert read_text("x.txt", "top of page\n\nRules on magnets are tightened\n\nMore.").title == (
            "Rules on magnets are tightened"
        )

    @given(st.text(max_size=400))
    def test_any_text_yields_provisions_inside_it_with_labels_of_their_own(self, content):
        found = read_text("any.txt", content)
        labels = [each.label for each in found.provisions]
        assert len(labels) == len(set(labels))
        edges = [edge for each in found.provisions for edge in (each.span.start, each.span.end)]
        assert edges == sorted(edges)
        assert all(0 <= edge <= len(content) for edge in edges)


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "data", "message"),
        [
            ("act.md", b"\x89PNG\r\n\x1a\n\x00\xff", "a picture"),
            ("act.txt", b"words\x00more", "NUL bytes"),
            ("act.txt", b"  \n ", "no text to answer from"),
        ],
    )
    def test_what_is_not_text_is_refused(self, tmp_path, name, data, message):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(SourceError, match=message):
            loaders.load(path)

    def test_a_missing_path_an_unknown_ending_and_an_empty_folder_are_refused(self, tmp_path):
        (tmp_path / "sheet.xlsx").write_bytes(b"")
        for path, message in (
            (tmp_path / "nothing.md", "no such file"),
            (tmp_path / "sheet.xlsx", ".xlsx file cannot be read"),
            (tmp_path, "holds no file"),
        ):
            with pytest.raises(SourceError, match=message):
                loaders.find(path)

    def test_the_readme_of_a_folder_is_not_a_source(self, tmp_path):
        (tmp_path / "README.md").write_text("About this folder.")
        (tmp_path / "a.txt").write_text("Some words here.")
        assert [each.name for each in loaders.find(tmp_path)] == ["a.txt"]


@pytest.mark.parametrize("path", loaders.find(packaged("corpus")), ids=lambda path: Path(path).stem)
def test_every_built_in_source_is_sound(path):
    found = loaders.load(path)
    assert found.id == path.stem
    assert found.checked_until is not None
    for each in found.provisions:
        for sentence in each.sentences:
            words = found.quote(sentence)
            assert "\n" not in words, f"{each.label}: a sentence is broken over lines: {words[:60]}"
            assert not set("*`<") & set(words), f"{each.label}: markup in a sentence: {words[:60]}"
