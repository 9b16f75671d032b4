"""Checkpoints as they stand on their topic, where nobody who has the store can take one away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from consumers.audit.checkpoint import Checkpoint
from consumers.errors import BrokenPromise
from consumers.join.inputs import Raw
from consumers.replay.journeys import Journeys
from schemas.codec import Codec, Undecodable


def published(topic: Journeys, codec: Codec, la: str | None = None) -> Iterator[Checkpoint]:
    """Yield the checkpoints of one authority or of all, by partition and in order.

    Raises BrokenPromise where the first records are gone, or one cannot be read.
    """
    for partition, until in sorted(topic.ends().items()):
        for raws in topic.batches(partition, until):
            for one in (_checkpoint(raw, codec) for raw in raws):
                if la in (None, one.local_authority):
                    yield one


def _checkpoint(raw: Raw, codec: Codec) -> Checkpoint:
    try:
        record: dict[str, Any] = dict(codec.decode(raw.value).record)
    except Undecodable as fault:
        raise BrokenPromise(
            f"Record {raw.offset} of the topic of checkpoints cannot be read ({fault.reason_code}):"
            " see that the registry is that of these topics."
        ) from fault
    return Checkpoint(**{**record, "at": round(record["at"].timestamp() * 1000)})
