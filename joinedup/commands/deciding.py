"""A person's decisions, published one by one on the decisions topic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from joinedup.commands.speaking import (
    REFUSED,
    UNDELIVERED,
    fail,
    faults_as_sentences,
    own_settings,
    source_of,
)
from journey.moments import LONDON
from producers.event import Event, Source, new_event
from producers.publisher import Publisher
from producers.results import Accepted, Rejected
from producers.settings import read_settings

ApprovedBy = Annotated[str, typer.Option(help="Role or staff number of who approved it.")]
PublisherEnvFile = Annotated[
    Path | None,
    typer.Option(exists=True, help="Settings to publish with; else those of `publish`."),
]


@dataclass(frozen=True)
class Speaker:
    """Who decides, for one local authority, and how that is published."""

    la: str
    source: Source
    publisher: Publisher
    simulated: bool

    def decide(self, event_type: str, record_id: str, revision: int, **said: Any) -> None:
        """Publish a decision of now; end the command with a sentence where it is not accepted."""
        moment = datetime.now(UTC)
        event = new_event(
            event_type,
            local_authority=self.la,
            source=self.source,
            source_record_id=record_id,
            revision=revision,
            recorded_at=moment,
            occurred_at=moment,
            decided_on=moment.astimezone(LONDON).date(),
            **said,
        )
        otherwise = "The order was not accepted, and nothing more was ordered"
        send(self.publisher, event, moment if self.simulated else None, otherwise=otherwise)


def send(publisher: Publisher, event: Event, timestamp: datetime | None, *, otherwise: str) -> None:
    """Publish an event; where it is not accepted, end the command with what that means and why.

    timestamp: the record's time in a simulated topic set, None in a live one.
    """
    result = publisher.publish(event, timestamp=timestamp)
    if not isinstance(result, Accepted):
        code = REFUSED if isinstance(result, Rejected) else UNDELIVERED
        fail(f"{otherwise}: {result}", code)


@contextmanager
def speaker(
    la: str, organisation: str | None, system: str | None, env_file: Path | None
) -> Iterator[Speaker]:
    """Give who speaks for the authority's decisions; faults end the command with a sentence."""
    with faults_as_sentences():
        settings = read_settings(env_file)
        source = source_of(settings, organisation, system, "governance", la)
        settings = own_settings(settings, source, env_file)
        with Publisher(settings) as publisher:
            yield Speaker(la, source, publisher, settings.simulated)
