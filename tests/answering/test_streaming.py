"""An answer as it comes: the verdict first, each statement when it has been checked, the whole at the end."""

import datetime as dt
from dataclasses import replace

import pytest

from assistant import Answer, Began, Said
from assistant.answering.chain import answering_chain
from assistant.answering.model import Ending, Opening, Statement, Verdict
from assistant.answering.phrases import Phrasebook
from assistant.answering.quoting.sentences import best_of
from assistant.errors import QuestionError
from assistant.retrieval.question import understand
from assistant.settings import packaged

QUESTIONS = (
    ("Do I need a permit to repair separation equipment abroad?", "2025-10-20"),
    ("Do I need a permit to repair separation equipment abroad?", "2026-11-22"),
    ("Which penalties threaten exports without a licence?", "2026-03-15"),
    ("What is the capital of France?", "2026-03-15"),
)
SPOKEN = Phrasebook(packaged("prompts"))


def without_timings(answer: Answer) -> dict:
    data = answer.as_json()
    data.pop("timings_ms")
    return data


@pytest.mark.parametrize(("question", "on"), QUESTIONS)
def test_the_verdict_comes_first_then_the_statements_then_the_answer_that_asking_gives(whole, question, on):
    day = dt.date.fromisoformat(on)
    began, *said, answer = whole.stream(question, as_of=day)
    assert isinstance(answer, Answer)
    assert began == Began(question, day, answer.verdict)
    assert all(isinstance(each, Said) for each in said)
    assert tuple(each.statement for each in said) == answer.statements
    assert without_timings(answer) == without_timings(whole.ask(question, as_of=day))


@pytest.mark.parametrize(("question", "on"), QUESTIONS[:3])
def test_a_statement_has_the_numbers_it_keeps_in_the_whole_answer(whole, question, on):
    _, *said, answer = whole.stream(question, as_of=dt.date.fromisoformat(on))
    for each in said:
        assert [citation.n for citation in each.citations] == answer.numbers(each.statement)
        assert set(each.citations) <= set(answer.citations)


def test_a_question_that_cannot_be_asked_is_refused_before_anything_is_said(whole):
    with pytest.raises(QuestionError):
        whole.stream(" ")


class Lying:
    """A writer whose first sentences are not in its quotes."""

    name = "lying"

    def __init__(self, *, honest: bool) -> None:
        self._honest = honest

    def write(self, findings):
        quote = best_of(findings, findings.evidence[0])
        yield Opening(Verdict.INFORMATIONAL)
        yield Statement("Fines reach CNY 9,999,999.", (quote,), spoken=True)
        if self._honest:
            yield Statement("It is so.", (quote,), spoken=True)
        yield Ending((), self.name, dropped=2)


def answers(whole, writer):
    chain = answering_chain(whole.retriever.find, writer, SPOKEN)
    return list(chain.stream(understand("Which penalties threaten exports?", dt.date(2026, 3, 15))))


def test_what_is_not_borne_out_is_dropped_and_counted_with_what_the_writer_left_out_itself(whole):
    began, said, answer = answers(whole, Lying(honest=True))
    assert (began.verdict, said.statement.text) == (Verdict.INFORMATIONAL, "It is so.")
    assert any(each.startswith("3 statement(s) were left out") for each in answer.caveats)


def test_where_nothing_is_borne_out_the_first_word_is_already_that_there_is_no_answer(whole):
    began, answer = answers(whole, Lying(honest=False))
    assert began.verdict is answer.verdict is Verdict.NOT_COVERED


def test_the_chain_invoked_gives_the_whole_answer(whole):
    chain = answering_chain(whole.retriever.find, Lying(honest=True), SPOKEN)
    question = understand("Which penalties threaten exports?", dt.date(2026, 3, 15))
    invoked, streamed = chain.invoke(question), list(chain.stream(question))[-1]
    assert replace(invoked, timings=streamed.timings) == streamed
