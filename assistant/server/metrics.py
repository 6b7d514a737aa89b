"""What Prometheus reads at /metrics. No question, no source and no caller is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from assistant.answering.extractive import NAME as QUOTING
from assistant.answering.model import Answer
from assistant.assistant import Status
from assistant.server.pool import Pool

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """One server's counters, in a registry of their own."""

    def __init__(self, pools: dict[str, Pool], status: Callable[[], Status | None]) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "assistant_requests_total", "Requests.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "assistant_request_seconds", "Seconds to a response.", ("route",), buckets=_SECONDS, registry=self.registry
        )
        self._answers = Counter("assistant_answers_total", "Answers.", ("channel", "verdict"), registry=self.registry)
        self._abstentions = Counter("assistant_abstentions_total", "Answers that abstain.", registry=self.registry)
        self._fallbacks = Counter(
            "assistant_fallbacks_total",
            "Answers in quotations because the chat model failed.",
            registry=self.registry,
        )
        self._stages = Histogram(
            "assistant_stage_seconds", "Seconds in a stage of an answer.", ("stage",), buckets=_SECONDS,
            registry=self.registry,
        )  # fmt: skip
        self.registry.register(_State(pools, status))
        ProcessCollector(registry=self.registry)

    def answered(self, answer: Answer, channel: str, *, model: str | None) -> None:
        """Counts an answer; ``model`` is the chat model that was to word it, None where none was."""
        self._answers.labels(channel, answer.verdict.value).inc()
        if answer.abstained:
            self._abstentions.inc()
        if model is not None and answer.writer == QUOTING:
            self._fallbacks.inc()
        for stage in ("retrieve", "write", "verify", "total"):
            self._stages.labels(stage).observe(getattr(answer.timings, stage) / 1000)


class _State(Collector):
    """What is read when it is asked for: queues and the size of the index."""

    def __init__(self, pools: dict[str, Pool], status: Callable[[], Status | None]) -> None:
        self._pools = pools
        self._status = status

    def collect(self) -> Iterator[Metric]:
        """The gauges."""
        waiting = GaugeMetricFamily("assistant_waiting", "Requests that wait for their turn.", labels=["pool"])
        running = GaugeMetricFamily("assistant_running", "Requests that are worked on.", labels=["pool"])
        refused = CounterMetricFamily("assistant_busy", "Requests told to come back later.", labels=["pool"])
        for name, pool in self._pools.items():
            refused.add_metric([name], pool.refused)
            waiting.add_metric([name], pool.waiting)
            running.add_metric([name], pool.running)
        yield waiting
        yield running
        yield refused
        status = self._status()
        yield GaugeMetricFamily("assistant_ready", "Whether the index and the model answer.", float(status is not None))
        if status is not None:
            size = GaugeMetricFamily("assistant_index_size", "What the index holds.", labels=["of"])
            for part in ("sources", "provisions", "passages"):
                size.add_metric([part], getattr(status, part))
            yield size
            yield GaugeMetricFamily("assistant_index_generation", "Commits to the index.", float(status.generation))
