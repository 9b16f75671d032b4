"""What an invented authority tells of some children in a year, as the core takes it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from consumers.decode import to_event
from consumers.tokens import Tokens
from journey.events import Event
from producers.event import milliseconds
from producers.simulate import simulate
from schemas.codec import Codec
from schemas.registry import MemoryRegistry

TOKENS = Tokens(b"a pseudonym key for tests")


def a_year(children: int) -> list[Event]:
    """Return it in order of known time; the same with each call."""
    codec, found = Codec(MemoryRegistry()), []
    for told in simulate(count=children).records:
        wire = codec.encode(told.event.kind.full_name, dict(told.event.record))
        kappa = milliseconds(told.known_at)
        found.append(to_event(codec.decode(wire), kappa=kappa, tokens=TOKENS))
    return found


def with_more_children(year: Sequence[Event], times: int) -> Iterator[Event]:
    """Yield each fact about a child so many times, each time about another child."""
    records = {event.record for event in year}
    for event in year:
        copies = times if event.leaf else 1
        yield from (_of_another(event, records, number) for number in range(copies))


def _of_another(event: Event, records: set[str], number: int) -> Event:
    if not number:
        return event

    def other(token: str) -> str:
        return hashlib.md5(f"{number}{token}".encode(), usedforsecurity=False).hexdigest()

    def value(one: Any) -> Any:
        return other(one) if isinstance(one, str) and one in records else one

    data: Mapping[str, Any] = {name: value(one) for name, one in event.data.items()}
    identifiers = (msgspec.structs.replace(i, token=other(i.token)) for i in event.identifiers)
    return msgspec.structs.replace(
        event,
        record=other(event.record),
        leaf=other(event.leaf),
        event_id=f"{event.event_id[:-4]}{number:04}",
        identifiers=tuple(identifiers),
        data=data,
    )
