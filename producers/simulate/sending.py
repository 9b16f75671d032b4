"""Sends an invented year in order of time: events one by one, and files as systems export them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeAlias

from producers import delivery
from producers.event import Event
from producers.files.formats import FORMATS
from producers.files.outcomes import Context, Unreadable
from producers.results import Accepted, Rejected, Result, Undelivered, Valid
from producers.simulate.life import Record
from producers.simulate.numbers import LA
from producers.simulate.year import BrokenMessage, Delivery, Year

_WINDOW = 4_000
Watch: TypeAlias = Callable[[int], None]
"""Is told how many of the year's items were sent so far."""


class SendingFailed(Exception):
    """The year could not be sent whole; the sentence says why and what to do."""


class Outlet(delivery.Outlet, Protocol):
    """Where events go; it can also send what no publisher would."""

    def send_broken(self, message: BrokenMessage) -> None:
        """Send a message that cannot be read, at its time."""


@dataclass(slots=True)
class Sent:
    """What was sent: events by source, files, broken messages."""

    events: Counter[str] = field(default_factory=Counter)
    files: int = 0
    broken: int = 0

    @property
    def messages(self) -> int:
        """Return how many messages there are on the input topics."""
        return self.events.total() + self.broken


def send(year: Year, outlet: Outlet, folder: Path, watch: Watch = lambda _: None) -> Sent:
    """Send the whole year and return what was sent; files are written below the folder.

    Raises SendingFailed where something did not arrive, or was refused although it is ours.
    """
    sent = Sent()
    for position, item in enumerate(year.items, start=1):
        if isinstance(item, Record):
            _send_record(item, outlet, sent)
        else:
            _settle(outlet)
            if isinstance(item, Delivery):
                _deliver(item, outlet, folder, sent)
            else:
                outlet.send_broken(item)
                sent.broken += 1
        watch(position)
    _settle(outlet)
    return sent


def _send_record(record: Record, outlet: Outlet, sent: Sent) -> None:
    outlet.send(record.event, timestamp=record.known_at)
    sent.events[record.source.name] += 1
    if outlet.in_flight >= _WINDOW:
        _settle(outlet, leaving=_WINDOW // 2)


def _settle(outlet: Outlet, leaving: int = 0) -> None:
    for result in outlet.results(leaving=leaving):
        if isinstance(result, Undelivered):
            raise SendingFailed(result.reason)
        if isinstance(result, Rejected):
            raise SendingFailed(f"An event of the invented year was refused: {result}.")


def _deliver(item: Delivery, outlet: Outlet, folder: Path, sent: Sent) -> None:
    paths = write(item, folder)
    context = Context(
        local_authority=LA,
        source=item.source.speaker,
        extracted_at=item.known_at,
        recorded_at=item.known_at,
    )
    what = delivery.Delivery(
        form=FORMATS[item.format],
        files=paths,
        context=context,
        agency=item.source.agency,
        joins=False,
        timestamp=item.known_at,
    )
    counting = _Counting(outlet)
    try:
        tally = delivery.deliver(what, counting)
    except Unreadable as fault:
        raise SendingFailed(f"The files of {item.folder} cannot be read: {fault}") from fault
    if not tally.all_accepted:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in tally.refused)
        raise SendingFailed(f"Of {item.folder}: {tally.undelivered or reasons}")
    sent.events[item.source.name] += counting.count
    sent.files += len(paths)


def write(item: Delivery, folder: Path) -> list[Path]:
    """Write a delivery's files below the folder and return their paths."""
    below = folder / item.folder
    below.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in item.files.items():
        paths.append(below / name)
        paths[-1].write_text(text, "utf-8")
    return paths


class _Counting:
    """An outlet that counts what goes through it."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self.count = 0

    @property
    def in_flight(self) -> int:
        """How many results have not been taken."""
        return self._outlet.in_flight

    def publish(self, event: Event, *, timestamp: datetime | None = None) -> Result:
        """Count the event if it arrives."""
        result = self._outlet.publish(event, timestamp=timestamp)
        self.count += isinstance(result, (Accepted, Valid))
        return result

    def send(self, event: Event, *, timestamp: datetime | None = None) -> None:
        """Count the event; one that does not arrive ends the sending."""
        self.count += 1
        self._outlet.send(event, timestamp=timestamp)

    def results(self, *, leaving: int = 0) -> Iterator[Result]:
        """Yield the results in order, leaving the newest."""
        return self._outlet.results(leaving=leaving)

    def results_so_far(self) -> Iterator[Result]:
        """Yield the results that have come."""
        return self._outlet.results_so_far()
