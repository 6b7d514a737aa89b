"""Whatever is put and removed, in whatever order, however it is filed: the index answers as plain lists would."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from acts import act
from hypothesis import given, settings
from hypothesis import strategies as st
from plain import BagOfWords, answers, assert_same, expected

from assistant.documents.model import Kind, Source
from assistant.documents.selection import Selection
from assistant.documents.versions import Retired, Version, wording_from
from assistant.index.records import StoredSource, version_of
from assistant.index.store import Index

_GROUPS = st.frozensets(st.sampled_from(["red", "blue"]))
_DAYS = st.sampled_from([dt.date(2025, month, 1) for month in (1, 4, 7, 10)])
_KINDS, _PLACES = (Kind.LAW, Kind.NEWS), ("Here", "There, at sea")
_ARTICLES = st.lists(
    st.sampled_from(
        [
            "Magnets need a licence.",
            "A licence is valid for a year. A licence names the magnets.",
            "Lathes of five axes are free",
            "Wheat is free.",
            "稀土出口需要许可。",
            "A licence for lathes is asked for at the office. " * 8,
        ]
    ),
    max_size=3,
)


@dataclass(frozen=True)
class Step:
    """What is put and taken out in one commit; before it a file may be lost."""

    put: tuple[Source, ...]
    remove: frozenset[str]
    loses: int | None


@st.composite
def sources(draw: st.DrawFn, source_id: str) -> Source:
    return dataclasses.replace(
        act(source_id, *draw(_ARTICLES)),
        kind=draw(st.sampled_from(_KINDS)),
        jurisdiction=draw(st.sampled_from(_PLACES)),
        groups=draw(_GROUPS),
        wording_from=draw(st.none() | _DAYS),
    )


@st.composite
def steps(draw: st.DrawFn) -> Step:
    ids = draw(st.sets(st.sampled_from("abcde"), max_size=3))
    put = tuple(draw(sources(each)) for each in sorted(ids))
    removed = draw(st.frozensets(st.sampled_from("abcde"), max_size=1)) - ids
    return Step(put, removed, draw(st.none() | st.integers(0, 9)))


def after(kept: dict[str, list[Version]], step: Step) -> dict[str, list[Version]]:
    """All versions of each source once a step is done."""
    found = {source_id: list(versions) for source_id, versions in kept.items()}
    for source in step.put:
        versions = found.setdefault(source.id, [])
        alive = [each for each in versions if each.retired is None]
        former = alive[-1] if alive else None
        if former is not None and former.source == source:
            continue
        holds_from = wording_from(source, former.source if former else None)
        replaced = [each for each in alive if holds_from is not None and each.holds_from == holds_from]
        if holds_from is None and former is not None:
            holds_from, replaced = former.holds_from, [former]
        found[source.id] = [_retired(each) if each in replaced else each for each in versions]
        number = len(versions) + 1
        found[source.id].append(Version(source, "here", number, version_of(source), holds_from=holds_from))
    for source_id in step.remove & found.keys():
        found[source_id] = [_retired(each) for each in found[source_id]]
    return found


def _retired(version: Version) -> Version:
    return dataclasses.replace(version, retired=dt.datetime.now(dt.UTC), reason=Retired.CORRECTED)


@pytest.fixture(scope="module")
def filed_small() -> Iterator[None]:
    """Files of a few passages, so that much is put together; nothing in Chroma."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in (("_TOGETHER", 2), ("_MADE", 4), ("_LARGEST", 15)):
            patched.setattr(f"assistant.index.segments.{name}", value)
        for module in ("ingest", "store"):
            patched.setattr(f"assistant.index.{module}.MOST_IN_CHROMA", -1)
        yield


class TestAnyChanges:
    encoder = BagOfWords()

    def opened(self, folder: Path) -> Index:
        return Index(folder, lambda: self.encoder)

    @settings(max_examples=50, deadline=None)
    @given(
        st.lists(steps(), min_size=2, max_size=6),
        st.none() | _GROUPS,
        _DAYS,
        st.builds(Selection, st.frozensets(st.sampled_from(_KINDS), max_size=1),
                  st.frozensets(st.sampled_from(["Here", "There"]), max_size=1)),
    )  # fmt: skip
    def test_leave_what_plain_lists_hold_and_every_view_of_it(
        self, filed_small, tmp_path_factory, made, groups, on, selection
    ):
        folder = tmp_path_factory.mktemp("changes")
        warm, kept = self.opened(folder), {}
        for step in made:
            lost = sorted(folder.glob("segments/*"))
            if step.loses is not None and lost:
                lost[step.loses % len(lost)].unlink()
            self.opened(folder).put([StoredSource(each, "here") for each in step.put], remove=step.remove)
            kept = after(kept, step)
            for view in ((), (groups, on, selection)):
                assert_same(answers(warm, self.encoder, *view), expected(kept, self.encoder, *view))
        cold = self.opened(folder)
        assert cold.is_current()
        assert_same(answers(cold, self.encoder), expected(kept, self.encoder))
        shutil.rmtree(folder / "segments", ignore_errors=True)
        assert_same(answers(self.opened(folder), self.encoder), expected(kept, self.encoder))
        shutil.rmtree(folder)

    def test_put_files_together_that_hold_a_source_without_any_passage(self, filed_small, tmp_path):
        index = self.opened(tmp_path)
        kept: dict[str, list[Version]] = {}
        counts = []
        for source in (act("a"), act("b", "Magnets are free."), act("c"), act("d", "Lathes are free.", "Wheat.")):
            step = Step((source,), frozenset(), None)
            index.put([StoredSource(source, "here")])
            kept = after(kept, step)
            counts.append(len(index.catalogue.segments()))
            assert_same(answers(index, self.encoder), expected(kept, self.encoder))
        assert not kept["a"][0].source.provisions
        assert counts[-1] < 4, "something was put together"
