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


@pytest.mark.parametrize("question", ["Is neodymium oxide on the control list?", "氧化钕在管制清单上吗？"])
def test_an_item_that_lists_leave_out_is_told_so_and_no_list_of_parties_is_spoken_of(whole, question):
    answer = whole.ask(question, as_of=DAY)
    first = answer.statements[0].quotes[0]
    assert (first.source.id, first.provision.label) == ("mofcom-2025-18", "What is not listed")
    sources = {each.quote.source.id for each in answer.citations}
    assert not sources & {"mofcom-2026-23", "mofcom-entity-list-adjustment-2025-11"}


def test_an_item_that_is_listed_is_told_its_entry(whole):
    answer = whole.ask("Is dysprosium oxide on the dual-use control list?", as_of=DAY)
    assert "1C905.b covers dysprosium oxide" in answer.statements[0].text


def test_that_all_controls_were_lifted_is_held_against_the_duties_in_force(whole):
    answer = whole.ask("Reuters says China lifted all rare earth controls. Is that so?", as_of=DAY)
    assert "Announcement No. 18 of 2025, Licence duty has not been repealed" in answer.statements[0].text
    suspended = [each.text for each in answer.statements if "suspended on" in each.text]
    assert any("Announcement No. 57 of 2025" in each for each in suspended)


def test_who_asks_for_the_parties_on_a_list_is_told_all_of_them(whole):
    answer = whole.ask("Which Japanese companies are on China's control list?", as_of=dt.date(2026, 3, 1))
    first = answer.statements[0].text
    assert all(name in first for name in ("Mitsubishi Shipbuilding", "IHI Aerospace", "NEC Aerospace Systems", "JAXA"))
    assert "TDK" not in first


def test_who_asks_what_several_acts_do_is_told_a_duty_of_each_and_how_they_stand(whole):
    answer = whole.ask("What do the October rules do?", as_of=dt.date(2025, 10, 20))
    told = [each.text for each in answer.statements]
    assert [each.quotes[0].source.id for each in answer.statements[:6]] == [
        f"mofcom-2025-{number}" for number in (55, 56, 57, 58, 61, 62)
    ]
    assert told[6].startswith("Announcement No. 55 of 2025, Announcement No. 56 of 2025,")
    assert told[6].endswith("are issued but not yet in force on 20 October 2025.")
