"""How an acceptance test speaks as the agencies' systems, and reads what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from consumers.store.reading import reading
from joinedup.commands.demo_run import Demonstration
from producers.control import STREAMING, join_source
from producers.event import Event
from producers.publisher import Publisher
from producers.results import Accepted
from producers.settings import PublisherSettings
from producers.simulate import LA
from producers.simulate.sources import Source


def publish(shown: Demonstration, told: Iterable[tuple[datetime, Event]]) -> None:
    """Publish each event as appended at its moment; every one is accepted."""
    values = {
        name.removeprefix("JOINEDUP_").lower(): value
        for name, value in shown.environment("publisher").items()
    }
    with Publisher(PublisherSettings.model_validate(values)) as publisher:
        for at, event in told:
            assert isinstance(publisher.publish(event, timestamp=at), Accepted)


def joining(source: Source, at: datetime) -> tuple[datetime, Event]:
    """Return that this source joins the authority and sends as things happen."""
    event = join_source(
        local_authority=LA,
        source=source.speaker,
        agency=source.agency,
        event_types=source.event_types,
        at=at,
        mode=STREAMING,
        rhythm_hours=36,
    )
    return at, event


def alerts(shown: Demonstration, duty: str | None = None) -> list[Mapping[str, Any]]:
    """Return every alert ever told, or every one of a duty, as it stands in the store."""
    with reading(shown.environment("reader")["JOINEDUP_DATABASE_URL"], LA, "lead") as read:
        return [one.fields for one in read.alerts(duty=duty)]
