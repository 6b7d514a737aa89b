"""What part a thing plays in a question."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.retrieval.concepts import Concept
from assistant.retrieval.glossary import Facet, Glossary
from assistant.retrieval.parts import denied, purposes
from assistant.retrieval.situation import situation_of

GLOSSARY = Glossary.read(Path("corpus/glossary.yaml"))


def concepts(text: str) -> list[Concept]:
    found = [each for each in GLOSSARY.split(text) if each.term is not None]
    return [Concept(each.words, (), 1.0, each.term, each.facet) for each in found]


@pytest.mark.parametrize(
    ("question", "purpose"),
    [
        ("Loose dysprosium magnets for civil gear motors: licence?", "motors"),
        ("Terbium metal to a motor maker in Turin?", "motor"),
        ("Gadolinium targets for an engineer who builds sensors?", "sensors"),
        ("氧化镝卖给电机厂要许可证吗?", ""),
        ("Do we need a licence for motors with dysprosium magnets?", ""),
        ("Are sensors with magnets licensed for Norway?", ""),
    ],
)
def test_what_something_is_for_is_not_what_moves(question, purpose):
    found = {each.words for each in purposes(question, concepts(question))}
    assert found == ({purpose} if purpose else set())


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("It is for a scanner, not for the military. Free?", False),
        ("We have nothing to do with the army.", False),
        ("Is it for the military?", True),
        ("May it not be sold to the army?", True),
    ],
)
def test_a_use_that_is_denied_is_not_given(question, given):
    uses = [each for each in concepts(question) if each.facet is Facet.USES]
    assert uses
    assert (not denied(question, uses)) is given


@pytest.mark.parametrize(
    ("question", "stays"),
    [
        ("Ingots go from the free-trade zone in Shanghai into a bonded store in Tianjin.", True),
        ("锑锭从青岛综合保税区转到苏州综合保税区,要出口许可证吗?", True),
        ("The drums lie in a bonded store in Ningbo and a client in Turin wants them.", False),
        ("From the bonded zone to a bonded warehouse and then to Norway?", False),
    ],
)
def test_what_goes_to_a_bonded_place_and_nowhere_else_stays(question, stays):
    assert situation_of(question, concepts(question), GLOSSARY).stays is stays
