"""Three agencies know one child by different identifiers; what is missing between them is told."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from consumers.store.reading import reading
from joinedup.commands.demo_run import Demonstration
from producers.control import STREAMING, heartbeat, join_source
from producers.event import Event, Identifier, new_event
from producers.publisher import Publisher
from producers.results import Accepted
from producers.settings import PublisherSettings
from producers.simulate import LA
from producers.simulate.sources import AP_REGISTER, CASEWORK, CLINIC, Source
from schemas.topics import TopicSet
from stack import LocalStack

START = datetime(2025, 9, 8, 9, tzinfo=UTC)
NHS = Identifier("NHS", "9990000018")
UPN = Identifier("UPN", "K330400125001")


@pytest.fixture
def shown(stack: LocalStack, tmp_path: Path) -> Iterator[Demonstration]:
    topics = TopicSet(f"t{secrets.token_hex(4)}.", 4)
    store = f"t{secrets.token_hex(4)}"
    yield Demonstration(stack, topics, store, tmp_path)
    stack.delete_topic_set(topics)
    stack.drop_store(store)


def told(source: Source, type_: str, *own: Identifier, **fields: object) -> Event:
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


def publish(shown: Demonstration) -> None:
    sources = (AP_REGISTER, CASEWORK, CLINIC)
    values = {
        name.removeprefix("JOINEDUP_").lower(): value
        for name, value in shown.environment("publisher").items()
    }
    with Publisher(PublisherSettings.model_validate(values)) as publisher:
        for source in sources:
            joined = join_source(
                local_authority=LA,
                source=source.speaker,
                agency=source.agency,
                event_types=source.event_types,
                at=START,
                mode=STREAMING,
                rhythm_hours=36,
            )
            assert isinstance(publisher.publish(joined, timestamp=START), Accepted)
        for event in one_child_of_three_agencies():
            assert isinstance(publisher.publish(event, timestamp=START), Accepted)
        for days in range(1, 40):
            at = START + timedelta(days=days)
            for source in sources:
                beat = heartbeat(local_authority=LA, source=source.speaker, complete_to=at)
                assert isinstance(publisher.publish(beat, timestamp=at), Accepted)


def test_the_missing_joint_plan_of_all_three_is_told_once_and_read_from_postgresql(
    shown: Demonstration,
) -> None:
    shown.prepare()
    publish(shown)
    shown.take_in()
    list(shown.join())

    with reading(shown.environment("reader")["JOINEDUP_DATABASE_URL"], LA, "lead") as read:
        alerts = [one.fields for one in read.alerts(duty="JOINT_PLAN_MISSING")]
        assert [alert["status"] for alert in alerts] == ["OPEN"]
        for agency in ("education", "health", "social care"):
            assert agency in alerts[0]["detail"]
        timeline = read.timeline(alerts[0]["child"])
        assert len(timeline) == len(one_child_of_three_agencies())
