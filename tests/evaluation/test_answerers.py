"""Variations of our assistant."""

import importlib

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation.answerers import KNOBS, AssistantAnswerer, Variation, variations


def test_every_knob_is_where_it_is_said_to_be():
    for home, name in KNOBS.values():
        assert isinstance(getattr(importlib.import_module(home), name), int | float)


def test_options_are_combined_with_the_default_first():
    found = variations(["relevance.place=10,40", "candidates.depth=50"])
    assert [each.name for each in found] == [
        "assistant",
        "relevance.place=10, candidates.depth=50",
        "relevance.place=40, candidates.depth=50",
    ]


@pytest.mark.parametrize("option", ["relevance.place", "relevance.place=", "relevance.beta=1"])
def test_a_bad_option_is_refused(option):
    with pytest.raises(EvaluationError, match="--vary"):
        variations([option])


def test_a_knob_is_turned_for_as_long_as_it_is_asked_for():
    home, name = KNOBS["relevance.place"]
    module = importlib.import_module(home)
    before = getattr(module, name)
    with Variation({"relevance.place": "9"}).applied():
        assert getattr(module, name) == 9
    assert getattr(module, name) == before
    with pytest.raises(EvaluationError, match="not a number"), Variation({"relevance.place": "much"}).applied():
        pass
    assert getattr(module, name) == before


def test_a_variation_has_an_identity_of_its_own(assistant):
    assert (
        AssistantAnswerer(assistant).identity
        != AssistantAnswerer(assistant, Variation({"candidates.depth": "5"})).identity
    )
    assert AssistantAnswerer(assistant).identity == AssistantAnswerer(assistant).identity
