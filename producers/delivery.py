"""A set of files published as one batch of one source, or rehearsed without being sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import NAMESPACE_URL, uuid5

from producers.control import BATCH, Batch, complete_batch, join_source, open_batch
from producers.event import Event
from producers.files.formats import Format
from producers.files.outcomes import Context, Made, Outcome
from producers.results import Accepted, Rejected, Result, Undelivered, Valid
from producers.tally import Tally
from schemas.validation import problems

WINDOW = 5_000
"""Events on their way at once while a file is read."""
LOOK_EVERY = 100
"""After how many events it is seen what the broker has confirmed: a run that is killed sends again
what it has not seen to be confirmed."""


class Outlet(Protocol):
    """Where events go: a Publisher, or a rehearsal."""

    @property
    def in_flight(self) -> int:
        """How many events were sent whose results have not been taken."""

    def publish(self, event: Event, *, timestamp: datetime | None = None) -> Result:
        """Send the event, wait, and return what became of it."""

    def send(self, event: Event, *, timestamp: datetime | None = None) -> None:
        """Send the event without waiting."""

    def results(self, *, leaving: int = 0) -> Iterator[Result]:
        """Wait for the events sent so far but the newest, and yield their results in order."""

    def results_so_far(self) -> Iterator[Result]:
        """Yield the results that have come, in order, and wait for none."""


class Rehearsal:
    """An outlet that checks every event against the contract and sends none."""

    def __init__(self) -> None:
        """Begin with nothing checked."""
        self._waiting: deque[Result] = deque()

    @property
    def in_flight(self) -> int:
        """How many results have not been taken."""
        return len(self._waiting)

    def publish(self, event: Event, *, timestamp: datetime | None = None) -> Result:
        """Return whether the event keeps the contract."""
        found = problems(event.kind.full_name, event.record)
        return Rejected(tuple(found)) if found else Valid(event.event_id)

    def send(self, event: Event, *, timestamp: datetime | None = None) -> None:
        """Check the event; its result comes from ``results``."""
        self._waiting.append(self.publish(event))

    def results(self, *, leaving: int = 0) -> Iterator[Result]:
        """Yield the results in order, leaving the newest."""
        while len(self._waiting) > leaving:
            yield self._waiting.popleft()

    def results_so_far(self) -> Iterator[Result]:
        """Yield the results in order."""
        return self.results()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What is published, and how its source is to be listened to.

    agency: the source's. joins: whether it says that it joins the authority, in this mode and
    rhythm. also: the event types that it sends besides those of these files. timestamp: the
    records' time in a simulated topic set, None in a live one.
    """

    form: Format
    files: Sequence[Path]
    context: Context
    agency: str
    joins: bool = True
    mode: str = BATCH
    rhythm_hours: int = 24
    also: frozenset[str] = frozenset()
    timestamp: datetime | None = None

    @property
    def batch(self) -> Batch:
        """The batch: its id is the same whenever the same files of one moment are published."""
        context = self.context
        parts = (
            context.local_authority,
            context.source.organisation,
            context.source.system,
            self.form.name,
            str(context.revision),
            *sorted(path.name for path in self.files),
        )
        return Batch(
            id=str(uuid5(NAMESPACE_URL, "urn:joinedup:batch:" + "\x1f".join(parts))),
            local_authority=context.local_authority,
            source=context.source,
            extracted_at=context.extracted_at,
            scope=context.scope,
        )


def deliver(
    delivery: Delivery, outlet: Outlet, *, watch: Callable[[Tally, Outcome], None] | None = None
) -> Tally:
    """Publish the files as one batch and return the account of every row.

    The batch is completed only if everything that was sent arrived; after the first event that
    did not, no more is sent. ``watch`` is called with the account so far and each outcome.
    Raises Unreadable where the files are not of the format.
    """
    tally, batch = Tally(), delivery.batch
    for event in _opening(delivery, batch):
        if not _said(outlet, event, delivery.timestamp, tally):
            return tally
    _events(
        replace(delivery, context=replace(delivery.context, batch=batch.id)), outlet, tally, watch
    )
    if tally.undelivered is None:
        ending = complete_batch(
            batch, records=tally.events, unreadable_rows=tally.rows()["refused"]
        )
        tally.completed = _said(outlet, ending, delivery.timestamp, tally)
    return tally


def _opening(delivery: Delivery, batch: Batch) -> Iterator[Event]:
    if delivery.joins:
        # As of the run, not of the extract: the newest declaration counts, and an older extract,
        # or another file of the same moment, adds its types to it too.
        yield join_source(
            local_authority=batch.local_authority,
            source=batch.source,
            agency=delivery.agency,
            event_types=delivery.form.types_in(delivery.files) | delivery.also,
            at=delivery.context.recorded_at,
            mode=delivery.mode,
            rhythm_hours=delivery.rhythm_hours,
        )
    yield open_batch(batch)


def _said(outlet: Outlet, event: Event, timestamp: datetime | None, tally: Tally) -> bool:
    result = outlet.publish(event, timestamp=timestamp)
    if isinstance(result, (Accepted, Valid)):
        return True
    if isinstance(result, Rejected):
        # The source itself may not speak, so none of its events would be taken either.
        result = Undelivered(f"The batch cannot be announced: {result}.")
    tally.stop(result)
    return False


def _events(
    delivery: Delivery,
    outlet: Outlet,
    tally: Tally,
    watch: Callable[[Tally, Outcome], None] | None,
) -> None:
    waiting: deque[Made] = deque()
    sent = 0
    for outcome in delivery.form.read(delivery.files, delivery.context):
        tally.outcome(outcome)
        if isinstance(outcome, Made):
            outlet.send(outcome.event, timestamp=delivery.timestamp)
            waiting.append(outcome)
            sent += 1
            if sent % LOOK_EVERY == 0:
                _settle(outlet.results_so_far(), waiting, tally)
        if outlet.in_flight >= WINDOW:
            _settle(outlet.results(leaving=WINDOW // 2), waiting, tally)
        if tally.undelivered is not None:
            return
        if watch is not None:
            watch(tally, outcome)
    _settle(outlet.results(), waiting, tally)


def _settle(results: Iterator[Result], waiting: deque[Made], tally: Tally) -> None:
    for result in results:
        tally.result(waiting.popleft(), result)
