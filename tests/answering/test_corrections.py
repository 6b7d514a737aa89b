"""What a question takes for granted and is not so is set right in the first sentence, with its citation."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.deciding.premises import premises, takes_itself_free
from assistant.answering.model import Verdict
from assistant.answering.verify import borne_out


def ask(assistant, question: str, day: str):
    return assistant.ask(question, as_of=dt.date.fromisoformat(day))


def first(assistant, question: str, day: str):
    """The first sentence of an answer, which must hold against its quotes."""
    answer = ask(assistant, question, day)
    assert all(borne_out(each, answer.as_of, question) for each in answer.statements)
    return answer.statements[0]


def sources(statement) -> set[str]:
    return {quote.source.id for quote in statement.quotes}


@pytest.mark.parametrize(
    ("question", "day", "says", "source"),
    [
        (
            "Since No. 62 has been repealed, may we train a Thai firm in magnet recycling?",
            "2026-03-01",
            "has not been repealed and has not ended: on 1 March 2026 it is suspended, from 7 November 2025",
            "mofcom-2025-70",
        ),
        (
            "As No. 10 of 2025 was put on hold, do our tungsten bars need a licence for Peru?",
            "2026-01-14",
            "is not suspended: on 14 January 2026 it is in force",
            "mofcom-2025-10",
        ),
        (
            "The 0.1 % rule is in force, so do we need a licence for motors from Korea to Vietnam?",
            "2026-03-01",
            "is not in force: on 1 March 2026 it is suspended",
            "mofcom-2025-70",
        ),
        (
            "Now that the 0.1 percent rule was repealed, may our German plant ship magnets to the US?",
            "2026-03-01",
            "has not been repealed and has not ended: on 1 March 2026 it is suspended",
            "mofcom-2025-70",
        ),
        (
            "Are the October 2025 rules still in force?",
            "2025-11-20",
            "None of Announcement No. 55 of 2025, Announcement No. 56 of 2025, Announcement No. 57 of 2025, "
            "Announcement No. 58 of 2025, Announcement No. 61 of 2025 and Announcement No. 62 of 2025 is in force: on "
            "20 November 2025 each is suspended, from 7 November 2025 until 10 November 2026",
            "mofcom-2025-70",
        ),
        (
            "10月的公告还有效吗？",
            "2025-11-20",
            "商务部公告2025年第61号和商务部公告2025年第62号均未生效或均不再有效：在2025年11月20日，均处于暂停实施状态",
            "mofcom-2025-70",
        ),
        (
            "Announcement No. 33 of 2024 is still in force. Does it bind antimony exporters?",
            "2026-01-16",
            "is not in force: on 16 January 2026 it no longer applies, having ended on 1 December 2024",
            "mofcom-other-mineral-controls",
        ),
        (
            "Since the rare-earth controls are paused, may terbium metal leave for Spain?",
            "2026-02-18",
            "is not suspended: on 18 February 2026 it is in force",
            "mofcom-2025-18",
        ),
        (
            "No. 62 took effect on 1 December 2025. Who applies for the licence under it?",
            "2026-03-01",
            "took effect on 9 October 2025",
            "mofcom-2025-62",
        ),
        (
            "As No. 18 includes neodymium, under which code is neodymium metal?",
            "2026-03-01",
            "does not list neodymium",
            "mofcom-2025-18",
        ),
    ],
)
def test_a_false_premise_is_set_right_first_with_what_shows_it(whole, question, day, says, source):
    statement = first(whole, question, day)
    assert says in statement.text
    assert source in sources(statement)


def test_of_an_act_that_is_suspended_in_part_the_answer_says_which(whole):
    question = "As No. 46 has been suspended altogether, may we ship germanium lenses to the US Navy?"
    statement = first(whole, question, "2026-03-09")
    assert statement.text.startswith("Only Announcement No. 46 of 2024, Para. 2 is suspended on 9 March 2026")
    assert ask(whole, question, "2026-03-09").verdict is Verdict.PROHIBITED_IN_PRINCIPLE


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Now that No. 62 is suspended, may we train a Thai firm in magnet recycling?", "2026-03-01"),
        ("If No. 62 were repealed, could we train a Thai firm in magnet recycling?", "2026-03-01"),
        ("As No. 62 has not been repealed, may we train a Thai firm in magnet recycling?", "2026-03-01"),
        ("No. 62 took effect on 9 October 2025. May we train a Thai firm in magnet recycling?", "2025-10-20"),
        ("Announcement No. 33 of 2024 was repealed. Does antimony oxide need a licence?", "2026-01-16"),
        ("No. 62 was suspended in 2025. May we train a Thai firm in magnet recycling?", "2026-11-22"),
        ("As No. 18 includes dysprosium, does dysprosium metal need a licence?", "2026-03-01"),
    ],
)
def test_what_is_so_or_only_supposed_or_open_is_not_contradicted(whole, question, day):
    says = first(whole, question, day).text
    assert not any(each in says for each in ("has not been repealed", "is not suspended", "is not in force", "Only "))
    assert not any(each in says for each in ("no other day", "does not list"))


def test_a_party_on_another_list_than_is_taken_for_granted_is_told_from_it(whole):
    question = "OMNIPOL in Prague is only on the watch list. May we ship it tungsten with a risk-assessment report?"
    answer = ask(whole, question, "2026-05-13")
    assert answer.statements[0].text.startswith(
        "The party is on another list than the question says: Announcement No. 20"
    )
    assert "are on the control list of Announcement No. 20 of 2026" in answer.statements[1].text
    right = first(whole, "Hino Motors is on the watch list. What goes with an application?", "2026-05-13")
    assert "another list" not in right.text


def test_who_wants_it_confirmed_that_no_licence_is_needed_is_told_no(whole):
    question = "Terbium metal goes to Spain without a licence, right?"
    assert first(whole, question, "2026-03-01").text.startswith("No, this needs a licence: Announcement No. 18 of 2025")
    plain = first(whole, "Does terbium metal need a licence for Spain?", "2026-03-01")
    assert plain.text.startswith("Yes, a licence is needed")


def test_a_chinese_answer_sets_right_in_chinese(whole):
    said = first(whole, "第62号公告已经废止，我们可以给泰国公司培训磁体回收吗？", "2026-03-01").text
    assert said.startswith("商务部公告2025年第62号并未废止，也没有失效：在2026年3月1日")
    assert first(whole, "铽金属无需许可就可以出口到西班牙，对吗？", "2026-03-01").text.startswith(
        "不是这样，此项需要许可"
    )


@given(st.text(max_size=200))
def test_any_text_can_be_read_for_premises(text):
    list(premises(text))
    takes_itself_free(text)
