"""The files that are searched: whatever becomes of them the index answers as before, and says so where it cannot."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import numpy as np
import pytest
from acts import LATHES, MAGNETS, SEEDS, content, stored
from plain import answers, assert_same

from assistant.errors import DamagedIndex, StorageError
from assistant.index import segment as files
from assistant.index import segments
from assistant.index.segment import Segment, SegmentUnusable
from assistant.index.store import Index

ACTS = (MAGNETS, LATHES, SEEDS)


def paths(index) -> list[Path]:
    return [index.folder / "segments" / name for name in index.catalogue.segments()]


def _missing(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut_in_its_head(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:50])


def _cut_in_its_body(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-64])


def _longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0" * 64)


def _garbage(path: Path) -> None:
    path.write_bytes(b"\x00garbage\xff" * 5000)


def _of_another_format(path: Path) -> None:
    path.write_bytes(b"passages 1\n" + path.read_bytes()[11:])


def _flipped_in_its_head(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[40] ^= 0x20
    path.write_bytes(data)


def _flipped_everywhere(path: Path) -> None:
    """All that the arrays hold, so that none of their numbers is a place any more."""
    data = path.read_bytes()
    path.write_bytes(data[:4096] + bytes(byte ^ 0xFF for byte in data[4096:]))


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = [
    _missing, _empty, _cut_in_its_head, _cut_in_its_body, _longer, _garbage, _of_another_format, _flipped_in_its_head,
    _flipped_everywhere, _a_folder,
]  # fmt: skip


@pytest.fixture
def three(tmp_path: Path, open_index, without_chroma) -> Index:
    """An index of three acts, each in a segment of its own."""
    made = open_index(tmp_path / "index")
    for at, articles in enumerate(ACTS):
        made.put([stored(f"act-{at}", *articles)])
    assert len(paths(made)) == 3
    return made


class TestADamagedSegment:
    @pytest.mark.parametrize("damage", DAMAGES)
    def test_is_written_again_by_whoever_reads_it_and_nothing_is_embedded(self, three, open_index, encoder, damage):
        before, held, sound = answers(three, encoder), content(three.folder), set(paths(three)[:2])
        damaged = paths(three)[2]
        damage(damaged)
        encoder.texts.clear()
        reader = open_index(three.folder)
        assert_same(answers(reader, encoder), before)
        assert encoder.texts == []
        assert content(three.folder) == held
        assert all(files.is_sound(files.read(each)) for each in paths(reader))
        assert set(paths(reader)) - {damaged} > sound, "what was sound was not written again"
        assert_same(answers(open_index(three.folder), encoder), before)

    @pytest.mark.parametrize("damage", [_missing, _cut_in_its_body, _flipped_everywhere])
    def test_is_read_from_the_catalogue_while_another_writes(self, three, open_index, encoder, damage):
        before = answers(three, encoder)
        damage(paths(three)[0])
        damage(paths(three)[1])
        with three.writing():
            names = three.catalogue.segments()
            assert_same(answers(open_index(three.folder), encoder), before)
            assert three.catalogue.segments() == names

    def test_is_read_from_the_catalogue_where_the_folder_cannot_be_written_to(
        self, three, open_index, encoder, monkeypatch, caplog
    ):
        before = answers(three, encoder)
        _garbage(paths(three)[1])

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(files, "write", full)
        caplog.set_level(logging.INFO)
        assert_same(answers(open_index(three.folder), encoder), before)
        assert "cannot be written to (No space left on device)" in caplog.text
        assert "read into memory" in caplog.text

    def test_is_written_again_by_the_next_writer(self, three, open_index, encoder):
        _garbage(paths(three)[0])
        three.put([stored("wool", "Wool is free.")])
        names = set(paths(three))
        assert all(files.read(each) for each in names)
        assert {each.name for each in (three.folder / "segments").iterdir()} == {each.name for each in names}

    @pytest.mark.parametrize("damage", [_missing, _flipped_everywhere])
    def test_is_found_out_and_repaired_by_who_looks_for_it(self, three, open_index, encoder, damage):
        before = answers(three, encoder)
        damage(paths(three)[1])
        assert not three.is_current()
        three.repair()
        assert three.is_current()
        assert_same(answers(three, encoder), before)

    def test_that_is_too_large_to_be_checked_when_it_is_opened_is_not_put_together_with_others(
        self, three, open_index, encoder, monkeypatch
    ):
        before = answers(three, encoder)
        _flipped_everywhere(paths(three)[1])
        monkeypatch.setattr(segments, "_CHECKED", 0)
        monkeypatch.setattr(segments, "_TOGETHER", 3)
        three.put([])
        assert len(paths(three)) == 3, "those that are sound, and the one that was written again"
        assert_same(answers(open_index(three.folder), encoder), before)
        three.put([])
        assert len(paths(three)) == 1
        assert_same(answers(open_index(three.folder), encoder), before)

    def test_whose_vectors_are_lost_too_is_told_with_the_way_out(self, three, open_index, encoder):
        paths(three)[0].unlink()
        with three.catalogue._connection() as db:
            db.execute("DELETE FROM vectors")
        reader = open_index(three.folder)
        with pytest.raises(DamagedIndex, match="lacks vectors; run `assistant doctor --rebuild`"):
            reader.nearest(reader.snapshot(), encoder.embed_query("magnets"), 3)
        with pytest.raises(DamagedIndex, match="lacks vectors; run `assistant doctor --rebuild`"):
            reader.put([])
        assert list(reader.snapshot().lexical.scores(["magnet"])), "words are found without them"


class TestTheFolderOfSegments:
    def test_that_is_gone_is_made_again(self, three, open_index, encoder):
        before = answers(three, encoder)
        shutil.rmtree(three.folder / "segments")
        assert_same(answers(open_index(three.folder), encoder), before)
        assert three.is_current()

    def test_in_whose_place_is_a_file_is_made_again(self, three, open_index, encoder):
        before = answers(three, encoder)
        shutil.rmtree(three.folder / "segments")
        (three.folder / "segments").write_text("no folder")
        assert_same(answers(open_index(three.folder), encoder), before)
        assert three.is_current()

    def test_that_cannot_be_written_to_is_named_and_nothing_changes(self, three, monkeypatch):
        before = content(three.folder)

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(files, "write", full)
        with pytest.raises(StorageError, match=r"segments cannot be written to \(No space left on device\)"):
            three.put([stored("wool", "Wool is free.")])
        assert content(three.folder) == before

    def test_loses_what_nothing_refers_to_with_the_next_writer(self, three):
        for name in ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210.part"):
            (three.folder / "segments" / name).write_bytes(b"left by a writer that was killed")
        three.put([])
        assert {each.name for each in (three.folder / "segments").iterdir()} == set(three.catalogue.segments())


class TestAnotherVersionOfTheProgram:
    def test_does_not_take_terms_that_it_would_have_read_otherwise(self, three, open_index, encoder, monkeypatch):
        former = answers(three, encoder)
        names = three.catalogue.segments()
        monkeypatch.setattr(files, "tokens", lambda text: [f"new-{each}" for each in files.as_written(text)])
        files._reading.cache_clear()
        try:
            with pytest.raises(SegmentUnusable, match="made by another version of this program"):
                files.read(paths(three)[0])
            reader = open_index(three.folder)
            assert reader.snapshot().lexical.knows("new-magnets")
            assert not reader.snapshot().lexical.knows("magnet")
            assert not set(names) & set(reader.catalogue.segments())
        finally:
            monkeypatch.undo()
            files._reading.cache_clear()
        assert_same(answers(open_index(three.folder), encoder), former)


class TestReading:
    def test_asks_whether_the_segments_have_moved_before_it_makes_any_itself(
        self, three, open_index, encoder, monkeypatch
    ):
        """A merge that comes between the names and the files is no loss."""
        before, reader = answers(three, encoder), open_index(three.folder)
        opened = reader._segments.opened

        def merged_meanwhile(names, known):
            if len(names) == 3:
                with monkeypatch.context() as patched:
                    patched.setattr(segments, "_TOGETHER", 3)
                    three.put([])
            return opened(names, known)

        monkeypatch.setattr(reader._segments, "opened", merged_meanwhile)
        monkeypatch.setattr(reader._segments, "in_memory", lambda keys: pytest.fail("made in memory"))
        monkeypatch.setattr(reader._segments, "complete", lambda: pytest.fail("written again"))
        assert_same(answers(reader, encoder), before)
        assert len(paths(reader)) == 1


class TestParts:
    def test_of_very_many_small_versions_are_told_in_one_pass(self, monkeypatch):
        counted = []

        class Passages(list):
            def __len__(self) -> int:
                counted.append(1)
                return 1

        monkeypatch.setattr(segments, "_MADE", 40)
        passages = {(f"act-{at:03}", "digest"): Passages() for at in range(100)}
        parts = list(segments._parts(passages))
        assert [each for part in parts for each in part] == sorted(passages)
        assert [list.__len__(list(part)) for part in parts] == [40, 40, 20]
        assert sum(counted) == 100


def _sized(*rows: int) -> list[Segment]:
    """Segments of one document each, as far as merging looks at them."""
    none = np.zeros(0)
    return [
        Segment(f"{at}", [(f"act-{at}", "digest")], np.array([0, each]), *[none] * 7, *[None] * 3)  # type: ignore
        for at, each in enumerate(rows)
    ]


class TestWhatIsPutTogether:
    def test_are_eight_of_a_size(self):
        assert segments._to_merge(_sized(*[10] * 7, 100), [[0]] * 8) == []
        assert segments._to_merge(_sized(*[10] * 7, 100, 12), [[0]] * 9) == [[0, 1, 2, 3, 4, 5, 6, 8]]

    def test_are_the_smallest_where_all_of_a_size_would_be_too_large(self):
        """So that small ones do not pile up behind large ones that are never put together."""
        large, small = [32_000] * 8, [5_000] * 8
        assert segments._to_merge(_sized(*large), [[0]] * 8) == []
        (group,) = segments._to_merge(_sized(*large, *small), [[0]] * 16)
        assert set(range(8, 16)) <= set(group)
        assert sum((large + small)[at] for at in group) <= segments._LARGEST

    def test_is_by_itself_what_is_mostly_of_no_use_any_more(self):
        assert segments._to_merge(_sized(10), [[]]) == [[0]]
