"""Ghosts in the store: what still counts of the records of erased children."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from consumers.store.loading import Connection, Place
from journey.ghost import Ghost

_ANY = "SELECT EXISTS (SELECT FROM ghosts WHERE partition = %(partition)s)"

_FIND = """
SELECT la, record, source, kappa, revision, retracted, scope, batch
FROM ghosts JOIN unnest(%(las)b::text[], %(records)b::bytea[]) AS w (la, record)
USING (la, record)
"""

_KEEP = """
INSERT INTO ghosts (la, record, partition, source, kappa, revision, retracted, scope, batch)
SELECT * FROM unnest(%b::text[], %b::bytea[], %b::int[], %b::text[], %b::bigint[], %b::bigint[],
  %b::bool[], %b::text[], %b::text[])
ON CONFLICT (la, record) DO UPDATE SET
  source = excluded.source, kappa = excluded.kappa, revision = excluded.revision,
  retracted = excluded.retracted, scope = excluded.scope, batch = excluded.batch
"""

_DROP = """
DELETE FROM ghosts USING unnest(%b::text[], %b::bytea[]) AS w (la, record)
WHERE ghosts.la = w.la AND ghosts.record = w.record
"""

MOST = 20_000


class Ghosts:
    """The ghosts of one partition, looked up where there are any at all."""

    def __init__(self, connection: Connection, partition: int) -> None:
        """Read and write through this connection, in the transaction that is open on it."""
        self._connection = connection
        self._partition = partition
        row = connection.execute(_ANY, {"partition": partition}).fetchone()
        self._any = bool(row and row[0])
        self._known: dict[Place, Ghost | None] = {}
        self._changed: dict[Place, Ghost | None] = {}

    def prefetch(self, places: Iterable[Place]) -> None:
        """Look these records up at once; let go of what is known where it is much and stored."""
        if not self._any:
            return
        if len(self._known) > MOST:
            self._known = dict(self._changed)
        self._look_up(places)

    def of(self, place: Place) -> Ghost | None:
        """Return the ghost that stands for this record, if one does."""
        if not self._any:
            return None
        if place not in self._known:
            self._look_up([place])
        return self._known[place]

    def keep(self, ghost: Ghost) -> None:
        """Let the ghost stand for its record."""
        self._any = True
        place = (ghost.la, ghost.record)
        self._known[place] = self._changed[place] = ghost

    def drop(self, place: Place) -> None:
        """Let no ghost stand for this record."""
        self._known[place] = self._changed[place] = None

    def write(self) -> None:
        """Store every change, in the open transaction."""
        kept = [ghost for ghost in self._changed.values() if ghost is not None]
        dropped = [place for place, ghost in self._changed.items() if ghost is None]
        self._changed = {}
        if dropped:
            las, records = zip(*dropped, strict=True)
            self._connection.execute(_DROP, [list(las), _raw(records)])
        if kept:
            self._connection.execute(_KEEP, self._columns(kept))

    def _columns(self, ghosts: Iterable[Ghost]) -> list[list[object]]:
        rows = (
            (
                *(one.la, bytes.fromhex(one.record), self._partition, one.source, one.kappa),
                *(one.revision, one.retracted, one.scope, one.batch),
            )
            for one in ghosts
        )
        return [list(column) for column in zip(*rows, strict=True)]

    def _look_up(self, places: Iterable[Place]) -> None:
        unknown = [place for place in places if place not in self._known]
        if not unknown:
            return
        las, records = zip(*unknown, strict=True)
        asked: Mapping[str, object] = {"las": list(las), "records": _raw(records)}
        self._known |= dict.fromkeys(unknown)
        for (
            la,
            record,
            source,
            kappa,
            revision,
            retracted,
            scope,
            batch,
        ) in self._connection.execute(_FIND, asked, binary=True):
            self._known[la, record.hex()] = Ghost(
                la=la,
                source=source,
                record=record.hex(),
                kappa=kappa,
                revision=revision,
                retracted=retracted,
                scope=scope,
                batch=batch,
            )


def _raw(tokens: Iterable[str]) -> list[bytes]:
    return [bytes.fromhex(token) for token in tokens]
