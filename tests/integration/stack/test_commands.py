"""The commands of the stack say what runs, and what intake made of what it read."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict
from pathlib import Path

import typer
from kafka import KafkaProducer
from typer.testing import CliRunner

from joinedup.commands.intake_totals import IntakeTotals, intake_totals
from joinedup.commands.stack import register
from schemas.topics import TopicSet
from stack import LocalStack
from stack.kafka import options_of
from tests.ports import free_ports

RUNNER = CliRunner()
APP = typer.Typer()
register(APP)


def test_status_shows_every_service_running(stack: LocalStack) -> None:
    shown = RUNNER.invoke(APP, ["status", "--root", str(stack.layout.root), "--json"])
    services = json.loads(shown.stdout)["services"]
    assert shown.exit_code == 0
    assert [(one["name"], one["state"]) for one in services] == [
        ("PostgreSQL", "running"),
        ("Kafka", "running"),
        ("Schema registry", "running"),
    ]


def test_up_leaves_running_services_alone(stack: LocalStack) -> None:
    before = [service.pid for service in stack.status()]
    said = RUNNER.invoke(APP, ["up", "--root", str(stack.layout.root)])
    assert said.exit_code == 0
    assert "all was running already" in said.stdout
    assert [service.pid for service in stack.status()] == before


def test_status_of_a_stack_that_was_never_started_leaves_nothing_behind(tmp_path: Path) -> None:
    shown = RUNNER.invoke(APP, ["status", "--root", str(tmp_path / "none")])
    assert shown.exit_code == 1
    assert shown.stdout.count("stopped") == 3
    assert not (tmp_path / "none").exists()


def test_down_of_a_stack_that_was_never_started_leaves_nothing_behind(tmp_path: Path) -> None:
    said = RUNNER.invoke(APP, ["down", "--root", str(tmp_path / "none")])
    assert (said.exit_code, said.stdout) == (0, "Nothing was running.\n")
    assert not (tmp_path / "none").exists()


def test_a_port_in_use_is_one_line_and_a_failure(tmp_path: Path) -> None:
    ports = free_ports()
    options = [f"--{name}-port={number}" for name, number in asdict(ports).items() if number]
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports.kafka))
        other.listen()
        said = RUNNER.invoke(APP, ["up", "--root", str(tmp_path), *options])
    assert said.exit_code == 1
    assert said.stderr.startswith(f"Kafka needs port {ports.kafka}")
    assert said.stderr.count("\n") == 1


def test_what_intake_has_not_read_is_waiting(stack: LocalStack, topic_set: TopicSet) -> None:
    environment = stack.environment("publisher", topic_set.prefix)
    producer = KafkaProducer(
        **options_of(environment),
        acks="all",
    )
    for partition in range(3):
        producer.send(topic_set.health, value=b"x", partition=partition)
    producer.close()
    assert intake_totals(stack, "test", topic_set) == IntakeTotals(
        topics="test", read=0, journeyed=0, dead_letters=0, waiting=3
    )


def test_topics_that_do_not_exist_have_no_totals(stack: LocalStack) -> None:
    assert intake_totals(stack, "none", TopicSet("none.", 4)) is None
