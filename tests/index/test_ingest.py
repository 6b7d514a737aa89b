"""Sources → index: what is embedded, what becomes live, and what is left over."""

import dataclasses
import sqlite3

import pytest
from acts import LATHES, MAGNETS, SEEDS, content, stored

from assistant.errors import StorageError
from assistant.index.ingest import Report


def vector_ids(index) -> set[str]:
    with sqlite3.connect(index.catalogue.path) as db:
        found = {row[0] for row in db.execute("SELECT id FROM vectors")}
    db.close()
    return found


class TestWhatIsEmbedded:
    def test_every_provision_of_a_new_source_under_its_heading(self, tmp_path, open_index, encoder):
        report = open_index(tmp_path / "index").put([stored("magnets", *MAGNETS)])
        assert report == Report(added=("magnets",), embedded=2)
        assert sorted(encoder.texts) == [
            "Act magnets, Art. 1: Neodymium magnets may not be exported without a licence.",
            "Act magnets, Art. 2: A licence is valid for one year.",
        ]

    def test_nothing_of_a_source_that_has_not_changed(self, index, encoder):
        before, generation = content(index.folder), index.catalogue.generation()
        report = index.put([stored("magnets", *MAGNETS)])
        assert (report.unchanged, report.embedded, encoder.texts) == (("magnets",), 0, [])
        assert (content(index.folder), index.catalogue.generation()) == (before, generation)

    def test_only_the_changed_provision_of_a_changed_source(self, index, encoder):
        report = index.put([stored("magnets", MAGNETS[0], "A licence is valid for two years.")])
        assert (report.changed, report.embedded) == (("magnets",), 1)
        assert encoder.texts == ["Act magnets, Art. 2: A licence is valid for two years."]

    def test_nothing_where_only_the_front_matter_changed(self, index, encoder):
        changed = stored("magnets", *MAGNETS)
        changed = dataclasses.replace(changed, source=dataclasses.replace(changed.source, issuer="Another office"))
        assert index.put([changed]).changed == ("magnets",)
        assert encoder.texts == []
        assert index.snapshot().sources["magnets"].issuer == "Another office"

    def test_equal_passages_once(self, tmp_path, open_index, encoder):
        index = open_index(tmp_path / "index")
        twin = stored("twin", "The same words.", title="One title")
        other = stored("other", "The same words.", title="One title")
        assert index.put([twin, other]).embedded == 1
        assert {each.vector_id for each in index.snapshot().passages} == vector_ids(index)

    def test_everything_anew_by_another_encoder(self, index, encoder, monkeypatch):
        monkeypatch.setattr(encoder, "identity", "another")
        assert index.put([stored("magnets", *MAGNETS)], switch=True).embedded == 6
        assert index.catalogue.meta("encoder") == "another"
        assert len(vector_ids(index)) == 6

    def test_with_progress_up_to_the_whole(self, tmp_path, open_index):
        seen = []
        open_index(tmp_path / "index").put(
            [stored("magnets", *MAGNETS)], progress=lambda done, total: seen.append((done, total))
        )
        assert (seen[0], seen[-1]) == ((0, 2), (2, 2))


class TestWhatIsLive:
    def test_the_change_as_a_whole(self, index):
        report = index.put(
            [stored("tools", "Tools are free."), stored("magnets", "Magnets are free.")], remove=frozenset({"seeds"})
        )
        assert report == Report(added=("tools",), changed=("magnets",), removed=("seeds",), embedded=2)
        assert set(index.snapshot().sources) == {"magnets", "lathes", "tools"}

    def test_removed_again_the_index_is_as_before(self, index):
        before, vectors = content(index.folder), vector_ids(index)
        index.put([stored("tools", "Tools are free."), stored("toys", "Toys need a mark.")])
        assert content(index.folder) != before
        index.put([], remove=frozenset({"tools", "toys"}))
        assert (content(index.folder), vector_ids(index)) == (before, vectors)

    def test_changed_back_the_index_is_as_before(self, index):
        before = content(index.folder)
        index.put([stored("magnets", "Magnets are free.")])
        index.put([stored("magnets", *MAGNETS)])
        assert content(index.folder) == before

    def test_nothing_where_the_embedding_is_interrupted(self, index, encoder, monkeypatch):
        before = content(index.folder)
        monkeypatch.setattr(encoder, "encode", lambda texts: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            index.put([stored("tools", "Tools are free.")], remove=frozenset({"seeds"}))
        assert content(index.folder) == before

    def test_nothing_where_the_commit_fails_halfway(self, index, monkeypatch):
        before = content(index.folder)
        broken = stored("tools", "Tools are free.")
        broken = dataclasses.replace(broken, origin=None)  # refused by the database after earlier rows were written
        with pytest.raises(StorageError):
            index.put([stored("magnets", "Magnets are free."), broken], remove=frozenset({"seeds"}))
        assert content(index.folder) == before

    def test_in_the_order_of_sources_and_text_whatever_the_order_of_adding(self, tmp_path, open_index):
        acts = [stored("magnets", *MAGNETS), stored("lathes", *LATHES), stored("seeds", *SEEDS)]
        one, other = open_index(tmp_path / "one"), open_index(tmp_path / "other")
        one.put(acts)
        for each in reversed(acts):
            other.put([each])
        assert content(one.folder) == content(other.folder)


class TestWhatIsLeftOver:
    def test_vectors_of_an_interrupted_run_save_the_next_one_work(self, index, encoder):
        passages = [stored("tools", "Tools are free.")]
        before = vector_ids(index)
        index.put(passages)
        (ahead,) = vector_ids(index) - before
        vector = index.catalogue.vectors([ahead])[ahead]
        index.put([], remove=frozenset({"tools"}))
        encoder.texts.clear()
        index.catalogue.put_vectors([ahead], [vector])  # as a kill between embedding and commit leaves it
        assert index.put(passages).embedded == 0
        assert encoder.texts == []

    def test_vectors_that_nothing_refers_to_are_swept_by_the_next_writer(self, index, encoder):
        before = vector_ids(index)
        index.catalogue.put_vectors(["orphan"], encoder.encode(["orphan"]))
        index.put([])
        assert vector_ids(index) == before
