"""Quantities of a question against the thresholds of a provision."""

import datetime as dt

import pytest

from assistant.answering.deciding.thresholds import alternatives, thresholds
from assistant.answering.model import Verdict
from assistant.answering.reading.chinese_measures import measures


@pytest.mark.parametrize(
    ("sentence", "value", "holds"),
    [
        ("an energy density of 300 Wh/kg or more", 300, True),
        ("an energy density of 300 Wh/kg or more", 299.9, False),
        ("a purity above 99.9 %", 99.9, False),
        ("a purity above 99.9 %", 99.95, True),
        ("logic chips of 14 nm or below", 14, True),
        ("logic chips of 14 nm or below", 28, False),
        ("a mixing chamber of 0.5 to 14.2 cubic metres", 14.2, True),
        ("a mixing chamber of 0.5 to 14.2 cubic metres", 20, False),
        ("memory chips of at least 256 layers", 255, False),
    ],
)
def test_both_ends_of_a_threshold(sentence, value, holds):
    found = list(thresholds(sentence))
    assert len(found) == 1
    assert found[0].holds(value) is holds


def test_the_sides_of_a_body_are_compared_from_the_longest_on():
    long, middle, short = thresholds("For blocks, the controlled size is 120 mm × 120 mm × 50 mm or more.")
    assert (long.low, middle.low, short.low) == (120, 120, 50)


@pytest.mark.parametrize(
    ("question", "value", "unit"),
    [
        ("直径100毫米的钨圆柱", 100, "mm"),
        ("纯度百分之九十九点五的三氧化二锑", 99.5, "%"),
        ("价值千分之二的部件", 0.2, "%"),
        ("两百五十六层的存储芯片", 256, "layers"),
        ("能量密度310瓦时/千克", 310, "Wh/kg"),
        ("密度2.6克/立方厘米", 2.6, "g/cm3"),
    ],
)
def test_a_quantity_in_chinese_words(question, value, unit):
    (found,) = measures(question)
    assert (found.value, found.unit) == (pytest.approx(value), unit)
    assert found.written == question[found.start : found.end]


def test_a_number_that_is_no_threshold_sets_none():
    assert not list(thresholds("Announcement No. 58 of 2025 lists customs number 85076000 and codes 3A001 and 3B901."))


@pytest.mark.parametrize(
    ("question", "on", "verdict"),
    [
        ("Do lithium-ion cells of 320 Wh/kg need a licence?", "2026-11-22", Verdict.UNSETTLED),
        ("Do lithium-ion cells of 265 Wh/kg need a licence?", "2026-11-22", Verdict.NOT_REQUIRED),
        ("Tungsten alloy cylinders, 130 mm diameter, 60 mm long: licence?", "2026-03-05", Verdict.PERMIT_REQUIRED),
        ("能量密度310Wh/kg的锂离子电芯要许可证吗？", "2026-11-22", Verdict.UNSETTLED),
        ("能量密度265Wh/kg的锂离子电芯要许可证吗？", "2026-11-22", Verdict.NOT_REQUIRED),
        ("金刚石线锯，线径40微米、粒度6微米、破断力12牛，要许可证吗？", "2026-11-22", Verdict.UNSETTLED),
        ("钨合金圆柱，直径130毫米、长60毫米，要许可证吗？", "2026-03-05", Verdict.PERMIT_REQUIRED),
        ("钨合金圆柱，直径100毫米、长60毫米，要许可证吗？", "2026-03-05", Verdict.NOT_REQUIRED),
        ("Tungsten alloy cylinders, 100 mm diameter, 60 mm long: licence?", "2026-03-05", Verdict.NOT_REQUIRED),
        ("Tungsten alloy cylinders, 130 mm diameter, 40 mm long: licence?", "2026-03-05", Verdict.NOT_REQUIRED),
        ("Tungsten tube, 98 % W, inner diameter 80 mm, wall 30 mm: licence?", "2026-03-05", Verdict.PERMIT_REQUIRED),
        ("Tungsten-copper block, 85 % W, 150 × 150 × 60 mm: licence?", "2026-03-05", Verdict.PERMIT_REQUIRED),
        ("Tungsten-copper block, 85 % W, 100 × 60 × 150 mm: licence?", "2026-03-05", Verdict.NOT_REQUIRED),
        ("Indium antimonide single crystals, 400 dislocations per cm²: licence?", "2026-06-26", Verdict.NOT_REQUIRED),
        (
            "Six-sided-anvil press, cylinder 400 mm, design pressure 6 GPa: licence?",
            "2026-03-05",
            Verdict.PERMIT_REQUIRED,
        ),
        (
            "Six-sided-anvil press, cylinder 600 mm, design pressure 4 GPa: licence?",
            "2026-03-05",
            Verdict.PERMIT_REQUIRED,
        ),
        ("Six-sided-anvil press, cylinder 400 mm, design pressure 4 GPa: licence?", "2026-03-05", Verdict.NOT_REQUIRED),
        ("Six-sided-anvil press with a cylinder of 600 mm: licence?", "2026-03-05", Verdict.PERMIT_REQUIRED),
        ("Six-sided-anvil press with a cylinder of 400 mm: licence?", "2026-03-05", Verdict.PERMIT_REQUIRED),
        ("Indium antimonide single crystals, 40 dislocations per cm²: licence?", "2026-06-26", Verdict.PERMIT_REQUIRED),
    ],
)
def test_the_verdict_follows_the_side_of_the_limit(whole, question, on, verdict):
    answer = whole.ask(question, as_of=dt.date.fromisoformat(on))
    assert answer.verdict is verdict


def test_the_comparison_is_shown_with_the_sentence_that_sets_the_limit(whole):
    answer = whole.ask("Do lithium-ion cells of 265 Wh/kg need a licence?", as_of=dt.date(2026, 11, 22))
    first = answer.statements[0]
    assert "265 Wh/kg" in first.text
    assert "300 Wh/kg or more" in first.quotes[0].text


@pytest.mark.parametrize(
    ("sentence", "groups"),
    [
        ("a cylinder of 500 mm or more or a design pressure of 5 GPa or more", [["mm", "gpa"]]),
        ("a diameter above 3 mm, or a weight of at least 5 kg", [["mm", "kg"]]),
        ("a diameter of 120 mm or more and a weight of 5 kg or more", [["mm"], ["kg"]]),
        ("a diameter above 3 mm, a weight above 5 kg or a pressure above 6 GPa", [["mm", "kg", "gpa"]]),
        ("a diameter above 3 mm and a weight above 5 kg or a pressure above 6 GPa", [["mm", "kg", "gpa"]]),
        ("an energy density of 300 Wh/kg or more", [["wh/kg"]]),
    ],
)
def test_of_thresholds_joined_by_or_one_is_enough(sentence, groups):
    found = alternatives(list(thresholds(sentence)), sentence)
    assert [[each.unit for each in group] for group in found] == groups


def test_an_answer_names_every_quantity_that_fails(whole):
    question = "Six-sided-anvil press, cylinder 400 mm, design pressure 4 GPa: licence?"
    said = whole.ask(question, as_of=dt.date(2026, 3, 5)).statements[0]
    assert "400 mm and 4 GPa" in said.text
    assert "500 mm or more or a design pressure of 5 GPa" in said.quotes[0].text
