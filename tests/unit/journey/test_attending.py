"""What people do about an alert, and what becomes of one that nobody attends to."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from journey.acting import LONGEST_ASIDE, Effect
from journey.clocks import working_days
from journey.duties.duty import Severity
from journey.machine import Machine
from journey.moments import deadline
from journey.shelf import MemoryShelf
from journey.standing import ASSIGNED_WITHIN, SEEN_WITHIN, Standing
from journey.transition import Kind
from tests.unit.journey.acts import ALERT, action, snooze
from tests.unit.journey.streams import (
    CARE,
    LA,
    PLAN,
    SCHOOL,
    at,
    beat,
    event,
    joined,
    kinds,
    machine,
    on,
    run,
)
from tests.unit.journey.test_machine import plan, started

DUE = deadline(on(11))
OPEN = [
    joined(SCHOOL, at(1, 1), hours=24 * 200),
    started(),
    *(beat(SCHOOL, at(d, 6)) for d in range(2, 13)),
]
"""Until noon of the twelfth day: one alert is open, in the night before."""


def within(days: dict[Severity, int], day: int) -> int:
    return deadline(working_days(on(day), days[PLAN.severity]).due)


def standing_of(it: Machine) -> Standing:
    (stood,) = [one for one in it.stood() if one.alert_id == ALERT]
    return stood.standing


def told_after(*stream: object) -> list[tuple[str, int]]:
    told = run([*OPEN, *stream])
    return [(t.kind, t.as_of) for t in told if t.duty == "PLAN"][1:]


def test_nothing_escalates_by_itself_before_anybody_works_with_alerts() -> None:
    assert told_after(at(150)) == []


def test_an_alert_that_nobody_sees_or_takes_on_escalates_by_itself() -> None:
    other = action("SEEN", at(12), alert_id="00000000-0000-4000-8000-000000000000")
    assert told_after(other, at(60)) == [
        (Kind.UNSEEN, within(SEEN_WITHIN, 12)),
        (Kind.UNASSIGNED, within(ASSIGNED_WITHIN, 12)),
    ]


def test_one_that_is_opened_later_is_counted_from_its_own_opening() -> None:
    elsewhere = action("SEEN", at(2), alert_id="00000000-0000-4000-8000-000000000000")
    told = run([*OPEN[:2], elsewhere, *OPEN[2:], at(60)])
    assert [t.as_of for t in told if t.kind == Kind.UNSEEN] == [within(SEEN_WITHIN, 12)]


def test_one_that_was_seen_escalates_only_because_nobody_has_it() -> None:
    it = machine()
    assert kinds(run([*OPEN, action("SEEN", at(12)), at(60)], it)) == ["OPENED", Kind.UNASSIGNED]
    standing = standing_of(it)
    assert standing.seen_by == ("a.lead",)
    assert standing.escalated is not None and standing.escalated.by == ""


def test_one_that_somebody_took_on_does_not_escalate() -> None:
    it = machine()
    mine = action("ASSIGN", at(12), recipient="a.lead")
    assert kinds(run([*OPEN, mine, at(90)], it)) == ["OPENED"]
    assert standing_of(it).assignee == "a.lead"


def test_a_hand_over_counts_once_it_is_accepted_and_by_whom_it_was_offered_to() -> None:
    it = machine()
    offered = action("ASSIGN", at(12), recipient="b.lead")
    wrong = action("ACCEPT", at(12, 13), by="c.lead")
    run([*OPEN, offered, wrong], it)
    assert [one.effect for one in it.acted()] == [Effect.DONE, Effect.NOT_OFFERED]
    assert (standing_of(it).assignee, standing_of_offer(it)) == ("", "")
    run(
        [
            action("ASSIGN", at(12, 14), recipient="b.lead"),
            action("ACCEPT", at(12, 15), by="b.lead"),
        ],
        it,
    )
    assert [one.effect for one in it.acted()] == [Effect.DONE, Effect.DONE]
    assert standing_of(it).assignee == "b.lead"


def standing_of_offer(it: Machine) -> str:
    """Return to whom it is offered, as far as that changed since it was asked last: nobody."""
    return "".join(one.standing.offered_to for one in it.stood())


@pytest.mark.parametrize("act", ["ACKNOWLEDGE", "SNOOZE"])
def test_what_is_set_aside_is_told_again_when_that_is_over(act: str) -> None:
    aside = action(act, at(12), until=on(15), reason="MEETING_IS_BOOKED")
    assert told_after(aside, at(16)) == [(Kind.RETURNED, deadline(on(15)))]


def test_after_it_is_told_again_it_has_to_be_seen_and_taken_on_again() -> None:
    told = told_after(snooze(at(12), on(15)), at(60))
    assert [kind for kind, _ in told] == [Kind.RETURNED, Kind.UNSEEN, Kind.UNASSIGNED]
    assert told[1][1] == within(SEEN_WITHIN, 16)


@pytest.mark.parametrize("days", [-1, LONGEST_ASIDE + 1, 40_000])
def test_nothing_is_set_aside_until_a_day_that_is_over_or_too_far(days: int) -> None:
    it = machine()
    run([*OPEN, snooze(at(12), on(12) + timedelta(days=days))], it)
    assert [one.effect for one in it.acted()] == [Effect.OUT_OF_BOUNDS]
    assert it.stood() == []


def test_no_series_of_actions_keeps_an_alert_quiet_for_ever() -> None:
    stream: list[object] = [*OPEN, snooze(at(12), on(40))]
    told = run([*stream, action("CLOSE", at(13), outcome="DOES_NOT_APPLY"), at(200)])
    back = [t.as_of for t in told if t.kind == Kind.RETURNED]
    assert back == [deadline(on(13) + timedelta(days=LONGEST_ASIDE))]


def test_closing_what_is_still_owed_says_so_and_comes_back() -> None:
    it = machine()
    run([*OPEN, action("CLOSE", at(12), outcome="DONE_AND_NOT_RECORDED")], it)
    assert [one.effect for one in it.acted()] == [Effect.STILL_OWED]
    standing = standing_of(it)
    assert standing.closed is not None and standing.aside is not None
    assert kinds(run([at(100)], it))[0] == Kind.RETURNED
    assert standing_of(it).closed is None


def test_closing_what_has_ended_records_what_came_of_it() -> None:
    it = machine()
    run([*OPEN, plan(at(12, 13), 12), action("CLOSE", at(13), 2, outcome="DONE")], it)
    assert [one.effect for one in it.acted()] == [Effect.DONE]
    closed = standing_of(it).closed
    assert closed is not None and closed.outcome == "DONE"


def test_what_sets_aside_an_alert_that_has_moved_on_changes_nothing_and_is_kept() -> None:
    it = machine()
    late = snooze(at(13), on(20), number=7)
    run([*OPEN, late, action("COMMENT", at(13, 14), 7, reason="OTHER")], it)
    assert [one.effect for one in it.acted()] == [Effect.MOVED_ON, Effect.DONE]


def test_an_action_on_an_alert_that_is_not_there_or_has_ended_changes_nothing() -> None:
    it = machine()
    run(
        [
            joined(SCHOOL, at(1, 1), hours=24 * 200),
            started(),
            action("ESCALATE", at(2), reason="OTHER"),
        ],
        it,
    )
    run([*OPEN[2:], plan(at(13), 13), action("ASSIGN", at(14), 2, recipient="a.lead")], it)
    run([action("SEEN", at(14, 13), anchor="nowhere"), action("SEEN", at(14, 14), anchor=None)], it)
    assert [one.effect for one in it.acted()] == [
        Effect.NOT_THERE,
        Effect.ENDED,
        Effect.NOT_THERE,
        Effect.NOT_THERE,
    ]


def test_an_action_on_an_erased_childs_alert_came_to_what_the_proof_says() -> None:
    gone = action("ASSIGN", at(14), 2, recipient="a.lead")
    unproved = action("SEEN", at(14, 13))
    it = Machine(MemoryShelf(), duties=(PLAN,), effects={(LA, gone.event_id): Effect.DONE})
    run([joined(SCHOOL, at(1, 1), hours=24 * 200), gone, unproved], it)
    assert [one.effect for one in it.acted()] == [Effect.DONE, Effect.NOT_THERE]
    assert it.stood() == []


def test_an_action_that_comes_twice_counts_once() -> None:
    it = machine()
    first = snooze(at(12), on(13))
    told = run([*OPEN, first, at(14, 1), msgspec.structs.replace(first, kappa=at(14))], it)
    assert kinds(told) == ["OPENED", Kind.RETURNED]
    assert [one.effect for one in it.acted()] == [Effect.DONE, Effect.REPEATED]
    mine = action("ASSIGN", at(15), recipient="a.lead")
    run([mine, msgspec.structs.replace(mine, kappa=at(16))], it)
    assert [one.effect for one in it.acted()] == [Effect.DONE, Effect.REPEATED]


def test_escalating_what_was_set_aside_brings_it_back() -> None:
    it = machine()
    run([*OPEN, snooze(at(12), on(20)), action("ESCALATE", at(13), reason="RISK_HAS_GROWN")], it)
    standing = standing_of(it)
    assert standing.aside is None
    assert standing.escalated is not None and standing.escalated.by == "a.lead"


def test_an_alert_that_ends_asks_nothing_of_anybody_and_starts_afresh_when_it_is_raised_again() -> (
    None
):
    it = machine()
    run([*OPEN, snooze(at(12), on(20)), plan(at(13), 13)], it)
    assert standing_of(it).aside is None
    gone = plan(at(14), 13, revision=2, retracted=True)
    told = run([gone, at(60)], it)
    assert kinds(told) == [Kind.REOPENED, Kind.UNSEEN, Kind.UNASSIGNED]


def test_whoever_has_an_alert_keeps_it_when_it_goes_on_under_another_id() -> None:
    it = machine()
    run([*OPEN, action("ASSIGN", at(12), recipient="a.lead")], it)
    it.stood()
    moved = event("ApPlacementStarted", at(13), "placement", revision=2, retracted=True)
    other = event("ApPlacementStarted", at(13), "placement-2", data={"start_on": on(1)})
    run([other, moved, at(20)], it)
    assert {one.standing.assignee for one in it.stood()} == {"a.lead"}


def test_the_alert_on_a_silent_source_is_attended_to_like_any_other() -> None:
    it = machine()
    told = run([joined(SCHOOL, at(1, 1), hours=24), at(4)], it)
    (silent,) = [t for t in told if t.duty == "SOURCE_SILENT"]
    about = {"alert_id": silent.alert_id, "anchor": None, "silent_source": SCHOOL}
    acts = [action("SEEN", at(4), **about), snooze_of(about, at(4, 13))]
    told = run([*acts, at(40)], it)
    assert [one.effect for one in it.acted()] == [Effect.DONE, Effect.DONE]
    assert [t.kind for t in told] == [Kind.RETURNED, Kind.UNSEEN, Kind.UNASSIGNED]
    (heard,) = run([beat(SCHOOL, at(41))], it)
    assert heard.kind == Kind.RESOLVED
    told = run([action("SEEN", at(41, 13), **about), at(60)], it)
    assert [t.kind for t in told] == [Kind.OPENED, Kind.UNSEEN, Kind.UNASSIGNED]


def test_a_source_that_is_silent_again_over_a_weekend_is_unattended_under_its_new_alert() -> None:
    """The other source is silent too and its turn comes first, so nothing of the old is passed."""
    it = machine()
    other = joined(CARE, at(17, 10), hours=24)
    run([other, joined(SCHOOL, at(18, 10), hours=24), action("SEEN", at(18, 11))], it)
    told = run([beat(SCHOOL, at(19, 18)), at(30)], it)
    first, _, second, *after = [one for one in told if one.anchor == SCHOOL]
    assert first.alert_id < second.alert_id, "the old one's turn would come first"
    assert [one.kind for one in after] == [Kind.UNSEEN, Kind.UNASSIGNED]
    assert {one.alert_id for one in after} == {second.alert_id}


def snooze_of(about: dict[str, str | None], kappa: int) -> object:
    return action("SNOOZE", kappa, until=on(6), reason="OTHER", **about)


def test_a_retracted_action_is_no_action() -> None:
    it = machine()
    run([*OPEN, msgspec.structs.replace(action("SEEN", at(12)), retracted=True), at(90)], it)
    assert (it.acted(), it.stood()) == ([], [])
    assert it._shelf.authority(LA).attended == 0
