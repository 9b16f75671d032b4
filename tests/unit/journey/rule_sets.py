"""Invented rule sets, and two duties that they change: one that is on and one that is off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from journey.calendars import Calendars
from journey.child import Journey
from journey.duties.duty import Basis, Case, Met
from journey.events import Event
from journey.machine import Machine
from journey.rulebook import Supposed
from journey.rules import RULE_SET, DutyChange, RuleSet, payload_of
from journey.shelf import MemoryShelf, Shelf
from tests.unit.journey.streams import PLAN

LEADS = "council/leads"


def _paced(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterable[Case]:
    days = int(parameters["days"])
    for case in PLAN.cases(journey, parameters, calendars):
        started = next(e for e in journey.of("ApPlacementStarted") if e.record == case.anchor)
        due = (started.day("start_on") or started.occurred_on) + timedelta(days=days)
        yield msgspec.structs.replace(case, due=due, arithmetic=f"{days} days after the start")


def _unplanned(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterable[Case]:
    for end in journey.of("ApPlacementEnded"):
        plans = [plan for plan in journey.of("ExitPlanAgreed")]
        met = Met(on=plans[0].occurred_on, by=(plans[0].event_id,)) if plans else None
        yield Case(
            anchor=end.record,
            due=end.occurred_on + timedelta(days=int(parameters["days"])),
            arithmetic="after the end",
            because=(end.event_id,),
            met=met,
        )


PACED = msgspec.structs.replace(PLAN, id="PACED", parameters={"days": 10}, cases=_paced)
SPARE = msgspec.structs.replace(
    PACED, id="SPARE", parameters={"days": 3}, cases=_unplanned, on=False, basis=Basis.LOCAL
)
BOTH = (PACED, SPARE)


def a_set(
    version: str, since: date, /, *, tightens: bool = False, **changes: Mapping[str, Any]
) -> RuleSet:
    """Return a rule set; each change is named after its duty."""
    return RuleSet(
        version=version,
        takes_effect_on=since,
        changes=tuple(DutyChange(duty=duty, **change) for duty, change in changes.items()),
        approved_by="head of service",
        reason="the board decided it",
        applies_to_open_cases=tightens,
    )


def published(
    rules: RuleSet, kappa: int, *, la: str = "999", revision: int = 1, retracted: bool = False
) -> Event:
    """Return the record that publishes a rule set, or takes it back."""
    record = f"rules/{rules.version}"
    payload = {} if retracted else payload_of(rules)
    return Event(
        type=RULE_SET,
        agency="governance",
        la=la,
        source=LEADS,
        record=record,
        leaf="",
        event_id=f"{record}@{revision}",
        revision=revision,
        retracted=retracted,
        occurred_on=rules.takes_effect_on,
        kappa=kappa,
        digest=repr(payload),
        data=payload,
    )


def machine(
    shelf: Shelf | None = None, sequence: int = 0, supposed: Supposed | None = None
) -> Machine:
    """Return a machine with the two duties."""
    return Machine(shelf or MemoryShelf(), sequence, duties=BOTH, supposed=supposed)
