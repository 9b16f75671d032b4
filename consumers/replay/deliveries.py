"""The steps of deliveries in the store, held against the topic on which each stood first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import msgspec

from consumers.errors import BrokenPromise
from consumers.join.inputs import Raw
from consumers.notifier.delivery import Delivery, body_of, delivery_of
from consumers.replay.attended import KeptRow, RowDifference, Table, differing, text_of
from consumers.replay.comparing import Fault
from consumers.replay.journeys import Journeys
from schemas.codec import Codec, Undecodable


class KeptDeliveries(Protocol):
    """What the store keeps of deliveries."""

    def delivered(self) -> Mapping[int, int]:
        """Return below which offset the steps are kept, by partition."""

    def deliveries(self, partition: int, places: range, la: str | None) -> Iterable[KeptRow]:
        """Yield the steps that are kept of these offsets."""

    def deliveries_astray(self, la: str | None) -> Iterable[KeptRow]:
        """Yield steps where the notifier has not come to, and deliveries not as their last step."""


class Found(msgspec.Struct, kw_only=True):
    """How many steps were held against the topic, and in what they differ."""

    compared: int = 0
    differences: list[RowDifference] = []


def compared(topic: Journeys, codec: Codec, kept: KeptDeliveries, la: str | None) -> Found:
    """Hold what is kept of deliveries against the topic, of one authority or of all.

    What the notifier had not kept yet when this began is left out. Raises BrokenPromise where the
    topic ends before that, or a record of it cannot be read.
    """
    found = Found()
    ends = topic.ends()
    for partition, until in sorted(kept.delivered().items()):
        if until > ends.get(partition, 0):
            raise BrokenPromise(
                f"The topic of deliveries ends before what the store keeps of it (partition"
                f" {partition}): restore both from the same backup."
            )
        first = 0
        for raws in topic.batches(partition, until):
            mine = {raw.offset: _row(partition, raw, codec) for raw in raws}
            places = range(first, raws[-1].offset + 1)
            rows = kept.deliveries(partition, places, la)
            asked = {at: one for at, one in mine.items() if la in (None, one.la)}
            found.compared += len(asked)
            found.differences += _differences(rows, asked)
            first = places.stop
        rest = kept.deliveries(partition, range(first, until), la)
        found.differences += _differences(rest, {})
    found.differences += (
        differing(Table.DELIVERIES, Fault.UNFOUNDED, one, None)
        for one in kept.deliveries_astray(la)
    )
    return found


def _differences(kept: Iterable[KeptRow], mine: dict[int, KeptRow]) -> Iterator[RowDifference]:
    for row in kept:
        one = mine.pop(row.offset, None) if row.offset is not None else None
        if one is None:
            yield differing(Table.DELIVERIES, Fault.UNFOUNDED, row, None)
        elif (row.la, row.text) != (one.la, one.text):
            yield differing(Table.DELIVERIES, Fault.CHANGED, row, one)
    for one in mine.values():
        yield differing(Table.DELIVERIES, Fault.MISSING, None, one)


def _row(partition: int, raw: Raw, codec: Codec) -> KeptRow:
    try:
        step = delivery_of(codec.decode(raw.value).record)
    except Undecodable as fault:
        raise BrokenPromise(
            f"Record {raw.offset} of the topic of deliveries cannot be read ({fault.reason_code}):"
            " see that the registry is that of these topics."
        ) from fault
    return KeptRow(
        la=step.la,
        alert_id=step.alert_id,
        key=step.delivery_id,
        text=text_of(_said(step)),
        partition=partition,
        offset=raw.offset,
    )


def _said(step: Delivery) -> dict[str, object]:
    return {
        "alert_id": step.alert_id,
        "recipient": step.recipient,
        "channel": step.channel,
        "step": step.step,
        "urgent": step.urgent,
        "message": step.message_id,
        "at": step.at,
        "body": body_of(step),
    }
