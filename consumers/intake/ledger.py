"""Where a partition's intake stands: the next offsets, known time, and the running totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from consumers.journeys_record import Headers, JourneysRecord, Kind, Unreadable, headers_of

POSITION = "joinedup.platform.Position"


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """What one partition's intake has done so far.

    next_offsets: by input topic, the offset of the next record to read.
    kappa: known time of the last journeys record; tick: moment of the last tick (both ms).
    round: number of the last tick.
    read, journeyed, dead: running totals; read = journeyed + dead, always.
    """

    next_offsets: Mapping[str, int]
    kappa: int = 0
    tick: int = -1
    round: int = 0
    read: int = 0
    journeyed: int = 0
    dead: int = 0


def position_of(partition: int, ledger: Ledger) -> dict[str, Any]:
    """Return the Position record of this ledger."""
    return {
        "partition": partition,
        "next_offsets": [
            {"topic": topic, "offset": offset}
            for topic, offset in sorted(ledger.next_offsets.items())
        ],
        "read": ledger.read,
        "journeyed": ledger.journeyed,
        "dead": ledger.dead,
    }


def position_headers(ledger: Ledger) -> Headers:
    """Return the headers of a Position: the usual ones, the last tick and its number."""
    record = JourneysRecord(
        kind=Kind.POSITION, type=POSITION, la="", kappa=ledger.kappa, source=None, value=b""
    )
    clock = (("tick", b"%d" % ledger.tick), ("round", b"%d" % ledger.round))
    return headers_of(record) + clock


def ledger_of(
    position: Mapping[str, Any], kappa: int, headers: Iterable[tuple[str, bytes]]
) -> Ledger:
    """Return the ledger that was written as this Position; raises Unreadable."""
    clock = dict(headers)
    try:
        tick, number = int(clock["tick"]), int(clock["round"])
    except (KeyError, ValueError):
        raise Unreadable("A Position's header 'tick' or 'round' is missing or wrong.") from None
    return Ledger(
        next_offsets={one["topic"]: one["offset"] for one in position["next_offsets"]},
        kappa=kappa,
        tick=tick,
        round=number,
        read=position["read"],
        journeyed=position["journeyed"],
        dead=position["dead"],
    )
