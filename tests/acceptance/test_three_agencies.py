"""Three agencies know one child by different identifiers; what is missing between them is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from consumers.store.reading import reading
from joinedup.commands.demo_run import Demonstration
from producers.control import heartbeat
from producers.event import Event, Identifier, new_event
from producers.simulate import LA
from producers.simulate.sources import AP_REGISTER, CASEWORK, CLINIC, Source
from tests.acceptance.telling import joining, publish

START = datetime(2025, 9, 8, 9, tzinfo=UTC)
NHS = Identifier("NHS", "9990000018")
UPN = Identifier("UPN", "K330400125001")


def told(source: Source, type_: str, *own: Identifier, **fields: Any) -> Event:
    return new_event(
        type_,
        local_authority=LA,
        source=source.speaker,
        source_record_id=f"{type_}-1",
        revision=1,
        recorded_at=START,
        identifiers=own,
        **fields,
    )


def one_child_of_three_agencies() -> list[Event]:
    """The school knows its own number and the UPN, social care its own, the UPN and the NHS
    number, health its own and the NHS number: only together are they one child.
    """
    day = START.date()
    return [
        told(
            AP_REGISTER,
            "ApPlacementStarted",
            Identifier("MIS_ID", "school-17"),
            UPN,
            provider="ap-1",
            start_on=day,
            commissioner="school-1",
        ),
        told(
            CASEWORK,
            "AgencyInvolvementStarted",
            Identifier("LA_CHILD_ID", "la-4711"),
            UPN,
            NHS,
            started_on=day,
            agency="SOCIAL_CARE",
        ),
        told(
            CLINIC,
            "AgencyInvolvementStarted",
            Identifier("HEALTH_LOCAL_ID", "h-99"),
            NHS,
            started_on=day,
            agency="HEALTH",
        ),
    ]


def publish_all(shown: Demonstration) -> None:
    sources = (AP_REGISTER, CASEWORK, CLINIC)
    publish(shown, [joining(source, START) for source in sources])
    publish(shown, [(START, event) for event in one_child_of_three_agencies()])
    days = [START + timedelta(days=number) for number in range(1, 40)]
    publish(
        shown,
        [
            (day, heartbeat(local_authority=LA, source=source.speaker, complete_to=day))
            for day in days
            for source in sources
        ],
    )


def test_the_missing_joint_plan_of_all_three_is_told_once_and_read_from_postgresql(
    shown: Demonstration,
) -> None:
    shown.prepare()
    publish_all(shown)
    shown.take_in()
    list(shown.join())

    with reading(shown.environment("reader")["JOINEDUP_DATABASE_URL"], LA, "lead") as read:
        alerts = [one.fields for one in read.alerts(duty="JOINT_PLAN_MISSING")]
        assert [alert["status"] for alert in alerts] == ["OPEN"]
        for agency in ("education", "health", "social care"):
            assert agency in alerts[0]["detail"]
        timeline = read.timeline(alerts[0]["child"])
        assert len(timeline) == len(one_child_of_three_agencies())
