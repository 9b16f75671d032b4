"""After an erasure everybody else's sequence, chain and alerts are what they were."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Iterator
from heapq import merge
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from click.testing import Result
from psycopg.conninfo import make_conninfo
from typer.testing import CliRunner

from consumers.audit.service import SealerService
from consumers.join.database import connect
from consumers.join.partition import PartitionJoin
from consumers.migrations import STORE, migrate
from consumers.relay.service import RelayService
from consumers.settings import RelaySettings, SealerSettings
from consumers.store.keys import KeysOnRequest
from consumers.store.sealed import FactSeal
from consumers.wrapping import Wrapping
from joinedup.main import app
from schemas.catalogue import event_types
from schemas.registry import Registry
from schemas.topics import TopicSet
from stack import LocalStack
from tests.integration.audit.conftest import DAY, as_json
from tests.integration.join.acting import acted
from tests.integration.join.stories import DAYS, FIRST_DAY, Told, a_record, moment_of, stories
from tests.integration.join.workbench import Workbench

LA = "999"
END = moment_of(FIRST_DAY) + (DAYS + 60) * DAY

_PLACES = "SELECT sequence, alert_id::text, number, chain, before FROM erased_places ORDER BY 1"


class Erased(NamedTuple):
    """A store of two authorities on one partition, one child of which was erased.

    older: an archive that was made before.
    """

    bench: Workbench
    other: str
    erasure: str
    places: int
    older: Path


def neighbour(topics: TopicSet) -> str:
    """Return an authority whose records are on the same partition."""
    wanted = topics.partition_of(LA)
    return next(f"{n}" for n in range(300, 400) if topics.partition_of(f"{n}") == wanted)


@pytest.fixture(scope="module")
def erased(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Erased]:
    registry = Registry(stack.environment("registry")["JOINEDUP_REGISTRY_URL"])
    registry.register_all(event_types().values())
    registry.close()
    topics, store = TopicSet(f"t{secrets.token_hex(4)}.", 4), f"t{secrets.token_hex(4)}"
    stack.create_topic_set(topics, simulated=True)
    made(stack, store)
    bench = Workbench(
        topics,
        lambda process: stack.environment(process, topics.prefix, store),
        make_conninfo(stack._superuser(), dbname=store),
    )
    other = neighbour(topics)
    try:
        bench.write(merge(*(stories(la, 9, 260) for la in (LA, other)), key=lambda one: one.kappa))
        bench.tick(LA, END)
        bench.publish()
        assert bench.join() == 0
        relay(bench.environment("relay"))
        older = tmp_path_factory.mktemp("archives") / "older"
        run(bench, "archive", str(older), process="sealer")
        yield erase(bench, other, older)
    finally:
        bench.close()
        stack.delete_topic_set(topics)
        stack.drop_store(store)


def made(stack: LocalStack, store: str) -> None:
    stack.create_store(store)
    migrate(stack.owner_address(store))
    migrate(stack.owner_address(f"{store}_keys"), STORE / "keys")


def relay(environment: dict[str, str]) -> None:
    fields = {name.removeprefix("JOINEDUP_").lower(): v for name, v in environment.items()}
    asyncio.run(RelayService(RelaySettings.model_validate(fields), until_end=True).work())


def erase(bench: Workbench, other: str, older: Path) -> Erased:
    """Erase the child of whom the partition's last transition was told."""
    child = bench.one("SELECT child FROM alerts WHERE la = %s ORDER BY sequence DESC LIMIT 1", LA)
    body = bench.one("SELECT body FROM alerts WHERE child = %s LIMIT 1", child)
    publish(bench, [acted(json.loads(body), "ASSIGN", END, recipient="a.lead")])
    assert bench.one("SELECT effect FROM actions") == "DONE"
    leaves = [row[0].hex() for row in bench.rows("SELECT leaf FROM leaves WHERE child = %s", child)]
    order = a_record(
        LA,
        "ErasureOrdered",
        "social-care",
        "order-1",
        child=child,
        leaves=leaves,
        reason="COURT_ORDER",
        approved_by="head of safeguarding",
        ordered_on=FIRST_DAY,
    )
    publish(bench, [Told("ErasureOrdered", order, END + 1)])
    places = bench.rows(_PLACES)
    assert len(places) > 3
    prove(bench, order["event_id"], places)
    with bench.changing_keys() as keys:
        keys.execute(
            "UPDATE leaf_keys SET wrapped = NULL, shredded_at = now() WHERE key_id = ANY(%s)",
            [[bench.tokens.key_id(leaf) for leaf in leaves]],
        )
    return Erased(bench, other, order["event_id"], len(places), older)


