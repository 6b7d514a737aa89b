"""Retrieval alone: metrics against values worked out by hand, folders read and refused, passages kept whole."""

import json
import math

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation import beir, ranking
from assistant.evaluation.rankers import IndexRanker

# Relevant: a (gain 2), b and c (gain 1). Ranked: x a y b, then nothing of use.
RANKED, GAINS = ["x", "a", "y", "b", "z"], {"a": 2, "b": 1, "c": 1}


def test_metrics_by_hand():
    assert ranking.recall(RANKED, GAINS, 10) == pytest.approx(2 / 3)
    assert ranking.recall(RANKED, GAINS, 2) == pytest.approx(1 / 3)
    assert ranking.average_precision(RANKED, GAINS, 10) == pytest.approx((1 / 2 + 2 / 4) / 3)
    gained = 2 / math.log2(3) + 1 / math.log2(5)
    ideal = 2 / math.log2(2) + 1 / math.log2(3) + 1 / math.log2(4)
    assert ranking.ndcg(RANKED, GAINS, 10) == pytest.approx(gained / ideal)
    assert ranking.reciprocal_rank(RANKED, GAINS, 10) == 1 / 2
    assert ranking.reciprocal_rank(RANKED, GAINS, 1) == 0


def test_map_divides_by_all_that_is_relevant_even_beyond_the_cut():
    gains = {str(n): 1 for n in range(20)}
    assert ranking.average_precision([str(n) for n in range(10)], gains, 10) == pytest.approx(0.5)


@pytest.mark.parametrize("metric", [ranking.recall, ranking.average_precision, ranking.ndcg, ranking.reciprocal_rank])
def test_perfect_is_1_and_nothing_is_0(metric):
    assert metric(["a", "b", "c"], GAINS, 10) == pytest.approx(1)
    assert metric([], GAINS, 10) == 0


def folder(path, corpus=None, queries=None, qrels=None):
    passages = corpus or [
        {"_id": "p1", "title": "", "text": "Lathes need a licence. " * 40},
        {"_id": "p2", "title": "Seeds", "text": "Wheat seeds are exported freely."},
        {"_id": "p3", "text": ""},
    ]
    asked = queries or [
        {"_id": "q1", "text": "licence for lathes"},
        {"_id": "q2", "text": "wheat"},
        {"_id": "q3", "text": "?"},
    ]
    (path / "qrels").mkdir(parents=True)
    (path / "corpus.jsonl").write_text("\n".join(map(json.dumps, passages)), encoding="utf-8")
    (path / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    rows = qrels or "query-id\tcorpus-id\tscore\nq1\tp1\t1\nq2\tp2\t1\nq3\tp2\t0\n"
    (path / "qrels" / "dev.tsv").write_text(rows, encoding="utf-8")
    return path


def test_a_folder_is_read(tmp_path):
    found = beir.load(folder(tmp_path / "set"))
    assert list(found.passages) == ["p1", "p2"]
    assert found.passages["p2"] == "Seeds Wheat seeds are exported freely."
    assert list(found.queries) == ["q1", "q2"]


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        ({"corpus": [{"_id": 3, "text": "x"}]}, "corpus.jsonl, line 1"),
        ({"queries": [{"_id": "q1"}]}, "queries.jsonl, line 1"),
        ({"qrels": "heading\nq1 p1 1\n"}, "dev.tsv, line 2"),
        ({"qrels": "heading\nq9\tp1\t1\n"}, "'q9' is not in queries"),
        ({"qrels": "heading\nq1\tp1\t0\n"}, "nothing is relevant"),
    ],
)
def test_a_broken_folder_is_refused(tmp_path, broken, what):
    with pytest.raises(EvaluationError, match=what):
        beir.load(folder(tmp_path / "set", **broken))


def test_an_unknown_split_lists_those_there_are(tmp_path):
    with pytest.raises(EvaluationError, match="there are dev"):
        beir.load(folder(tmp_path / "set"), "test")
    with pytest.raises(EvaluationError, match="there is none"):
        beir.load(tmp_path)


def test_our_ranker_keeps_a_long_passage_whole_and_finds_both(tmp_path, encoder):
    collection = beir.load(folder(tmp_path / "set"))
    ranker = IndexRanker(tmp_path / "index", encoder)
    found = beir.evaluate(collection, ranker)
    assert len(ranker.index.snapshot().passages) == 2
    assert (found["Recall@10"], found["MAP@10"], found["nDCG@10"], found["MRR@10"]) == (1, 1, 1, 1)
    assert encoder.texts[0].startswith("Lathes need"), "a passage is embedded without a heading"
    assert {"ingest_seconds", "passages_per_second", "query_p50_ms", "query_p95_ms"} <= found.keys()
