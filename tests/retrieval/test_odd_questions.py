"""Questions that are hardly any: each gets sensible provisions or a sentence that says what to do."""

import datetime as dt

import pytest

from assistant.errors import QuestionError

ON = dt.date(2026, 10, 1)


@pytest.mark.parametrize(
    "question",
    [
        "the",
        "of",
        "许可",
        "出口管制",
        "稀土磁体需要许可证吗？",
        "中" * 4_000,
        "samarium 🚀🚀🚀",
        "🧲 export?",
        "x" * 7_999,
        "licence " * 999,
        "a\u0301" * 2_000,
        "1C902.a",
        "\ud800 samarium",
    ],
)
def test_finds_provisions_in_an_order_that_can_be_repeated(whole, question):
    found = whole.search(question, k=10, as_of=ON)
    assert 1 <= len(found) <= 10
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    again = whole.search(question, k=10, as_of=ON)
    assert [(each.source.id, each.provision.label) for each in found] == [
        (each.source.id, each.provision.label) for each in again
    ]


@pytest.mark.parametrize("question", ["🚀", "🇨🇳🧲", "…", "\u200d", "%_'\"; --"])
def test_without_a_word_is_said_to_be_empty(whole, question):
    with pytest.raises(QuestionError, match="question is empty"):
        whole.search(question, as_of=ON)


def test_of_ten_thousand_words_is_said_to_be_too_long(whole):
    with pytest.raises(QuestionError, match="at most 8,000 are read"):
        whole.search("licence " * 10_000, as_of=ON)


@pytest.mark.parametrize("question", ["the", "出口管制", "samarium 🚀🚀🚀", "licence " * 999])
def test_is_answered_or_not_but_never_fails(whole, question):
    answer = whole.ask(question, as_of=ON)
    assert answer.text
