"""The index as everything else sees it: it finds by meaning whatever became of Chroma, and says when it cannot."""

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from acts import MAGNETS, content, stored

from assistant.errors import DamagedIndex, IndexBusy, StorageError
from assistant.index.exact import similarities

TOPICS = {"permanent magnets": "magnets", "machine tools": "lathes", "cereals": "seeds"}


def by_chroma(index) -> bool:
    """Whether Chroma answers, and not the exact search over the catalogue's vectors."""
    snapshot = index.snapshot()
    vector = np.ones(384) / np.sqrt(384)
    return index._nearest_in_chroma(snapshot.whole, [vector], 3) is not None


class TestFinding:
    def test_by_meaning(self, index, nearest):
        assert {text: nearest(index, text)[0] for text in TOPICS} == TOPICS
        assert by_chroma(index)

    def test_the_same_by_chroma_and_exactly(self, index, encoder):
        snapshot = index.snapshot()
        for text in TOPICS:
            vector = encoder.embed_query(text)
            found = index.nearest(snapshot, vector, 6)
            held = index.catalogue.vectors([each.vector_id for each in snapshot.passages])
            exact = np.stack([held[each.vector_id] for each in snapshot.passages]) @ np.float32(vector)
            assert similarities(snapshot, np.float32([vector]))[0] == pytest.approx(exact, abs=1e-6)
            assert [row for row, _ in found] == list(np.argsort(-exact, kind="stable"))
            assert [cosine for _, cosine in found] == pytest.approx(sorted(exact, reverse=True), abs=1e-5)

    def test_the_same_by_several_threads(self, index, encoder, monkeypatch):
        snapshot = index.snapshot()
        vectors = np.float32([encoder.embed_query(text) for text in TOPICS])
        alone = similarities(snapshot, vectors)
        monkeypatch.setattr("assistant.index.exact._WORTH_THREADS", 0)
        assert np.array_equal(similarities(snapshot, vectors), alone)

    def test_all_rows_that_share_a_vector(self, index, nearest):
        index.put([stored("one", "Sheep's wool.", title="On wool"), stored("two", "Sheep's wool.", title="On wool")])
        assert sorted(nearest(index, "wool of sheep", 2)[:2]) == ["one", "two"]

    def test_nothing_in_an_empty_index(self, tmp_path, open_index, encoder):
        empty = open_index(tmp_path / "empty")
        assert list(empty.snapshot().passages) == []
        assert empty.nearest(empty.snapshot(), encoder.embed_query("anything"), 5) == []

    def test_what_an_older_snapshot_held_while_the_index_has_moved_on(self, index, encoder):
        old = index.snapshot()
        index.put([stored("wool", "Wool is free.")], remove=frozenset({"seeds"}))
        rows = index.nearest(old, encoder.embed_query("permanent magnets"), 6)
        assert old.passages[rows[0][0]].source_id == "magnets"

    def test_from_many_threads_while_one_writes(self, index, nearest):
        failures, done = [], threading.Event()

        def read():
            while not done.is_set():
                found = nearest(index, "permanent magnets", 6)
                if found[0] != "magnets":
                    failures.append(found)

        readers = [threading.Thread(target=read) for _ in range(3)]
        for each in readers:
            each.start()
        for round_number in range(5):
            index.put([stored("wool", f"Wool is free in round {round_number}.")])
        done.set()
        for each in readers:
            each.join()
        assert failures == []


def _gone(folder: Path) -> None:
    shutil.rmtree(folder)


