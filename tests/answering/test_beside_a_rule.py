"""What an answer says beside the rule it rests on, so that it can be acted on."""

import datetime as dt

import pytest


def said(assistant, question: str, day: str) -> list[str]:
    return [each.text for each in assistant.ask(question, as_of=dt.date.fromisoformat(day)).statements]


def test_a_named_destination_is_answered_with_the_sentence_that_reaches_all(whole):
    words = "applies to exports to any destination"
    assert any(words in each for each in said(whole, "Does dysprosium oxide need a licence for Spain?", "2026-03-15"))
    assert not any(words in each for each in said(whole, "Does dysprosium oxide need a licence?", "2026-03-15"))


def test_a_listed_party_is_named_with_what_follows_from_its_list(whole):
    answer = said(whole, "Which additional papers go with a licence application for an export to TDK?", "2026-03-10")
    named = next(at for at, each in enumerate(answer) if "TDK" in each)
    assert "watch list" in answer[named]
    assert "single licence applied for with a risk-assessment report" in answer[named + 1]


def test_a_party_is_not_said_to_be_listed_before_it_was(whole):
    answer = said(whole, "Which additional papers go with a licence application for an export to TDK?", "2026-02-10")
    assert not any("TDK" in each for each in answer)


def test_of_an_act_that_leaves_the_rule_alone_that_is_said_in_a_line(whole):
    answer = said(whole, "Does dysprosium oxide need a licence?", "2026-03-15")
    assert "Announcement No. 70 of 2025 does not suspend Announcement No. 18 of 2025." in answer
    answer = said(whole, "Do germanium wafers for the United States need a licence?", "2026-01-15")
    assert "Announcement No. 72 of 2025 does not suspend Announcement No. 51 of 2024." in answer


def test_what_an_act_does_for_another_destination_is_left_out(whole):
    answer = said(whole, "Antimony oxide, purity 99.995 %, to Thailand: export licence needed?", "2026-01-16")
    assert not any("United States" in each for each in answer)


def test_a_list_entry_is_quoted_for_the_item_asked_about(whole):
    answer = said(whole, "Antimony oxide, purity 99.995 %, to Thailand: export licence needed?", "2026-01-16")
    assert any(each.startswith("Antimony") and "3C003" in each for each in answer)
    assert not any(each.startswith("Gallium") for each in answer)


def test_entries_for_other_items_of_the_same_list_are_left_out(whole):
    answer = said(whole, "Does dysprosium metal need a MOFCOM licence?", "2025-12-15")
    assert not any(metal in each for metal in ("yttrium metal", "scandium metal") for each in answer)


def test_an_act_not_issued_yet_is_dated_with_the_day_it_begins(whole):
    answer = said(whole, "Does synthetic diamond micropowder need a licence for Vietnam?", "2025-09-15")
    assert any("applies only from 8 November 2025" in each for each in answer)


def test_where_a_rule_is_not_settled_the_search_for_a_later_act_is_told(whole):
    answer = said(whole, "Is an export licence needed to send erbium oxide to India?", "2026-11-22")
    assert any("No announcement extending or amending Announcement No. 70 was found" in each for each in answer)


@pytest.mark.parametrize("words", ["The first catch-all risk", "The second catch-all risk", "The third catch-all risk"])
def test_the_provision_that_answers_best_is_quoted_nearly_whole(whole, words):
    question = "Our goods are not on any list. Which risks make us ask for a licence all the same?"
    assert any(each.startswith(words) for each in said(whole, question, "2026-02-11"))


def test_a_claim_of_the_press_is_followed_by_the_remark_on_it(whole):
    question = "A report says authorisation for technology transfers may not be issued. Is that in the announcement?"
    answer = said(whole, question, "2025-10-19")
    claim = next(at for at, each in enumerate(answer) if each.startswith("The untitled news report says"))
    assert answer[claim + 1].startswith("Editor's remark")
