"""Publishes what waits in an outbox: each row at least once, and marked once the broker has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any, NamedTuple

import psycopg

from producers.delivery import Outlet
from producers.event import Event, Source
from producers.files.json_lines import event_of
from producers.files.outcomes import BadValue, Context
from producers.results import Accepted, Rejected

TOGETHER = 500
"""Rows that are on their way to the broker at once, and marked in one transaction."""

_LOCK = "SELECT pg_try_advisory_lock(hashtext('joinedup_outbox'), 'joinedup_outbox'::regclass::int)"
_UNLOCK = "SELECT pg_advisory_unlock(hashtext('joinedup_outbox'), 'joinedup_outbox'::regclass::int)"
# By what waits and not by the last id: rows commit out of the order of their ids.
_WAITING = """
SELECT id, event, written_at FROM joinedup_outbox
WHERE published_at IS NULL AND refused IS NULL ORDER BY id LIMIT %(limit)s
"""
_PUBLISHED = """
UPDATE joinedup_outbox SET published_at = clock_timestamp() WHERE id = ANY(%(ids)s)
"""
_REFUSED = "UPDATE joinedup_outbox SET refused = %(why)s WHERE id = %(id)s"
_TIDY = """
DELETE FROM joinedup_outbox WHERE published_at < clock_timestamp() - make_interval(days => %(days)s)
"""

FailPoint = Callable[[str], None]
Connection = psycopg.Connection[Any]


class OutboxBusy(Exception):
    """Another relay works on this outbox; the sentence says so."""


class Row(NamedTuple):
    """A row that waits; its event as JSON has it, and when it was written."""

    id: int
    event: Any
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one look: rows published, rows refused, and why the rest was not delivered."""

    published: int = 0
    refused: int = 0
    undelivered: str | None = None

    @property
    def was_idle(self) -> bool:
        """Whether nothing waited."""
        return not (self.published or self.refused or self.undelivered)


def ddl() -> str:
    """Return the statements that make the table."""
    return files(__package__).joinpath("outbox.sql").read_text("utf-8")


def _nothing_fails(point: str) -> None:
    """Be passed unharmed."""


class OutboxRelay:
    """Publishes the rows of ``joinedup_outbox`` of one database, as one source.

    Published again after a crash, a row gives the same event id and the same bytes: what it leaves
    out is filled in with the moment at which it was written, never with the present one.
    """

    def __init__(
        self,
        connection: Connection,
        outlet: Outlet,
        source: Source,
        local_authority: str,
        *,
        simulated: bool = False,
        fail: FailPoint = _nothing_fails,
    ) -> None:
        """Take a connection that is used for nothing else, and what publishes.

        local_authority: of events that name none. fail: called at each step by its name, so that a
        test may end the process there.
        """
        self._connection = connection
        self._outlet = outlet
        self._source = source
        self._la = local_authority
        self._simulated = simulated
        self._fail = fail

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the outbox for this relay; raises OutboxBusy where another one has it.

        The lock ends with the connection, so that of a relay that died ends at once.
        """
        if not self._one(_LOCK):
            raise OutboxBusy("Another relay works on this outbox: let it, or end it first.")
        try:
            yield
        finally:
            self._one(_UNLOCK)

    def round(self, limit: int = TOGETHER) -> Round:
        """Publish at most so many of the rows that wait, and mark what became of each."""
        with self._connection.transaction():
            rows = [Row(*row) for row in self._connection.execute(_WAITING, {"limit": limit})]
        self._fail("before-publish")
        sent, refused = self._send(rows)
        results = list(self._outlet.results())
        self._fail("before-mark")
        published, undelivered = [], None
        for row, result in zip(sent, results, strict=True):
            if isinstance(result, Accepted):
                published.append(row.id)
            elif isinstance(result, Rejected):
                refused[row.id] = str(result)
            else:
                undelivered = str(result)
        with self._connection.transaction():
            self._mark(published, refused)
            self._fail("before-commit")
        self._fail("after-commit")
        return Round(len(published), len(refused), undelivered)

    def tidy(self, days: int) -> int:
        """Delete what was published so many days ago, and return how many rows that were."""
        with self._connection.transaction():
            return self._connection.execute(_TIDY, {"days": days}).rowcount

    def _send(self, rows: Sequence[Row]) -> tuple[list[Row], dict[int, str]]:
        """Send every row that is an event; return these, and why each other is none."""
        sent, refused = [], {}
        for row in rows:
            try:
                event = self._event(row)
            except BadValue as bad:
                refused[row.id] = f"{bad.field}: {bad.reason}"
                continue
            timestamp = row.written_at if self._simulated else None
            self._outlet.send(event, timestamp=timestamp)
            sent.append(row)
        return sent, refused

    def _event(self, row: Row) -> Event:
        if not isinstance(row.event, dict):
            raise BadValue("event", "expected a JSON object")
        context = Context(
            local_authority=self._la,
            source=self._source,
            extracted_at=row.written_at,
            recorded_at=row.written_at,
        )
        return event_of(row.event, context)

    def _mark(self, published: list[int], refused: dict[int, str]) -> None:
        if published:
            self._connection.execute(_PUBLISHED, {"ids": published})
        for id_, why in refused.items():
            self._connection.execute(_REFUSED, {"id": id_, "why": why})

    def _one(self, statement: str) -> Any:
        with self._connection.transaction():
            row = self._connection.execute(statement.encode()).fetchone()
        return row[0] if row else None
