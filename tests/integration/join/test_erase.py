"""A child is erased by a person's order: nothing of it stays but the places of what was told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
import pytest
from kafka import KafkaConsumer, TopicPartition
from psycopg import errors
from typer.testing import CliRunner

from joinedup.main import app
from journey.words import counted
from producers.sources_file import add_source
from stack.environment import write_environment
from stack.kafka import options_of
from tests.integration.join.stories import (
    DAYS,
    FIRST_DAY,
    Told,
    a_record,
    identifiers,
    moment_of,
    stories,
)
from tests.integration.join.workbench import REPOSITORY, WAIT_SECONDS, Workbench

LA = "999"
CHILDREN = 5
LATE = FIRST_DAY + timedelta(days=DAYS)
END = moment_of(LATE) + 1
COUNTS = "SELECT events, timeline, duplicates, erased, parked FROM partition_state WHERE events > 0"
OF_A_LEAF = ("timeline", "records", "leaves")


def join(bench: Workbench) -> None:
    """Join what was written and is not joined yet."""
    owner = bench.partition_join(LA)
    inputs = bench.inputs(LA)[owner.next_offset :]
    if inputs:
        owner.apply(inputs)


@pytest.fixture
def joined(bench: Workbench) -> Workbench:
    bench.write(stories(LA, CHILDREN, 150))
    bench.tick(LA, END)
    join(bench)
    return bench


def a_child(bench: Workbench) -> str:
    """Return the child of whom most was told."""
    query = "SELECT child FROM alerts GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
    return str(bench.one(query))


def leaves_of(bench: Workbench, child: str) -> list[bytes]:
    return [row[0] for row in bench.rows("SELECT leaf FROM leaves WHERE child = %s", child)]


def ordered(bench: Workbench, child: str, kappa: int) -> Told:
    record = a_record(
        LA,
        "ErasureOrdered",
        "social-care",
        "order-1",
        child=child,
        leaves=[leaf.hex() for leaf in leaves_of(bench, child)],
        reason="COURT_ORDER",
        approved_by="head of safeguarding",
        ordered_on=LATE,
    )
    return Told("ErasureOrdered", record, kappa)


def of_others(bench: Workbench, leaves: list[bytes], child: str) -> dict[str, list[Any]]:
    """Return what the store holds of everybody else."""
    found = {
        table: bench.rows(f"SELECT * FROM {table} WHERE leaf <> ALL(%s) ORDER BY 1, 2, 3", leaves)
        for table in OF_A_LEAF
    }
    found["alerts"] = bench.rows("SELECT * FROM alerts WHERE child <> %s ORDER BY 1, 2", child)
    return found


def test_an_order_takes_away_all_that_is_known_and_told_of_the_child_and_of_nobody_else(
    joined: Workbench,
) -> None:
    child = a_child(joined)
    leaves, before = leaves_of(joined, child), joined.rows(COUNTS)[0]
    alerts = [row[0] for row in joined.rows("SELECT alert_id FROM alerts WHERE child = %s", child)]
    others = of_others(joined, leaves, child)
    chains = joined.rows("SELECT sequence, chain FROM alert_transitions ORDER BY 1")
    joined.write([ordered(joined, child, END + 1)])
    join(joined)
    for table in OF_A_LEAF:
        query = f"SELECT count(*) FROM {table} WHERE leaf = ANY(%s)"
        assert joined.one(query, leaves) == 0, table
    assert joined.one("SELECT count(*) FROM nodes WHERE node = ANY(%s)", leaves) == 0
    assert joined.one("SELECT count(*) FROM due WHERE alert_id = ANY(%s)", alerts) == 0
    assert joined.one("SELECT count(*) FROM clusters") == CHILDREN - 1
    assert of_others(joined, leaves, child) == others
    assert joined.rows("SELECT sequence, chain FROM alert_transitions ORDER BY 1") == chains
    emptied = "SELECT alert_id, sequence FROM alert_transitions WHERE body = '' ORDER BY 2"
    told = "SELECT alert_id, sequence FROM alert_transitions WHERE alert_id = ANY(%s) ORDER BY 2"
    assert joined.rows(emptied) == joined.rows(told, alerts) != []
    assert joined.rows("SELECT alert_id, sequence FROM erased_places ORDER BY 2") == joined.rows(
        emptied
    )
    assert joined.rows("SELECT child, outcome, proved FROM erasures") == [(child, "done", False)]
    keys = {row[0] for row in joined.rows("SELECT key_id FROM erased_keys")}
    assert keys == {joined.tokens.key_id(leaf.hex()) for leaf in leaves}
    events, timeline, duplicates, erased, parked = joined.rows(COUNTS)[0]
    gone = before[1] - timeline
    assert (events, duplicates, erased, parked) == (before[0], before[2], gone, 0)
    assert gone > 0
    # What was published names this key, and is not called back: it leads to nothing any more.
    assert naming(joined, child) == ["erasures"]


def naming(bench: Workbench, child: str) -> list[str]:
    """Return the tables of the store in which a row names the child's key, in whatever column."""
    tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    return [
        table
        for (table,) in bench.rows(tables)
        if bench.one(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", f"%{child}%")
    ]


def test_what_comes_of_the_child_between_order_and_shredding_is_kept_nowhere(
    joined: Workbench,
) -> None:
    number = 2
    token = joined.tokens.leaf(LA, "the-hospital", "epr", "HEALTH_LOCAL_ID", f"C{number}")
    child = joined.one("SELECT child FROM leaves WHERE leaf = %s", bytes.fromhex(token))
    given = {"identifiers": identifiers("health", number), "held_on": LATE, "day": LATE}
    late = a_record(LA, "HealthContactHeld", "health", "late", **given)
    joined.write([ordered(joined, child, END + 1), Told("HealthContactHeld", late, END + 2)])
    join(joined)
    assert leaves_of(joined, child) == []
    assert joined.one("SELECT count(*) FROM timeline WHERE event_id = %s", late["event_id"]) == 0
    events, *others = joined.rows(COUNTS)[0]
    assert events == sum(others)
    before = joined.one("SELECT count(*) FROM alert_transitions")
    joined.write([Told("HealthContactHeld", {**late, "revision": 2}, END + 3)])
    join(joined)  # by a new owner, who knows it from the store
    assert leaves_of(joined, child) == []
    assert joined.one("SELECT count(*) FROM alert_transitions") == before


def test_a_join_s_process_erases_and_lets_go_of_the_keys(joined: Workbench) -> None:
    child = a_child(joined)
    joined.write([ordered(joined, child, END + 1)])
    joined.publish()
    assert joined.join() == 0
    assert joined.rows("SELECT child, outcome FROM erasures") == [(child, "done")]
    assert leaves_of(joined, child) == []


def test_the_eraser_sees_no_key_and_can_only_destroy_one(joined: Workbench) -> None:
    address = joined.environment("eraser")["JOINEDUP_KEYS_DATABASE_URL"]
    refused = (
        "SELECT wrapped FROM leaf_keys",
        "UPDATE leaf_keys SET wrapped = 'x'",
        "UPDATE leaf_keys SET wrapped = 'x', shredded_at = NULL",
        "UPDATE leaf_keys SET la = '000'",
        "UPDATE leaf_keys SET wrapped = NULL, shredded_at = now() RETURNING wrapped",
        "DELETE FROM leaf_keys",
    )
    for statement in refused:
        with psycopg.connect(address) as eraser, pytest.raises(errors.InsufficientPrivilege):
            eraser.execute(statement.encode())
    shred = (
        "UPDATE leaf_keys SET wrapped = NULL, shredded_at = now() WHERE key_id ="
        " (SELECT min(key_id) FROM leaf_keys)"
    )
    with psycopg.connect(address) as eraser:
        assert eraser.execute(shred).rowcount == 1


class Platform:
    """Intake and join of a workbench, done by the test: what is decided comes to journeys."""

    def __init__(self, bench: Workbench, folder: Path) -> None:
        self.bench = bench
        self.taken, self.taken_at = 0, END + 10
        sources, eraser = folder / "sources.json", folder / "eraser.env"
        add_source(
            sources,
            organisation="la999",
            system="records-office",
            agency="governance",
            local_authorities=[LA],
        )
        address = bench.environment("eraser")["JOINEDUP_KEYS_DATABASE_URL"]
        write_environment(eraser, {"JOINEDUP_KEYS_DATABASE_URL": address})
        self._eraser = eraser
        self._environment = bench.environment("publisher") | bench.environment("reader")
        self._environment |= {
            name: value
            for name, value in bench.environment("publisher").items()
            if name.startswith("JOINEDUP_KAFKA")
        }
        self._environment |= {"JOINEDUP_SOURCES_FILE": str(sources), "JOINEDUP_LA": LA}
        self._environment |= {"JOINEDUP_ROOT": str(folder)}
        self.backup = folder / "backups" / "2026-11-24T080523Z"

    def start(self, child: str, *options: str) -> subprocess.Popen[str]:
        given = ("--reason", "COURT_ORDER", "--approved-by", "head of safeguarding")
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "joinedup.start", "erase", child, *given, *options),
                *("--eraser-env-file", str(self._eraser)),
            ],
            env=os.environ | self._environment,
            cwd=REPOSITORY,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, *command: str) -> str:
        """Run a command that waits for nothing, and return what it said."""
        shreds = command[0] == "erase-again"
        given = [*command, *(("--eraser-env-file", str(self._eraser)) if shreds else ())]
        result = CliRunner().invoke(app, given, env=self._environment)
        assert result.exit_code == 0, result.output
        return result.stdout

    def take(self, most: int = 100) -> int:
        """Take in so many of the decisions that came since; return how many there were."""
        found = list(islice(decided(self.bench), self.taken, self.taken + most))
        for told in found:
            self.taken += 1
            self.bench.write([told._replace(kappa=self.taken_at + self.taken)])
        join(self.bench)
        return len(found)

    def finish(self, process: subprocess.Popen[str], after: int = 0) -> str:
        """Take in what the command decides until it ends; return what it said.

        after: how many decisions have to be there before any is taken in.
        """
        end = time.monotonic() + WAIT_SECONDS
        while process.poll() is None:
            assert time.monotonic() < end
            if sum(1 for _ in decided(self.bench)) >= after:
                self.take()
        said, _ = process.communicate()
        assert process.returncode == 0, said
        return said


