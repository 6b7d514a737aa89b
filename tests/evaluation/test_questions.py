"""Question sets: what is read, and what is refused with file and line."""

import hashlib
import json

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation import questions
from assistant.evaluation.questions import GoldSource

GOOD = {"id": "a", "question": "Is a licence needed?", "gold_verdict": "permit_required"}


def write(path, *lines):
    path.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines), encoding="utf-8")
    return path


def test_a_line_is_read_whole(tmp_path, sources):
    line = {
        **GOOD,
        "as_of": "2025-03-01",
        "gold_points": ["at least 5 years"],
        "type": "direct",
        "history": [{"role": "user", "content": "Hello"}],
        "gold_sources": [{"doc_id": "lathes", "provision": "article 3"}],
    }
    (found,) = questions.load(write(tmp_path / "q.jsonl", line, ""), sources)
    assert found.as_of.isoformat() == "2025-03-01"
    assert found.sources == (GoldSource("lathes", "article 3"),)
    assert found.place.endswith("q.jsonl, line 1")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{broken", "not a JSON object"),
        ("[1]", "an object"),
        ({**GOOD, "gold_verdict": "maybe"}, "'maybe' and must be one of permit_required"),
        ({**GOOD, "goldverdict": "informational"}, "'goldverdict' is unknown"),
        ({"id": "b"}, "'question' is missing"),
        ({**GOOD, "as_of": "soon"}, "'as_of'"),
        ({**GOOD, "gold_sources": [{"doc_id": "nowhere"}]}, "'nowhere' is not in the corpus"),
        ({**GOOD, "gold_sources": [{"doc_id": "lathes", "provision": "Art. 99"}]}, "no provision 'Art. 99'"),
        ({**GOOD, "unanswerable": True}, "'not_covered' or none"),
        ({**GOOD, "history": [{"role": "system", "content": ""}]}, "history.0.role"),
        ({**GOOD, "id": "first"}, "is also at"),
    ],
)
def test_a_bad_line_is_named(tmp_path, sources, line, what):
    path = write(tmp_path / "q.jsonl", {**GOOD, "id": "first"}, line)
    with pytest.raises(EvaluationError) as error:
        questions.load(path, sources)
    assert str(error.value).startswith(f"{path}, line 2: ")
    assert what in str(error.value)


@pytest.mark.parametrize("make", [lambda p: p / "none.jsonl", lambda p: p, lambda p: write(p / "empty.jsonl", "")])
def test_nothing_to_read_is_said(tmp_path, sources, make):
    with pytest.raises(EvaluationError):
        questions.load(make(tmp_path), sources)


def test_a_file_that_is_not_text_is_refused(tmp_path, sources):
    (tmp_path / "q.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EvaluationError, match="UTF-8"):
        questions.load(tmp_path / "q.jsonl", sources)


def test_families_stay_in_one_half(tmp_path, sources):
    ids = [f"family-{n}/{day}" for n in range(20) for day in ("one", "two")]
    path = write(tmp_path / "q.jsonl", *({**GOOD, "id": each} for each in ids))
    halves = {half: {q.family for q in questions.load(path, sources, split=half)} for half in ("dev", "gate")}
    assert not halves["dev"] & halves["gate"]
    for family in halves["gate"]:
        assert int(hashlib.sha256(family.encode()).hexdigest(), 16) % 2 == 1


def test_a_gold_source_without_a_provision_takes_any_of_the_source(sources):
    assert questions.names(GoldSource("lathes"), sources["lathes"], "Art. 2")
    assert questions.names(GoldSource("lathes", "Art. 2"), sources["lathes"], "Art. 2")
    assert not questions.names(GoldSource("lathes", "Art. 1"), sources["lathes"], "Art. 2")
    assert not questions.names(GoldSource("magnets"), sources["lathes"], "Art. 1")


def test_the_repositorys_own_questions_are_good():
    from assistant.documents import loaders
    from assistant.settings import packaged

    corpus = {source.id: source for source in map(loaders.load, loaders.find(packaged("corpus")))}
    found = questions.load(packaged("evals") / "questions", corpus)
    assert len(found) >= 200
