"""Where the verdict turns on a fact that the question does not tell, the answer says what follows either way."""

import datetime as dt

import pytest

from assistant.answering.model import Verdict
from assistant.answering.reading.terms import key_terms
from assistant.answering.verify import borne_out
from assistant.documents.model import Modality

BENDING = (Modality.FORBIDS, Modality.REFUSES_IN_PRINCIPLE, Modality.CASE_BY_CASE, Modality.EXEMPTS)
PUBLISH = "Can we publish a paper on magnet recycling?"
MAGNETS = "Do I need a licence to export NdFeB magnets to Germany?"
TERBIUM = "Can we ship terbium metal to Japan?"


def ask(assistant, question: str, day: str):
    return assistant.ask(question, as_of=dt.date.fromisoformat(day))


def pins(statement) -> set[tuple[str, str]]:
    return {(quote.source.id, quote.provision.label) for quote in statement.quotes}


def lines(answer) -> list[str]:
    """What an answer says in its own words of what the question does not tell."""
    return [each.text for each in answer.statements if each.spoken and "not tell" in each.text]


def test_an_exemption_that_the_question_is_about_and_does_not_establish_decides_nothing(whole):
    answer = ask(whole, PUBLISH, "2025-10-20")
    depends, so, otherwise = answer.statements[:3]
    assert depends.text.startswith("It depends on what the question does not tell: whether the technology is already")
    assert "no licence is needed" in so.text
    assert "a licence is needed" in otherwise.text
    assert pins(depends) == pins(so) == {("mofcom-2025-62", "Art. 6")}
    assert ("mofcom-2025-62", "Art. 1(1)") in pins(otherwise)


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("May we send abroad magnet recycling technology that is already in the public domain?", Verdict.NOT_REQUIRED),
        ("Can we in Suzhou publish our proprietary magnet recycling process?", Verdict.PERMIT_REQUIRED),
    ],
)
def test_what_the_question_tells_is_not_asked_for(whole, question, verdict):
    answer = ask(whole, question, "2025-10-20")
    assert answer.verdict is verdict
    assert not lines(answer)


def test_an_exemption_that_the_question_is_not_about_is_a_line_behind_the_verdict(whole):
    answer = ask(whole, "May we train Thai engineers in recycling magnets? Licence needed?", "2025-10-20")
    assert answer.statements[0].text.startswith("Yes, a licence is needed")
    assert answer.statements[1].text in lines(answer)
    assert pins(answer.statements[1]) == {("mofcom-2025-62", "Art. 6")}


def test_a_kind_of_the_item_that_a_list_leaves_out_is_told_from_those_it_has(whole):
    depends, so, listed = ask(whole, MAGNETS, "2026-03-01").statements[:3]
    assert "contain neither terbium nor dysprosium" in depends.text
    assert "no licence is needed" in so.text
    assert "a licence is needed" in listed.text
    assert pins(listed) == {("mofcom-2025-18", f"Items – {each}") for each in ("1C904 Terbium", "1C905 Dysprosium")}


@pytest.mark.parametrize(
    "question",
    [
        "Do I need a licence to export NdFeB magnets with dysprosium to Germany?",
        "Do I need a licence to export dysprosium-containing NdFeB magnets to Germany?",
        "Do I need a licence to export listed NdFeB magnets to Germany?",
        "Do I need a licence to export SmCo magnets to Germany?",
    ],
)
def test_an_item_that_is_told_is_not_asked_for(whole, question):
    answer = ask(whole, question, "2026-03-01")
    assert answer.verdict is Verdict.PERMIT_REQUIRED
    assert not lines(answer)


@pytest.mark.parametrize(
    ("question", "label", "says"),
    [
        (
            "We are a German company. Do we need a licence to teach magnet making in Vietnam?",
            "Art. 2",
            "neither in China",
        ),
        (
            "May our German subsidiary give technical support to rare-earth separation in Malaysia?",
            "Art. 7",
            "not Chinese",
        ),
    ],
)
def test_whom_a_duty_does_not_address_is_said_where_nobody_tells_who_acts(whole, question, label, says):
    (line,) = (each for each in ask(whole, question, "2025-10-20").statements if "does not address" in each.text)
    assert says in line.text
    assert pins(line) == {("mofcom-2025-62", label)}


