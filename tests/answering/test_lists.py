"""Questions for the whole of what is controlled are answered with the duties that name it, each with its standing."""

import datetime as dt

import pytest

DAY = dt.date(2026, 3, 15)


def said(assistant, question: str) -> list[str]:
    return [each.text for each in assistant.ask(question, as_of=DAY).statements]


@pytest.mark.parametrize("question", ["Which rare earths are controlled?", "哪些稀土受管制？"])
def test_the_elements_of_both_acts_come_first_those_in_force_before_those_suspended(whole, question):
    answer = said(whole, question)
    in_force = next(at for at, each in enumerate(answer) if "samarium, gadolinium, terbium" in each)
    suspended = next(at for at, each in enumerate(answer) if "holmium, erbium, thulium" in each)
    assert in_force == 0 < suspended
    assert "57" in answer[suspended + 1]
    assert "10 November 2026" in answer[suspended + 1] or "2026年11月10日" in answer[suspended + 1]


def test_every_entry_of_a_list_that_took_over_others_is_named(whole):
    answer = said(whole, "What minerals need an export licence?")
    for item in ("tungsten", "Gallium and germanium", "Graphite", "Antimony"):
        assert any(item in each and "licence" in each for each in answer)


def test_of_an_act_that_is_named_only_its_own_duty_is_the_list(whole):
    answer = said(whole, "Which rare-earth elements need an export licence under Announcement No. 18?")
    assert "samarium, gadolinium, terbium" in answer[0]
    assert not any("holmium, erbium, thulium" in each for each in answer)
