"""The mental health service: what it sends as FHIR messages and what its record tells."""

from __future__ import annotations

from datetime import date, timedelta

from producers.simulate.life import Life, Message
from producers.simulate.school_year import HORIZON, working_day_from
from producers.simulate.sources import CLINIC

_ADULT_SERVICES_FROM = 9
_OF_AN_EARLIER_ONE = frozenset(("revoked", "completed"))


def be_treated(life: Life, referred_on: date | None = None) -> date:
    """Note the messages of a referral and the contacts that follow; return when it was made."""
    if referred_on is None:
        history = life.random.random() < 0.5
        first, last = (
            (date(2024, 2, 5), date(2024, 6, 21))
            if history
            else (date(2024, 9, 9), date(2025, 4, 25))
        )
        referred_on = life.between(first, last)
    referred_on = working_day_from(referred_on)
    began_on = working_day_from(referred_on + timedelta(days=life.random.randint(10, 45)))
    send(life, "ServiceRequest", "active", referred_on)
    send(life, "CarePlan", "active", began_on)
    met_on = began_on
    for _ in range(life.random.randint(2, 6)):
        met_on = working_day_from(met_on + timedelta(days=life.random.randint(14, 35)))
        send(life, "Encounter", "finished", met_on)
    if life.child.year_group >= _ADULT_SERVICES_FROM and life.random.random() < 0.4:
        life.tell(
            CLINIC,
            "HealthTransitionPlanAgreed",
            agreed_on=working_day_from(began_on + timedelta(days=60)),
            slack=5,
        )
    return referred_on


def discharge(life: Life, on: date) -> None:
    """Note that the care plan was completed and the child discharged on this day."""
    planned_on = next(one.on for one in life.messages if one.kind == "CarePlan")
    send(life, "CarePlan", "completed", planned_on, until=on, sent_on=on)
    send(life, "Encounter", "finished", on, discharge=True)


def send(
    life: Life,
    kind: str,
    status: str,
    on: date,
    *,
    until: date | None = None,
    sent_on: date | None = None,
    discharge: bool = False,
) -> None:
    """Note a message about something of this day, sent that day or the next.

    A status that withdraws or completes is that of the latest message of the kind.
    """
    number = len({message.id for message in life.messages if message.kind == kind})
    number += status not in _OF_AN_EARLIER_ONE
    sent_on = sent_on or working_day_from(on + timedelta(days=life.random.choice((0, 0, 1))))
    if sent_on <= HORIZON:
        life.messages.append(
            Message(
                child=life.child,
                kind=kind,
                id=f"{kind.lower()}-{life.child.number:04d}-{number}",
                status=status,
                on=on,
                until=until,
                sent_on=sent_on,
                discharge=discharge,
            )
        )
