"""Every transition reaches the alerts topic once and in sequence."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from consumers.relay.outbox import Outbox
from consumers.settings import RelaySettings
from tests.integration.join.stories import DAYS, FIRST_DAY, moment_of, stories
from tests.integration.join.workbench import REPOSITORY, WAIT_SECONDS, Workbench

LA = "999"
RUN = "import typer; from joinedup.commands import run; a = typer.Typer(); run.register(a); a()"


@pytest.fixture
def told(bench: Workbench) -> Workbench:
    """A store with transitions, none of them published yet."""
    bench.write(stories(LA, 40, 800))
    bench.tick(LA, moment_of(FIRST_DAY) + (DAYS + 60) * 86_400_000)
    bench.partition_join(LA).apply(bench.inputs(LA))
    return bench


def start_relay(bench: Workbench, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, "relay", *options],
        env=os.environ | bench.environment("relay"),
        cwd=REPOSITORY,
    )


def relay(bench: Workbench) -> None:
    """Run a relay until the outbox is empty."""
    assert start_relay(bench, "--until-end").wait(timeout=WAIT_SECONDS) == 0


def published(bench: Workbench) -> list[dict[str, object]]:
    """Return what a reader of committed records finds on the topic."""
    return asyncio.run(_published(bench))


async def _published(bench: Workbench) -> list[dict[str, object]]:
    values = {
        name.removeprefix("JOINEDUP_").lower(): value
        for name, value in bench.environment("reader").items()
    }
    consumer = AIOKafkaConsumer(
        isolation_level="read_committed",
        **RelaySettings(**values).kafka(),  # type: ignore[arg-type]
    )
    await consumer.start()
    place = TopicPartition(bench.topics.alerts, bench.topics.partition_of(LA))
    consumer.assign([place])
    await consumer.seek_to_beginning(place)
    end = (await consumer.end_offsets([place]))[place]
    found = []
    while await consumer.position(place) < end:
        for records in (await consumer.getmany(timeout_ms=200)).values():
            found += [bench.codec.decode(record.value).record for record in records]
    await consumer.stop()
    return found


def sequences(bench: Workbench) -> list[object]:
    return [record["sequence"] for record in published(bench)]


def test_all_that_was_told_is_published_once_and_in_sequence(told: Workbench) -> None:
    count = told.one("SELECT count(*) FROM alert_transitions")
    assert count > 500  # more than one page
    relay(told)
    assert sequences(told) == list(range(1, count + 1))
    relay(told)
    assert sequences(told) == list(range(1, count + 1))


def test_a_relay_that_forgot_how_far_it_was_finds_it_on_the_topic(told: Workbench) -> None:
    relay(told)
    count = told.one("SELECT max(sequence) FROM relay_state")
    with told.changing() as store:
        store.execute("UPDATE relay_state SET sequence = 100, topic_offset = 100")
    relay(told)
    assert sequences(told) == list(range(1, count + 1))
    assert told.one("SELECT max(sequence) FROM relay_state") == count


def more_is_told(told: Workbench) -> None:
    """Let known time go on by a year, so that there is more to publish."""
    told.tick(LA, moment_of(FIRST_DAY) + (DAYS + 400) * 86_400_000)
    owner = told.partition_join(LA)
    owner.apply(told.inputs(LA)[owner.next_offset :])


def test_a_relay_adds_nothing_to_a_topic_that_tells_another_history(
    told: Workbench, capfd: pytest.CaptureFixture[str]
) -> None:
    relay(told)
    count = told.one("SELECT count(*) FROM alert_transitions")
    with told.changing() as store:
        store.execute("UPDATE alert_transitions SET chain = 'another' WHERE sequence = %s", [count])
    more_is_told(told)
    assert start_relay(told, "--until-end").wait(timeout=WAIT_SECONDS) == 1
    assert "tell different histories" in capfd.readouterr().err
    assert sequences(told) == list(range(1, count + 1))


def test_a_relay_says_that_what_it_published_is_no_more_on_the_topic(
    told: Workbench, capfd: pytest.CaptureFixture[str]
) -> None:
    relay(told)
    with told.changing() as store:
        store.execute("UPDATE relay_state SET topic_offset = topic_offset + 1000")
    assert start_relay(told, "--until-end").wait(timeout=WAIT_SECONDS) == 1
    assert "ends before what was published to it" in capfd.readouterr().err


def test_the_message_says_what_the_store_says(told: Workbench) -> None:
    relay(told)
    chains = [row[0] for row in told.rows("SELECT chain FROM alert_transitions ORDER BY sequence")]
    found = published(told)
    assert [record["chain"] for record in found] == chains
    body = told.one("SELECT body::json->>'arithmetic' FROM alert_transitions WHERE sequence = 1")
    assert found[0]["arithmetic"] == body


def test_a_relay_that_stands_by_ends_at_the_end_too(told: Workbench) -> None:
    working = start_relay(told)
    told.wait_until("SELECT count(*) FROM relay_state", bool)
    relay(told)
    count = told.one("SELECT count(*) FROM alert_transitions")
    assert told.one("SELECT sum(sequence) FROM relay_state") == count
    working.terminate()
    assert working.wait(timeout=WAIT_SECONDS) == 0


def test_a_relay_that_stands_by_can_end_the_one_that_works_and_no_other(told: Workbench) -> None:
    asyncio.run(_replaced(told.environment("relay")["JOINEDUP_DATABASE_URL"]))


async def _replaced(dsn: str) -> None:
    working, second, third = [await Outbox.open(dsn) for _ in range(3)]
    assert await working.become_the_relay()
    assert not await second.become_the_relay()
    await second.end_the_other()
    with pytest.raises(psycopg.OperationalError):
        await working.marks()
    while not await second.become_the_relay():  # once PostgreSQL has let go of the session
        await second.wait(0.05)
    assert await third.ahead()
    for one in (working, second, third):
        await one.close()


def test_a_relay_whose_sessions_postgresql_ends_begins_again(told: Workbench) -> None:
    working = start_relay(told)
    count = told.one("SELECT count(*) FROM alert_transitions")
    told.wait_until("SELECT coalesce(sum(sequence), 0) FROM relay_state", lambda n: n == count)
    assert told.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'joinedup_relay'"
        " AND datname = current_database()"
    )
    more_is_told(told)
    more = told.one("SELECT count(*) FROM alert_transitions")
    assert more > count
    told.wait_until("SELECT sum(sequence) FROM relay_state", lambda n: n == more)
    working.terminate()
    assert working.wait(timeout=WAIT_SECONDS) == 0
    assert sequences(told) == list(range(1, more + 1))
