"""A follow-up keeps the facts of the question before it, but for those that it names anew; what it keeps, it says."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.follow_up import carried_over
from assistant.retrieval.glossary import UNKNOWN, Glossary
from assistant.retrieval.question import Turn
from assistant.settings import packaged

TODAY = dt.date(2026, 11, 22)
GLOSSARY = Glossary.read(packaged("corpus") / "glossary.yaml")


def carried(before, asked, answer=""):
    return carried_over(asked, [before] if isinstance(before, str) else before, answer, TODAY, GLOSSARY)


@pytest.mark.parametrize(
    ("before", "asked", "whole"),
    [
        ("Does samarium oxide need a licence for France?", "And holmium?", "Does holmium need a licence for France?"),
        ("Does terbium oxide need a licence?", "What about gallium?", "Does gallium need a licence?"),
        ("Is gallium for Ohio refused?", "And the same to Mexico?", "Is gallium for Mexico refused?"),
        ("Are presses of 400 mm controlled?", "And at 650 mm?", "Are presses of 650 mm controlled?"),
        ("Was erbium free on 5 May 2026?", "And on 20 November 2026?", "Was erbium free on 20 November 2026?"),
        ("Does No. 62 bind us?", "And No. 61?", "Does No. 61 bind us?"),
    ],
)  # fmt: skip
def test_a_new_fact_takes_the_place_of_the_old_one_of_its_kind(before, asked, whole):
    assert carried(before, asked).whole == whole


@pytest.mark.parametrize(
    ("before", "asked", "kept", "gone"),
    [
        ("Can we ship antimony to a civil plant in Nevada?", "And if the buyer is the US Army?", "antimony", "Nevada"),
        ("Can we send targets to Kawasaki Heavy Industries?", "Same goods, but to Germany?", "targets", "Kawasaki"),
        ("Can we sell terbium to Hitachi Advanced Systems?", "And what if it is for TDK?", "terbium", "Hitachi"),
        ("Cylinders, 130 mm diameter, 90 mm long: licence?", "We now want them only 40 mm long.", "130 mm", "90 mm"),
        ("May we deliver germanium to Red Cat Holdings?", "Could we route it via Dubai?", "Red Cat Holdings", "Dubai"),
        ("Do dysprosium magnets need a licence?", "What if they are built into rotors?", "magnets", "rotors"),
        ("Is samarium metal controlled?", "And its alloy with aluminium?", "samarium", "aluminium"),
    ],
)
def test_other_facts_stay(before, asked, kept, gone):
    found = carried(before, asked)
    assert kept in found.context
    assert gone not in found.context
    assert kept in found.facts


@pytest.mark.parametrize(
    "asked",
    [
        "And holmium?",
        "What if it is published already?",
        "We ship it in June. Does that matter?",
        "Same for the powder?",
    ],
)
def test_what_only_changes_the_case_asks_the_same_question_again(asked):
    assert carried("Does samarium oxide need a licence for France?", asked).same_question


@pytest.mark.parametrize("asked", ["Who do we apply to?", "How long will that take?", "Where does it say that?"])
def test_a_question_of_its_own_about_the_case_asks_something_else(asked):
    found = carried("Does samarium oxide need a licence for France?", asked)
    assert found.context
    assert not found.same_question


@pytest.mark.parametrize(
    "asked",
    [
        "Does terbium oxide need a licence for Italy?",
        "Another matter: is No. 61 in force?",
        "How many working days does MOFCOM have to decide on an application for a dual-use export licence?",
        "Which penalties threaten an exporter that splits a shipment of gallium so that it needs no licence?",
    ],
)
def test_a_question_that_stands_alone_takes_nothing_over(asked):
    assert carried("Does samarium oxide need a licence for France?", asked) is None


def test_a_conversation_is_followed_over_several_turns():
    found = carried(["Does lutetium oxide need a licence for France?", "And for Peru?"], "What about ytterbium oxide?")
    assert found.whole == "Does ytterbium oxide need a licence for Peru?"


def test_both_means_what_was_asked_last_and_what_it_took_the_place_of():
    found = carried(["Does lutetium oxide need a licence?", "And ytterbium oxide?"], "And if both go in one parcel?")
    assert "lutetium oxide" in found.context
    assert "ytterbium oxide" in found.context


def test_that_act_is_the_one_the_answer_opened_with():
    before, answer = "Is tellurium metal for Malaysia under licence?", "Yes, it is listed in No. 10 of 2025. [1]"
    assert "No. 10 of 2025" in carried(before, "Wasn't that put on ice in November?", answer).context
    assert "No. 10" not in carried(before, "And that for Peru?", answer).context


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_asked_nothing_is_kept_that_was_not_said(before, asked):
    found = carried_over(asked, [before], "", TODAY, GLOSSARY)
    assert found is None or all(fact in before for fact in found.facts)


def test_without_a_glossary_the_former_question_stays_whole():
    found = carried_over("And holmium?", ["Does samarium oxide need a licence?"], "", TODAY, UNKNOWN)
    assert found.context == "Does samarium oxide need a licence?"


HISTORY = [
    Turn("user", "Do holmium crystals for a laser maker in Jena need a licence today?"),
    Turn("assistant", "No. No. 57, which lists them, is suspended until 10 November 2026. [1][2]"),
]


def test_a_follow_up_is_for_the_date_of_the_conversation_unless_it_names_another(whole):
    day = dt.date(2026, 4, 22)
    assert whole.ask("And erbium crystals?", as_of=day, history=HISTORY).as_of == day
    later = whole.ask("Will that still be so on 5 December 2026?", as_of=day, history=HISTORY)
    assert later.as_of == dt.date(2026, 12, 5)
    assert later.verdict == "unsettled"
    after = whole.ask("And after that date?", as_of=day, history=HISTORY)
    assert after.as_of == dt.date(2026, 11, 11)


def test_a_question_that_stands_alone_is_for_the_date_given(whole):
    day = dt.date(2026, 4, 22)
    question = "Did dysprosium oxide for a plant in Norway need a licence on 20 March 2025?"
    assert whole.ask(question, as_of=day, history=HISTORY).as_of == day


def test_the_answer_says_what_it_took_over(whole):
    day = dt.date(2026, 4, 22)
    said = whole.ask("And thulium crystals?", as_of=day, history=HISTORY).caveats
    assert 'Taken as: "Do thulium crystals for a laser maker in Jena need a licence today?"' in said
    said = whole.ask("What if the buyer sits in Peru?", as_of=day, history=HISTORY).caveats
    assert "Kept from before: holmium and crystals." in said
    said = whole.ask("Who do we apply to?", as_of=day, history=HISTORY).caveats
    assert f'Read with the question before it: "{HISTORY[0].content}"' in said


def test_a_question_of_its_own_gets_no_verdict_on_the_former(whole):
    history = [Turn("user", "Do we need a licence to export dysprosium metal to Korea?"), Turn("assistant", "Yes. [1]")]
    answer = whole.ask("Who do we apply to?", as_of=dt.date(2026, 3, 4), history=history)
    assert answer.verdict == "informational"
    assert "MOFCOM" in answer.text
