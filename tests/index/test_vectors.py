"""Chroma as a cache under seal: it finds what was written, and a folder that is not as it was left is never opened."""

import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding

from assistant.index.vectors import ChromaUnusable, ChromaVectors

# More than Chroma keeps in its log before it saves its own index to files.
MANY = 1500


@pytest.fixture(scope="module")
def vectors() -> dict[str, np.ndarray]:
    rows = np.random.default_rng(1).normal(size=(MANY, 16)).astype(np.float32)
    return {f"{row:04d}": vector for row, vector in enumerate(rows / np.linalg.norm(rows, axis=1, keepdims=True))}


@pytest.fixture
def opened(tmp_path):
    return lambda: ChromaVectors(tmp_path / "chroma", lambda: DeterministicFakeEmbedding(size=16))


def write(chroma, vectors, *, seal=""):
    return chroma.write(set(vectors), lambda ids: {each: vectors[each] for each in ids}, seal=seal)


@pytest.fixture(scope="module")
def saved_once(tmp_path_factory, vectors):
    chroma = ChromaVectors(tmp_path_factory.mktemp("saved") / "chroma", lambda: DeterministicFakeEmbedding(size=16))
    return chroma.folder, write(chroma, vectors)


@pytest.fixture
def saved(opened, saved_once):
    """The seal of a folder with saved files."""
    folder, seal = saved_once
    shutil.copytree(folder, opened().folder)
    return seal


class TestWriting:
    def test_finds_what_was_written_nearest_first(self, opened, vectors, saved):
        found = opened().search([vectors["0007"]], 5, seal=saved, held=MANY)[0]
        assert found[0] == ("0007", pytest.approx(1.0, abs=1e-5))
        assert [cosine for _, cosine in found] == sorted((cosine for _, cosine in found), reverse=True)

    def test_adds_what_is_new_and_drops_what_is_gone(self, opened, vectors, saved):
        fewer = {each: vector for each, vector in vectors.items() if each != "0007"} | {"new": vectors["0007"]}
        fetched = []
        seal = opened().write(
            set(fewer), lambda ids: fetched.extend(ids) or {each: fewer[each] for each in ids}, seal=saved
        )
        assert fetched == ["new"]
        assert opened().search([vectors["0007"]], 1, seal=seal, held=MANY)[0][0][0] == "new"

    def test_starts_from_nothing_where_the_folder_is_not_as_it_was_left(self, opened, vectors, saved):
        fetched = []
        opened().write(set(vectors), lambda ids: fetched.extend(ids) or {i: vectors[i] for i in ids}, seal="another")
        assert len(fetched) == MANY

    def test_is_seen_by_who_had_the_folder_open(self, opened, vectors):
        reader, writer = opened(), opened()
        seal = write(writer, dict(list(vectors.items())[:3]))
        assert len(reader.search([vectors["0000"]], 10, seal=seal, held=3)[0]) == 3
        subprocess.run([sys.executable, "-c", ANOTHER_PROCESS, str(reader.folder), seal], check=True)
        seal = (reader.folder / "seal").read_text()
        found = reader.search([np.eye(16)[3]], 10, seal=seal, held=4)[0]
        assert "from another process" in {each for each, _ in found}


ANOTHER_PROCESS = """
import sys
from pathlib import Path
import numpy as np
from langchain_core.embeddings import DeterministicFakeEmbedding
from assistant.index.vectors import ChromaVectors
folder = Path(sys.argv[1])
chroma = ChromaVectors(folder, lambda: DeterministicFakeEmbedding(size=16))
wanted = {"0000", "0001", "0002", "from another process"}
seal = chroma.write(wanted, lambda ids: {each: np.eye(16)[3] for each in ids}, seal=sys.argv[2])
(folder / "seal").write_text(seal)
"""


class TestAFolderThatIsNotAsItWasLeft:
    @pytest.mark.parametrize(
        "name", ["data_level0.bin", "header.bin", "length.bin", "link_lists.bin", "index_metadata.pickle"]
    )
    def test_is_not_opened(self, opened, vectors, saved, name):
        # Opened, a damaged data_level0.bin ends the process with a segmentation fault.
        chroma = opened()
        (path,) = chroma.folder.glob(f"*/{name}")
        path.write_bytes(bytes(byte ^ 0x5A for byte in path.read_bytes()))
        with pytest.raises(ChromaUnusable, match="not as its last writer left it"):
            chroma.search([vectors["0000"]], 5, seal=saved, held=MANY)
        assert not chroma.is_sealed(saved)

    def test_is_not_opened_where_its_database_is_damaged(self, opened, vectors, saved):
        chroma = opened()
        database = chroma.folder / "chroma.sqlite3"
        database.write_bytes(database.read_bytes()[:100_000])
        with pytest.raises(ChromaUnusable):
            chroma.search([vectors["0000"]], 5, seal=saved, held=MANY)

    def test_is_not_searched_where_it_holds_another_number_of_vectors(self, opened, vectors, saved):
        with pytest.raises(ChromaUnusable, match="does not hold what it should"):
            opened().search([vectors["0000"]], 5, seal=saved, held=MANY - 1)

    def test_is_not_changed_by_reading(self, opened, vectors, saved):
        opened().search([vectors["0000"]], 5, seal=saved, held=MANY)
        assert opened().is_sealed(saved)


class TestOneAtATime:
    def test_a_reader_does_not_wait_for_a_writer(self, opened, vectors, saved):
        inside, go_on = threading.Event(), threading.Event()

        def fetch(ids):
            inside.set()
            go_on.wait(10)
            return dict.fromkeys(ids, vectors["0000"])

        writer = threading.Thread(target=lambda: opened().write({"0000", "new"}, fetch, seal=saved))
        writer.start()
        inside.wait(10)
        with pytest.raises(ChromaUnusable):
            opened().search([vectors["0000"]], 5, seal=saved, held=MANY)
        go_on.set()
        writer.join()

    def test_opening_again_and_again_leaves_nothing_open(self, opened, vectors, saved):
        chroma = opened()
        chroma.search([vectors["0000"]], 5, seal=saved, held=MANY)
        before = threading.active_count()
        for _ in range(5):
            chroma._close()
            chroma.search([vectors["0000"]], 5, seal=saved, held=MANY)
        assert threading.active_count() == before