def decided(bench: Workbench) -> Iterator[Told]:
    """Yield what stands on the topic of decisions, as intake would journey it."""
    consumer = KafkaConsumer(
        **options_of(bench.environment("intake")), group_id=None, consumer_timeout_ms=30_000
    )
    where = TopicPartition(bench.topics.decisions, bench.topics.partition_of(LA))
    consumer.assign([where])
    consumer.seek_to_beginning(where)
    try:
        for message in islice(consumer, consumer.end_offsets([where])[where]):
            decoded = bench.codec.decode(message.value)
            yield Told(decoded.full_name.rpartition(".")[2], decoded.record, 0)
    finally:
        consumer.close()


@pytest.fixture
def platform(joined: Workbench, tmp_path: Path) -> Platform:
    return Platform(joined, tmp_path)


def test_a_child_that_is_held_is_not_erased_by_the_command_nor_by_an_order(
    platform: Platform,
) -> None:
    bench = platform.bench
    child = a_child(bench)
    why = ("--reason", "public inquiry", "--approved-by", "monitoring officer")
    assert "Nobody is held" in platform.run("hold", "list", "--la", LA)
    order = ordered(bench, child, END + 5)
    platform.run("hold", "set", child, *why)
    platform.take()
    assert platform.run("hold", "list") == f"{child}\n"
    for asked, code in (("--dry-run", 0), ("--yes", 1)):
        refused = platform.start(child, asked)
        said, _ = refused.communicate()
        assert (refused.returncode, "It is held" in said) == (code, True)
    before = bench.one("SELECT count(*) FROM timeline")
    bench.write([order._replace(kappa=END + 40)])
    join(bench)
    assert bench.one("SELECT outcome FROM erasures") == "held"
    assert bench.one("SELECT count(*) FROM timeline") == before
    platform.run("hold", "lift", child, *why)
    platform.taken_at = END + 50
    platform.take()
    assert "Nobody is held" in platform.run("hold", "list")
    assert "shredded now: " in platform.finish(platform.start(child, "--yes"))
    assert verified(bench)["differences"] == []


