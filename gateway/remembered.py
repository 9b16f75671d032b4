"""What was accepted of late: so that a request sent again writes nothing a second time."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from hashlib import sha256
from threading import Lock

import msgspec

from producers.event import Event

REMEMBERED = 200_000
"""Event ids that are kept, of all clients; about 40 MB."""

Known = tuple[str, str, str]


class Remembered:
    """Ids of events that the broker has, with a hash of what they said.

    It spares the platform repeats within hours, and no more: a repeat that is not recognised
    here is written once more, and changes nothing there.
    """

    def __init__(self, size: int = REMEMBERED) -> None:
        """Take how many to keep."""
        self._size = size
        self._held: OrderedDict[Known, bytes] = OrderedDict()
        self._lock = Lock()

    def look_up(self, event: Event, digest: bytes) -> bool | None:
        """Return True where this was accepted, False where its id said other things, else None."""
        with self._lock:
            held = self._held.get(_known(event))
        return None if held is None else held == digest

    def has(self, organisation: str, system: str, event_id: str) -> bool:
        """Whether the broker has an event of this system under this id, as far as is remembered."""
        with self._lock:
            return (organisation, system, event_id) in self._held

    def keep(self, event: Event, digest: bytes) -> None:
        """Remember an event that was accepted."""
        with self._lock:
            self._held[_known(event)] = digest
            if len(self._held) > self._size:
                self._held.popitem(last=False)


def digest_of(event: Event, now: datetime) -> bytes:
    """Return a hash of what an event says, without what was filled in with the present moment."""
    said = {name: value for name, value in event.record.items() if value != now}
    return sha256(msgspec.msgpack.encode((event.type, sorted(said.items())))).digest()[:16]


def _known(event: Event) -> Known:
    source = event.record["source"]
    return source["organisation"], source["system"], event.event_id
