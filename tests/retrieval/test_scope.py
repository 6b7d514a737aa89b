import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SourceError
from assistant.index.onnx_encoder import OnnxEncoder
from assistant.retrieval.glossary import Glossary
from assistant.retrieval.scope import Scope
from assistant.retrieval.shared_terms import SharedTerms
from assistant.settings import packaged

WRITTEN = """
covers:
  clause: {en: metals}
  examples: [Does terbium need a licence?]
topics:
  - topic: prices
    zh: 价格
    terms: [price, 多少钱]
    examples: [What does a kilo of terbium cost?, spot price of gallium]
  - topic: law of other countries
    laws: [REACH, Munitions List]
    jurisdictions: [Canada, Canadian, Ottawa]
    examples: [Does Canada restrict graphite exports?]
"""
ASKED = """
- {at: ["law#Art. 7"], asked: [How long must we keep the invoices?]}
"""


@pytest.fixture(scope="module")
def encoder():
    return OnnxEncoder()


@pytest.fixture
def corpus(tmp_path):
    (tmp_path / "scope.yaml").write_text(WRITTEN, encoding="utf-8")
    (tmp_path / "asked.yaml").write_text(ASKED, encoding="utf-8")
    return tmp_path


def test_a_question_is_held_against_every_topic_whatever_its_words(corpus, encoder):
    outside = Scope.read(corpus).nearest("How dear is terbium per kilo?", encoder)
    assert outside.topic == {"en": "prices", "zh": "价格"}
    assert not outside.marked
    assert outside.nearest == outside.likeness > 0.6
    assert outside.inside < outside.nearest
    assert Scope.read(corpus).nearest("Is a licence needed for terbium?", encoder).inside > 0.8


def test_a_word_of_a_topic_marks_it_and_so_does_asking_for_the_law_of_its_countries(corpus, encoder):
    scope = Scope.read(corpus)
    assert scope.nearest("What is the price of a licence?", encoder).marked
    of_law = scope.nearest("Does Ottawa require a permit for terbium?", encoder)
    assert of_law.of_law
    assert of_law.topic["en"] == "law of other countries"
    assert not scope.nearest("May we ship terbium to Canada?", encoder).of_law
    assert scope.nearest("Is our terbium registered under REACH?", encoder).of_law
    assert not scope.nearest("Within reach of a customer?", encoder).of_law


def test_an_example_that_is_left_out_counts_for_nothing(corpus, encoder):
    scope = Scope.read(corpus)
    example = "What does a kilo of terbium cost?"
    assert scope.nearest(example, encoder).nearest == pytest.approx(1.0, abs=1e-3)
    assert scope.nearest(example, encoder, leaving=example).nearest < 0.9


def test_vectors_are_kept_from_one_start_to_the_next_and_only_those_in_use(corpus, encoder):
    folder = corpus / "data"
    folder.mkdir()
    first = Scope.read(corpus, kept=folder).nearest("How dear is terbium?", encoder)
    (kept,) = folder.glob("scope-*.npy")
    assert Scope.read(corpus, kept=folder).nearest("How dear is terbium?", encoder) == first
    kept.write_bytes(b"not a vector")
    assert Scope.read(corpus, kept=folder).nearest("How dear is terbium?", encoder) == first
    (corpus / "scope.yaml").write_text(WRITTEN.replace("spot price of gallium", "gallium per kilo"), encoding="utf-8")
    Scope.read(corpus, kept=folder).nearest("How dear is terbium?", encoder)
    (other,) = folder.glob("scope-*.npy")
    assert other.name != kept.name


def test_a_corpus_without_a_scope_leaves_nothing_out(tmp_path, encoder):
    scope = Scope.read(tmp_path)
    assert scope.nearest("What is the price?", encoder) is None
    assert not scope.covers


@pytest.mark.parametrize(
    ("name", "written"),
    [
        *(("scope.yaml", each) for each in ("topics: [{topic: prices}]", "[1, 2]", "topics: {", "unknown: 1")),
        *(("asked.yaml", each) for each in ("at: law", "[1, 2]", "- {at: [law]}", "- {")),
    ],
)
def test_a_scope_that_cannot_be_read_is_refused_by_name(tmp_path, name, written):
    (tmp_path / name).write_text(written, encoding="utf-8")
    with pytest.raises(SourceError, match=re.escape(name)):
        Scope.read(tmp_path)


def test_a_provision_is_known_by_what_it_is_recorded_to_answer_also_in_one_clause_of_several(corpus, encoder):
    scope = Scope.read(corpus)
    asked = "Does terbium need a licence, and for how many years do we keep invoices?"
    whole = scope.nearest(asked, encoder).answered_at["law", "Art. 7"]
    clause = scope.nearest(asked, encoder, wordings=["for how many years do we keep invoices?"])
    assert clause.answered_at["law", "Art. 7"] > max(whole, 0.8)


CHINESE = """
topics:
  - topic: prices
    examples: [氧化镝现在多少钱一公斤, What does a kilo of terbium cost?]
"""
CHINESE_ASKED = """
- {at: ["law#Art. 34"], asked: [没有许可证就出口会被罚多少]}
- {at: ["law#Art. 17"], asked: [审批要等多久, How long does a decision take?]}
"""


def test_a_chinese_question_is_held_against_chinese_examples_by_characters_and_the_glossarys_terms(tmp_path, encoder):
    (tmp_path / "scope.yaml").write_text(CHINESE, encoding="utf-8")
    (tmp_path / "asked.yaml").write_text(CHINESE_ASKED, encoding="utf-8")
    glossary = Glossary.read(packaged("corpus") / "glossary.yaml")
    scope = Scope.read(tmp_path, glossary)
    fine = scope.nearest("无证出口要罚多少钱?", encoder)
    assert max(fine.answered_at, key=fine.answered_at.__getitem__) == ("law", "Art. 34")
    assert fine.inside > fine.likeness
    dear = scope.nearest("氧化铽一公斤要多少钱?", encoder)
    assert dear.likeness > dear.inside
    assert glossary.chinese_terms("镝和许可证") == ["dysprosium", "licence"]


@given(st.lists(st.text("罚款许可证出口多少钱", min_size=1, max_size=12), min_size=1, max_size=6))
def test_shared_terms_make_every_text_most_like_itself(texts):
    alike = SharedTerms(texts, list).cosines(texts)
    assert alike.diagonal() == pytest.approx(1.0)
    assert (alike <= 1 + 1e-6).all()
    assert alike == pytest.approx(alike.T)


def test_what_the_corpus_is_recorded_to_answer_stands_where_its_scope_says(whole):
    known = {(source.id, provision.label) for source in whole.sources() for provision in source.provisions}
    answered = whole.retriever.scope.answered_at
    assert answered
    assert answered <= known
