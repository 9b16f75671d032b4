"""What real systems do to real records: send twice, correct, take back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from producers.event import Identifier, milliseconds, new_event
from producers.simulate.life import Record
from schemas.catalogue import ENVELOPE

_RESENT = 0.01
_CORRECTED = 0.01
_MISTAKEN = 0.03
_MARK = "SessionAttendanceRecorded"
_VIEW = "FamilyViewRecorded"


def disturbed(records: Iterable[Record], random: Random) -> Iterator[Record]:
    """Yield the records and, of some, what their source sends besides.

    One in a hundred is sent again days later, as it was. One attendance mark in a hundred is
    corrected next day. Now and then a family's view is entered twice and one entry taken back.
    None of this changes what follows about a child.
    """
    for record in records:
        yield record
        if random.random() < _RESENT:
            yield record.resent(timedelta(hours=random.randint(1, 90)))
        if record.event.type == _MARK and random.random() < _CORRECTED:
            yield revised(record, timedelta(hours=20), mark="OTHER")
        if record.event.type == _VIEW and random.random() < _MISTAKEN:
            mistaken = revised(record, timedelta(minutes=3), record_id="entered twice")
            yield mistaken
            yield revised(mistaken, timedelta(days=2), retracted=True)


def revised(
    record: Record,
    after: timedelta,
    *,
    record_id: str = "",
    retracted: bool = False,
    **changes: Any,
) -> Record:
    """Return a later revision of the record with these changes, or of another record id."""
    old = record.event.record
    known_at: datetime = record.known_at + after
    payload = {name: value for name, value in old.items() if name not in ENVELOPE}
    event = new_event(
        record.event.type,
        local_authority=old["local_authority"],
        source=record.source.speaker,
        source_record_id=" ".join(filter(None, (old["source_record_id"], record_id))),
        revision=milliseconds(known_at),
        recorded_at=known_at,
        retracted=retracted,
        identifiers=[Identifier(**one) for one in old["identifiers"]],
        date_of_birth=old["date_of_birth"],
        **{**payload, **changes},
    )
    return replace(record, known_at=known_at, event=event)
