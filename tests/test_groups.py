"""Who may see a source: to a caller without its group the index is as if the source had never been added."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from acts import SOURCES, act, act_text, stored
from hypothesis import given
from hypothesis import strategies as st

from assistant.assistant import Assistant
from assistant.documents.loaders import markdown
from assistant.documents.validity import State, standing
from assistant.errors import SourceError, UnknownSource
from assistant.index import store
from assistant.index.records import StoredSource, record_of
from assistant.retrieval.question import Turn
from assistant.settings import Settings, packaged

NOBODY, LEGAL, SALES = frozenset(), frozenset({"legal"}), frozenset({"sales"})
DAY = dt.date(2026, 3, 15)
QUESTIONS = (
    "Do I need a permit to repair separation equipment abroad?",
    "What does Announcement No. 7 of 2026 say about zirconium sponge?",
    "May we ship zirconium sponge?",
    "What is the secret memo about?",
)
# Names a built-in source as what it bends, and speaks of things that no other source has a word for.
SECRET = (
    act_text("secret-memo", "Announcement No. 62 is treated as if it applied.", "Zirconium sponge may not be shipped.")
    .replace("title: Act secret-memo", "title: The secret memo")
    .replace("number: null", "number: Announcement 2026 No. 7")
    .replace("confidence: high\n", "confidence: high\ngroups: [legal, board]\nnorms:\n"
             "  - {provision: Art. 1, modality: forbids, bends: ['mofcom-2025-62#Art. 1(2)'],"
             " beside: ['mofcom-2025-62#Art. 1(2)']}\n")
)  # fmt: skip


def opened(folder: Path, *added: Path) -> Assistant:
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    for each in SOURCES:
        shutil.copy(packaged("corpus") / f"{each}.md", corpus)
    assistant = Assistant.open(Settings(data_dir=folder / "data", corpus_dir=corpus))
    if added:
        assistant.add(added)
    return assistant


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant that never read the secret."""
    return opened(tmp_path_factory.mktemp("without"))


@pytest.fixture(scope="module")
def with_secret(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("with")
    (folder / "secret-memo.md").write_text(SECRET, encoding="utf-8")
    return opened(folder, folder / "secret-memo.md")


def plain(assistant: Assistant, question: str, groups: frozenset[str] | None) -> dict:
    answer = assistant.ask(question, as_of=DAY, groups=groups).as_json()
    return {key: value for key, value in answer.items() if key != "timings_ms"}


class TestWithoutTheGroup:
    @pytest.mark.parametrize("question", QUESTIONS)
    def test_an_answer_is_the_same_as_if_the_source_had_never_been_added(self, with_secret, without, question):
        assert plain(with_secret, question, SALES) == plain(without, question, None)
        assert "secret" not in json.dumps(plain(with_secret, question, NOBODY)["citations"])

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_so_is_all_evidence_to_the_last_digit_of_its_scores(self, with_secret, without, question):
        seen = with_secret.search(question, k=50, as_of=DAY, groups=SALES)
        known = without.search(question, k=50, as_of=DAY)
        assert [(e.key, e.score, e.lexical, e.cosine) for e in seen] == [
            (e.key, pytest.approx(e.score), e.lexical, pytest.approx(e.cosine)) for e in known
        ]

    def test_it_is_in_no_list_and_no_count(self, with_secret, without):
        assert with_secret.sources(SALES) == without.sources()
        seen, known = with_secret.status(SALES), without.status()
        assert (seen.sources, seen.provisions, seen.passages) == (known.sources, known.provisions, known.passages)

    def test_the_error_is_that_of_an_id_nobody_ever_used(self, with_secret):
        with pytest.raises(UnknownSource) as hidden:
            with_secret.source("secret-memo", SALES)
        with pytest.raises(UnknownSource) as unknown:
            with_secret.source("never-there", SALES)
        assert str(hidden.value).replace("secret-memo", "never-there") == str(unknown.value)

    def test_a_follow_up_on_what_it_says_learns_nothing(self, with_secret, without):
        turns = [Turn("user", "What is in the secret memo on zirconium sponge?")]
        asked = [
            assistant.ask("And when does it apply?", as_of=DAY, history=turns, groups=groups).text
            for assistant, groups in ((with_secret, NOBODY), (without, None))
        ]
        assert asked[0] == asked[1]


class TestWithTheGroup:
    @pytest.mark.parametrize("groups", [None, LEGAL, LEGAL | SALES, frozenset({"board"})])
    def test_it_is_found_named_listed_and_read(self, with_secret, groups):
        found = with_secret.search("zirconium sponge", as_of=DAY, groups=groups)
        assert found[0].key == ("secret-memo", "Art. 2")
        assert with_secret.source("secret-memo", groups).title == "The secret memo"
        assert "secret-memo" in {source.id for source in with_secret.sources(groups)}

    def test_what_is_open_to_all_is_there_too(self, with_secret):
        assert set(SOURCES) < {source.id for source in with_secret.sources(LEGAL)}


def test_an_act_that_a_caller_may_not_see_still_suspends_and_is_not_named(tmp_path, encoder):
    by = "status_events:\n  - {date: 2025-03-01, event: suspended, by: hidden-act, basis: instrument, scope: all,"
    open_text = act_text("open-act", "Lathes need a licence.").replace(
        "---\n#", f"{by} note: As hidden-act says.}}\n---\n#"
    )
    hidden_text = act_text("hidden-act", "The open act is suspended.").replace("---\n#", "groups: [legal]\n---\n#")
    index = store.Index(tmp_path, lambda: encoder)
    index.put([
        StoredSource(markdown.load("x.md", text), "here") for text in (open_text, hidden_text)
    ])  # fmt: skip
    stands = {}
    for groups in (None, SALES):
        source = index.snapshot(groups).sources["open-act"]
        stands[groups] = standing(source, source.provisions[0], DAY)
        assert "hidden" not in repr(source.events) or groups is None
    assert stands[None].by == "hidden-act"
    assert stands[SALES].state is State.SUSPENDED
    assert stands[SALES].by == "open-act"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, shared_encoder) -> store.Index:
    """An index of 263 passages, of which a caller without groups sees three."""
    index = store.Index(tmp_path_factory.mktemp("mixed"), lambda: shared_encoder)
    crowd = [f"Neodymium magnets of grade N{n} may not be exported without a licence." for n in range(260)]
    texts = [act_text(f"hidden-{at}", *crowd[at : at + 26]) for at in range(0, 260, 26)]
    hidden = [markdown.load("x.md", text.replace("---\n#", "groups: [legal]\n---\n#")) for text in texts]
    index.put([
        *(StoredSource(source, "here") for source in hidden),
        stored("open", "Magnets are free.", "Wheat is exported freely.", "Lathes need a permit."),
    ])  # fmt: skip
    return index


