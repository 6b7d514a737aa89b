"""Many files at once: each is read or its reason said, whatever the others do."""

import os
import zipfile
from pathlib import Path

import pytest

from assistant.documents.loaders.batch import Batch
from assistant.settings import ReadingSettings


@pytest.fixture
def read():
    """Reads paths; gives what each file became by its name, and how often progress was heard."""

    def run(*paths, known=None, **limits):
        heard = []
        with Batch(ReadingSettings(**limits), known or {}) as batch:
            reads = list(batch.read(paths, lambda done, total: heard.append((done, total))))
        assert [done for done, _ in heard] == list(range(1, len(reads) + 1))
        assert heard[-1:] == [(len(reads), len(reads))] or not reads
        return {each.file.name: each for each in reads}

    return run


def archive(path: Path, **files) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/").replace("_txt", ".txt"), content)
    return path


def test_files_come_in_order_each_once(read, tmp_path):
    for name in "cab":
        (tmp_path / f"{name}.txt").write_text(f"Words of {name} are here.")
    found = read(tmp_path, tmp_path / "a.txt")
    assert [Path(name).stem for name in found] == ["a", "b", "c"]
    assert [each.loaded.source.text for each in found.values()] == [f"Words of {name} are here." for name in "abc"]


def test_a_file_that_is_known_by_place_and_content_is_not_read_again(read, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Words.")
    (first,) = read(path).values()
    (again,) = read(path, known={(str(path.resolve()), first.digest): "a"}).values()
    assert (again.known_as, again.loaded) == ("a", None)


class TestFolders:
    def test_leave_out_what_is_hidden_and_what_is_linked_from_elsewhere(self, read, tmp_path):
        secret = tmp_path / "secret.txt"
        secret.write_text("Words of somebody else.")
        folder = tmp_path / "folder"
        (folder / ".git").mkdir(parents=True)
        (folder / ".git" / "x.txt").write_text("Hidden words.")
        (folder / "~$lock.txt").write_text("Hidden words.")
        (folder / "a.txt").write_text("Words of a.")
        (folder / "inside.txt").symlink_to(folder / "a.txt")
        (folder / "outside.txt").symlink_to(secret)
        (folder / "up").symlink_to(tmp_path)
        assert [Path(name).name for name in read(folder)] == ["a.txt"]

    def test_that_link_to_themselves_end(self, read, tmp_path):
        (tmp_path / "a.txt").write_text("Words of a.")
        (tmp_path / "again").symlink_to(tmp_path)
        assert len(read(tmp_path)) == 1


class TestArchives:
    def test_give_their_files_by_name(self, read, tmp_path):
        path = archive(tmp_path / "acts.zip", a_txt="Words of a.", deep__b_txt="Words of b.", sheet="x")
        assert [name.removeprefix(f"{path}/") for name in read(path)] == ["a.txt", "deep/b.txt"]

    def test_of_chinese_systems_have_their_names_back(self, read, tmp_path):
        path = tmp_path / "acts.zip"
        with zipfile.ZipFile(path, "w") as made:
            made.writestr(zipfile.ZipInfo("公告.txt".encode("gb18030").decode("cp437")), "Words.")
        raw = path.read_bytes()
        # The mark for UTF-8 is taken off, and the name stored as the bytes that such a system writes.
        name = "公告.txt".encode("gb18030").decode("cp437").encode()
        assert name in raw
        short = "公告.txt".encode("gb18030")
        assert list(read(_renamed(path, name, short))) == [f"{path}/公告.txt"]

    def test_cost_only_the_files_in_them_that_cannot_be_used(self, read, tmp_path):
        path = tmp_path / "acts.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("../../out.txt", "Words that lead out.")
            made.writestr("/etc/out.txt", "Words that lead out.")
            made.writestr("bomb.txt", "a" * 5_000_000)
            made.writestr("inner.zip", b"PK\x05\x06" + bytes(18))
            made.writestr("good.txt", "Words of good.")
        found = {name.removeprefix(f"{path}/"): each for name, each in read(path).items()}
        assert found["good.txt"].loaded
        assert "leads out of its archive" in str(found["../../out.txt"].error)
        assert "leads out of its archive" in str(found["/etc/out.txt"].error)
        assert "times smaller" in str(found["bomb.txt"].error)
        assert "archive inside an archive" in str(found["inner.zip"].error)
        assert not (tmp_path.parent / "out.txt").exists()

    @pytest.mark.parametrize(
        ("limits", "message"),
        [
            ({"max_archive_files": 2}, "holds 3 files; at most 2"),
            ({"max_archive_bytes": 20}, "at most 20"),
        ],
    )
    def test_that_are_too_large_are_refused_whole(self, read, tmp_path, limits, message):
        path = archive(tmp_path / "acts.zip", a_txt="Words of a.", b_txt="Words of b.", c_txt="Words of c.")
        (refused,) = read(path, **limits).values()
        assert message in str(refused.error)

    def test_that_lie_about_a_size_are_noticed(self, read, tmp_path):
        path = archive(tmp_path / "acts.zip", a_txt="a" * 3000)
        raw = path.read_bytes().replace((3000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
        path.write_bytes(raw)
        (found,) = read(path).values()
        assert found.error

    @pytest.mark.parametrize("keep", [10, 60, 120])
    def test_cut_short_are_refused(self, read, tmp_path, keep):
        path = archive(tmp_path / "acts.zip", a_txt="Words of a.", b_txt="Words of b.")
        path.write_bytes(path.read_bytes()[:keep])
        (refused,) = read(path).values()
        assert "damaged or cut short" in str(refused.error)


def _renamed(path: Path, name: bytes, short: bytes) -> Path:
    raw = path.read_bytes()
    local, central = raw.index(b"PK\x03\x04"), raw.index(b"PK\x01\x02")
    head = bytearray(raw[local:central])
    head[6:8], head[26:28] = b"\0\0", len(short).to_bytes(2, "little")
    head = head.replace(name, short)
    entry = bytearray(raw[central : raw.index(b"PK\x05\x06")])
    entry[8:10], entry[28:30] = b"\0\0", len(short).to_bytes(2, "little")
    entry = entry.replace(name, short)
    end = bytearray(raw[raw.index(b"PK\x05\x06") :])
    end[12:16], end[16:20] = len(entry).to_bytes(4, "little"), len(head).to_bytes(4, "little")
    path.write_bytes(bytes(head + entry + end))
    return path


class TestLimits:
    def test_on_size_and_text_are_said(self, read, tmp_path):
        (tmp_path / "large.txt").write_text("word " * 300)
        (tmp_path / "small.txt").write_text("A few words.")
        found = read(tmp_path, max_file_bytes=1000)
        assert "1,500 bytes; at most 1,000" in str(found[str(tmp_path / "large.txt")].error)
        assert found[str(tmp_path / "small.txt")].loaded
        found = read(tmp_path, max_characters=1000)
        assert "1,500 characters of text; at most 1,000" in str(found[str(tmp_path / "large.txt")].error)

    def test_of_half_a_gigabyte_of_text_cost_no_reading(self, read, tmp_path):
        with (tmp_path / "huge.txt").open("wb") as file:
            os.truncate(file.fileno(), 500_000_000)
        (refused,) = read(tmp_path).values()
        assert "500,000,000 bytes; at most 100,000,000" in str(refused.error)

    def test_on_time_end_the_reading_and_not_the_batch(self, read, tmp_path):
        (tmp_path / "a.txt").write_text("Words of a. " * 1_600_000)
        (tmp_path / "b.txt").write_text("Words of b.")
        found = read(tmp_path, max_seconds=1)
        assert "longer than 1 s" in str(found[str(tmp_path / "a.txt")].error)
        assert found[str(tmp_path / "b.txt")].loaded

    def test_on_memory_end_the_reading_and_not_the_batch(self, read, tmp_path):
        (tmp_path / "a.txt").write_text("Words of a. " * 1_500_000)
        (tmp_path / "b.txt").write_text("Words of b.")
        found = read(tmp_path, max_memory_bytes=300_000_000)
        assert "300 MB of memory" in str(found[str(tmp_path / "a.txt")].error)
        assert found[str(tmp_path / "b.txt")].loaded
