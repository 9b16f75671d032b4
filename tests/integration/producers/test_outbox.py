"""A crash between an agency's commit and its publish loses nothing, wherever it comes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from joinedup.main import app
from producers.outbox import OutboxBusy, OutboxRelay, ddl
from producers.publisher import Publisher
from producers.settings import PublisherSettings
from schemas.topics import TopicSet
from stack import LocalStack
from stack.environment import write_environment
from tests.integration.producers.conftest import LA, SOURCE, ReadTopic
from tests.integration.producers.outbox_process import FAIL_AT

REPOSITORY = Path(__file__).resolve().parents[3]
POINTS = ("before-publish", "before-mark", "before-commit", "after-commit")


@pytest.fixture
def database(stack: LocalStack, store: str) -> Iterator[str]:
    """An agency's own database, with the outbox in it."""
    address = stack.owner_address(store)
    with psycopg.connect(address) as connection:
        connection.execute(ddl().encode())
    yield address


@pytest.fixture
def env_file(settings: PublisherSettings, tmp_path: Path) -> Path:
    """The settings of the agency's system."""
    given = settings.model_dump(exclude_none=True)
    values = {
        f"JOINEDUP_{name.upper()}": getattr(value, "get_secret_value", lambda v=value: v)()
        for name, value in given.items()
    }
    own = {"JOINEDUP_ORGANISATION": SOURCE.organisation, "JOINEDUP_SYSTEM": SOURCE.system}
    file = tmp_path / "own.env"
    write_environment(file, {name: str(value) for name, value in (values | own).items()})
    return file


def review(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "type": "LacReviewHeld",
        "source_record_id": f"review/{number}",
        "identifiers": [{"scheme": "LA_CHILD_ID", "value": f"C{number}"}],
        "held_on": "2025-06-09",
        **changed,
    }


def write(connection: psycopg.Connection[Any], *events: Any) -> None:
    for event in events:
        connection.execute("INSERT INTO joinedup_outbox (event) VALUES (%s)", [json.dumps(event)])


def relay(env_file: Path, database: str, point: str) -> int:
    environment = {FAIL_AT: point, "JOINEDUP_OUTBOX_URL": database}
    command = [sys.executable, "-m", "tests.integration.producers.outbox_process", str(env_file)]
    return subprocess.run(
        command, env=os.environ | environment, cwd=REPOSITORY, check=False, timeout=120
    ).returncode


def test_killed_at_every_point_it_loses_nothing_and_repeats_what_it_had_not_marked(
    database: str, env_file: Path, live_topic_set: TopicSet, read_topic: ReadTopic
) -> None:
    with psycopg.connect(database) as connection:
        write(connection, *map(review, range(10)))
    with psycopg.connect(database) as connection:
        write(connection, review(99))
        connection.rollback()
    for point in POINTS:
        assert relay(env_file, database, point) == -signal.SIGKILL
    assert relay(env_file, database, "nowhere") == 0
    messages = read_topic(live_topic_set.social_care, live_topic_set.partition_of(LA))
    copies = Counter(dict(one.headers())["ce_id"] for one in messages)
    assert len(copies) == 10, "each that was committed, and not the one that was not"
    assert max(copies.values()) == 3, "published and not marked twice, then once more"
    assert len({one.value() for one in messages}) == 10, "a repeat is the same to the byte"
    with psycopg.connect(database) as connection:
        waiting = "SELECT count(*) FROM joinedup_outbox WHERE published_at IS NULL"
        assert connection.execute(waiting).fetchone() == (0,)


def test_a_row_that_is_no_event_is_marked_and_stops_nobody(
    database: str, env_file: Path, live_topic_set: TopicSet, read_topic: ReadTopic
) -> None:
    with psycopg.connect(database) as connection:
        write(connection, {"type": "NoSuch"}, [1], review(1, held_on="9/6/25"), review(2))
        write(connection, review(3, held_on=None))
    command = ("outbox", "relay", "--la", LA, "--until-end", "--env-file", str(env_file))
    said = CliRunner().invoke(app, [*command, "--database", database])
    assert said.exit_code == 1, said.output
    assert len(read_topic(live_topic_set.social_care, live_topic_set.partition_of(LA))) == 1
    with psycopg.connect(database) as connection:
        query = "SELECT refused FROM joinedup_outbox WHERE published_at IS NULL ORDER BY id"
        refused = [why for (why,) in connection.execute(query)]
    assert [why.split(":")[0] for why in refused] == ["type", "event", "held_on", "held_on"]
    assert "9/6/25" not in "".join(refused)
    assert CliRunner().invoke(app, [*command, "--database", database]).exit_code == 0


def test_while_the_broker_is_away_rows_wait(database: str, settings: PublisherSettings) -> None:
    away = settings.model_copy(update={"kafka_bootstrap": "127.0.0.1:1", "delivery_seconds": 1.0})
    with psycopg.connect(database, autocommit=True) as connection:
        write(connection, review(1))
        with Publisher(away) as publisher:
            found = OutboxRelay(connection, publisher, SOURCE, LA).round()
        assert found.published == 0 and found.undelivered is not None
        waiting = "SELECT count(*) FROM joinedup_outbox WHERE published_at IS NULL"
        assert connection.execute(waiting).fetchone() == (1,)


def test_one_relay_works_an_outbox_at_a_time_and_what_is_old_goes(
    database: str, settings: PublisherSettings
) -> None:
    with (
        psycopg.connect(database, autocommit=True) as first,
        psycopg.connect(database, autocommit=True) as second,
        Publisher(settings) as publisher,
    ):
        one, other = (OutboxRelay(c, publisher, SOURCE, LA) for c in (first, second))
        with one.alone():
            with pytest.raises(OutboxBusy), other.alone():
                pass
        with other.alone():
            write(second, review(1))
            assert other.round().published == 1
            assert (other.tidy(1), other.tidy(0)) == (0, 1)
