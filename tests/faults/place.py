"""A topic set and a store of their own, and how far each part of the platform has come on them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from psycopg.conninfo import make_conninfo

from consumers.committed import committed_reader
from consumers.settings import PREFIX, Settings
from gateway.clients_file import entrust
from joinedup.commands.dashboard_recording import ORGANISATION, SYSTEM
from joinedup.commands.sources import gateway_file_of
from joinedup.commands.stack import prepare_store
from producers.sources_file import add_source
from schemas.topics import TopicSet
from stack import LocalStack
from tests.faults.publishing import LAS
from tests.integration.join.stories import SYSTEMS
from tests.integration.topics import committed_records

PARTITIONS = 4
ACADEMY = ("the-academy", "timetable", "education")
"""A source that speaks through the gateway: its organisation, system and agency."""


class Place:
    """Topics and store of this name on a stack; sources and logs are kept in the folder."""

    def __init__(self, stack: LocalStack, name: str, folder: Path, *, simulated: bool) -> None:
        self.stack = stack
        self.topics = TopicSet(f"{name}.", PARTITIONS)
        self.store = name
        self.simulated = simulated
        self.folder = folder
        self._sources = folder / "sources.json"
        self._records: int | None = None
        self._owner: psycopg.Connection[Any] | None = None

    def prepare(self) -> None:
        """Make topics, store and sources; the schemas must be registered."""
        prepare_store(self.stack, self.store)
        self.stack.create_topic_set(self.topics, simulated=self.simulated)
        for agency, (organisation, system) in SYSTEMS.items():
            add_source(
                self._sources,
                organisation=organisation,
                system=system,
                agency=agency,
                local_authorities=LAS,
            )

    def entitle(self) -> None:
        """Let the dashboard record what leads of both authorities do."""
        add_source(
            self._sources,
            organisation=ORGANISATION,
            system=SYSTEM,
            agency="governance",
            local_authorities=LAS,
        )

    def entrust(self) -> tuple[str, str]:
        """Let a system of both authorities in at the gateway; return its client id and secret."""
        organisation, system, agency = ACADEMY
        given: dict[str, Any] = {
            "organisation": organisation,
            "system": system,
            "agency": agency,
            "local_authorities": LAS,
        }
        add_source(self._sources, **given)
        secret = entrust(gateway_file_of(self._sources), self._sources, renew=False, **given)
        assert secret is not None, "it is let in once"
        return f"{organisation}/{system}", secret

    def remove(self) -> None:
        """Delete topics and store."""
        self.disconnect()
        self.stack.delete_topic_set(self.topics)
        self.stack.drop_store(self.store)

    def environment(self, process: str) -> dict[str, str]:
        """Return the variables of a process; the dashboard's hold those of its source too."""
        if process == "lead":
            return {}
        speaks = self.environment("publisher") if process == "dashboard" else {}
        found = speaks | self.stack.environment(
            process,
            self.topics.prefix,
            self.store,
            partitions=self.topics.partitions,
            simulated=self.simulated,
        )
        if f"{PREFIX}SOURCES_FILE" in found:
            found[f"{PREFIX}SOURCES_FILE"] = str(self._sources)
        if f"{PREFIX}GATEWAY_FILE" in found:
            found[f"{PREFIX}GATEWAY_FILE"] = str(gateway_file_of(self._sources))
        return found

    def kafka(self) -> dict[str, Any]:
        """Return the arguments of an aiokafka client of the administrator."""
        return Settings.model_validate(_values(self.environment("admin"))).kafka()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return rows of the store as a superuser sees them; raises psycopg.OperationalError."""
        try:
            if self._owner is None:
                address = make_conninfo(self.stack._superuser(), dbname=self.store)
                self._owner = psycopg.connect(address, autocommit=True)
            return self._owner.execute(query.encode()).fetchall()
        except psycopg.OperationalError:
            self.disconnect()
            raise

    def number(self, query: str) -> int:
        """Return the one number that the query gives; -1 while PostgreSQL does not answer."""
        try:
            return int(self.rows(query)[0][0] or 0)
        except psycopg.OperationalError:
            return -1

    def disconnect(self) -> None:
        """Let our own connection to the store go."""
        connection, self._owner = self._owner, None
        if connection is not None:
            connection.close()

    def counted(self, process: str) -> int:
        """Return how far the work of this process has come; -1 where that cannot be asked."""
        return {
            "intake": lambda: self.journeyed,
            "join": lambda: self.joined,
            "relay": lambda: self.published,
            "notifier": lambda: self.number("SELECT count(*) FROM deliveries"),
            "sealer": lambda: self.number("SELECT count(*) FROM checkpoints"),
        }[process]()

    @property
    def joined(self) -> int:
        """How many records of journeys are joined."""
        return self.number("SELECT sum(read) FROM partition_state")

    @property
    def told_count(self) -> int:
        """How many transitions the store holds."""
        return self.number("SELECT sum(sequence) FROM partition_state")

    @property
    def published(self) -> int:
        """How many transitions the relay has noted as published."""
        return self.number("SELECT sum(sequence) FROM relay_state")

    @property
    def delivered(self) -> int:
        """How many transitions somebody was told of, as the store keeps it."""
        return self.number("SELECT count(*) FROM delivery_states WHERE step = 'DELIVERED'")

    @property
    def journeyed(self) -> int:
        """The end of journeys, over all partitions; -1 while Kafka does not answer."""
        return asyncio.run(_end_of(self.kafka(), self.topics))

    def records_of_journeys(self) -> int:
        """Return how many records intake wrote, counted once: ask when it has ended."""
        if self._records is None:
            topics = self.topics
            read = committed_records(self.kafka(), topics.journeys, topics.partitions)
            self._records = len(asyncio.run(read))
        return self._records


async def _end_of(kafka: Mapping[str, Any], topics: TopicSet) -> int:
    places = [TopicPartition(topics.journeys, one) for one in range(topics.partitions)]
    try:
        async with committed_reader(kafka, places) as consumer:
            return sum((await consumer.end_offsets(places)).values())
    except KafkaError:
        return -1


def _values(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX)
    }