def shredded(bench: Workbench) -> int:
    with bench.changing_keys() as keys:
        row = keys.execute("SELECT count(*) FROM leaf_keys WHERE wrapped IS NULL").fetchone()
    assert row is not None
    return int(row[0])


def verified(bench: Workbench) -> dict[str, Any]:
    """Return what an auditor's replay of all that was journeyed says."""
    bench.publish()
    environment = bench.environment("auditor")
    result = CliRunner().invoke(app, ["replay", "--verify", "--json"], env=environment)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_command_erases_a_child_and_a_replay_still_verifies(platform: Platform) -> None:
    bench = platform.bench
    child = a_child(bench)
    leaves = leaves_of(bench, child)
    said, _ = platform.start(child[:13], "--dry-run").communicate()
    assert f"{counted(len(leaves), 'record')} of source systems" in said
    assert leaves_of(bench, child) == leaves
    platform.backup.mkdir(parents=True)
    (platform.backup / "backup_manifest").touch()
    said = platform.finish(platform.start(child[:13], "--yes"))
    assert f"still hold the keys: {platform.backup.name}" in said
    assert f"{counted(len(leaves), 'key')}, shredded now: {len(leaves)}" in said
    assert leaves_of(bench, child) == []
    assert shredded(bench) == len(leaves)
    assert bench.one("SELECT proved FROM erasures")
    found = verified(bench)
    assert found["differences"] == []
    assert found["erased"] == bench.one("SELECT count(*) FROM erased_places") > 0