def prove(bench: Workbench, erasure: str, places: list[Any]) -> None:
    """Write the proof to journeys, as it comes there from the topic of decisions."""
    named = [
        {
            "sequence": sequence,
            "alert_id": alert_id,
            "number": number,
            "before": bytes.fromhex(before),
            "chain": bytes.fromhex(chain),
        }
        for sequence, alert_id, number, chain, before in places
    ]
    acts = [
        {"action": str(event_id), "effect": effect}
        for event_id, effect in bench.rows("SELECT event_id, effect FROM actions")
    ]
    record = a_record(
        LA,
        "ErasureProved",
        "social-care",
        "proof-1",
        erasure=erasure,
        part=1,
        parts=1,
        places=named,
        acts=acts,
        proved_on=FIRST_DAY,
    )
    publish(bench, [Told("ErasureProved", record, END + 2)])


def publish(bench: Workbench, told: list[Told], tick: int | None = None) -> None:
    """Write these, and nothing of what was written before, to journeys; and join them."""
    partition = bench.topics.partition_of(LA)
    before = len(bench._written[partition])
    bench.write(told)
    if tick is not None:
        bench.tick(LA, tick)
    everything = bench._written[partition]
    bench._written[partition] = everything[before:]
    bench.publish()
    bench._written[partition] = everything
    assert bench.join() == 0


def run(bench: Workbench, *arguments: str, code: int = 0, process: str = "auditor") -> str:
    environment = {**bench.environment(process), "COLUMNS": "200"}
    result = CliRunner().invoke(app, list(arguments), env=environment)
    assert result.exit_code == code, result.output
    return result.stdout


def verified(bench: Workbench, *arguments: str, code: int = 0) -> Any:
    return as_json(run(bench, "replay", "--verify", "--json", *arguments, code=code))


def test_a_replay_verifies_and_says_what_is_erased(erased: Erased) -> None:
    found = verified(erased.bench)
    assert found["differences"] == found["row_differences"] == []
    assert found["rows_compared"]["actions"] == 1
    assert found["erased"] == erased.places
    assert found["counts"]["erased"] > 0
    kept = erased.bench.one("SELECT count(*) FROM alert_transitions WHERE body <> ''")
    assert found["compared"] == kept
    assert "are an erased child's, as proved" in run(erased.bench, "replay", "--verify")


def test_each_authority_verifies_alone(erased: Erased) -> None:
    for la, gone in ((LA, erased.places), (erased.other, 0)):
        found = verified(erased.bench, "--la", la)
        assert (found["differences"], found["erased"]) == ([], gone)


def test_an_emptied_row_without_a_proof_and_a_proof_without_an_emptied_row_are_found(
    erased: Erased,
) -> None:
    bench = erased.bench
    choose = (
        "SELECT sequence, body FROM alert_transitions WHERE (body = '') = %s ORDER BY 1 LIMIT 1"
    )
    ((innocent, body),) = bench.rows(choose, False)
    ((gone, _),) = bench.rows(choose, True)
    change = "UPDATE alert_transitions SET body = %s, erasure = %s WHERE sequence = %s"
    with bench.changing() as store:
        store.execute(change, ["", erased.erasure, innocent])
        store.execute(change, [body, None, gone])
    try:
        found = verified(bench, code=1)["differences"]
    finally:
        with bench.changing() as store:
            store.execute(change, [body, None, innocent])
            store.execute(change, ["", erased.erasure, gone])
    faults = {(one["sequence"], one["fault"]) for one in found}
    assert {(innocent, "emptied, unproved"), (gone, "proved, not emptied")} <= faults


def test_an_export_is_verified_by_its_proofs(erased: Erased, tmp_path: Path) -> None:
    bench = erased.bench
    fields = {
        name.removeprefix("JOINEDUP_").lower(): value
        for name, value in bench.environment("sealer").items()
    }
    asyncio.run(SealerService(SealerSettings.model_validate(fields), until_end=True).work())
    folder = tmp_path / "evidence"
    run(bench, "audit", "export", str(folder), process="sealer")
    found = as_json(run(bench, "audit", "verify", str(folder), "--json"))
    assert (found["findings"], found["erased"]) == ([], erased.places)
    assert found["checkpoints"] > 0


def test_an_archive_replays_with_what_was_published_of_the_erased(
    erased: Erased, tmp_path: Path
) -> None:
    folder = tmp_path / "archive"
    run(erased.bench, "archive", str(folder), process="sealer")
    found = verified(erased.bench, "--archive", str(folder))
    assert (found["differences"], found["untold"]) == ([], 0)
    assert found["erased"] == erased.places


def test_an_archive_that_is_older_than_the_erasure_says_so_and_makes_no_store(
    stack: LocalStack, erased: Erased, lost: str
) -> None:
    bench, given = erased.bench, ("--archive", str(erased.older))
    found = verified(bench, *given, code=1)
    keys = bench.one("SELECT count(*) FROM erased_keys")
    assert found["unproved"]["keys"] == keys > 0
    assert "is older than an erasure" in run(bench, "replay", *given)
    assert verified(bench, *given, "--la", erased.other)["unproved"] is None
    result = restore(stack, bench, lost, *given)
    assert result.exit_code == 1
    assert "Nothing was written: restore from the topics" in result.stderr
    with psycopg.connect(make_conninfo(stack._superuser(), dbname=lost)) as new:
        assert new.execute("SELECT count(*) FROM partition_state").fetchone() == (0,)


