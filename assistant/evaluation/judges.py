"""A second opinion: deepeval's faithfulness and answer relevancy, with a chat model of the user's as judge.

An extra (`pip install deepeval`), and never part of the gate: a judge costs, errs and drifts. Where deepeval would call
an answer that says nothing perfectly faithful, here it scores 0; a right abstention is left out; and a reply of the
judge that cannot be read is counted, not turned into a score.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.errors import EvaluationError
from assistant.evaluation.metrics import Part
from assistant.evaluation.statistics import estimate

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

METRICS = ("faithfulness", "answer_relevancy")


@dataclass(frozen=True, slots=True)
class Opinion:
    """A judge's scores of one answer, 0 to 1; ``None`` where its reply could not be read."""

    faithfulness: float | None
    answer_relevancy: float | None


class Judge:
    """Judges answers by what they say and the quotes they cite."""

    def __init__(self, model: BaseChatModel, name: str) -> None:
        """Raises EvaluationError where deepeval is not installed."""
        self.name = name
        self._judge = _deepeval_model(model, name)

    def opinion(self, question: str, statements: Sequence[str], quotes: Sequence[str]) -> Opinion:
        """The scores of an answer; both 0 for an empty one, which the judge is not asked about."""
        from deepeval.metrics import AnswerRelevancyMetric, FaithfulnessMetric
        from deepeval.test_case import LLMTestCase

        said = " ".join(statements).strip()
        if not said or not quotes:
            return Opinion(0.0, 0.0)
        case = LLMTestCase(input=question, actual_output=said, retrieval_context=list(quotes))
        settings: dict[str, Any] = {"model": self._judge, "include_reason": False, "async_mode": False}
        faithful, relevant = FaithfulnessMetric(**settings), AnswerRelevancyMetric(**settings)
        return Opinion(_score(faithful.measure, case), _score(relevant.measure, case))


def judged(run: Mapping[str, Any], judge: Judge, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """The judge's figures over a run in report form, with how many replies could not be read."""
    parts: dict[str, list[Part]] = {name: [] for name in METRICS}
    families, unread = [], 0
    for done, answer in enumerate(run["answers"]):
        if progress:
            progress(done, len(run["answers"]))
        if answer["gold"]["unanswerable"] and answer["got"]["abstained"]:
            continue
        got = answer["got"]
        quotes = [each["quote"] for each in got["citations"]]
        opinion = judge.opinion(answer["question"], [each["text"] for each in got["statements"]], quotes)
        families.append(answer["id"].partition("/")[0])
        for name in METRICS:
            score = getattr(opinion, name)
            unread += score is None
            parts[name].append(None if score is None else (score, 1.0))
    figures = {name: estimate(parts[name], families, "share").as_json() for name in METRICS}
    return {"by": "deepeval", "model": judge.name, "unread": unread, **figures}


def _score(measure: Callable[..., float | None], case: object) -> float | None:
    try:
        score = measure(case, _show_indicator=False)
    except ValueError:
        # What deepeval raises where a reply is not the JSON it asked for.
        return None
    return None if score is None or score != score else float(score)


def _deepeval_model(model: BaseChatModel, name: str) -> Any:
    """The chat model as deepeval calls models: text in, text out; it reads the JSON in the text itself."""
    # Read at import: no telemetry, and no folder of its own in the working directory.
    os.environ.setdefault("DEEPEVAL_TELEMETRY_OPT_OUT", "YES")
    os.environ.setdefault("DEEPEVAL_FILE_SYSTEM", "READ_ONLY")
    try:
        from deepeval.models import DeepEvalBaseLLM
    except ImportError:
        raise EvaluationError("A judge needs deepeval: pip install deepeval.") from None

    class LangChainModel(DeepEvalBaseLLM):  # type: ignore[misc]  # an extra, without types where it is not installed
        def load_model(self) -> BaseChatModel:
            return model

        def generate(self, prompt: str) -> str:
            return model.invoke(prompt).text

        async def a_generate(self, prompt: str) -> str:
            return (await model.ainvoke(prompt)).text

        def get_model_name(self) -> str:
            return name

    return LangChainModel(name)
