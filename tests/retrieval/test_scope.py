import pytest

from assistant.errors import SourceError
from assistant.index.onnx_encoder import OnnxEncoder
from assistant.retrieval.scope import Scope

WRITTEN = """
covers:
  clause: {en: metals}
  examples: [Does terbium need a licence?]
  answers: [{at: ["law#Art. 7"], asked: [How long must we keep the invoices?]}]
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


@pytest.fixture(scope="module")
def encoder():
    return OnnxEncoder()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "scope.yaml"
    path.write_text(WRITTEN, encoding="utf-8")
    return path


def test_a_question_is_held_against_every_topic_whatever_its_words(file, encoder):
    outside = Scope.read(file).nearest("How dear is terbium per kilo?", encoder)
    assert outside.topic == {"en": "prices", "zh": "价格"}
    assert not outside.marked
    assert outside.nearest == outside.likeness > 0.6
    assert outside.inside < outside.nearest
    assert Scope.read(file).nearest("Is a licence needed for terbium?", encoder).inside > 0.8


def test_a_word_of_a_topic_marks_it_and_so_does_asking_for_the_law_of_its_countries(file, encoder):
    scope = Scope.read(file)
    assert scope.nearest("What is the price of a licence?", encoder).marked
    of_law = scope.nearest("Does Ottawa require a permit for terbium?", encoder)
    assert of_law.of_law
    assert of_law.topic["en"] == "law of other countries"
    assert not scope.nearest("May we ship terbium to Canada?", encoder).of_law
    assert scope.nearest("Is our terbium registered under REACH?", encoder).of_law
    assert not scope.nearest("Within reach of a customer?", encoder).of_law


def test_an_example_that_is_left_out_counts_for_nothing(file, encoder):
    scope = Scope.read(file)
    example = "What does a kilo of terbium cost?"
    assert scope.nearest(example, encoder).nearest == pytest.approx(1.0, abs=1e-3)
    assert scope.nearest(example, encoder, leaving=example).nearest < 0.9


def test_vectors_are_kept_from_one_start_to_the_next_and_only_those_in_use(file, tmp_path, encoder):
    folder = tmp_path / "data"
    folder.mkdir()
    first = Scope.read(file, folder).nearest("How dear is terbium?", encoder)
    (kept,) = folder.glob("scope-*.npy")
    assert Scope.read(file, folder).nearest("How dear is terbium?", encoder) == first
    kept.write_bytes(b"not a vector")
    assert Scope.read(file, folder).nearest("How dear is terbium?", encoder) == first
    file.write_text(WRITTEN.replace("spot price of gallium", "gallium per kilo"), encoding="utf-8")
    Scope.read(file, folder).nearest("How dear is terbium?", encoder)
    (other,) = folder.glob("scope-*.npy")
    assert other.name != kept.name


def test_a_corpus_without_a_scope_leaves_nothing_out(tmp_path, encoder):
    scope = Scope.read(tmp_path / "scope.yaml")
    assert scope.nearest("What is the price?", encoder) is None
    assert not scope.covers


@pytest.mark.parametrize("written", ["topics: [{topic: prices}]", "[1, 2]", "topics: {", "unknown: 1"])
def test_a_scope_that_cannot_be_read_is_refused_by_name(tmp_path, written):
    path = tmp_path / "scope.yaml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(SourceError, match=r"scope\.yaml"):
        Scope.read(path)


def test_a_provision_is_known_by_what_it_is_recorded_to_answer_also_in_one_clause_of_several(file, encoder):
    scope = Scope.read(file)
    asked = "Does terbium need a licence, and for how many years do we keep invoices?"
    whole = scope.nearest(asked, encoder).answered_at["law", "Art. 7"]
    clause = scope.nearest(asked, encoder, wordings=["for how many years do we keep invoices?"])
    assert clause.answered_at["law", "Art. 7"] > max(whole, 0.8)


def test_what_the_corpus_is_recorded_to_answer_stands_where_its_scope_says(whole):
    known = {(source.id, provision.label) for source in whole.sources() for provision in source.provisions}
    answered = whole.retriever.scope.answered_at
    assert answered
    assert answered <= known