def restore(stack: LocalStack, bench: Workbench, store: str, *given: str) -> Result:
    """Run the command on this empty store, with the old keys."""
    address = stack.environment("join", bench.topics.prefix, store)["JOINEDUP_DATABASE_URL"]
    key = bench.environment("auditor")["JOINEDUP_PUBLIC_KEY"]
    changed = {"JOINEDUP_DATABASE_URL": address, "JOINEDUP_PUBLIC_KEY": key}
    return CliRunner().invoke(app, ["restore", *given], env=bench.environment("join") | changed)


@pytest.fixture
def lost(stack: LocalStack) -> Iterator[str]:
    """An empty store in the place of one that was lost."""
    store = f"t{secrets.token_hex(4)}"
    made(stack, store)
    yield store
    stack.drop_store(store)


class Restored(NamedTuple):
    """The store made again, and the environment of a process on it."""

    name: str
    join: dict[str, str]
    relay: dict[str, str]


@pytest.fixture
def restored(stack: LocalStack, erased: Erased, lost: str) -> Restored:
    """The store made again from journeys, with the old keys."""
    result = restore(stack, erased.bench, lost)
    assert "Restored from" in result.stdout, result.output
    join, relay = (
        stack.environment(process, erased.bench.topics.prefix, lost)
        for process in ("join", "relay")
    )
    keys = erased.bench.environment("join")
    return Restored(lost, keys | {"JOINEDUP_DATABASE_URL": join["JOINEDUP_DATABASE_URL"]}, relay)


COMPARED = {
    "alert_transitions": "*",
    "erased_places": "*",
    "alerts": "*",
    "authorities": "*",
    "actions": "la, event_id, alert_id, number, act, effect, kappa, partition, position",
    "standings": "*",
    "partition_state": "partition, next_offset, sequence, kappa, read, events",
}


def rows_of(connection: psycopg.Connection[Any], table: str, columns: str) -> list[Any]:
    where = "WHERE next_offset > 0" if table == "partition_state" else ""
    return connection.execute(
        f"SELECT {columns} FROM {table} {where} ORDER BY 1, 2".encode()
    ).fetchall()


def test_a_restored_store_has_every_sequence_and_chain_value_of_the_lost_one(
    stack: LocalStack, erased: Erased, restored: Restored
) -> None:
    with (
        psycopg.connect(make_conninfo(stack._superuser(), dbname=restored.name)) as new,
        psycopg.connect(erased.bench.owner) as old,
    ):
        for table, columns in COMPARED.items():
            assert rows_of(new, table, columns) == rows_of(old, table, columns), table
        assert new.execute("SELECT count(*) FROM ghosts").fetchone() != (0,)


def test_no_alert_that_is_told_after_a_restore_is_lost_on_its_way_to_the_topic(
    stack: LocalStack, erased: Erased, restored: Restored
) -> None:
    bench, partition = erased.bench, erased.bench.topics.partition_of(LA)
    before = published(bench)
    publish(bench, [], tick=END + 200 * DAY)
    wrapping = Wrapping.of(restored.join["JOINEDUP_MASTER_KEY"])
    keys = KeysOnRequest(restored.join["JOINEDUP_KEYS_DATABASE_URL"], wrapping)
    with connect(restored.join["JOINEDUP_DATABASE_URL"]) as connection:
        join = PartitionJoin(connection, partition, "a test", FactSeal(keys, bench.tokens))
        join.apply(bench.inputs(LA)[join.next_offset :])
        later = connection.execute(
            "SELECT sequence, chain FROM alert_transitions WHERE partition = %s AND sequence > %s"
            " ORDER BY sequence",
            [partition, before[-1][0]],
        ).fetchall()
    assert len(later) > 3
    relay(restored.relay)
    after = published(bench)
    assert after == [*before, *later]
    assert [sequence for sequence, _ in after] == list(range(1, len(after) + 1))


def published(bench: Workbench) -> list[tuple[int, str]]:
    """Return sequence and chain of all that is on the topic of alerts."""
    return asyncio.run(_published(bench))


async def _published(bench: Workbench) -> list[tuple[int, str]]:
    fields = {
        name.removeprefix("JOINEDUP_").lower(): value
        for name, value in bench.environment("reader").items()
    }
    settings: dict[str, Any] = RelaySettings(**fields).kafka()  # type: ignore[arg-type]
    consumer = AIOKafkaConsumer(isolation_level="read_committed", **settings)
    await consumer.start()
    place = TopicPartition(bench.topics.alerts, bench.topics.partition_of(LA))
    consumer.assign([place])
    await consumer.seek_to_beginning(place)
    end = (await consumer.end_offsets([place]))[place]
    found = []
    while await consumer.position(place) < end:
        for records in (await consumer.getmany(timeout_ms=200)).values():
            told = [bench.codec.decode(record.value).record for record in records]
            found += [(one["sequence"], one["chain"]) for one in told]
    await consumer.stop()
    return found
