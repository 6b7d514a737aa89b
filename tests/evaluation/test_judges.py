"""A judge's second opinion, with a chat model that is none."""

import itertools

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from assistant.errors import EvaluationError
from assistant.evaluation import judges

CLAIMS = (
    '{"truths": ["A licence is needed."], "claims": ["A licence is needed."], "statements": ["A licence is needed."]}'
)


def judge(*replies: str) -> judges.Judge:
    pytest.importorskip("deepeval")
    return judges.Judge(GenericFakeChatModel(messages=itertools.cycle(map(AIMessage, replies))), "fake")


def answer(text: str | None, *, unanswerable=False, abstained=False) -> dict:
    said = [{"text": text, "citations": [1]}] if text else []
    cited = [{"quote": "A licence is needed."}] if text else []
    return {
        "id": f"q-{text}",
        "question": "Is a licence needed?",
        "gold": {"unanswerable": unanswerable},
        "got": {"abstained": abstained, "statements": said, "citations": cited},
    }


def test_scores_come_from_the_judges_verdicts():
    verdicts = '{"truths": ["a"], "claims": ["a"], "statements": ["a"], "verdicts": [{"verdict": "yes"}]}'
    assert judge(verdicts).opinion("Q?", ["A."], ["A."]) == judges.Opinion(1.0, 1.0)


def test_an_empty_answer_scores_0_and_the_judge_is_not_asked():
    assert judge("never read").opinion("Q?", [], []) == judges.Opinion(0.0, 0.0)


def test_a_refusal_scores_0_and_a_right_abstention_is_left_out():
    run = {"answers": [answer(None, abstained=True), answer(None, unanswerable=True, abstained=True)]}
    found = judges.judged(run, judge("never read"))
    assert found["faithfulness"] == {"value": 0.0, "low": 0.0, "high": 0.0, "n": 1}


def test_a_reply_that_cannot_be_read_is_counted_and_is_no_score():
    found = judges.judged({"answers": [answer("A licence is needed.")]}, judge("I would rather not."))
    assert found["unread"] == 2
    assert found["faithfulness"]["value"] is None


def test_without_deepeval_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "deepeval.models", None)
    with pytest.raises(EvaluationError, match="pip install deepeval"):
        judges.Judge(GenericFakeChatModel(messages=iter(())), "fake")
