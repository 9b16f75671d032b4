"""A topic set and a store: journeys written as intake writes them, the join run on them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from kafka import KafkaProducer
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool

from consumers.decode import subject_of, trace_of
from consumers.failpoint import FailPoint, nothing_fails
from consumers.join.database import connect
from consumers.join.inputs import Input, Opener, Raw
from consumers.join.partition import MOST_TOLD, PartitionJoin
from consumers.journeys_record import JourneysRecord, Kind, SourcePosition, headers_of, sealed_value
from consumers.keystore import PostgresLeafKeyMaker
from consumers.sealing import LeafKey
from consumers.store.keys import KeysOnRequest
from consumers.store.loading import Connection
from consumers.store.sealed import FactSeal
from consumers.tokens import Tokens
from consumers.wrapping import Wrapping
from journey.duties import DUTIES
from journey.duties.duty import Duty
from schemas.catalogue import event_types
from schemas.codec import Codec
from schemas.registry import Registry
from schemas.topics import TopicSet
from stack.databases import KEYS_SUFFIX
from stack.kafka import options_of
from tests.integration.join.stories import Told
from tests.integration.process import FAIL_AT
from tests.integration.replay import Row, keys_of, opened, replayed

WAIT_SECONDS = 300
REPOSITORY = Path(__file__).resolve().parents[3]


class Workbench:
    """Writes journeys, runs the join and the relay, and looks into the store."""

    def __init__(
        self, topics: TopicSet, environment: Callable[[str], dict[str, str]], owner: str
    ) -> None:
        self.topics = topics
        self.environment = environment
        self.owner = owner
        join = environment("join")
        self.tokens = Tokens(bytes.fromhex(join["JOINEDUP_PSEUDONYM_KEY"]))
        self.codec = Codec(Registry(join["JOINEDUP_REGISTRY_URL"]))
        self._written: dict[int, list[Raw]] = {}
        self._connections: list[Connection] = []

    # Journeys

    def write(self, told: Iterable[Told]) -> None:
        """Write these to journeys as intake does, after what was written before."""
        listed = list(told)
        keys = self._keys({self._key_id(one): one.record["local_authority"] for one in listed})
        for one in listed:
            self._add(one, keys)

    def tick(self, la: str, moment: int) -> None:
        """Write that this moment has passed to the partition of this authority."""
        record = {"partition": self.topics.partition_of(la), "moment": _at(moment), "round": 1}
        value = self.codec.encode("joinedup.platform.Tick", record)
        self._append(
            la,
            JourneysRecord(
                kind=Kind.TICK,
                type="joinedup.platform.Tick",
                la="",
                kappa=moment,
                source=None,
                value=value,
            ),
        )

    def gap(
        self,
        la: str,
        moment: int,
        *,
        source: str | None,
        reason: str,
        event_id: str | None = None,
    ) -> None:
        """Write that a record of this authority, of this source, was refused for this reason."""
        record = {field.name: None for field in event_types()["Gap"].payload} | {
            "local_authority": la,
            "topic": self.topics.education,
            "partition": 0,
            "offset": self._count(),
            "reason": reason,
            "source": source,
            "event": self.tokens.receipt(event_id).hex() if event_id else None,
        }
        name = "joinedup.platform.Gap"
        self._append(
            la,
            JourneysRecord(
                kind=Kind.GAP,
                type=name,
                la=la,
                kappa=moment,
                source=SourcePosition(self.topics.education, 0, self._count()),
                value=self.codec.encode(name, record),
            ),
        )

    def publish(self) -> None:
        """Send to Kafka all that was written: once only, or it stands there twice."""
        environment = self.environment("intake")
        producer = KafkaProducer(
            **options_of(environment),
            acks="all",
            linger_ms=20,
        )
        for partition, raws in self._written.items():
            for raw in raws:
                producer.send(
                    self.topics.journeys,
                    value=raw.value,
                    headers=list(raw.headers),
                    partition=partition,
                )
        producer.flush()
        producer.close()

    def inputs(self, la: str) -> list[Input]:
        """Return what was written to the partition of this authority, opened."""
        return self._opened(self._written[self.topics.partition_of(la)])

    def expected(self, duties: Iterable[Duty] = DUTIES) -> dict[int, list[Row]]:
        """Return the transitions that an undisturbed run in memory tells, by partition."""
        rules = tuple(duties)
        return {
            partition: replayed(self._opened(raws), rules)
            for partition, raws in self._written.items()
        }

    def _opened(self, raws: list[Raw]) -> list[Input]:
        keys = self._keys(dict.fromkeys(keys_of(raws), ""))
        return opened(raws, Opener(self.codec, self.tokens), keys)

    def _add(self, one: Told, keys: dict[str, LeafKey]) -> None:
        event_type = event_types()[one.type]
        la = one.record["local_authority"]
        wire = self.codec.encode(event_type.full_name, one.record)
        is_child = event_type.is_sealed
        key_id = self._key_id(one) if is_child else ""
        source = SourcePosition(self.topics.education, 0, self._count())
        key = keys.get(key_id, b"")
        assert isinstance(key, bytes)
        value = (
            sealed_value(key, la, event_type.full_name, key_id, source, wire) if is_child else wire
        )
        self._append(
            la,
            JourneysRecord(
                kind=Kind.EVENT if is_child else Kind.CONTROL,
                type=event_type.full_name,
                la=la,
                kappa=one.kappa,
                source=source,
                key_id=key_id,
                record=self._record(one),
                trace=trace_of(one.record) if is_child else None,
                value=value,
            ),
        )

    def _record(self, one: Told) -> str:
        record, source = one.record, one.record["source"]
        named = (source["organisation"], source["system"], record["source_record_id"])
        return self.tokens.record(record["local_authority"], *named)

    def _append(self, la: str, record: JourneysRecord) -> None:
        listed = self._written.setdefault(self.topics.partition_of(la), [])
        listed.append(Raw(len(listed), headers_of(record), record.value))

    def _count(self) -> int:
        return sum(map(len, self._written.values()))

    def _key_id(self, one: Told) -> str:
        event_type = event_types()[one.type]
        subject = subject_of(one.record["local_authority"], one.record, event_type, self.tokens)
        return self.tokens.key_id(subject.sealed_under)

    def _keys(self, wanted: dict[str, str]) -> dict[str, LeafKey]:
        environment = self.environment("intake")
        wrapping = Wrapping.of(environment["JOINEDUP_MASTER_KEY"])

        async def made() -> dict[str, LeafKey]:
            async with AsyncConnectionPool(
                environment["JOINEDUP_KEYS_DATABASE_URL"], min_size=1, open=False
            ) as pool:
                return dict(await PostgresLeafKeyMaker(pool, wrapping).get_or_create(wanted))

        return asyncio.run(made())

    # Processes

    def start_join(self, failpoint: str = "") -> subprocess.Popen[bytes]:
        """Start a join that ends at the end, or at this point."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.integration.process", "join", "--until-end"],
            env=os.environ | self.environment("join") | {FAIL_AT: failpoint},
            cwd=REPOSITORY,
        )

    def join(self, failpoint: str = "") -> int:
        """Run a join until it ends and return its exit code."""
        return self.start_join(failpoint).wait(timeout=WAIT_SECONDS)

    def partition_join(
        self,
        la: str,
        name: str = "a test",
        fail: FailPoint = nothing_fails,
        most_told: int = MOST_TOLD,
    ) -> PartitionJoin:
        """Return an owner of this authority's partition, in this process and without Kafka."""
        environment = self.environment("join")
        wrapping = Wrapping.of(environment["JOINEDUP_MASTER_KEY"])
        keys = KeysOnRequest(environment["JOINEDUP_KEYS_DATABASE_URL"], wrapping)
        connection = connect(environment["JOINEDUP_DATABASE_URL"])
        self._connections.append(connection)
        partition = self.topics.partition_of(la)
        seal = FactSeal(keys, self.tokens)
        return PartitionJoin(connection, partition, name, seal, fail=fail, most_told=most_told)

    def close(self) -> None:
        """Close the connections of the owners in this process."""
        for connection in self._connections:
            connection.close()

    # The store

    def rows(self, query: str, *given: Any) -> list[Row]:
        """Return rows of the store as a superuser sees them."""
        with psycopg.connect(self.owner) as connection:
            return connection.execute(query.encode(), given).fetchall()

    @contextmanager
    def changing(self) -> Iterator[psycopg.Connection[Any]]:
        """Yield a connection as superuser that commits."""
        with psycopg.connect(self.owner) as connection:
            yield connection

    @contextmanager
    def changing_keys(self) -> Iterator[psycopg.Connection[Any]]:
        """Yield a connection to the key store as superuser that commits."""
        store = conninfo_to_dict(self.owner)["dbname"]
        keys = make_conninfo(self.owner, dbname=f"{store}{KEYS_SUFFIX}")
        with psycopg.connect(keys) as connection:
            yield connection

    def one(self, query: str, *given: Any) -> Any:
        """Return the one value that the query gives."""
        return self.rows(query, *given)[0][0]

    def transitions(self) -> dict[int, list[Row]]:
        """Return the transitions in the store, by partition, in sequence."""
        found: dict[int, list[Row]] = {}
        query = "SELECT partition, sequence, body, chain FROM alert_transitions ORDER BY 1, 2"
        for partition, *row in self.rows(query):
            found.setdefault(partition, []).append(tuple(row))
        return found

    def wait_until(self, query: str, enough: Callable[[Any], bool]) -> Any:
        """Return the query's value once it is enough."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not enough(found := self.one(query)):
            assert time.monotonic() < deadline, f"{query}: still {found}"
            time.sleep(0.02)
        return found


def _at(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, UTC)
