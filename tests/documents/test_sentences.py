"""Sentences are what answers quote: each whole, none overlapping, markup left outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.model import Span
from assistant.documents.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text, Span(0, len(text)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One rule. Another rule.", ["One rule.", "Another rule."]),
        ("See Art. 12 of the law. It binds.", ["See Art. 12 of the law.", "It binds."]),
        ("Nos. 55 and 56 apply. No. 57 too.", ["Nos. 55 and 56 apply.", "No. 57 too."]),
        ("Values of 0.1 % or more count. Less does not.", ["Values of 0.1 % or more count.", "Less does not."]),
        ("The U.S. Army buys. It pays.", ["The U.S. Army buys.", "It pays."]),
        ("Ends with e.g. magnets or alloys.", ["Ends with e.g. magnets or alloys."]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("出口应当申请许可。未经许可不得出口！", ["出口应当申请许可。", "未经许可不得出口！"]),
        ("A line that was\nwrapped is one sentence.", ["A line that was\nwrapped is one sentence."]),
        ("- First item\n- Second item", ["First item", "Second item"]),
        ("Lead-in:\n\n1. First.\n2. Second.", ["Lead-in:", "First.", "Second."]),
        ("> [!NOTE]\n> A remark.\n> Another.", ["A remark.", "Another."]),
        ("", []),
        ("\n \n", []),
    ],
)
def test_a_text_is_cut_where_its_sentences_end(text, expected):
    assert sentences(text) == expected


@given(st.text(alphabet=st.sampled_from("aB1 .!?。\n\r->*:;\"'()五"), max_size=300))
def test_sentences_stand_in_order_inside_the_text_and_never_overlap(text):
    spans = sentence_spans(text, Span(0, len(text)))
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@given(st.text(alphabet=st.sampled_from("aB1 .!?。\n-五"), max_size=200))
def test_no_word_is_lost(text):
    kept = set()
    for span in sentence_spans(text, Span(0, len(text))):
        kept.update(range(span.start, span.end))
    lost = [text[at] for at in range(len(text)) if at not in kept and text[at] in "aB五"]
    assert not lost
