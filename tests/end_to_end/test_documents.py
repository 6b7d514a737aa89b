"""A shelf of documents in both languages and all formats, added in one command: answers cite label and page."""

import json
import os
import shutil
from pathlib import Path

import pytest
from library import Case, Part, pdf, shelve, text

from assistant.assistant import Assistant
from assistant.settings import Settings


@pytest.fixture(scope="module")
def shelf(built, tmp_path_factory) -> tuple[Path, list[Case]]:
    """The shelf's folder with what to ask about it."""
    folder = tmp_path_factory.mktemp("shelf") / "shelf"
    return folder, shelve(folder)


@pytest.fixture(scope="module")
def reader(built, corpus, shelf, tmp_path_factory) -> Assistant:
    """An assistant that has read the shelf."""
    data = shutil.copytree(built, tmp_path_factory.mktemp("read") / "data")
    assistant = Assistant.open(Settings(data_dir=data, corpus_dir=corpus))
    report = assistant.add([shelf[0]])
    assert (len(report.added), report.failed) == (42, [])
    return assistant


def test_every_kind_of_structure_is_cited_by_label_and_page(reader, shelf):
    _, cases = shelf
    assert {Path(case.source_id).stem.split("-")[0] for case in cases} == {"act", "manual", "law", "notice"}
    missed = []
    for case in cases:
        answer = reader.ask(case.question).as_json()
        fitting = [each for each in answer["citations"] if case.words in each["quote"]]
        if (case.source_id, case.label, case.page) not in [
            (each["source_id"], each["provision"], each["page"]) for each in fitting
        ]:
            missed.append((case, [(each["provision"], each["page"]) for each in answer["citations"]]))
        for each in answer["citations"]:
            assert reader.source(each["source_id"]).text[each["start"] : each["end"]] == each["quote"]
    assert missed == []


def test_adding_the_shelf_again_reads_and_embeds_nothing(reader, shelf, monkeypatch):
    seen = []
    report = reader.add([shelf[0]], reading=lambda done, total: seen.append((done, total)))
    assert (len(report.unchanged), report.embedded, report.failed) == (42, 0, [])
    assert seen[-1] == (42, 42)


def test_originals_are_kept_byte_for_byte_and_go_with_their_source(run, data, tmp_path):
    path = tmp_path / "act-0.pdf"
    path.write_bytes(pdf((Part(1, "Rules for sonar buoys", is_heading=True), Part(1, "Sonar buoys need a licence."))))
    assert json.loads(run("add", path, "--json").stdout)["added"] == ["act-0"]
    kept = Assistant.open().original("act-0")
    assert kept is not None
    assert kept.read_bytes() == path.read_bytes()
    assert Assistant.open().original("mofcom-2025-62") is None


def test_two_files_of_one_name_are_not_two_editions(run, data, tmp_path):
    one, other = tmp_path / "one" / "policy.txt", tmp_path / "other" / "policy.txt"
    for path, words in ((one, "Lathes need a licence."), (other, "Seeds need none.")):
        path.parent.mkdir()
        path.write_text(words)
    assert run("add", one).exit_code == 0
    refused = run("add", other)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "'policy' is the id of" in refused.stderr
    assert str(one) in refused.stderr
    other.with_name("policy.txt.yaml").write_text("id: policy\n")
    assert run("add", other).stdout == "changed: policy\n"


def test_a_file_that_moved_is_the_same_source(run, data, tmp_path):
    path = tmp_path / "policy.txt"
    path.write_text("Lathes need a licence.")
    assert run("add", path).exit_code == 0
    (tmp_path / "new").mkdir()
    moved = path.rename(tmp_path / "new" / "policy.txt")
    moved.write_text("Lathes need none.")
    assert run("add", moved).stdout == "changed: policy\n"


def test_a_file_cannot_take_the_place_of_a_built_in_source_by_its_name(run, refused, tmp_path):
    path = tmp_path / "mofcom-2025-62.txt"
    path.write_bytes(text((Part(1, "No licence is needed any more."),)))
    assert "is the id of a built-in source" in refused(run("add", path))


def test_bad_files_of_every_kind_are_named_and_the_good_ones_added(run, data, tmp_path):
    folder = tmp_path / "mixed"
    folder.mkdir()
    good = pdf((Part(1, "Rules for sonar buoys", is_heading=True), Part(1, "Sonar buoys need a licence.")))
    bad = {
        "cut.pdf": good[: len(good) // 3],
        "not-a.pdf": b"Just words, and no PDF at all.",
        "old.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "cut.docx": b"PK\x03\x04 and no more",
        "picture.html": b"\x89PNG\r\n\x1a\n" + bytes(50),
        "empty.html": b"<html><body><nav>Home</nav></body></html>",
        "bytes.txt": bytes(range(256)) * 4,
        "cut.zip": b"PK\x05\x06",
    }
    for name, content in {**bad, "good.pdf": good}.items():
        (folder / name).write_bytes(content)
    result = run("add", folder, "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert report["added"] == ["good"]
    assert sorted(Path(each["name"]).name for each in report["failed"]) == sorted(bad)
    assert all(each["why"].endswith(".") and len(each["why"]) < 200 for each in report["failed"])


def test_a_page_of_the_web_is_refused_until_settings_allow_it(run, refused):
    assert "ASSISTANT_READING_ALLOW_WEB" in refused(run("add", "https://example.org/announcement"))


def test_the_process_that_reads_is_given_no_secrets(data, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    from assistant.documents.loaders.workers import Worker
    from assistant.settings import ReadingSettings

    path = tmp_path / "a.txt"
    path.write_text("Words.")
    with Worker(ReadingSettings()) as worker:
        worker.read(path, name="a.txt", spool=tmp_path)
        environment = Path(f"/proc/{worker._process.pid}/environ").read_bytes()
    assert os.environ["OPENAI_API_KEY"] == "secret"
    assert b"secret" not in environment
