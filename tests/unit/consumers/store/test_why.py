"""Why there is an alert, or none."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from consumers.store.why import Answer, Circumstances, Reason, why
from journey.calendars import Calendars
from journey.child import journey_of
from journey.duties.duty import UNLIMITED, Duty, Era
from journey.duties.stages import with_changes
from journey.events import Event
from journey.sources import Source
from journey.telling import alert_id
from tests.unit.journey.streams import PLAN, SCHOOL, at, event, on

START = event("ApPlacementStarted", at(1), "placement", data={"start_on": on(1)})
DUE = on(11)
LISTENING = Source(
    id=SCHOOL,
    mode="STREAMING",
    heard=at(40),
    event_types=frozenset({"ExitPlanAgreed"}),
)


def plan(day: int) -> Event:
    return event("ExitPlanAgreed", at(day), "plan", day=day)


def end(day: int) -> Event:
    return event("ApPlacementEnded", at(day), "end", day=day)


def asked(
    on_day: date,
    *facts: Event,
    sources: tuple[Source, ...] = (LISTENING,),
    told: str = "",
    duty: Duty = PLAN,
) -> Reason:
    """Return the one answer of the one duty for a child of these facts."""
    journey = journey_of("child", "leaf-a", None, facts)
    name = alert_id("PLAN", "placement", "")
    around = Circumstances(
        calendars=Calendars.default(),
        sources=sources,
        kappa=at(40),
        told={name: told} if told else {},
    )
    (reason,) = why(journey, on_day, around, [duty])
    return reason


def test_nothing_that_started_the_clock_is_not_triggered() -> None:
    reason = asked(on(5), plan(3))
    assert reason.answer is Answer.NOT_TRIGGERED
    assert [event.record for event in reason.looked_at] == ["plan"]


def test_what_started_it_later_had_not_triggered_it_by_then() -> None:
    assert asked(on(1) - timedelta(days=1), START).answer is Answer.NOT_TRIGGERED


def test_on_its_last_day_it_is_not_yet_due_and_on_the_next_it_is() -> None:
    assert asked(DUE, START).answer is Answer.NOT_YET_DUE
    assert asked(DUE + timedelta(days=1), START).answer is Answer.DUE


@pytest.mark.parametrize(("day", "late"), [(11, False), (12, True)])
def test_done_is_met_and_says_if_it_was_late(day: int, late: bool) -> None:
    reason = asked(on(20), START, plan(day))
    assert reason.answer is Answer.MET
    assert ("late" in reason.sentence) is late
    assert [event.record for event in reason.by] == ["plan"]


def test_what_was_done_later_was_due_on_the_day_asked_about() -> None:
    reason = asked(on(12), START, plan(15), told="RESOLVED")
    assert reason.answer is Answer.DUE
    assert reason.alert == "RESOLVED"
    assert reason.by == ()


def test_what_ceased_to_apply_is_ended() -> None:
    assert asked(on(12), START, end(8)).answer is Answer.ENDED


def test_a_duty_that_no_joined_source_could_meet_is_not_watched() -> None:
    reason = asked(on(20), START, sources=())
    assert reason.answer is Answer.NOT_WATCHED
    assert "no source that sends ExitPlanAgreed has joined" in reason.sentence


def test_a_duty_of_which_nobody_sends_a_needed_type_is_not_watched() -> None:
    needy = msgspec.structs.replace(PLAN, needs=frozenset({"FamilyViewRecorded"}))
    reason = asked(on(20), START, duty=needy)
    assert reason.answer is Answer.NOT_WATCHED
    assert "no source that sends FamilyViewRecorded has joined" in reason.sentence


def test_a_duty_that_is_switched_off_says_so() -> None:
    reason = asked(on(20), START, duty=msgspec.structs.replace(PLAN, on=False))
    assert reason.answer is Answer.OFF
    assert reason.case is None


def test_a_source_that_has_not_caught_up_is_named() -> None:
    late = Source(
        id="care/system",
        mode="BATCH",
        complete_to=at(9),
        event_types=frozenset({"ExitPlanAgreed"}),
    )
    reason = asked(on(20), START, sources=(LISTENING, late))
    assert reason.answer is Answer.WAITING
    assert reason.waiting_for == ("care/system",)
    assert "care/system" in reason.sentence


def test_by_whose_rules_it_is_owed_is_said_and_what_is_off_from_a_day_on_is_off() -> None:
    sooner = msgspec.structs.replace(PLAN, rules="2026-11+999/summer", eras=())
    off = msgspec.structs.replace(sooner, on=False)
    judged = msgspec.structs.replace(PLAN, eras=(Era(UNLIMITED, sooner),))
    ended = msgspec.structs.replace(PLAN, eras=(Era(UNLIMITED, PLAN), Era(on(1), off)))

    assert asked(on(5), START, duty=judged).sentence.endswith("(by rules 2026-11+999/summer)")
    reason = asked(on(5), START, duty=ended)
    assert (reason.answer, reason.case) == (Answer.OFF, None)
    assert "own rules" in reason.sentence


def test_near_its_deadline_it_is_due_soon_where_it_is_warned_of() -> None:
    warned = with_changes(PLAN, {"warn_days": 3})
    assert asked(on(8), START, duty=warned).answer is Answer.NOT_YET_DUE
    assert asked(on(9), START, duty=warned).answer is Answer.DUE_SOON
    assert asked(on(12), START, duty=warned).answer is Answer.DUE


def test_what_a_higher_alert_holds_is_behind_it_while_that_is_open() -> None:
    higher = msgspec.structs.replace(PLAN, id="HIGHER")
    lower = with_changes(
        msgspec.structs.replace(PLAN, inhibited_by=frozenset({"HIGHER"})),
        {"inhibited_by": "HIGHER"},
    )
    for status, answer in (("OPEN", Answer.BEHIND), ("RESOLVED", Answer.DUE)):
        around = Circumstances(
            calendars=Calendars.default(),
            sources=(LISTENING,),
            kappa=at(40),
            told={alert_id("HIGHER", "placement", ""): status},
        )
        journey = journey_of("child", "leaf-a", None, [START])
        held = why(journey, on(15), around, [lower, higher])[0]
        assert held.answer is answer
    assert "no longer open" not in held.sentence
