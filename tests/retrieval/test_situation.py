"""What a question tells of a case: where whoever acts is, and whether goods or knowledge are meant."""

import datetime as dt

import pytest

from assistant.documents.model import Actor, Reach, Subject
from assistant.retrieval.question import understand
from assistant.retrieval.situation import Situation, Where


def told(assistant, text: str) -> Situation:
    return assistant.retriever.find(understand(text, dt.date(2025, 10, 20))).situation


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("May we ship dysprosium metal from Baotou to Korea?", Where.CHINA),
        ("A Swiss dealer wants to send on Chinese-made gadolinium targets to Austria. Licence?", Where.ABROAD),
        ("Our plant in Hanoi makes magnets and ships them to Germany. Licence?", Where.ABROAD),
        ("Do we have to ask before we re-export Chinese magnets?", Where.ABROAD),
        ("在马来西亚用中国技术生产的铽靶材卖到印度，要许可吗？", Where.ABROAD),
        ("新加坡贸易商将中国原产的含镝磁体转卖到印度，要不要许可证？", Where.ABROAD),
        ("We are a German company. May we ship magnets with Chinese dysprosium to Korea?", Where.ABROAD),
        ("As a trader in Oslo, may we sell terbium metal to Korea?", Where.ABROAD),
        ("We are a German company and buy terbium from a supplier. Licence?", None),
        ("We are a Chinese company. May we ship terbium to Germany?", Where.CHINA),
        ("Our factory in Ganzhou: licence for yttrium oxide to Poland?", Where.CHINA),
        ("Is a licence needed for yttrium oxide from our factory in Ganzhou to Poland?", Where.CHINA),
        ("We are a supplier to a German company. May we export terbium to it?", None),
        ("May we train the staff of a Korean factory?", None),
        ("Is dysprosium oxide for a customer in Oslo controlled?", None),
    ],
)
def test_where_whoever_acts_is(whole, question, where):
    assert told(whole, question).where is where


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("Does dysprosium oxide need a licence?", {Subject.GOODS}),
        ("May we repair separation equipment abroad?", {Subject.TECHNOLOGY, Subject.SERVICES}),
        ("What is the fine?", set()),
    ],
)
def test_goods_or_knowledge(whole, question, what):
    assert told(whole, question).what == what


def test_a_rule_for_others_is_excluded_and_one_of_unknown_reach_never():
    abroad = Reach(who=frozenset({Actor.ABROAD}))
    exporters = Reach(who=frozenset({Actor.EXPORTER}), what=frozenset({Subject.GOODS}))
    for situation in (Situation(), Situation(where=Where.CHINA)):
        assert situation.excludes(abroad)
        assert not situation.excludes(exporters)
    assert Situation(where=Where.ABROAD).excludes(exporters)
    assert not Situation(where=Where.ABROAD).excludes(abroad)
    assert Situation(what=frozenset({Subject.TECHNOLOGY})).excludes(exporters)
    for where in (None, *Where):
        assert not Situation(where=where, what=frozenset(Subject)).excludes(Reach())
