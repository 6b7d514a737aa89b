"""Each fault is caught by the metric that is made for it."""

import fakes
import pytest


@pytest.fixture(scope="module")
def honest(assistant, sources, questions):
    return fakes.figures(fakes.Honest(assistant), questions, sources)


def test_the_real_assistant_has_none_of_the_faults(honest):
    assert honest["quotes_verbatim"] == 1
    assert honest["wrong_date_citations"] == 0
    assert honest["verdict_accuracy"] == 1
    assert honest["abstention_f1"] == 1
    assert honest["provision_recall"] == 1
    assert honest["point_coverage"] == 1


def test_always_abstaining_is_caught(assistant, sources, questions, honest):
    found = fakes.figures(fakes.AlwaysAbstains(assistant), questions, sources)
    assert found["abstention_recall"] == 1
    assert found["abstention_precision"] < honest["abstention_precision"]
    assert found["abstention_f1"] < honest["abstention_f1"]
    assert found["point_coverage"] == found["provision_recall"] == found["citation_recall"] == 0


def test_never_abstaining_is_caught(assistant, sources, questions):
    found = fakes.figures(fakes.NeverAbstains(assistant), questions, sources)
    assert found["abstention_recall"] == found["abstention_f1"] == 0
    assert found["abstention_precision"] is None


def test_citing_a_random_provision_is_caught(assistant, sources, questions, honest):
    found = fakes.figures(fakes.CitesAtRandom(assistant), questions, sources)
    assert found["provision_recall"] < honest["provision_recall"]
    assert found["citation_recall"] < honest["citation_recall"]


def test_ignoring_the_date_is_caught(assistant, sources, questions):
    found = fakes.figures(fakes.IgnoresTheDate(assistant), questions, sources)
    assert found["wrong_date_citations"] > 0


def test_a_quote_with_one_word_changed_is_caught(assistant, sources, questions):
    found = fakes.figures(fakes.ChangesAWord(assistant), questions, sources)
    assert found["quotes_verbatim"] == 0
