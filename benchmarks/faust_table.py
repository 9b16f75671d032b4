"""The join in Faust: three tables with changelogs, and an agent that writes rows in batches.

``python -m benchmarks.faust_table`` runs it until it is stopped.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from typing import Any, cast

import faust
from faust.streams import Stream
from faust.types import AppT, EventT, StreamT, TableT
from mode.supervisors import CrashingSupervisor
from psycopg import AsyncConnection

from benchmarks.events import Events, registry
from benchmarks.join import Join, Row
from benchmarks.rows import newest, statement
from benchmarks.settings import Settings

_PARTITIONS = 4
_MANY = 1000
_SECONDS = 0.2


class _Table:
    """A table of Faust, by the names that the join uses."""

    def __init__(self, table: TableT[str, Any]) -> None:
        self._table = table

    def get(self, key: str) -> Any:
        return self._table.get(key)

    def set(self, key: str, value: Any) -> None:
        self._table[key] = value

    def delete(self, key: str) -> None:
        del self._table[key]


class Sink:
    """Rows that wait to be written, and the events that are acknowledged once they are."""

    def __init__(self, settings: Settings) -> None:
        """Take where they go; the connection is made at the first row."""
        self._settings = settings
        self._rows: list[Row] = []
        self._events: list[EventT[bytes]] = []
        self._stream: StreamT[bytes] | None = None
        self._busy = asyncio.Lock()
        self._connection: AsyncConnection | None = None

    async def add(self, stream: StreamT[bytes], event: EventT[bytes], rows: list[Row]) -> None:
        """Take the rows of an event, and write all once they are many."""
        self._stream = stream
        self._rows += rows
        self._events.append(event)
        if len(self._events) >= _MANY:
            await self.flush()

    async def flush(self) -> None:
        """Write what waits in one transaction, and acknowledge it after that."""
        async with self._busy:
            rows, events = self._rows, self._events
            self._rows, self._events = [], []
            if self._stream is not None and events:
                await self._write(rows)
                for event in events:
                    await self._stream.ack(event)

    async def _write(self, rows: list[Row]) -> None:
        if self._connection is None:
            options = f"-c search_path={self._settings.name}"
            self._connection = await AsyncConnection.connect(
                self._settings.database, options=options
            )
        async with self._connection.transaction(), self._connection.cursor() as cursor:
            for table, written in newest(rows).items():
                if written:
                    await cursor.executemany(statement(table, written[0]).encode(), written)


def application(settings: Settings) -> AppT:
    """Return the application, which is not running yet."""
    app = faust.App(
        settings.name,
        broker=f"kafka://{settings.bootstrap}",
        broker_credentials=faust.SASLCredentials(
            username=settings.username,
            password=settings.password,
            ssl_context=ssl.create_default_context(cafile=settings.ca_file),
            mechanism="SCRAM-SHA-512",
        ),
        datadir=settings.folder,
        store="memory://",
        processing_guarantee="at_least_once",
        producer_acks=-1,
        consumer_auto_offset_reset="earliest",
        topic_partitions=_PARTITIONS,
        topic_replication_factor=1,
        topic_disable_leader=True,
        web_enabled=False,
    )
    children, links, seen = (
        _Table(app.Table(name, partitions=_PARTITIONS)) for name in ("children", "links", "seen")
    )
    join = Join(children, links, seen, settings.today)
    events = Events(registry(settings.registry))
    topic = app.topic(*settings.topics, key_type=bytes, value_type=bytes, value_serializer="raw")
    sink = Sink(settings)

    @app.agent(topic, supervisor_strategy=CrashingSupervisor)
    async def joined(stream: StreamT[Any]) -> None:
        async for event in cast("Stream[bytes]", stream).noack().events():
            at = event.message
            place = f"{at.topic} {at.partition} {at.offset}"
            await sink.add(stream, event, join.rows(events.read(event.value), place))

    @app.timer(interval=_SECONDS)  # type: ignore[untyped-decorator]
    async def flushed() -> None:
        await sink.flush()

    return app


def main() -> None:
    """Run it as Faust's own command does."""
    app = application(Settings.of(os.environ))
    sys.argv = [sys.argv[0], "worker", "-l", "info", "--without-web"]
    app.main()


if __name__ == "__main__":
    main()
