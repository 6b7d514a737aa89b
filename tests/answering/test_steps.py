"""Where a licence is needed, the answer ends with what to do: who applies, how long it takes, with which papers."""

import datetime as dt

import pytest

from assistant.answering.model import Verdict
from assistant.answering.verify import borne_out
from assistant.documents.validity import State
from assistant.retrieval.question import Turn

TERBIUM = "Do we need a licence to ship terbium metal to Germany?"
REGULATIONS = "prc-dual-use-regulations-2024"


def ask(assistant, question: str, day: str = "2026-03-15"):
    return assistant.ask(question, as_of=dt.date.fromisoformat(day))


def pins(statement) -> set[tuple[str, str]]:
    return {(quote.source.id, quote.provision.label) for quote in statement.quotes}


def place(answer, *pin: str) -> int:
    """Which of the statements, from 0, rests on a provision first; -1 where none does."""
    return next((at for at, each in enumerate(answer.statements) if pin in pins(each)), -1)


def test_a_licence_duty_is_followed_by_how_long_the_licence_takes_and_where_its_papers_are_listed(whole):
    answer = ask(whole, TERBIUM)
    assert answer.verdict is Verdict.PERMIT_REQUIRED
    assert place(answer, REGULATIONS, "Art. 17") > 1
    assert any("must apply to MOFCOM" in each.text for each in answer.statements)
    assert "45 working days" in answer.text
    assert len(answer.statements) <= 12


@pytest.mark.parametrize(
    ("asked", "label"),
    [
        ("How long does it take?", "Art. 17"),
        ("Which documents do we have to file?", "Art. 16"),
        ("需要多久？", "Art. 17"),
    ],
)
def test_a_step_that_is_asked_for_is_said_with_the_verdict(whole, asked, label):
    answer = ask(whole, f"{TERBIUM} {asked}")
    assert answer.verdict is Verdict.PERMIT_REQUIRED
    assert 0 < place(answer, REGULATIONS, label) <= 3


def test_who_asks_for_the_papers_is_told_all_of_them(whole):
    answer = ask(whole, f"{TERBIUM} Which documents do we have to file?")
    told = answer.statements[place(answer, REGULATIONS, "Art. 16")]
    assert "copy of the contract" in told.text
    assert "end-user and end-use certificate" in told.text


def test_in_chinese_the_steps_are_introduced_in_chinese(whole):
    answer = ask(whole, "我们出口金属铽到德国需要许可证吗？审批要多久？")
    assert any(each.text.startswith("办理时限") and "45" in each.text for each in answer.statements)


def test_steps_are_those_of_the_regime_that_the_rule_belongs_to(whole):
    """A rule on restricted technology has another time limit than one on dual-use items."""
    rule = "Is an export licence needed for technology for mining ion-adsorption rare earth ore in the restricted part"
    answer = ask(whole, f"{rule} of the technology catalogue?")
    assert "30 working days" in answer.text
    assert "45 working days" not in answer.text


def test_a_step_is_said_only_while_its_provision_is_in_force(whole):
    before = ask(whole, "Is a licence needed to export gallium metal to Germany?", "2024-10-15")
    after = ask(whole, "Is a licence needed to export gallium metal to Germany?", "2025-02-15")
    assert before.verdict is after.verdict is Verdict.PERMIT_REQUIRED
    assert place(before, REGULATIONS, "Art. 17") == -1
    assert place(after, REGULATIONS, "Art. 17") > 0


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Do we need a licence to ship holmium oxide to Germany?", "2026-03-15"),
        ("Antimony oxide, purity 99.6 %, for a plastics works in Thailand: licence needed?", "2026-03-15"),
    ],
)
def test_where_no_licence_is_needed_nothing_is_to_be_applied_for(whole, question, day):
    answer = ask(whole, question, day)
    assert answer.verdict is not Verdict.PERMIT_REQUIRED
    assert "How long it takes" not in answer.text


@pytest.mark.parametrize("question", [TERBIUM, f"{TERBIUM} Who applies?", f"{TERBIUM} How many working days is that?"])
def test_every_step_is_borne_out_by_what_is_in_force(whole, question):
    answer = ask(whole, question)
    for each in answer.statements:
        assert borne_out(each, answer.as_of, question)
        if each.text.startswith(("How ", "What the application")):
            assert all(quote.standing.state is State.IN_FORCE for quote in each.quotes)


def test_who_asks_for_a_step_alone_is_told_it_first_for_the_licence_in_question(whole):
    before = Turn("user", "We want to ship samarium-cobalt magnets to Stuttgart. Do we need a licence?")
    answer = whole.ask("How long does it take?", as_of=dt.date(2025, 12, 10), history=[before])
    assert answer.statements[0].text.startswith("How long it takes: MOFCOM decides on a dual-use licence application")


def test_who_asks_for_all_that_is_on_a_list_gets_the_whole_list(whole):
    answer = ask(whole, "What does the authority weigh when it examines a licence application, which factors?")
    factors = [each for each in answer.statements if "licensing factor" in each.text]
    assert len(factors) == 8
