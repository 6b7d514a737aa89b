"""What people state, put right and confirm of sources; nothing read off a text decides before."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml
from acts import MAGNETS, act_text

from assistant.assistant import Assistant
from assistant.documents.front_matter import FrontMatter
from assistant.documents.model import Confidence, EventKind, Kind, Modality, Names, Step
from assistant.documents.validity import State, standing
from assistant.errors import SourceError, UnknownSource
from assistant.settings import Settings

SUSPENDING = """MOFCOM Announcement No. 9 of 2026 on the suspension of announcements

Issued on 1 March 2026

1. Announcement No. 8 of 2025 is suspended from 1 March 2026 until 31 December 2026.

2. Lathes may not be exported without a licence.

3. Wheat is free.
"""
DAY = dt.date(2026, 4, 1)


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    text = act_text("magnets", *MAGNETS).replace("number: null", "number: Announcement 2025 No. 8")
    (corpus / "magnets.md").write_text(text, encoding="utf-8")
    return Assistant.open(Settings(data_dir=tmp_path / "data", corpus_dir=corpus))


def added(assistant: Assistant, text: str = SUSPENDING, name: str = "nine.txt", **fields: str):
    path = assistant.settings.data_dir.parent / name
    path.write_text(text, encoding="utf-8")
    return assistant.add([path], fields=fields)


def state(assistant: Assistant, on: dt.date = DAY) -> State:
    source = assistant.source("magnets")
    return standing(source, source.provisions[0], on).state


class TestEditing:
    def test_puts_fields_right_and_keeps_what_was_there_as_a_version(self, assistant):
        added(assistant)
        assistant.edit("nine", {"kind": "announcement", "effective": "2026-03-01", "groups": "legal, board"})
        source = assistant.source("nine")
        assert (source.kind, source.effective[0].date) == (Kind.ANNOUNCEMENT, dt.date(2026, 3, 1))
        assert source.groups == {"legal", "board"}
        assert {each.field for each in source.guesses}.isdisjoint({"kind", "effective"})
        assert [each.source.kind for each in assistant.history("nine")] == [Kind.NEWS, Kind.ANNOUNCEMENT]

    def test_stays_on_top_of_every_file_that_comes_later(self, assistant):
        added(assistant)
        assistant.edit("nine", {"issued": "2026-02-27"})
        assert added(assistant).unchanged == ["nine"]
        assert added(assistant, SUSPENDING + "\n4. Rice is free.\n").changed == ["nine"]
        assert assistant.source("nine").issued[0].date == dt.date(2026, 2, 27)

    def test_of_a_built_in_source_survives_its_next_edition(self, assistant):
        assistant.edit("magnets", {"issuer": "The ministry"})
        path = assistant.settings.corpus_dir / "magnets.md"
        path.write_text(path.read_text(encoding="utf-8").replace("one year", "two years"), encoding="utf-8")
        again = Assistant.open(assistant.settings)
        assert again.source("magnets").issuer == "The ministry"
        assert "two years" in again.source("magnets").text

    def test_embeds_nothing_where_the_title_stays(self, assistant):
        added(assistant)
        assert assistant.edit("nine", {"kind": "announcement"}).embedded == 0

    def test_ends_with_the_source(self, assistant):
        added(assistant)
        assistant.edit("nine", {"issued": "2026-02-27"})
        assistant.remove("nine")
        added(assistant)
        assert assistant.source("nine").issued[0].date == dt.date(2026, 3, 1)

    @pytest.mark.parametrize(
        ("field", "value"),
        [("kind", "statute"), ("issued", "2026-02-30"), ("colour", "red"), ("title", "null"), ("norms", "x"),
         ("id", "b"), ("url", "not a url")],
    )  # fmt: skip
    def test_refuses_what_cannot_be_and_changes_nothing(self, assistant, field, value):
        added(assistant)
        before = assistant.history("nine")
        with pytest.raises(SourceError, match=field):
            assistant.edit("nine", {"issuer": "An office", field: value})
        assert assistant.history("nine") == before

    def test_of_what_is_not_there_is_an_error(self, assistant):
        with pytest.raises(UnknownSource):
            assistant.edit("nothing", {"issuer": "An office"})


class TestStating:
    def test_a_side_car_takes_the_place_of_guesses(self, assistant):
        side = assistant.settings.data_dir.parent / "nine.txt.yaml"
        side.write_text("id: no-9\nkind: announcement\neffective: 2026-03-01\ngroups: [legal]\n", encoding="utf-8")
        assert added(assistant).added == ["no-9"]
        source = assistant.source("no-9")
        assert (source.kind, source.groups) == (Kind.ANNOUNCEMENT, {"legal"})
        assert {each.source_id for each in source.provisions} == {"no-9"}
        assert "effective" not in {each.field for each in source.guesses}

    def test_a_broken_one_costs_only_its_file(self, assistant):
        side = assistant.settings.data_dir.parent / "nine.yaml"
        side.write_text("kind: statute\n", encoding="utf-8")
        (failed,) = added(assistant).failed
        assert "nine.yaml" in str(failed.error)
        assert "kind" in str(failed.error)

    def test_what_is_set_while_adding_counts_for_every_file(self, assistant):
        added(assistant, kind="guidance", jurisdiction="EU")
        assert (assistant.source("nine").kind, assistant.source("nine").jurisdiction) == (Kind.GUIDANCE, "EU")
        with pytest.raises(SourceError, match="colour"):
            added(assistant, colour="red")

    def test_the_report_says_what_was_guessed(self, assistant):
        (file,) = added(assistant).files
        assert {"issued", "kind", "number"} <= {each.field for each in file.guesses}
        assert added(assistant).files[0].guesses == ()


class TestConfirming:
    def test_nothing_of_what_a_text_says_of_another_counts_before(self, assistant):
        added(assistant)
        assert state(assistant) is State.IN_FORCE
        assert assistant.source("nine").kind is Kind.NEWS

    def test_an_event_is_recorded_of_the_act_it_concerns_with_who_said_it_and_where(self, assistant):
        added(assistant)
        (event,) = (each for each in assistant.proposals("nine") if each.target == "magnets")
        assistant.confirm("nine", [event.key])
        (recorded,) = assistant.source("magnets").events
        assert (recorded.event, recorded.by, recorded.by_provision) == (EventKind.SUSPENDED, "nine", "1")
        assert state(assistant) is State.SUSPENDED
        assert state(assistant, dt.date(2026, 2, 28)) is State.IN_FORCE
        assert event.key not in {each.key for each in assistant.proposals("nine")}

    def test_all_at_once_and_nothing_is_left(self, assistant):
        added(assistant)
        assistant.confirm("nine", [each.key for each in assistant.proposals("nine")])
        assert assistant.proposals("nine") == []
        source = assistant.source("nine")
        assert (source.kind, source.effective[0].date, source.guesses) == (Kind.ANNOUNCEMENT, None, ())
        assert [(each.provision, each.modality, each.proposed) for each in source.norms] == [
            ("2", Modality.REQUIRES_PERMIT, False)
        ]
        assert "nine" not in assistant.open_proposals()

    def test_a_rejected_norm_is_none_and_a_rejected_event_does_not_come_back(self, assistant):
        added(assistant)
        keys = [each.key for each in assistant.proposals("nine") if each.kind in ("norm", "event")]
        assistant.reject("nine", keys)
        added(assistant, SUSPENDING + "\n4. Seeds may not be exported without a licence.\n")
        left = {each.key for each in assistant.proposals("nine") if each.kind in ("norm", "event")}
        assert left == {"norm:4"}
        assert not assistant.source("nine").norms_of("2")
        assert state(assistant) is State.IN_FORCE

    def test_a_decision_on_a_norm_holds_for_its_words_alone(self, assistant):
        added(assistant)
        assistant.confirm("nine", ["norm:2"])
        added(assistant, SUSPENDING.replace("may not be exported without a licence", "are prohibited"))
        (norm,) = assistant.source("nine").norms_of("2")
        assert (norm.modality, norm.proposed) == (Modality.FORBIDS, True)

    def test_a_rejected_date_counts_no_longer(self, assistant):
        added(assistant)
        assistant.reject("nine", ["issued"])
        assert assistant.source("nine").issued[0].date is None

    def test_an_answer_says_that_a_date_is_only_read_off(self, assistant):
        added(assistant)
        asked = "Do lathes need a licence?"
        assert any("nobody has confirmed" in each for each in assistant.ask(asked, as_of=DAY).caveats)
        assistant.confirm("nine", ["issued"])
        assert not any("nobody has confirmed" in each for each in assistant.ask(asked, as_of=DAY).caveats)

    def test_a_key_of_no_proposal_changes_nothing(self, assistant):
        added(assistant)
        before = assistant.source("nine")
        with pytest.raises(SourceError, match="colour"):
            assistant.confirm("nine", ["issued", "colour"])
        assert assistant.source("nine") == before

    def test_a_hidden_act_is_proposed_to_nobody_who_may_not_see_it(self, assistant):
        assistant.edit("magnets", {"groups": "legal"})
        added(assistant)
        seen = assistant.proposals("nine", frozenset())
        assert all(each.target == "nine" for each in seen)
        with pytest.raises(UnknownSource):
            assistant.proposals("magnets", frozenset())


def test_a_side_car_can_state_every_field_that_front_matter_has(assistant):
    side = assistant.settings.data_dir.parent / "nine.txt.yaml"
    side.write_text(
        """
