"""What became of everything that was published, and whether what was told is what is true."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from consumers.intake import Totals, totals
from consumers.join.inputs import Opener, Raw
from consumers.journeys_record import Kind, parse
from consumers.relay.message import SEQUENCE
from consumers.store.keys import KeysOnRequest
from consumers.tokens import Tokens
from consumers.wrapping import Wrapping
from schemas.codec import Codec
from schemas.registry import Registry
from tests.faults.pipeline import Pipeline
from tests.integration.replay import Row, keys_of, opened, replayed
from tests.integration.topics import Read, committed_records

Told = dict[int, list[Row]]
"""Transitions by partition, in sequence: sequence, audited body, chain."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where each record went, and what was told.

    published: records on the inputs. dead: refused. controls: about a source, not a child.
    timeline, duplicates, erased, parked: the events about children.
    told: the transitions in the store; topic: how often each stands on the alerts topic.
    replayed: what the same machine tells over the same journeys in memory.
    """

    published: int
    dead: int
    controls: int
    timeline: int
    duplicates: int
    erased: int
    parked: int
    rows: int
    told: Told
    topic: Counter[tuple[int, int]]
    replayed: Told

    @property
    def balances(self) -> bool:
        """Whether every record is in one place, and each row of the timeline there once."""
        kept = self.timeline + self.duplicates + self.erased + self.parked
        return self.published == self.dead + self.controls + kept and self.rows == self.timeline

    @property
    def is_replayed(self) -> bool:
        """Whether a replay in memory gives the same transitions byte for byte."""
        return self.told == self.replayed

    @property
    def doubled(self) -> int:
        """How many transitions stand on the alerts topic more than once."""
        return sum(count - 1 for count in self.topic.values())

    @property
    def unpublished(self) -> int:
        """How many transitions of the store the alerts topic lacks."""
        return sum((p, row[0]) not in self.topic for p, rows in self.told.items() for row in rows)


def account_of(pipeline: Pipeline) -> Account:
    """Return the account of what stands on Kafka and in the store."""
    registry = Registry(pipeline.environment("admin")["JOINEDUP_REGISTRY_URL"])
    codec = Codec(registry)
    topics, kafka = pipeline.topics, pipeline.kafka()
    journeys = asyncio.run(committed_records(kafka, topics.journeys, topics.partitions))
    alerts = asyncio.run(committed_records(kafka, topics.alerts, topics.partitions))
    sums = asyncio.run(totals(kafka, topics, codec))
    replay = _replayed(pipeline, journeys, codec)
    registry.close()
    kinds = Counter(parse(one.headers, one.value).kind for one in journeys)
    (row,) = pipeline.rows(
        "SELECT sum(timeline), sum(duplicates), sum(erased), sum(parked),"
        " (SELECT count(*) FROM timeline) FROM partition_state"
    )
    timeline, duplicates, erased, parked, rows = map(int, row)
    return Account(
        published=sums.read + sums.waiting,
        dead=sums.dead,
        controls=kinds[Kind.CONTROL],
        timeline=timeline,
        duplicates=duplicates,
        erased=erased,
        parked=parked,
        rows=rows,
        told=_told(pipeline),
        topic=Counter((one.partition, _sequence(one)) for one in alerts),
        replayed=replay,
    )


def intake_totals(pipeline: Pipeline, codec: Codec) -> Totals:
    """Return what intake says it has done."""
    return asyncio.run(totals(pipeline.kafka(), pipeline.topics, codec))


def differing(told: Told, wanted: Told) -> tuple[int, int]:
    """Return how many transitions are missing, and how many should not be there."""
    found = {(p, row) for p, rows in told.items() for row in rows}
    expected = {(p, row) for p, rows in wanted.items() for row in rows}
    return len(expected - found), len(found - expected)


def _told(pipeline: Pipeline) -> Told:
    found: Told = {}
    query = "SELECT partition, sequence, body, chain FROM alert_transitions ORDER BY 1, 2"
    for partition, *row in pipeline.rows(query):
        found.setdefault(partition, []).append(tuple(row))
    return found


def _replayed(pipeline: Pipeline, journeys: list[Read], codec: Codec) -> Told:
    environment: Mapping[str, str] = pipeline.environment("join")
    opener = Opener(codec, Tokens(bytes.fromhex(environment["JOINEDUP_PSEUDONYM_KEY"])))
    keys = KeysOnRequest(
        environment["JOINEDUP_KEYS_DATABASE_URL"],
        Wrapping.of(environment["JOINEDUP_MASTER_KEY"]),
    )
    found: Told = {}
    for partition in range(pipeline.topics.partitions):
        raws = [
            Raw(one.offset, one.headers, one.value)
            for one in journeys
            if one.partition == partition
        ]
        if told := replayed(opened(raws, opener, keys.get(keys_of(raws)))):
            found[partition] = told
    return found


def _sequence(record: Read) -> int:
    return int(dict(record.headers)[SEQUENCE])
