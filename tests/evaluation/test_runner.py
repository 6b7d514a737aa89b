"""Runs: resumed where they stopped, never mixed, failures counted."""

import fakes
import pytest

from assistant.errors import EvaluationError, QuestionError
from assistant.evaluation.runner import Kept, fingerprint, run


class Counting(fakes.AlwaysAbstains):
    def __init__(self, stop_at=None):
        self.asked, self.stop_at = [], stop_at

    def ask(self, question, *, as_of, history=()):
        if len(self.asked) == self.stop_at:
            raise KeyboardInterrupt
        self.asked.append((question, as_of))
        return super().ask(question, as_of=as_of, history=history)


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path, questions, sources):
    path = tmp_path / "kept.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run(questions, Counting(stop_at=4), sources, kept=Kept(path))
    again = Counting()
    cases = run(questions, again, sources, kept=Kept(path))
    assert len(again.asked) == len(questions) - 4
    assert [case.question.id for case, _ in cases] == [each.id for each in questions]


def test_a_torn_line_costs_one_answer(tmp_path, questions, sources):
    path = tmp_path / "kept.jsonl"
    run(questions, Counting(), sources, kept=Kept(path))
    path.write_bytes(path.read_bytes()[:-30])
    again = Counting()
    run(questions, again, sources, kept=Kept(path))
    assert len(again.asked) == 1
    once_more = Counting()
    run(questions, once_more, sources, kept=Kept(path))
    assert not once_more.asked


def test_answers_of_another_writer_or_corpus_are_not_used(tmp_path, questions, sources):
    path = tmp_path / "kept.jsonl"
    run(questions, Counting(), sources, kept=Kept(path))
    other = Counting()
    other.identity = "another"
    run(questions, other, sources, kept=Kept(path))
    assert len(other.asked) == len(questions)
    fewer = {key: value for key, value in sources.items() if key != "lathes"}
    assert fingerprint(fewer) != fingerprint(sources)


def test_a_refused_question_counts_as_wrong_and_the_run_goes_on(questions, sources):
    class Refuses(Counting):
        def ask(self, question, *, as_of, history=()):
            raise QuestionError("I will not read this.")

    cases = run(questions, Refuses(), sources)
    assert {case.given.error for case, _ in cases} == {"I will not read this."}


def test_a_crash_names_the_question(questions, sources):
    class Crashes(Counting):
        def ask(self, question, *, as_of, history=()):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as error:
        run(questions, Crashes(), sources)
    assert questions[0].id in "".join(error.value.__notes__)


def test_a_place_that_cannot_be_written_is_said(tmp_path, questions, sources):
    (tmp_path / "file").write_text("")
    with pytest.raises(EvaluationError, match="cannot be kept"):
        run(questions, Counting(), sources, kept=Kept(tmp_path / "file" / "kept.jsonl"))
