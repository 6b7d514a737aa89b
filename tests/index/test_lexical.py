"""BM25: what counts as a term, and what a score says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.index.lexical import LexicalIndex, tokens


class TestTerms:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("The licences of exporters", ["licenc", "export"]),
            ("code 1E902.b and 2846.90", ["code", "1e902.b", "2846.90"]),
            ("1,500 kg", ["1500", "kg"]),
            ("a company's permit", ["compani", "permit"]),
            ("稀土出口", ["稀土", "土出", "出口"]),
            ("", []),
            ("?! — …", []),
        ],
    )
    def test_are_stems_whole_codes_and_pairs_of_chinese_characters(self, text, expected):
        assert tokens(text) == expected

    def test_a_hyphenated_word_is_found_by_itself_and_by_its_parts(self):
        assert {"rare", "earth", "rare-earth"} <= set(tokens("rare-earth"))

    @given(st.text(max_size=200))
    def test_come_from_any_text(self, text):
        assert all(term and term == term.strip() for term in tokens(text))


class TestScores:
    index = LexicalIndex(["magnets need a licence", "lathes need a licence", "seeds are free"])

    def test_are_highest_where_the_rare_term_is(self):
        scores = self.index.scores(tokens("licence for magnets"))
        assert (scores.argmax(), scores[2]) == (0, 0)

    def test_are_zero_where_nothing_matches_and_for_an_empty_index(self):
        assert not self.index.scores(tokens("weather")).any()
        assert LexicalIndex([]).scores(tokens("magnets")).shape == (0,)
        assert np.array_equal(LexicalIndex(["…", "?"]).scores(tokens("magnets")), [0, 0])

    def test_rarity_falls_with_the_number_of_passages_and_is_highest_for_what_never_occurs(self):
        common, rare, unknown = (self.index.rarity(each) for each in (*tokens("licence magnets"), "weather"))
        assert common < rare < unknown
        assert (self.index.knows(tokens("licence")[0]), self.index.knows("weather")) == (True, False)
