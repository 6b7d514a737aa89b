"""Business words, symbols, Chinese and typing errors meet the words of the corpus through its glossary."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SourceError
from assistant.index.lexical import LexicalIndex
from assistant.retrieval.concepts import Concept, concepts_of, coverage
from assistant.retrieval.glossary import Facet, Glossary
from assistant.settings import packaged

GLOSSARY = Glossary.read(packaged("corpus") / "glossary.yaml")
LEXICAL = LexicalIndex(
    [
        "Exporting dysprosium oxide needs a licence.",
        "Gallium items and germanium items need a licence.",
        "Technologies for repair and maintenance may not be exported to military users in the United States.",
    ]
)


def terms(question: str) -> list[str]:
    return [each.term for each in concepts_of(question, GLOSSARY, LEXICAL) if each.term]


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("permit for it", "licence"),
        ("a license, please", "licence"),
        ("Dy content", "dysprosium"),
        ("Is 镝 listed?", "dysprosium"),
        ("含Dy的磁体", "dysprosium"),
        ("to the US army", "military users"),
        ("galium to Texas", "gallium"),
        ("dy metal to uk, lic?", "dysprosium"),
        ("sold to us navy yard", "United States"),
    ],
)
def test_another_word_is_read_as_the_corpus_writes_it(question, term):
    assert term in terms(question)


@pytest.mark.parametrize("question", ["a handy tool", "tell us more", "Ho hum"])
def test_symbols_are_not_found_inside_words_nor_in_another_case(question):
    assert not {"dysprosium", "United States"} & set(terms(question))


def test_a_concept_says_what_it_is_about():
    facets = {each.term: each.facet for each in concepts_of("Dy to the US", GLOSSARY, LEXICAL) if each.term}
    assert facets == {"dysprosium": Facet.ITEMS, "United States": Facet.DESTINATIONS}


def test_a_word_nobody_knows_weighs_nothing_and_a_rare_one_more_than_a_common_one():
    weights = {each.words: each.weight for each in concepts_of("crossbow dysprosium licence", GLOSSARY, LEXICAL)}
    assert weights["crossbow"] == 0 < weights["licence"] < weights["dysprosium"]


@pytest.mark.parametrize("amount", ["200 kg of ", "1,500 kg ", "3 tonnes of ", "20吨"])
def test_how_much_of_it_there_is_tells_nothing_of_what_it_is(amount):
    assert [each.words for each in concepts_of(f"{amount}zirconium?", GLOSSARY, LEXICAL)] == ["zirconium"]


def test_a_value_of_the_item_itself_is_one_of_its_traits():
    assert {"wh", "kg"} & {term for each in concepts_of("295 Wh/kg?", GLOSSARY, LEXICAL) for term in each.terms}


def test_a_text_speaks_of_a_concept_in_any_of_its_ways():
    (concept,) = concepts_of("military users", GLOSSARY, LEXICAL)
    assert concept.within(frozenset({"militari", "user", "other"}))
    assert not concept.within(frozenset({"user"}))


def test_without_a_glossary_words_stand_for_themselves(tmp_path):
    empty = Glossary.read(tmp_path / "none.yaml")
    assert [each.words for each in concepts_of("gallium licence", empty, LEXICAL)] == ["gallium", "licenc"]


@pytest.mark.parametrize("content", ["[not, sections]", "items: [{trem: x}]", "{broken"])
def test_a_broken_glossary_is_refused_with_its_path(tmp_path, content):
    path = tmp_path / "glossary.yaml"
    path.write_text(content)
    with pytest.raises(SourceError, match=r"glossary\.yaml"):
        Glossary.read(path)


@given(st.lists(st.floats(0, 20), min_size=2, max_size=12, unique=True), st.randoms(use_true_random=False))
def test_equal_sets_of_concepts_cover_equal_shares_in_whatever_order_a_set_yields_them(weights, chance: random.Random):
    concepts = [Concept(str(at), (frozenset({str(at)}),), weight) for at, weight in enumerate(weights)]
    shuffled = chance.sample(concepts, len(concepts))

    assert coverage(concepts, shuffled[1:]) == coverage(shuffled, shuffled[:0:-1])


@pytest.mark.parametrize(
    "question", ["Do the stickers need one?", "cerium polishing powder", "thanks to you", "tell us more"]
)
def test_an_ordinary_word_is_no_slip_of_the_pen(question):
    assert not {"stackers", "publishing", "tank", "United States"} & set(terms(question))
