"""Which rule decides: one that reaches the case, with what it is read with, and the special before the general."""

import datetime as dt

import pytest

from assistant.answering.model import Verdict


def ask(assistant, question: str, day: str):
    return assistant.ask(question, as_of=dt.date.fromisoformat(day))


def cited(answer) -> set[tuple[str, str]]:
    return {(each.quote.source.id, each.quote.provision.label) for each in answer.citations}


def test_a_rule_on_foreign_exporters_leads_only_where_somebody_acts_abroad(whole):
    abroad = ask(
        whole, "Our Dutch subsidiary re-exports Chinese terbium magnets to Brazil. Licence needed?", "2025-10-20"
    )
    home = ask(whole, "May we ship terbium magnets from Ningbo to Brazil? Licence needed?", "2025-10-20")
    assert abroad.verdict is home.verdict is Verdict.PERMIT_REQUIRED
    assert abroad.citations[0].quote.source.id == "mofcom-2025-61"
    assert home.citations[0].quote.source.id == "mofcom-2025-18"


def test_a_rule_comes_with_what_it_is_read_with(whole):
    answer = ask(whole, "Does dysprosium oxide from Baotou need a licence for France?", "2026-03-15")
    assert {("mofcom-2025-18", "Items – 1C905 Dysprosium"), ("mofcom-2025-18", "Licence duty")} <= cited(answer)


def test_what_a_list_leaves_out_needs_no_licence_under_it(whole):
    answer = ask(whole, "Does neodymium metal need a licence under Announcement No. 18?", "2026-03-17")
    assert answer.verdict is Verdict.NOT_REQUIRED
    assert answer.citations[0].quote.provision.is_note


@pytest.mark.parametrize(("purity", "verdict"), [("99.6", Verdict.NOT_REQUIRED), ("99.995", Verdict.PERMIT_REQUIRED)])
def test_the_limit_of_an_item_that_a_new_list_took_over_still_counts(whole, purity, verdict):
    question = f"Antimony oxide, purity {purity} %, for a plastics works in Thailand: export licence needed?"
    assert ask(whole, question, "2026-01-16").verdict is verdict


def test_a_suspended_refusal_leaves_the_licence_duty_that_it_bends(whole):
    answer = ask(whole, "May we export gallium to a civil fab in Arizona?", "2026-01-20")
    assert answer.verdict is Verdict.PERMIT_REQUIRED
    refused = ask(whole, "May we export gallium to a civil fab in Arizona?", "2025-06-20")
    assert refused.verdict is Verdict.PROHIBITED_IN_PRINCIPLE


def test_what_an_act_asks_for_is_judged_by_that_act_alone(whole):
    question = "Does Announcement No. 62 make us obtain a licence before we train a Thai firm in recycling magnets?"
    assert ask(whole, question, "2025-09-15").verdict is Verdict.NOT_REQUIRED


def test_a_listed_party_is_known_by_its_whole_name(whole):
    watched = ask(whole, "Sumitomo Heavy Industries orders dysprosium magnets for civil motors. Licence?", "2026-03-15")
    banned = ask(whole, "May we supply dysprosium magnets to Kawasaki Heavy Industries?", "2026-03-15")
    assert watched.verdict is not Verdict.PROHIBITED_IN_PRINCIPLE
    assert banned.verdict is Verdict.PROHIBITED_IN_PRINCIPLE


@pytest.mark.parametrize(
    "question",
    [
        "May OMNIPOL in Brno buy listed tungsten from us?",
        "We are asked for germanium by HENSOLDT AG. Can it be shipped?",
    ],
)
def test_a_listed_party_is_known_wherever_its_name_stands_and_without_its_legal_form(whole, question):
    assert ask(whole, question, "2026-05-28").verdict is Verdict.PROHIBITED_IN_PRINCIPLE


def test_what_frees_from_a_duty_frees_what_is_read_with_it(whole):
    question = "Are motor rotors with embedded dysprosium magnets subject to licensing under Announcement No. 18?"
    answer = ask(whole, question, "2025-11-20")
    assert answer.verdict is Verdict.NOT_REQUIRED
    assert answer.citations[0].quote.source.id == "mofcom-faq5-rare-earth-2025-09"


def test_what_refuses_a_licence_counts_though_it_names_no_item(whole):
    question = (
        "A blacklisted group holds 60 % of our customer in Jakarta. We would pass on Chinese dysprosium magnets from "
        "Singapore. What are our chances with the ministry?"
    )
    assert ask(whole, question, "2025-10-20").verdict is Verdict.PROHIBITED_IN_PRINCIPLE


def test_a_ban_that_answers_best_counts_though_it_names_no_item(whole):
    question = "The oxide on offer was mined illegally. May we buy, process and export it?"
    assert ask(whole, question, "2026-03-04").verdict is Verdict.PROHIBITED_IN_PRINCIPLE


@pytest.mark.parametrize(
    "question",
    [
        "Do the revised licence-certificate measures of September 2025 bind anybody yet?",
        "Have general licences for rare earths really been granted, and for how many years can one run at most?",
    ],
)
def test_a_question_that_no_rule_answers_best_gets_no_verdict(whole, question):
    assert ask(whole, question, "2026-01-22").verdict is Verdict.INFORMATIONAL


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("We ship NdFeB magnets without dysprosium or terbium to Poland. Licence?", Verdict.NOT_REQUIRED),
        ("We ship NdFeB magnets with dysprosium to Poland. Licence?", Verdict.PERMIT_REQUIRED),
    ],
)
def test_what_an_item_is_said_not_to_hold_decides(whole, question, verdict):
    assert ask(whole, question, "2026-03-01").verdict is verdict


def test_the_customers_trade_does_not_make_another_item_of_what_is_sold(whole):
    answer = ask(whole, "Samarium oxide for a ceramics firm in Leeds: do we need a licence?", "2026-03-27")
    assert answer.verdict is Verdict.PERMIT_REQUIRED
    assert answer.citations[0].quote.source.id == "mofcom-2025-18"


@pytest.mark.parametrize("told", ["It is in a textbook already.", "It was published in a journal last year."])
def test_published_technology_is_exempt_in_whatever_words(whole, told):
    question = f"May we describe our process for recycling rare earths to a partner in Chile? {told} Does No. 62 apply?"
    assert ask(whole, question, "2025-10-28").verdict is Verdict.NOT_REQUIRED