@pytest.mark.parametrize("taken", [0, 1])
def test_an_erasure_cut_short_shreds_nothing_and_is_completed_by_another_run(
    platform: Platform, taken: int
) -> None:
    """Cut short before the join came to the order, and before it came to the proof."""
    bench = platform.bench
    child = a_child(bench)
    leaves = leaves_of(bench, child)
    first = platform.start(child, "--yes")
    end = time.monotonic() + WAIT_SECONDS
    while sum(1 for _ in decided(bench)) <= taken:
        assert time.monotonic() < end
        platform.take(taken - platform.taken)
    first.kill()
    first.communicate()
    assert shredded(bench) == 0
    said = platform.finish(platform.start(child, "--yes"), after=2)
    assert f"shredded now: {len(leaves)}" in said
    assert shredded(bench) == len(leaves)
    again = platform.finish(platform.start(child, "--yes"))
    assert "shredded now: 0" in again
    with bench.changing_keys() as keys:  # as a restored backup would bring them back
        keys.execute("UPDATE leaf_keys SET wrapped = 'x', shredded_at = NULL WHERE wrapped IS NULL")
    assert f"shredded now: {len(leaves)}" in platform.run("erase-again")
    assert shredded(bench) == len(leaves)
    assert verified(bench)["differences"] == []


def test_children_who_are_tied_go_together_or_not_at_all_and_a_replay_still_verifies(
    platform: Platform,
) -> None:
    bench = platform.bench
    mixed = [*identifiers("education", 1)[:1], *identifiers("education", 2)[1:]]
    given = {"identifiers": mixed, "held_on": LATE, "day": LATE}
    bench.write(
        [Told("ApReviewHeld", a_record(LA, "ApReviewHeld", "education", "odd", **given), END)]
    )
    join(bench)
    tokens = [
        bench.tokens.leaf(LA, "the-hospital", "epr", "HEALTH_LOCAL_ID", f"C{number}")
        for number in (1, 2)
    ]
    query = "SELECT child FROM leaves WHERE leaf = %s"
    one, two = (bench.one(query, bytes.fromhex(token)) for token in tokens)
    assert one != two
    refused = platform.start(one, "--yes")
    said, _ = refused.communicate()
    assert (refused.returncode, f"Tied to: {two}." in said) == (1, True)
    assert "name it with --together; else shield this one" in " ".join(said.split())
    order = ordered(bench, one, END + 1)
    bench.write([order])
    join(bench)
    assert bench.rows("SELECT outcome FROM erasures") == [("shared",)]
    leaves = [*leaves_of(bench, one), *leaves_of(bench, two)]
    said = platform.finish(platform.start(one, "--together", two, "--yes"))
    assert f"{counted(len(leaves), 'key')}, shredded now: {len(leaves)}" in said
    assert leaves_of(bench, one) == leaves_of(bench, two) == []
    found = verified(bench)
    assert (found["differences"], found["row_differences"]) == ([], [])
    assert found["erased"] > 0
