"""What becomes of what is owed when a school calendar comes before, after, or again."""

from __future__ import annotations

import msgspec
import pytest

from journey.calendars import Calendars
from journey.duties.duty import Case
from journey.events import Event
from journey.machine import Machine
from journey.shelf import MemoryShelf
from journey.transition import Kind, Transition
from tests.unit.journey.school_days import (
    BOTH,
    COUNCIL,
    KILN,
    MILL,
    SCHOOLED,
    machine,
    published,
    started,
)
from tests.unit.journey.streams import LA, PLAN, SCHOOL, at, beat, event, joined, on, run

WEEK_OFF = (8, 14)
DAY_OFF = (9, 9)
OTHER_DAY_OFF = (10, 10)


def told(*stream: Event | int, on_machine: Machine | None = None) -> list[Transition]:
    """Return what is told of the duty that counts school days, the school being heard daily."""
    first = [joined(SCHOOL, at(1, 1)), joined(COUNCIL, at(1, 1), hours=9999)]
    heard = [beat(SCHOOL, at(day, 6)) for day in range(2, 60)]
    ordered = sorted([*stream, *heard], key=lambda one: one if isinstance(one, int) else one.kappa)
    it = on_machine or machine()
    return [t for t in run([*first, *ordered, at(60)], it) if t.duty == SCHOOLED.id]


def said(transitions: list[Transition]) -> list[tuple[str, object]]:
    return [(t.kind.value, t.due) for t in transitions]


def test_a_calendar_that_came_before_is_counted_by_and_nothing_is_said_of_it() -> None:
    (alert,) = told(published(at(1, 2), WEEK_OFF), started(at(1)))
    assert ("OPENED", on(24)) == (alert.kind.value, alert.due)
    assert "10 school days after 3 September 2025" == alert.arithmetic


def test_of_an_older_publisher_it_counts_for_what_becomes_known_after_it() -> None:
    late = published(at(3), WEEK_OFF, again=None)
    assert [("OPENED", on(17))] == said(told(started(at(1)), late))
    note = event("ApPlacementEnded", at(4), "end", day=0)
    assert [("OPENED", on(24))] == said(told(started(at(1)), late, note))


def test_a_deadline_that_is_not_yet_due_moves_and_its_alert_says_so() -> None:
    (alert,) = told(started(at(1)), published(at(3), WEEK_OFF))
    assert ("OPENED", on(24)) == (alert.kind.value, alert.due)
    assert alert.arithmetic == (
        "10 school days after 3 September 2025; it was due 17 September 2025 until the authority's"
        " calendar for 2025/26 was published on 3 September 2025"
    )
    assert alert.because == ("placement-a@1", "calendar/None@1@((8, 14),)")
    assert at(3) == alert.known_at


def test_a_deadline_that_comes_to_lie_in_the_past_is_told_at_once() -> None:
    closed = published(at(1, 2), (4, 20))
    opened = published(at(20), (4, 5), revision=2)
    (alert,) = told(closed, started(at(1)), opened)
    assert ("OPENED", on(19)) == (alert.kind.value, alert.due)
    assert at(20) == alert.as_of, "not before anybody could know"


def test_an_open_alert_whose_deadline_moves_ahead_is_withdrawn_and_told_again_when_it_comes() -> (
    None
):
    first, second, third = told(started(at(1)), published(at(19), (8, 21), of=KILN))
    assert (Kind.OPENED, Kind.WITHDRAWN, Kind.REOPENED) == (first.kind, second.kind, third.kind)
    assert first.due == on(17)
    assert second.due == third.due == on(31)
    assert second.arithmetic.endswith(
        "; it was due 17 September 2025 until the school's own calendar for 2025/26 was published"
        " on 19 September 2025"
    )
    assert second.arithmetic == third.arithmetic
    assert "moved" not in first.arithmetic
    assert first.because == ("placement-a@1",)


def test_an_open_alert_whose_deadline_moves_and_stays_missed_is_amended() -> None:
    first, second = told(started(at(1)), published(at(20), DAY_OFF))
    assert [("OPENED", on(17)), ("AMENDED", on(18))] == said([first, second])
    assert "it was due 17 September 2025 until" in second.arithmetic


def test_each_correction_moves_it_again_and_names_the_last() -> None:
    (alert,) = told(
        started(at(1)),
        published(at(3), WEEK_OFF),
        published(at(4), DAY_OFF, revision=2),
    )
    assert on(18) == alert.due
    assert alert.arithmetic.endswith(
        "it was due 24 September 2025 until the authority's calendar for 2025/26 was changed on"
        " 4 September 2025"
    )


