"""DATA_CP_START_NOT_CONFERENCE: a protection plan not begun on the day of its conference."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Episode, dated
from journey.duties.shapes import Asked, Fault, Wrong
from journey.duties.subjects import CP_PLANS


def _differs(asked: Asked, plan: Episode) -> Wrong | None:
    near = asked.number("near_days")
    held = dated(asked.journey, "IcpcHeld", "held_on")
    about = [d for d in held if abs((d.day - plan.start).days) <= near]
    if not about or any(d.day == plan.start for d in about):
        return None
    by = tuple(d.event.event_id for d in about)
    return Wrong("the plan does not start on the day of its conference", plan.start, by)


WATCH = Fault(
    subject=CP_PLANS,
    wrong=_differs,
    satisfied_by=frozenset({"CpPlanStarted", "IcpcHeld"}),
)

DUTY = Duty(
    id="DATA_CP_START_NOT_CONFERENCE",
    meaning=(
        "A child protection plan starts on the day of the conference that decides on it. Here "
        "the two days differ."
    ),
    trigger=(
        "A child protection plan starts, and a conference near it was held on another day only."
    ),
    satisfying="A correction of one of the two days.",
    clock="At once: the day on which the plan starts.",
    severity=Severity.LOW,
    basis=Basis.GUIDANCE,
    source="Children in need census, rule 2885 [S2]",
    parameters={"near_days": 31},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="A conference within 31 days is taken to be the plan's: our own default.",
    checks_data=True,
)
