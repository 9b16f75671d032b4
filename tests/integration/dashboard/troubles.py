"""What a person has to look at beside alerts: records that wait, refusals, doubts, deliveries."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import date

from journey.identity import CANDIDATE_FOUND
from journey.machine import Machine
from tests.integration.join.stories import (
    DAYS,
    FIRST_DAY,
    Told,
    a_record,
    identifiers,
    moment_of,
)
from tests.integration.join.test_parked_command import FRAGILE
from tests.integration.join.workbench import Workbench
from tests.unit.journey.streams import PLAN

AT = moment_of(FIRST_DAY) + DAYS * 86_400_000
"""Moments of troubles follow this one, and are before the last tick."""
WAITING = 3
"""Children whose records wait."""
REFUSED_EVENT = "71c51694-f7ec-5952-8e89-9147fc876dc0"
UPN = "B801200005001"
REFERRAL = "doubt-2"
CLINICAL = {"category": "xq-category", "camhs_pathway": "xq-pathway", "urgency": "xq-urgency"}
"""What the referral says beside its day: nobody is shown any of it."""


def make_troubles(bench: Workbench, la: str) -> None:
    """Let records wait, be refused and be in doubt in this authority, and messages fail."""
    bench.write([*_doubtful(la), *_waiting(la)])
    for number, (source, reason) in enumerate(
        [
            ("the-hospital/epr", "contract"),
            ("the-hospital/epr", "contract"),
            ("the-school/mis", "wrong-topic"),
        ]
    ):
        name = REFUSED_EVENT if number == 0 else str(uuid.uuid5(uuid.NAMESPACE_URL, f"{number}"))
        bench.gap(la, AT + 100 + number, source=source, reason=reason, event_id=name)
    bench.gap(la, AT + 110, source=None, reason="wrong-signature")
    owner = bench.partition_join(la)
    owner._machine = Machine(owner._shelf, owner._ownership.sequence, duties=(PLAN, FRAGILE))
    owner.apply(bench.inputs(la)[owner.next_offset :])


def make_deliveries(bench: Workbench, la: str) -> None:
    """Let the authority's first alert be told to one recipient, and not to another."""
    alert = str(bench.one("SELECT min(alert_id::text) FROM alerts WHERE la = %s", la))
    steps = ("DELIVERED", "GIVEN_UP", "PLANNED")
    with bench.changing() as owner:
        for number, step in enumerate(steps):
            name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{la}/{step}"))
            body = _delivery(name, alert, step, AT + number)
            owner.execute(
                "INSERT INTO delivery_states"
                " (la, delivery, alert_id, step, urgent, planned_at, body)"
                " VALUES (%s, %s, %s, %s, false, %s, %s)",
                [la, name, alert, step, AT + number, json.dumps(body)],
            )


def candidate(la: str, moment: int, first: str, second: str) -> Told:
    """Return that two leaves were put forward as one child."""
    first, second = sorted((first, second))
    said = {
        "first": first,
        "second": second,
        "model": "fixed-1",
        "weight": 9.22,
        "because": ["family_name/same/8.2", "born/one-slip/3.32"],
        "found_on": FIRST_DAY,
    }
    record = a_record(la, CANDIDATE_FOUND, "education", f"candidate/{first}/{second}", **said)
    return Told(CANDIDATE_FOUND, record, moment)


def _delivery(name: str, alert: str, step: str, at: int) -> dict[str, object]:
    return {
        "delivery_id": name,
        "alert_id": alert,
        "number": 1,
        "kind": "OPENED",
        "severity": "high",
        "duty": "AP_REVIEW_OVERDUE",
        "recipient": f"to-{step.lower()}",
        "channel": "NOTIFY_EMAIL",
        "cause": "TEAM",
        "urgent": False,
        "step": step,
        "reason": "ADDRESS_REFUSED" if step == "GIVEN_UP" else None,
        "attempt": 1,
        "at": at,
    }


def _waiting(la: str) -> Iterator[Told]:
    for number in range(WAITING):
        who = {"identifiers": identifiers("health", 820 + number), "day": FIRST_DAY}
        given = {**who, "discharged_on": FIRST_DAY}
        record = a_record(la, "HealthDischarged", "health", f"waits-{number}", **given)
        yield Told("HealthDischarged", record, AT + 10 + number)


def _doubtful(la: str) -> Iterator[Told]:
    """Yield a pupil and a patient of one pupil number and two dates of birth."""
    shared = {"scheme": "UPN", "value": UPN, "status": "VERIFIED"}
    own = {"scheme": "MIS_ID", "value": "D1", "status": "VERIFIED"}
    given = {"start_on": FIRST_DAY, "provider": "ap-1", "identifiers": [own, shared]}
    placed = a_record(
        la, "ApPlacementStarted", "education", "doubt-1", date_of_birth=date(2011, 1, 5), **given
    )
    yield Told("ApPlacementStarted", placed, AT + 1)
    own = {"scheme": "HEALTH_LOCAL_ID", "value": "D2", "status": "VERIFIED"}
    given = {"received_on": FIRST_DAY, "identifiers": [own, shared], **CLINICAL}
    seen = a_record(
        la, "HealthReferralReceived", "health", REFERRAL, date_of_birth=date(2011, 5, 1), **given
    )
    yield Told("HealthReferralReceived", seen, AT + 2)
