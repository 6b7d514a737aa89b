"""Provisions → passages: small, in order, within their provision, and named by their content."""

from acts import act
from hypothesis import given
from hypothesis import strategies as st

from assistant.index.passages import embedded_text, passages, plain_text

SENTENCE = "Whoever exports a thing of this kind keeps the records of every shipment for five years after it has left."


def texts(source) -> list[str]:
    return [source.quote(each.span) for each in passages(source, "version", "encoder")]


def ids(source, encoder: str = "encoder") -> list[str]:
    return [each.vector_id for each in passages(source, "version", encoder)]


class TestPieces:
    def test_a_provision_is_one_passage(self):
        assert texts(act("a", "One thing. Another thing.")) == ["One thing. Another thing."]

    def test_a_long_provision_is_cut_between_sentences(self):
        found = texts(act("a", " ".join([SENTENCE] * 5)))
        assert found == [f"{SENTENCE} {SENTENCE}", f"{SENTENCE} {SENTENCE}", SENTENCE]

    def test_a_sentence_is_never_cut(self):
        endless = "and ".join(["things of all kinds "] * 60) + "."
        assert texts(act("a", endless)) == [endless]

    @given(st.lists(st.integers(1, 400), min_size=1, max_size=12))
    def test_all_words_are_in_some_passage_and_in_order(self, lengths):
        source = act("a", " ".join("w" * length + "." for length in lengths))
        assert " ".join(texts(source)).split() == ["w" * length + "." for length in lengths]


class TestIds:
    def test_the_same_for_the_same_words_under_the_same_heading(self):
        assert ids(act("a", "Words.", title="Title")) == ids(act("b", "Words.", title="Title"))

    def test_others_for_other_words_another_heading_or_another_encoder(self):
        base = act("a", "Words.", title="Title")
        others = [ids(act("a", "Word.", title="Title")), ids(act("a", "Words.", title="Titles")), ids(base, "other")]
        assert all(each != ids(base) for each in others)


class TestWords:
    def test_are_embedded_under_their_heading_without_markup(self):
        source = act("a", "- one\n- two", title="Title")
        assert embedded_text(source, source.provisions[0], source.provisions[0].span) == "Title, Art. 1: one two"

    def test_lose_marks_at_the_start_of_lines_only(self):
        assert plain_text("> [!NOTE]\n> A - b > c\n* d") == "A - b > c d"
