"""Blocks, joined, are the stored text; pages say where each of its characters was printed."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.documents.blocks import Role, TextBuilder
from assistant.documents.model import Page, Span
from assistant.documents.sources import source_of

PIECES = st.lists(st.tuples(st.integers(1, 9), st.text(max_size=20)), max_size=4)
BLOCKS = st.lists(st.tuples(PIECES, st.sampled_from(Role), st.integers(1, 3)), max_size=8)


def test_a_block_that_runs_over_the_page_stands_on_both():
    builder = TextBuilder()
    builder.add("Title", Role.HEADING, level=1, page=1)
    builder.add_across([(1, "Magnets need "), (2, "a licence.")])
    builder.add("1 See Annex.", Role.FOOTNOTE, page=1)
    source = source_of(builder.document("act.pdf"))
    assert source.text == "Title\n\nMagnets need a licence.\n\n1 See Annex."
    assert source.pages == (Page(1, Span(0, 20)), Page(2, Span(20, 30)), Page(1, Span(32, 44)))
    assert [source.page_at(source.text.index(each)) for each in ("Title", "need", "a licence", "See")] == [1, 1, 2, 1]


def test_without_pages_nothing_is_on_a_page():
    builder = TextBuilder()
    builder.add("Words.")
    assert source_of(builder.document("act.docx")).page_at(0) is None


@settings(deadline=None)
@given(BLOCKS)
def test_any_blocks_cover_the_text_in_order_with_blank_lines_between(blocks):
    builder = TextBuilder()
    for pieces, role, level in blocks:
        builder.add_across(pieces, role, level=level)
    document = builder.document("any.pdf")
    assert "\n\n".join(document.quote(each.span) for each in document.blocks) == document.text
    for block in document.blocks:
        words = document.quote(block.span)
        assert words == words.strip() != ""
        assert len(words.splitlines()) == 1
    edges = [edge for page in document.pages for edge in (page.span.start, page.span.end)]
    assert edges == sorted(edges)
