"""The stack starts, stops, keeps its data, names what crashed, and says what failed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from kafka import KafkaConsumer, KafkaProducer

from schemas.topics import TopicSet
from stack import LocalStack, StackError, State
from stack.kafka import options_of
from stack.ports import LOOPBACK
from tests.ports import free_ports

TOPICS = TopicSet("kept.", 4)


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[LocalStack]:
    """A stack that these tests stop, kill and start as they like."""
    services = LocalStack(tmp_path_factory.mktemp("own"), free_ports(), cache=cache)
    yield services
    services.down(erase=True)


def states(stack: LocalStack) -> dict[str, State]:
    return {service.name: service.state for service in stack.status()}


def admin_options(stack: LocalStack) -> dict[str, object]:
    environment = stack.environment("admin")
    return options_of(environment)


def write_something(stack: LocalStack) -> None:
    stack.create_topic_set(TOPICS, simulated=True)
    producer = KafkaProducer(**admin_options(stack), acks="all")
    producer.send(TOPICS.health, value=b"kept", partition=2).get(timeout=20)
    producer.close()
    stack.create_store("kept")
    with psycopg.connect(stack.owner_address("kept")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'kept' AS what")


def read_it_back(stack: LocalStack) -> tuple[bytes, str]:
    consumer = KafkaConsumer(
        TOPICS.health,
        **admin_options(stack),
        auto_offset_reset="earliest",
        consumer_timeout_ms=20_000,
    )
    value = next(consumer).value
    consumer.close()
    with psycopg.connect(stack.owner_address("kept")) as connection:
        row = connection.execute("SELECT what FROM kept").fetchone()
    assert row is not None
    return value, row[0]


def test_data_survive_a_restart(own_stack: LocalStack) -> None:
    assert own_stack.up() == ["PostgreSQL", "Kafka", "Schema registry"]
    assert own_stack.up() == []
    write_something(own_stack)
    assert own_stack.down() == ["PostgreSQL", "Kafka", "Schema registry"]
    assert set(states(own_stack).values()) == {State.STOPPED}

    own_stack.up()

    assert set(states(own_stack).values()) == {State.RUNNING}
    assert read_it_back(own_stack) == (b"kept", "kept")


@pytest.mark.parametrize("victim", ["Kafka", "PostgreSQL"])
def test_a_crashed_service_is_named_and_started_again(own_stack: LocalStack, victim: str) -> None:
    own_stack.up()
    pid = next(service.pid for service in own_stack.status() if service.name == victim)
    crashed = psutil.Process(pid)
    crashed.kill()
    crashed.wait(timeout=20)

    assert states(own_stack)[victim] is State.CRASHED

    assert own_stack.up() == [victim]
    assert states(own_stack)[victim] is State.RUNNING
    assert read_it_back(own_stack) == (b"kept", "kept")


def test_a_port_in_use_is_said_in_one_sentence_and_nothing_is_started(tmp_path: Path) -> None:
    ports = free_ports()
    with socket.socket() as other:
        other.bind((LOOPBACK, ports.registry))
        other.listen()
        stack = LocalStack(tmp_path, ports)
        with pytest.raises(StackError) as refused:
            stack.up()
    assert f"Schema registry needs port {ports.registry}" in str(refused.value)
    assert "--registry-port" in str(refused.value)
    assert set(states(stack).values()) == {State.STOPPED}


def test_when_one_service_cannot_start_none_is_left_running(tmp_path: Path, cache: Path) -> None:
    stack = LocalStack(tmp_path, free_ports(), cache=cache)
    (tmp_path / "kafka").mkdir()
    (tmp_path / "kafka" / "data").write_text("this is a file where a folder should be")
    try:
        with pytest.raises(StackError, match="Kafka could not format its storage"):
            stack.up()
        assert set(states(stack).values()) == {State.STOPPED}
    finally:
        stack.down(erase=True)
    assert not tmp_path.exists()
