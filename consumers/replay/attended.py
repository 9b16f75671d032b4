"""What people did about alerts and how they stand with people, held against what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from consumers.replay.comparing import Fault, fields_of
from consumers.store.acting import action_said, standing_said
from journey.attending import Acted, Stood

Alert = tuple[str, str]
"""(local authority, alert id)."""


class Table(StrEnum):
    """Rows of the store that follow from records, beside the transitions."""

    ACTIONS = "actions"
    STANDINGS = "standings"
    DELIVERIES = "deliveries"


class KeptRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row as it is kept. text: what it says, as RFC 8785 JSON.

    key: of an action and a delivery by what there is one of it, of a standing its alert.
    partition, offset: of the record that it says it is of; None where the row does not say.
    """

    la: str
    alert_id: str
    key: str
    text: str
    partition: int | None = None
    offset: int | None = None

    @property
    def kappa(self) -> int:
        """The moment (ms UTC) that the row says it is of, 0 where it does not say."""
        return int(fields_of(self.text).get("kappa", 0))


class RowDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One row that is not what follows from a record, or is missing, or follows from none.

    partition, offset: of the record behind it, of journeys or, for a delivery, of the topic of
    deliveries; None where there is none. kept, replayed: what either side says, None where none.
    """

    table: Table
    fault: Fault
    la: str
    alert_id: str
    partition: int | None = None
    offset: int | None = None
    kept: str | None = None
    replayed: str | None = None


class Attended:
    """What follows of one partition, as far as it was replayed; in memory until it is compared."""

    def __init__(self, partition: int) -> None:
        """Start with nothing done."""
        self.partition = partition
        self._actions: dict[str, KeptRow] = {}
        self._standings: dict[Alert, KeptRow] = {}
        self.known_to = 0

    def take(self, acted: Iterable[Acted], stood: Iterable[Stood], offset: int, kappa: int) -> None:
        """Take what came of the record at this offset, known at this moment (ms UTC)."""
        self.known_to = kappa
        for one in acted:
            row = self._row(one.la, one.action.alert_id, action_said(one), one.position)
            # Of an action that comes twice the store keeps the first.
            self._actions.setdefault(f"{one.la}/{one.action.event_id}", row)
        for now in stood:
            row = self._row(now.la, now.alert_id, standing_said(now), offset)
            self._standings[now.la, now.alert_id] = row

    def forget(self, la: str, alerts: Iterable[str]) -> None:
        """Let go of how the alerts of an erased child stood."""
        for one in alerts:
            self._standings.pop((la, one), None)

    def _row(self, la: str, alert_id: str, said: Mapping[str, Any], offset: int) -> KeptRow:
        return KeptRow(
            la=la,
            alert_id=alert_id,
            key=str(said.get("event_id", alert_id)),
            text=text_of(said),
            partition=self.partition,
            offset=offset,
        )

    def actions(self, kept: Iterable[KeptRow]) -> Iterator[RowDifference]:
        """Yield in what the kept actions differ from those that follow."""
        left = dict(self._actions)
        for row in kept:
            mine = left.pop(f"{row.la}/{row.key}", None)
            if mine is None:
                yield differing(Table.ACTIONS, Fault.UNFOUNDED, row, None)
            elif not _agree(row, mine):
                yield differing(Table.ACTIONS, Fault.CHANGED, row, mine)
        for mine in left.values():
            yield differing(Table.ACTIONS, Fault.MISSING, None, mine)

    def standings(
        self,
        kept: dict[Alert, KeptRow],
        erased: frozenset[Alert],
        ahead: frozenset[Alert] = frozenset(),
        *,
        is_behind: bool = False,
    ) -> Iterator[RowDifference]:
        """Yield in what the kept standings differ; those that were found are taken out of them.

        ahead: of which more was told than follows from what was replayed: they are not compared.
        is_behind: what is kept may be of later records.
        """
        for alert in ahead:
            kept.pop(alert, None)
        for alert, mine in self._standings.items():
            if alert in ahead:
                continue
            row = kept.pop(alert, None)
            if row is not None and is_behind and row.kappa > self.known_to:
                continue
            if row is None and alert not in erased:
                yield differing(Table.STANDINGS, Fault.MISSING, None, mine)
            elif row is not None and alert in erased:
                yield differing(Table.STANDINGS, Fault.NOT_ERASED, row, mine)
            elif row is not None and row.text != mine.text:
                yield differing(Table.STANDINGS, Fault.CHANGED, row, mine)

    @property
    def counted(self) -> dict[Table, int]:
        """How many rows follow, by table."""
        return {Table.ACTIONS: len(self._actions), Table.STANDINGS: len(self._standings)}


def text_of(said: Mapping[str, Any]) -> str:
    """Return a row as RFC 8785 JSON: what it says as texts and numbers, in order of names."""
    return msgspec.json.encode(said, order="sorted").decode()


def _agree(kept: KeptRow, mine: KeptRow) -> bool:
    return (kept.partition, kept.offset, kept.text) == (mine.partition, mine.offset, mine.text)


def differing(
    table: Table, fault: Fault, kept: KeptRow | None, replayed: KeptRow | None
) -> RowDifference:
    """Return a difference; one of the two sides is there, and the record is the replayed one's."""
    one = replayed or kept
    assert one is not None, "one of the two sides is there"
    return RowDifference(
        table=table,
        fault=fault,
        la=one.la,
        alert_id=one.alert_id,
        partition=one.partition,
        offset=one.offset,
        kept=kept.text if kept else None,
        replayed=replayed.text if replayed else None,
    )