@pytest.mark.parametrize("who", ["our factory in Ganzhou", "a Chinese citizen in Bonn"])
def test_who_is_told_to_be_in_china_or_chinese_is_addressed(whole, who):
    answer = ask(whole, f"May {who} train a Thai firm in magnet recycling? Licence needed?", "2025-10-20")
    assert not any("does not address" in each for each in lines(answer))


def test_a_ban_on_a_use_is_said_where_the_destination_is_named_and_no_use(whole):
    answer = ask(whole, TERBIUM, "2026-03-01")
    assert answer.statements[0].text.startswith("Yes, a licence is needed")
    assert "military" in answer.statements[1].text
    assert "ruled out" in answer.statements[1].text
    assert pins(answer.statements[1]) == {("mofcom-2026-01", "Operative paragraph")}


@pytest.mark.parametrize(
    ("question", "day"),
    [
        (f"{TERBIUM[:-1]} for a civil customer?", "2026-03-01"),
        ("Can we ship terbium metal to Spain?", "2026-03-01"),
        (TERBIUM, "2025-12-15"),  # before the ban was issued
    ],
)
def test_a_ban_that_cannot_bite_is_not_said(whole, question, day):
    assert not lines(ask(whole, question, day))


@pytest.mark.parametrize(
    ("question", "day", "count"),
    [("可以发表关于磁体回收的论文吗？", "2025-10-20", 3), ("可以出口钕铁硼磁体到德国吗？", "2026-03-01", 3)],
)
def test_a_chinese_answer_branches_in_chinese(whole, question, day, count):
    said = [each.text for each in ask(whole, question, day).statements[:count]]
    assert said[0].startswith("结论取决于问题没有说明的事实")
    assert said[1].startswith("如果是：无需许可")
    assert "需要许可" in said[2]


@pytest.mark.parametrize(
    ("question", "limit"),
    [
        ("Do we need a licence to export antimony oxide to Thailand?", "99.99 % purity or more"),
        # The pressure, which is not told, would do.
        ("Six-sided-anvil press with a cylinder of 400 mm: licence?", "a design pressure of 5 GPa or more"),
    ],
)
def test_values_that_decide_and_are_not_told_are_quoted(whole, question, limit):
    depends, quoted, within, beyond = ask(whole, question, "2026-03-05").statements[:4]
    assert depends.text.startswith("It depends on values that the question does not tell")
    assert limit in quoted.text
    assert quoted.quoted
    assert "a licence is needed" in within.text
    assert "no licence is needed" in beyond.text
    assert pins(beyond) == {("mofcom-other-mineral-controls", "2024 No. 33")}


@pytest.mark.parametrize(
    "question",
    [
        "Antimony oxide, purity 99.995 %, to Thailand: licence?",
        "Six-sided-anvil press, cylinder 600 mm: licence?",
        "Do we need a licence for the listed antimony oxide?",
    ],
)
def test_values_that_are_told_or_do_not_matter_are_not_asked_for(whole, question):
    answer = ask(whole, question, "2026-03-05")
    assert answer.verdict is Verdict.PERMIT_REQUIRED
    assert not lines(answer)


@pytest.mark.parametrize(
    ("question", "day"), [(PUBLISH, "2025-10-20"), (MAGNETS, "2026-03-01"), (TERBIUM, "2026-03-01")]
)
def test_every_branch_is_held_to_its_quote(whole, question, day):
    answer = ask(whole, question, day)
    assert all(borne_out(each, answer.as_of, question) for each in answer.statements)
    assert len(answer.statements) == len({each.text for each in answer.statements})


def test_a_condition_says_what_its_provision_says(whole):
    conditions = [
        (norm, source.quote(source.provision(norm.provision).span), dict(norm.reach.condition))
        for source in whole.sources()
        for norm in source.norms
        if norm.reach.condition and norm.modality in BENDING
    ]
    assert conditions
    for norm, text, condition in conditions:
        assert condition.keys() == {"en", "zh"}, norm
        known = set(key_terms(text))
        assert set(key_terms(condition["en"])) - known <= set(key_terms("goes named helps way")), norm
