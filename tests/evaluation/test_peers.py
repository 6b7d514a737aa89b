"""The peers run in the same runner, for questions and for passages."""

import pytest

from assistant.evaluation import peers, results
from assistant.evaluation.metrics import BY_NAME
from assistant.evaluation.runner import run


@pytest.fixture(scope="module")
def both(assistant, sources):
    pytest.importorskip("langchain_text_splitters")
    found = peers.load(assistant.index.encoder)
    for peer in found:
        peer.read(sources)
    return found


def test_they_quote_verbatim_never_abstain_and_know_no_dates(both, questions, sources):
    for peer in both:
        figures = results.run_report(peer.name, peer.identity, run(questions, peer, sources))["metrics"]
        assert figures["quotes_verbatim"]["value"] == 1
        assert figures["abstention_recall"]["value"] == 0
        assert figures["wrong_date_citations"]["value"] > 0
        assert figures["source_recall"]["value"] > 0.5


def test_they_rank_passages(both):
    for peer in both:
        peer.ingest(["Wheat seeds are free.", "Lathes need a licence. " * 100, "Rice."])
        assert peer.rank("licence for lathes", 10)[0] == 1
        assert len(set(peer.rank("wheat seeds", 10))) == len(peer.rank("wheat seeds", 10))


def test_peers_outside_a_checkout_are_explained(assistant, monkeypatch, tmp_path):
    from assistant.errors import EvaluationError

    monkeypatch.setattr(peers, "packaged", lambda name: tmp_path / name)
    with pytest.raises(EvaluationError, match="from a checkout"):
        peers.load(assistant.index.encoder)


def test_every_metric_of_a_report_is_known(both, questions, sources):
    report = results.run_report("x", "x", run(questions[:1], both[1], sources))
    assert report["metrics"].keys() == BY_NAME.keys()
