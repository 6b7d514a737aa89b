"""Standing: one of six states for every date, by the rules of corpus/README.md."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import loaders
from assistant.documents.model import Basis, EventKind, Kind, PartDate, Provision, Scope, Source, Span, StatusEvent
from assistant.documents.validity import Standing, State, standing
from assistant.settings import packaged

DAY = dt.timedelta(days=1)


EVERYTHING = Scope()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def source(
    *events: StatusEvent, issued="2020-01-01", effective="2020-02-01", kind=Kind.ANNOUNCEMENT, checked=None
) -> Source:
    return Source(
        id="act",
        title="An act",
        kind=kind,
        text="Some words.",
        provisions=(provision(),),
        issued=(PartDate(day(issued)),),
        effective=(PartDate(day(effective) if effective else None),),
        language="en",
        checked_until=checked and day(checked),
        events=events,
    )


def provision(label: str = "Art. 1", path: tuple[str, ...] = ()) -> Provision:
    return Provision("act", label, path, Span(0, 11), (Span(0, 11),))


def event(
    date: str, kind: EventKind, until: str | None = None, scope: Scope = EVERYTHING, by: str = "other"
) -> StatusEvent:
    return StatusEvent(day(date), kind, by, Basis.INSTRUMENT, scope, until and day(until))


def state(of: Source, on: str, label: str = "Art. 1") -> State:
    return standing(of, provision(label), day(on)).state


class TestAnActByItself:
    def test_is_not_issued_before_its_date_of_issue(self):
        assert state(source(), "2019-12-31") is State.NOT_ISSUED

    def test_is_not_yet_in_force_between_issue_and_effect(self):
        found = standing(source(), provision(), day("2020-01-31"))
        assert (found.state, found.until) == (State.NOT_YET, day("2020-01-31"))

    def test_is_in_force_from_the_first_day_of_effect(self):
        found = standing(source(), provision(), day("2020-02-01"))
        assert (found.state, found.since) == (State.IN_FORCE, day("2020-02-01"))

    def test_a_draft_is_never_in_force(self):
        assert state(source(effective=None), "2030-01-01") is State.NOT_YET

    def test_news_lays_nothing_down(self):
        assert state(source(effective=None, kind=Kind.NEWS), "2030-01-01") is State.NOT_ESTABLISHED


class TestASuspension:
    act = source(event("2021-01-01", EventKind.SUSPENDED, "2021-12-31"))

    @pytest.mark.parametrize(
        ("on", "expected"),
        [
            ("2020-12-31", State.IN_FORCE),
            ("2021-01-01", State.SUSPENDED),
            ("2021-12-31", State.SUSPENDED),
            ("2022-01-01", State.NOT_ESTABLISHED),
        ],
    )
    def test_holds_on_both_ends_of_its_window_and_no_longer(self, on, expected):
        assert state(self.act, on) is expected

    def test_marks_its_last_day(self):
        assert standing(self.act, provision(), day("2021-12-31")).on_last_day
        assert not standing(self.act, provision(), day("2021-12-30")).on_last_day

    def test_names_the_act_and_the_window(self):
        found = standing(self.act, provision(), day("2021-06-01"))
        assert (found.by, found.since, found.until) == ("other", day("2021-01-01"), day("2021-12-31"))

    def test_is_followed_by_what_is_recorded(self):
        act = source(*self.act.events, event("2022-01-01", EventKind.RESUMED))
        assert state(act, "2022-01-01") is State.IN_FORCE

    def test_may_come_before_the_act_ever_began(self):
        act = source(event("2020-01-31", EventKind.SUSPENDED, "2020-12-31"))
        found = standing(act, provision(), day("2020-02-01"))
        assert (found.state, found.never_commenced) == (State.SUSPENDED, True)

    def test_touches_only_its_scope_and_what_stands_under_it(self):
        act = source(event("2021-01-01", EventKind.SUSPENDED, scope=Scope(("Art. 1",))))
        assert state(act, "2021-06-01", "Art. 1(2)") is State.SUSPENDED
        assert state(act, "2021-06-01", "Art. 10") is State.IN_FORCE

    def test_that_was_only_said_to_be_extended_is_not_established(self):
        said = StatusEvent(
            day("2021-11-01"), EventKind.STATED_EXTENSION, "speaker", Basis.STATEMENT, until=day("2022-03-01")
        )
        found = standing(source(*self.act.events, said), provision(), day("2022-01-15"))
        assert found.state is State.NOT_ESTABLISHED
        assert [claim.by for claim in found.claims] == ["speaker"]


class TestAnEnd:
    def test_by_repeal_is_from_the_day_named(self):
        act = source(event("2021-01-01", EventKind.REPEALED))
        assert [state(act, on) for on in ("2020-12-31", "2021-01-01")] == [State.IN_FORCE, State.ENDED]

    def test_by_expiry_is_from_the_day_after_the_last(self):
        act = source(event("2020-02-01", EventKind.IN_FORCE, "2021-01-01"), event("2021-01-01", EventKind.EXPIRES))
        assert [state(act, on) for on in ("2021-01-01", "2021-01-02")] == [State.IN_FORCE, State.ENDED]

    def test_by_expiry_is_not_established_while_somebody_says_it_runs_on(self):
        act = source(
            event("2020-12-01", EventKind.STATED_EXTENSION, "2021-02-01"), event("2021-01-01", EventKind.EXPIRES)
        )
        assert [state(act, on) for on in ("2021-02-01", "2021-02-02")] == [State.NOT_ESTABLISHED, State.ENDED]


def test_an_amendment_changes_no_standing():
    assert state(source(event("2021-01-01", EventKind.AMENDED)), "2021-01-01") is State.IN_FORCE


def test_a_provision_may_have_a_start_of_its_own():
    act = source()
    parts = (*act.effective, PartDate(day("2020-05-01"), Scope(("Art. 1(2)",))))
    act = dataclasses.replace(act, effective=parts)
    assert state(act, "2020-04-30", "Art. 1(2)") is State.NOT_YET
    assert state(act, "2020-04-30", "Art. 1(3)") is State.IN_FORCE
    assert state(act, "2020-05-01", "Art. 1(2)") is State.IN_FORCE


def test_a_date_after_the_last_check_keeps_the_standing_and_says_so():
    found = standing(source(checked="2021-01-01"), provision(), day("2021-01-02"))
    assert (found.state, found.checked) == (State.IN_FORCE, False)


# Properties over random histories.

DATES = st.dates(day("2019-06-01"), day("2023-06-01"))


@st.composite
def events(draw, between: tuple[dt.date, dt.date] = (day("2019-06-01"), day("2023-06-01"))) -> StatusEvent:
    date = draw(st.dates(*between))
    until = draw(st.none() | st.dates(date, between[1]))
    return StatusEvent(date, draw(st.sampled_from(EventKind)), "other", draw(st.sampled_from(Basis)), until=until)


def history(found: list[StatusEvent]) -> Source:
    return source(*sorted(found, key=lambda each: each.date))


@given(st.lists(events(), max_size=6), DATES)
def test_every_date_has_exactly_one_standing(found, on):
    stands = standing(history(found), provision(), on)
    assert isinstance(stands, Standing)
    assert stands == standing(history(found), provision(), on)
    if stands.since:
        assert stands.since <= on or stands.state is State.NOT_ISSUED
    if stands.until:
        assert on <= stands.until


@given(st.lists(events(), max_size=5), st.data())
def test_an_event_outside_a_window_never_changes_the_standing_inside_it(found, data):
    window = (day("2021-01-01"), day("2021-12-31"))
    suspended = StatusEvent(window[0], EventKind.SUSPENDED, "act-of-suspension", Basis.INSTRUMENT, until=window[1])
    outside = [each for each in found if each.date < window[0] or each.date > window[1]]
    extra = data.draw(events((day("2019-06-01"), window[0] - DAY)) | events((window[1] + DAY, day("2023-06-01"))))
    on = data.draw(st.dates(*window))
    before = standing(history([*outside, suspended]), provision(), on)
    after = standing(history([*outside, suspended, extra]), provision(), on)
    assert before.state is after.state is State.SUSPENDED
    assert (before.by, before.until) == (after.by, after.until) == ("act-of-suspension", window[1])


# The built-in corpus, against the timeline of its acts.

CORPUS = {each.id: each for each in map(loaders.load, loaders.find(packaged("corpus")))}
NOT_YET, IN_FORCE, SUSPENDED, OPEN = State.NOT_YET, State.IN_FORCE, State.SUSPENDED, State.NOT_ESTABLISHED


@pytest.mark.parametrize(
    ("source_id", "label", "timeline"),
    [
        (
            "mofcom-2025-18",
            "Licence duty",
            {"2025-04-04": IN_FORCE, "2025-11-07": IN_FORCE, "2026-11-22": IN_FORCE},
        ),
        (
            "mofcom-2025-61",
            "Art. 1(1)",
            {"2025-10-09": NOT_YET, "2025-11-07": SUSPENDED, "2025-12-01": SUSPENDED, "2026-11-11": OPEN},
        ),
        (
            "mofcom-2025-61",
            "Art. 1(3)",
            {"2025-10-09": IN_FORCE, "2025-11-06": IN_FORCE, "2025-11-07": SUSPENDED, "2026-11-11": OPEN},
        ),
        (
            "mofcom-2025-62",
            "Art. 1(2)",
            {
                "2025-10-08": State.NOT_ISSUED,
                "2025-10-09": IN_FORCE,
                "2025-11-07": SUSPENDED,
                "2026-11-10": SUSPENDED,
                "2026-11-22": OPEN,
            },
        ),
        (
            "mofcom-2025-56",
            "Licence and declaration duty",
            {"2025-10-09": NOT_YET, "2025-11-06": NOT_YET, "2025-11-08": SUSPENDED, "2026-11-11": OPEN},
        ),
        (
            "mofcom-2024-46",
            "Para. 1",
            {"2024-12-03": IN_FORCE, "2025-12-15": IN_FORCE, "2026-11-22": IN_FORCE},
        ),
        (
            "mofcom-2024-46",
            "Para. 2",
            {"2025-11-08": IN_FORCE, "2025-11-09": SUSPENDED, "2026-11-27": SUSPENDED, "2026-11-28": OPEN},
        ),
        (
            "mofcom-2025-70",
            "Operative paragraph",
            {"2026-11-10": IN_FORCE, "2026-11-11": OPEN, "2027-01-11": State.ENDED},
        ),
        (
            "mofcom-other-mineral-controls",
            "2023 No. 23",
            {"2023-08-01": IN_FORCE, "2024-11-30": IN_FORCE, "2024-12-01": State.ENDED},
        ),
        (
            "mofcom-entity-list-adjustment-2025-11",
            "No. 13/2025 (15 entities, 4 March 2025)",
            {"2025-11-10": State.ENDED},
        ),
        (
            "licence-measures-draft-2025-09",
            "Art. 2 (draft)",
            {"2026-11-22": NOT_YET},
        ),
    ],
)
def test_the_corpus_stands_as_its_acts_say(source_id, label, timeline):
    act = CORPUS[source_id]
    found = {on: standing(act, act.provision(label), day(on)).state for on in timeline}
    assert found == timeline
