"""Of fines that go by the turnover, the answer tells the one for the turnover that the question tells."""

import datetime as dt

import pytest

DAY = dt.date(2026, 5, 10)
FROM, BELOW = "is CNY 500,000 or more, Article 34", "is below CNY 500,000, Article 34"


@pytest.mark.parametrize(
    ("question", "told", "silent"),
    [
        ("What is the fine for yttrium oxide exported without a licence, turnover 2 million yuan?", FROM, BELOW),
        ("A lot worth RMB 300,000 went out without a licence. What is the fine?", BELOW, FROM),
        ("A lot worth CNY 500,000 went out without a licence. What is the fine?", FROM, BELOW),
    ],
)
def test_a_turnover_leaves_out_the_fine_for_another(whole, question, told, silent):
    text = whole.ask(question, as_of=DAY).text
    assert told in text
    assert silent not in text


@pytest.mark.parametrize(
    "question",
    [
        "What is the fine for exporting without a licence?",
        "Is there a fine of 5 million yuan for exporting goods without a licence?",
        "Two lots worth 300,000 yuan and 900,000 yuan went out without a licence. What are the fines?",
    ],
)
def test_a_question_without_one_turnover_gets_all_bands(whole, question):
    text = whole.ask(question, as_of=DAY).text
    assert FROM in text
    assert BELOW in text