class TestNarrowGroups:
    """A caller who sees little of a large index still finds all of it."""

    @pytest.mark.parametrize("most_hidden", [0, 200, 1000])
    def test_the_nearest_are_the_nearest_of_what_is_seen_by_either_search(
        self, mixed, encoder, monkeypatch, most_hidden
    ):
        monkeypatch.setattr(store, "_MOST_UNSEEN", most_hidden)
        view = mixed.snapshot(NOBODY)
        found = mixed.nearest(view, encoder.embed_query("export licence for neodymium magnets of grade N7"), 3)
        assert view.passages[found[0][0]].label == "Art. 1"
        assert sorted(view.passages[row].label for row, _ in found) == ["Art. 1", "Art. 2", "Art. 3"]
        assert {view.passages[row].source_id for row, _ in found} == {"open"}

    def test_rarity_is_that_of_what_is_seen(self, mixed):
        assert not mixed.snapshot(NOBODY).lexical.knows("neodymium")
        assert mixed.snapshot(LEGAL).lexical.knows("neodymium")

    def test_a_view_is_made_once_for_all_callers_who_see_the_same(self, mixed):
        assert mixed.snapshot(NOBODY) is mixed.snapshot(SALES)
        assert mixed.snapshot(LEGAL) is mixed.snapshot(None)


class TestWriting:
    def test_groups_stand_in_the_front_matter(self):
        text = act_text("memo", "A text.").replace("---\n#", "groups: [legal, Trade Desk]\n---\n#")
        assert markdown.load("memo.md", text).groups == {"legal", "Trade Desk"}
        assert act("memo", "A text.").groups == frozenset()

    @pytest.mark.parametrize("wrong", ["['']", "['a, b']", "[' a']", "legal", "[1]"])
    def test_a_group_that_nobody_could_be_in_is_refused(self, wrong):
        text = act_text("memo", "A text.").replace("---\n#", f"groups: {wrong}\n---\n#")
        with pytest.raises(SourceError, match="groups"):
            markdown.load("memo.md", text)

    @given(st.permutations(["legal", "sales", "board", "é", "Trade Desk"]))
    def test_a_record_does_not_hang_on_the_order_of_groups(self, order):
        text = act_text("memo", "A text.").replace("---\n#", f"groups: {json.dumps(order)}\n---\n#")
        again = act_text("memo", "A text.").replace("---\n#", f"groups: {json.dumps(sorted(order))}\n---\n#")
        first, second = (markdown.load("memo.md", each).groups for each in (text, again))
        assert first == second
        source = act("memo", "A text.")
        assert record_of(replace(source, groups=first)) == record_of(replace(source, groups=second))