def test_a_calendar_that_is_taken_back_no_longer_counts() -> None:
    back = published(at(4), record="calendar/None", revision=2, retracted=True)
    (alert,) = told(started(at(1)), published(at(3), WEEK_OFF), back)
    assert on(17) == alert.due
    assert "calendar for 2025/26 was taken back on 4 September" in alert.arithmetic


def test_an_older_revision_that_comes_late_changes_nothing() -> None:
    stream = started(at(1)), published(at(3), WEEK_OFF, revision=2)
    assert told(*stream, published(at(4), DAY_OFF)) == told(*stream)


def test_the_same_again_changes_nothing_and_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = started(at(1)), published(at(3), WEEK_OFF)
    plain = told(*stream)
    asked: list[str] = []
    whom = MemoryShelf.since
    monkeypatch.setattr(MemoryShelf, "since", lambda *of: asked.append("all") or whom(*of))
    again = published(at(4), WEEK_OFF, revision=2)
    assert told(*stream, stream[1], again) == plain
    assert ["all"] == asked, "a nightly file repeats every calendar"


def test_a_calendar_moves_those_alone_whom_it_serves() -> None:
    children = started(at(1)), started(at(1), "b", provider=MILL)
    assert [("OPENED", on(17)), ("OPENED", on(24))] == said(
        told(*children, published(at(3), WEEK_OFF, of=KILN))
    )
    kiln, all_others = published(at(2), of=KILN), published(at(3), WEEK_OFF)
    assert [("OPENED", on(17)), ("OPENED", on(24))] == said(told(*children, kiln, all_others))


def test_only_the_children_who_ever_were_at_the_school_are_asked() -> None:
    shelf = MemoryShelf()
    children = [started(at(1), "a"), started(at(1), "b", provider=MILL), started(at(1), "c")]
    run([*children, published(at(2), WEEK_OFF, of=KILN)], machine(shelf))
    assert ["leaf-a", "leaf-c"] == list(shelf.schooled(LA, KILN))
    due = {
        cluster.id: state.case.due
        for cluster in shelf._clusters.values()
        for state in cluster.cases.values()
        if state.duty == SCHOOLED.id
    }
    assert {"leaf-a": on(24), "leaf-b": on(17), "leaf-c": on(24)} == due


def test_a_correction_that_names_another_school_moves_the_children_of_both() -> None:
    children = started(at(1)), started(at(1), "b", provider=MILL)
    first = published(at(2), WEEK_OFF, of=KILN, record="calendar")
    second = published(at(3), WEEK_OFF, of=MILL, record="calendar", revision=2)
    kiln, mill = sorted(told(*children, first, second), key=lambda t: t.anchor)
    assert (on(17), on(24)) == (kiln.due, mill.due)


def test_a_child_who_moves_school_is_counted_by_the_new_one() -> None:
    children = started(at(1), provider=None)
    mill = published(at(2), WEEK_OFF, of=MILL)
    joins = event(
        "PupilJoinedRoll",
        at(3),
        "roll",
        day=1,
        data={"establishment": MILL, "entry_on": on(1)},
    )
    later = published(at(4), DAY_OFF, of=MILL, revision=2)
    (alert,) = told(children, mill, joins, later)
    assert on(18) == alert.due


def test_what_was_closed_stays_closed_and_what_was_met_in_time_stays_untold() -> None:
    plan = event("ExitPlanAgreed", at(18), "plan", day=18)
    kinds = [k for k, _ in said(told(started(at(1)), plan, published(at(20), WEEK_OFF)))]
    assert ["OPENED", "RESOLVED"] == kinds
    early = event("ExitPlanAgreed", at(17), "plan", day=17)
    sooner = published(at(20), revision=2)
    assert [] == told(published(at(1, 2), WEEK_OFF), started(at(1)), early, sooner)


def test_an_alert_that_a_calendar_shows_to_have_been_met_in_time_accuses_nobody() -> None:
    def cases(journey, parameters, calendars):
        for case in SCHOOLED.cases(journey, parameters, calendars):
            met = case.met if case.met and case.met.on <= case.due else None
            yield msgspec.structs.replace(case, met=met)

    strict = msgspec.structs.replace(SCHOOLED, cases=cases)
    it = Machine(MemoryShelf(), duties=(strict,))
    plan = event("ExitPlanAgreed", at(19), "plan", day=19)
    found = told(started(at(1)), plan, published(at(20), WEEK_OFF), on_machine=it)
    assert [Kind.OPENED, Kind.WITHDRAWN] == [t.kind for t in found]
    assert found[1].arithmetic.endswith(
        "; no longer missed since the authority's calendar for 2025/26 was published on"
        " 20 September 2025"
    )


