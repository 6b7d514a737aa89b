"""Stored text for reading: the cited words marked, the markup of its file left out, nothing else lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.model import Span
from assistant.ui.sources import marked


def test_the_cited_words_are_marked_exactly() -> None:
    text = "One. Two words. Three."
    pieces = marked(text, Span(0, len(text)), [Span(5, 15)])
    assert [(piece.text, piece.active) for piece in pieces] == [
        ("One. ", False),
        ("Two words.", True),
        (" Three.", False),
    ]


def test_the_marks_of_a_remark_are_left_out() -> None:
    text = "> [!NOTE]\n> A remark.\n> Another."
    assert "".join(piece.text for piece in marked(text, Span(0, len(text)), [])) == "A remark.\nAnother."


@given(st.text(alphabet="ab .\n"), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4))
def test_no_word_is_lost_or_doubled(text: str, places: list[tuple[int, int]]) -> None:
    spans = [Span(min(place), max(place)) for place in places]
    assert "".join(piece.text for piece in marked(text, Span(0, len(text)), spans)) == text