id: no-9
title: Nine
kind: announcement
issuer: An office
number: Announcement 2026 No. 9
issued: [{date: 2026-03-01}]
effective: [{date: 2026-03-01}, {date: 2026-04-01, scope: ["2"]}]
language: en
original_language: zh
jurisdiction: PRC
url: https://example.org/nine
read_from: [https://example.org/nine]
checked_until: 2026-03-02
confidence: low
status_events: [{date: 2026-05-01, event: repealed, by: somebody, basis: instrument, scope: all}]
norms: [{provision: "2", modality: requires_permit}]
reach: []
read_with: [{provisions: ["2"], beside: ["1"]}]
steps: [{apply: ["1"], time: ["other#Art. 17"]}]
claims: [{provision: "1", of: ["other#Art. 2"], lifted: true}]
groups: []
wording_from: 2026-03-01
names: {zh: {source: 第九号公告, issuer: 某办公室, labels: {"2": 第二段}}}
""",
        encoding="utf-8",
    )
    assert set(yaml.safe_load(side.read_text(encoding="utf-8"))) == set(FrontMatter.model_fields)
    assert added(assistant).added == ["no-9"]
    source = assistant.source("no-9")
    assert (source.title, source.confidence, source.guesses) == ("Nine", Confidence.LOW, ())
    assert [each.date for each in source.effective] == [dt.date(2026, 3, 1), dt.date(2026, 4, 1)]
    assert source.norms_of("2")[0].modality is Modality.REQUIRES_PERMIT
    assert source.read_with[0].beside == (("no-9", "1"),)
    assert source.steps[0].provisions == ((Step.APPLY, ("no-9", "1")), (Step.TIME, ("other", "Art. 17")))
    assert source.claims[0].of == (("other", "Art. 2"),)
    assert source.names == (Names("zh", "第九号公告", "某办公室", (("2", "第二段"),)),)
    assert source.events[0].event is EventKind.REPEALED