def _garbage(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(b"\x00garbage\xff" * 5000)


def _truncated(folder: Path) -> None:
    database = folder / "chroma.sqlite3"
    database.write_bytes(database.read_bytes()[:20_000])


def _a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("no folder")


def _empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


DAMAGES = [_gone, _garbage, _truncated, _a_file, _empty]


class TestADamagedChroma:
    @pytest.mark.parametrize("damage", DAMAGES)
    def test_does_not_keep_the_index_from_answering(self, index, open_index, nearest, damage):
        damage(index.folder / "chroma")
        reader = open_index(index.folder)
        assert {text: nearest(reader, text)[0] for text in TOPICS} == TOPICS
        assert not by_chroma(reader)

    @pytest.mark.parametrize("damage", DAMAGES)
    def test_is_repaired_by_the_next_writer_without_embedding(self, index, open_index, nearest, damage, encoder):
        before = content(index.folder)
        damage(index.folder / "chroma")
        open_index(index.folder).put([stored("magnets", *MAGNETS)])
        reader = open_index(index.folder)
        assert {text: nearest(reader, text)[0] for text in TOPICS} == TOPICS
        assert by_chroma(reader)
        assert encoder.texts == []
        assert content(index.folder) == before

    def test_is_repaired_on_demand_without_embedding(self, index, open_index, encoder):
        _garbage(index.folder / "chroma")
        open_index(index.folder).repair()
        assert by_chroma(open_index(index.folder))
        assert encoder.texts == []

    def test_that_cannot_be_written_does_not_stop_an_addition(self, index, nearest, monkeypatch, caplog):
        monkeypatch.setattr(
            "assistant.index.vectors._delete", lambda folder: (_ for _ in ()).throw(OSError("disk full"))
        )
        shutil.rmtree(index.folder / "chroma")
        index.put([stored("wool", "Wool is free.")])
        assert nearest(index, "wool")[0] == "wool"
        assert "searching without it" in caplog.text
        monkeypatch.undo()
        index.put([])
        assert by_chroma(index)

    def test_half_changed_by_a_killed_writer_is_built_anew(self, index, open_index, nearest):
        index.catalogue.set_meta("searchable", "")  # what a writer leaves that died while it changed Chroma
        _garbage(index.folder / "chroma")
        reader = open_index(index.folder)
        assert nearest(reader, "cereals")[0] == "seeds"
        assert not by_chroma(reader)
        index.put([])
        assert by_chroma(reader)


class TestADamagedCatalogue:
    @pytest.mark.parametrize(
        "garbage",
        [
            b"this is no database, though it is long enough to be looked at" * 100,
            b"SQLite format 3\x00" + b"\xff" * 5000,
        ],
    )
    def test_is_named_with_the_way_out(self, index, open_index, garbage):
        index.catalogue.path.write_bytes(garbage)
        with pytest.raises(DamagedIndex, match="assistant doctor --rebuild"):
            open_index(index.folder)

    def test_is_found_out_by_reading_where_only_its_pages_are_damaged(self, index, open_index):
        data = bytearray(index.catalogue.path.read_bytes())
        data[4096:] = b"\xff" * (len(data) - 4096)
        index.catalogue.path.write_bytes(data)
        with pytest.raises(DamagedIndex, match="assistant doctor --rebuild"):
            open_index(index.folder).snapshot()

    def test_of_a_newer_version_is_not_touched_and_not_called_damaged(self, index, open_index):
        with index.catalogue._connection() as db:
            db.execute("PRAGMA user_version = 99")
        before = index.catalogue.path.read_bytes()
        with pytest.raises(StorageError, match=r"made by a newer version of this program \(its format is 99") as told:
            open_index(index.folder)
        assert not isinstance(told.value, DamagedIndex), "a rebuild would set documents aside that are sound"
        assert index.catalogue.path.read_bytes() == before

    def test_of_no_version_of_this_program_is_not_touched(self, index, open_index):
        with index.catalogue._connection() as db:
            db.execute("PRAGMA user_version = 0")
        before = index.catalogue.path.read_bytes()
        with pytest.raises(DamagedIndex, match="of version 0"):
            open_index(index.folder)
        assert index.catalogue.path.read_bytes() == before

    def test_without_a_live_vector_is_said_to_be_damaged(self, index, encoder):
        shutil.rmtree(index.folder / "chroma")
        shutil.rmtree(index.folder / "segments")
        with index.catalogue._connection() as db:
            db.execute("DELETE FROM vectors")
        with pytest.raises(DamagedIndex, match="assistant doctor --rebuild"):
            index.nearest(index.snapshot(), encoder.embed_query("magnets"), 3)
        with pytest.raises(DamagedIndex, match="vectors of live passages are missing"):
            index.catalogue.check()

    def test_set_aside_makes_room_for_a_new_one(self, index, open_index):
        index.catalogue.path.write_bytes(b"garbage" * 1000)
        aside = type(index).set_aside(index.folder)
        assert (aside / "catalogue.sqlite3").read_bytes() == b"garbage" * 1000
        fresh = open_index(index.folder)
        fresh.put([stored("magnets", *MAGNETS)])
        assert set(fresh.snapshot().sources) == {"magnets"}
        assert by_chroma(fresh)


class TestAFolderThatCannotBeUsed:
    def test_because_a_file_is_in_its_place(self, tmp_path, open_index):
        (tmp_path / "file").write_text("")
        with pytest.raises(StorageError, match="cannot be made"):
            open_index(tmp_path / "file")
        with pytest.raises(StorageError, match="cannot be made"):
            open_index(tmp_path / "file" / "under it")

    def test_because_something_else_is_in_the_catalogues_place(self, tmp_path, open_index):
        (tmp_path / "catalogue.sqlite3").mkdir()
        with pytest.raises(StorageError, match="cannot be read or written"):
            open_index(tmp_path)


class TestWriters:
    def test_one_at_a_time_and_the_other_says_so(self, index, open_index):
        before = content(index.folder)
        with index.writing(), pytest.raises(IndexBusy, match=r"not finished within 0\.1 seconds; nothing was changed"):
            open_index(index.folder, wait_seconds=0.1).put([stored("wool", "Wool is free.")])
        assert content(index.folder) == before

    def test_one_waits_until_the_other_is_done(self, index, open_index):
        other = open_index(index.folder)
        waiting = threading.Thread(target=lambda: other.put([stored("wool", "Wool is free.")]))
        with index.writing() as writer:
            waiting.start()
            waiting.join(0.3)
            assert waiting.is_alive()
            writer.put([stored("silk", "Silk is free.")])
        waiting.join()
        assert {"wool", "silk"} <= set(index.snapshot().sources)