def test_what_a_calendar_brings_about_says_so_and_so_does_what_it_takes_away() -> None:
    def cases(journey, parameters, calendars):
        for case in SCHOOLED.cases(journey, parameters, calendars):
            if not calendars.school(KILN).is_open(on(9)):
                yield msgspec.structs.replace(case, period="closed on day 9", due=on(12))

    it = Machine(MemoryShelf(), duties=(msgspec.structs.replace(SCHOOLED, cases=cases),))
    found = told(
        started(at(1)),
        published(at(3), DAY_OFF, of=KILN),
        published(at(20), OTHER_DAY_OFF, of=KILN, revision=2),
        on_machine=it,
    )
    assert [Kind.OPENED, Kind.WITHDRAWN] == [t.kind for t in found]
    assert "; owed since the school's own calendar for 2025/26 was published" in found[0].arithmetic
    assert "; no longer missed since the school's own calendar" in found[1].arithmetic


def test_once_a_fact_moves_the_deadline_the_calendar_is_named_no_more() -> None:
    corrected = started(at(5), day=4, revision=2)
    (alert,) = told(started(at(1)), published(at(3), WEEK_OFF), corrected)
    assert "10 school days after 4 September 2025" == alert.arithmetic


def test_a_duty_that_counts_no_school_days_tells_the_same_byte_for_byte() -> None:
    stream = [joined(SCHOOL, at(1, 1)), started(at(1)), beat(SCHOOL, at(13))]
    plain = [t for t in run([*stream, at(30)], machine()) if t.duty == PLAN.id]
    moved = [*stream[:2], published(at(3), WEEK_OFF), *stream[2:], at(30)]
    found = [t for t in run(moved, machine()) if t.duty == PLAN.id]
    strip = {"sequence": 0, "chain": ""}
    assert [msgspec.structs.replace(t, **strip) for t in plain] == [
        msgspec.structs.replace(t, **strip) for t in found
    ]


def test_where_the_core_fails_on_a_child_it_stays_as_it_is_and_a_person_is_told() -> None:
    def cases(journey, parameters, calendars: Calendars) -> list[Case]:
        if calendars.of(KILN):
            raise LookupError
        return list(SCHOOLED.cases(journey, parameters, calendars))

    shelf = MemoryShelf()
    it = Machine(shelf, duties=(msgspec.structs.replace(SCHOOLED, cases=cases),))
    assert [("OPENED", on(17))] == said(
        told(started(at(1)), published(at(3), WEEK_OFF, of=KILN), on_machine=it)
    )
    (flag,) = shelf.get(LA, "leaf-a").flags
    assert ("calendar", "LookupError") == (flag.kind, flag.reason)


@pytest.mark.parametrize(
    ("calendars", "reasons"),
    [
        ([published(at(2), last=-3)], ["no-school-days"]),
        (
            [published(at(2)), published(at(3), WEEK_OFF, record="other")],
            ["two-calendars-of-one-year"],
        ),
        ([published(at(2)), published(at(3), WEEK_OFF)], ["one-revision-two-contents"]),
        ([published(at(2)), published(at(3), WEEK_OFF, revision=2)], []),
        ([published(at(2)), published(at(3), of=KILN)], []),
    ],
)
def test_a_calendar_that_cannot_be_or_contradicts_another_is_put_to_a_person(
    calendars: list[Event], reasons: list[str]
) -> None:
    shelf = MemoryShelf()
    run([*calendars, calendars[-1]], Machine(shelf, duties=BOTH))
    reviews = shelf.authority(LA).reviews
    assert [("calendar", reason) for reason in reasons] == [(r.kind, r.reason) for r in reviews]


def test_of_two_records_of_one_year_the_later_revision_stands_in_any_order() -> None:
    first = published(at(2), record="a", revision=7)
    second = published(at(3), WEEK_OFF, record="b", revision=9)
    for pair in ((first, second), (second, first)):
        stream = [
            msgspec.structs.replace(e, kappa=at(n)) for n, e in zip((2, 3), pair, strict=True)
        ]
        assert [on(24)] == [t.due for t in told(started(at(1)), *stream)]
