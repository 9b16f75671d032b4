"""What people do in the dashboard, published on the decisions topic as its own source."""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import ValidationError

from consumers.failpoint import FailPoint, nothing_fails
from dashboard.recording import Decision, NotRecorded, Recorder, RecordsNothing, ToRecord
from journey.cluster import ACTION
from journey.moments import LONDON
from producers.event import Event, Source, event_id, new_event
from producers.publisher import Publisher
from producers.results import Accepted
from producers.settings import PublisherSettings
from producers.speakers import NoSpeaker
from schemas.sources import SourceRegistry, SourcesInvalid

ORGANISATION, SYSTEM = "joinedup", "dashboard"
"""As which source the dashboard of this machine speaks, unless its settings say otherwise."""
SECONDS = 8.0
"""How long a person waits for the broker before they are told that nothing was recorded."""

_SIMULATED = (
    "Nobody can act here: this is an invented year, which has ended. What is done about an alert is"
    " recorded in the stream that it came from, and to this one nothing more is added."
)


def _add(la: str) -> str:
    return (
        f"Nobody can act for local authority {la} here yet. Let the dashboard record decisions for"
        f" it: joinedup source add --organisation {ORGANISATION} --system {SYSTEM} --agency"
        f" governance --la {la}, then start the dashboard again."
    )


class KafkaRecorder:
    """Publishes each action as the dashboard's own source, and waits until the broker has it."""

    def __init__(
        self,
        publisher: Publisher,
        source: Source,
        las: Collection[str],
        fail: FailPoint = nothing_fails,
    ) -> None:
        """Take what publishes, as whom, and for which authorities it may.

        fail: called between two steps.
        """
        self._publisher = publisher
        self._fails_at = fail
        self._source = source
        self._las = frozenset(las)
        self._one_at_a_time = Lock()

    def why_not(self, la: str) -> str:
        """Return why nothing can be recorded for this authority; empty where it can."""
        return "" if la in self._las else _add(la)

    def record(self, said: ToRecord) -> str:
        """Return the id of the event once the broker has it; raises NotRecorded where not."""
        self._require_entitled(said.la)
        return self._published(self._event(said))

    def decide(self, decided: Decision) -> str:
        """Return the id of the event once the broker has it; raises NotRecorded where not."""
        self._require_entitled(decided.la)
        moment = datetime.now(UTC)
        said: dict[str, Any] = dict(decided.said)
        event = new_event(
            decided.type,
            local_authority=decided.la,
            source=self._source,
            source_record_id=decided.record_id,
            revision=time.time_ns() // 1_000_000,
            recorded_at=moment,
            occurred_at=moment,
            decided_on=moment.astimezone(LONDON).date(),
            approved_by=decided.by,
            **said,
        )
        return self._published(event)

    def _require_entitled(self, la: str) -> None:
        if why_not := self.why_not(la):
            raise NotRecorded(why_not)

    def _published(self, event: Event) -> str:
        with self._one_at_a_time:
            self._fails_at("before-produce")
            result = self._publisher.publish(event)
            self._fails_at("after-acknowledgement")
        if isinstance(result, Accepted):
            return event.event_id
        raise NotRecorded(f"Nothing was recorded. {result}")

    def close(self) -> None:
        """Close the connections."""
        with self._one_at_a_time:
            self._publisher.close()

    def _event(self, said: ToRecord) -> Event:
        moment = datetime.now(UTC)
        record_id, revision = f"action/{uuid.uuid4()}", time.time_ns() // 1_000_000
        name = event_id(said.la, self._source, record_id, revision, False)
        note = said.note(name) if said.note else None
        return new_event(
            ACTION,
            local_authority=said.la,
            source=self._source,
            source_record_id=record_id,
            revision=revision,
            recorded_at=moment,
            occurred_at=moment,
            alert_id=said.alert_id,
            anchor=said.anchor or None,
            silent_source=said.source or None,
            number=said.number,
            action=said.act.value,
            by=said.by,
            recipient=said.recipient or None,
            until=said.until,
            reason=said.reason or None,
            outcome=said.outcome or None,
            note=note,
            note_leaf=said.note_leaf if note else None,
            decided_on=moment.astimezone(LONDON).date(),
        )


def recorder_of(
    env_file: Path | None, root: Path, authorities: Collection[str], *, simulated: bool
) -> Recorder:
    """Return what records actions, or what says why nothing can be recorded.

    env_file: settings of the dashboard's source; else those that `joinedup source add` wrote for it
    on this machine; else, as in a container, the environment's.
    """
    if simulated:
        return RecordsNothing(_SIMULATED)
    own = root / "secrets" / "sources" / ORGANISATION / f"{SYSTEM}.env"
    file = env_file or (own if own.exists() else None)
    try:
        settings = _settings(file)
        if file is None and settings.source_key is None:
            return RecordsNothing(_add(sorted(authorities)[0]))
        publisher = Publisher(settings)
    except (NoSpeaker, SourcesInvalid, ValidationError) as fault:
        return RecordsNothing(
            f"Nobody can act here: {file or 'the environment'} is not in order"
            f" ({type(fault).__name__})."
        )
    if settings.simulated:
        publisher.close()
        return RecordsNothing(_SIMULATED)
    source = Source(settings.organisation or ORGANISATION, settings.system or SYSTEM)
    return KafkaRecorder(publisher, source, _entitled(root, source, authorities))


def _settings(file: Path | None) -> PublisherSettings:
    # pydantic-settings takes the file by a name that its type does not show.
    given: dict[str, object] = {"_env_file": file}
    settings = PublisherSettings(**given)  # type: ignore[arg-type]
    return settings.model_copy(update={"delivery_seconds": SECONDS})


def _entitled(root: Path, source: Source, authorities: Collection[str]) -> frozenset[str]:
    """Return for which of the authorities the source may speak, as far as this machine can tell."""
    file = root / "secrets" / "sources.json"
    if not file.exists():
        return frozenset(authorities)  # intake knows, and refuses what it may not say
    found = SourceRegistry.load(file).lookup(source.organisation, source.system)
    return frozenset(authorities) & (found.local_authorities if found else frozenset())
