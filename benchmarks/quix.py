"""The join in Quix Streams: state with a changelog, and the library's own sink for PostgreSQL.

``python -m benchmarks.quix`` runs it until it is stopped, in the environment of
``benchmarks/requirements.lock``.
"""

from __future__ import annotations

import os
from typing import Any

from psycopg2.extensions import parse_dsn
from quixstreams import Application, State, message_context
from quixstreams.dataframe import StreamingDataFrame
from quixstreams.kafka import ConnectionConfig
from quixstreams.sinks.community.postgresql import PostgreSQLSink

from benchmarks.events import Events, registry
from benchmarks.in_order import InOrder
from benchmarks.join import Join
from benchmarks.rows import KEYS, named
from benchmarks.settings import Settings

_MANY = 2000
_SECONDS = 0.5


class _Table:
    """A part of the state, by the names that the join uses."""

    def __init__(self, name: str, state: State) -> None:
        self._name = name
        self._state = state

    def get(self, key: str) -> Any:
        return self._state.get(f"{self._name} {key}")

    def set(self, key: str, value: Any) -> None:
        self._state.set(f"{self._name} {key}", value)

    def delete(self, key: str) -> None:
        self._state.delete(f"{self._name} {key}")


class _Sink(InOrder, PostgreSQLSink):  # type: ignore[misc]
    """The library's sink, which writes the rows of all topics in the order in which they came."""


def application(settings: Settings) -> Application:
    """Return the application, with the dataframe that it runs."""
    app = Application(
        broker_address=ConnectionConfig(
            bootstrap_servers=settings.bootstrap,
            security_protocol="sasl_ssl",
            sasl_mechanism="SCRAM-SHA-512",
            sasl_username=settings.username,
            sasl_password=settings.password,
            ssl_ca_location=settings.ca_file,
        ),
        consumer_group=settings.name,
        auto_offset_reset="earliest",
        commit_interval=_SECONDS,
        commit_every=_MANY,
        state_dir=settings.folder,
        producer_extra_config={"acks": "all", "compression.type": "lz4", "linger.ms": 20},
    )
    rows = _events(app, settings).apply(_joined(settings), stateful=True, expand=True)
    timeline = rows.filter(lambda row: row[0] == "timeline").apply(lambda row: row[1])
    timeline.sink(_sink(settings, table_name="timeline", on_conflict_do_nothing=True))
    others = rows.filter(lambda row: row[0] != "timeline").apply(lambda row: row[1])
    others.sink(
        _sink(
            settings,
            table_name=lambda item: _table_of(item.value),
            primary_key_columns=lambda item: list(KEYS[_table_of(item.value)]),
            upsert_on_primary_key=True,
        )
    )
    return app


def _events(app: Application, settings: Settings) -> StreamingDataFrame:
    first, *others = (
        app.dataframe(app.topic(name, key_deserializer="string", value_deserializer="bytes"))
        for name in settings.topics
    )
    for one in others:
        first = first.concat(one)
    return first


def _joined(settings: Settings) -> Any:
    events = Events(registry(settings.registry))

    def rows(payload: bytes, state: State) -> list[tuple[str, dict[str, Any]]]:
        at = message_context()
        place = f"{at.topic} {at.partition} {at.offset}"
        children, links, seen = (_Table(name, state) for name in ("children", "links", "seen"))
        join = Join(children, links, seen, settings.today)
        return [named(row) for row in join.rows(events.read(payload), place)]

    return rows


def _table_of(columns: dict[str, Any]) -> str:
    return "alerts" if "duty" in columns else "links"


def _sink(settings: Settings, **how: Any) -> _Sink:
    at = parse_dsn(settings.database)
    return _Sink(
        host=at.pop("host"),
        port=int(at.pop("port")),
        dbname=at.pop("dbname"),
        user=at.pop("user"),
        password=at.pop("password"),
        schema_name=settings.name,
        schema_auto_update=False,
        include_metadata=False,
        **at,
        **how,
    )


def main() -> None:
    """Run it until it is told to stop."""
    application(Settings.of(os.environ)).run()


if __name__ == "__main__":
    main()
