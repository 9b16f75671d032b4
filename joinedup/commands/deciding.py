"""A person's decisions, published one by one on the decisions topic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from joinedup.commands.speaking import Say, deciding
from journey.moments import LONDON
from producers.event import Source, new_event

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
    say: Say

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
        self.say(event)


@contextmanager
def speaker(
    la: str, organisation: str | None, system: str | None, env_file: Path | None
) -> Iterator[Speaker]:
    """Give who speaks for the authority's decisions; faults end the command with a sentence."""
    with deciding(la, organisation, system, env_file) as (say, source):
        yield Speaker(la, source, say)
