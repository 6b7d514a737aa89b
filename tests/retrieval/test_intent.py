"""What a question wants to know: whether something may be done, or a fact."""

import datetime as dt

import pytest

from assistant.retrieval.question import Turn, understand

TODAY = dt.date(2026, 11, 22)


def asks(assistant, text, history=()):
    return assistant.retriever.find(understand(text, TODAY, history)).asks_permission


@pytest.mark.parametrize(
    "text",
    [
        "Do I need a permit to repair separation equipment abroad?",
        "Is dysprosium oxide controlled?",
        "May we show the drawings to a client in Oslo?",
        "tungsten to Austria: licence?",
        "A fab in Ireland orders targets. How is the application decided?",
        "We load on Tuesday. The list was repealed, so nothing is needed. Correct? Or do we have to apply?",
        "May a Chinese engineer train staff at a Malaysian separation plant?",
        "Our engineer has a Chinese passport. May she teach the operators of a plant in Vietnam?",
        "We plan joint research on solvent extraction with a Canadian university. Anything that stands in the way?",
        "出口氧化镝需要许可证吗？",
        "能不能让日本客户参观我们的稀土分离车间？",
    ],
)
def test_a_question_whether_something_may_be_done_asks_permission(whole, text):
    assert asks(whole, text)


@pytest.mark.parametrize(
    "text",
    [
        "How long does MOFCOM take to decide on a licence application?",
        "Which code does Announcement No. 18 give to terbium magnets?",
        "Who has to issue the compliance notice?",
        "Is Announcement No. 62 suspended?",
        "May the authority look into the bank accounts of a company under investigation?",
        "What is the fine?",
        "通用许可最长有效期几年？",
    ],
)
def test_a_question_for_facts_does_not(whole, text):
    assert not asks(whole, text)


def test_what_follows_on_a_question_for_permission_asks_for_it_too(whole):
    earlier = [Turn("user", "Does samarium oxide need a licence for France?"), Turn("assistant", "Yes. [1]")]
    assert asks(whole, "And holmium oxide?", earlier)


def test_a_mistyped_question_asks_what_it_would_ask_rightly_typed(whole):
    assert asks(whole, "dysprosim oxid to korea, licnse needed")
