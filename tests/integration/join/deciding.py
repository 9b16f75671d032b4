"""A lead at the command line, who reads the store and records decisions on real Kafka."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import typer
from kafka import KafkaConsumer, TopicPartition
from typer.testing import CliRunner

from producers.sources_file import add_source
from schemas.headers import SIGNATURE
from stack.kafka import options_of
from tests.integration.join.stories import Told
from tests.integration.join.workbench import Workbench

Run = Callable[..., str]
LA = "999"


def runner(bench: Workbench, folder: Path, *groups: Callable[[typer.Typer], None]) -> Run:
    """Return what runs a command of these groups, and returns what it prints."""
    app = typer.Typer()
    for register in groups:
        register(app)
    sources = folder / "sources.json"
    add_source(
        sources,
        organisation="la999",
        system="operations",
        agency="governance",
        local_authorities=[LA],
    )
    environment = bench.environment("publisher") | bench.environment("reader")
    environment |= {
        name: value
        for name, value in bench.environment("publisher").items()
        if name.startswith("JOINEDUP_KAFKA")
    }
    environment |= {"JOINEDUP_SOURCES_FILE": str(sources), "JOINEDUP_LA": LA, "COLUMNS": "160"}

    def run(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, list(arguments), env=environment)
        assert result.exit_code == code, result.output
        return result.output

    return run


def orders(bench: Workbench, la: str, *, after: int) -> list[Told]:
    """Return the orders that stand on the decisions topic, as intake would journey them.

    after: the known time (ms) of the first; each later one is a millisecond later.
    """
    consumer = KafkaConsumer(
        **options_of(bench.environment("intake")), group_id=None, consumer_timeout_ms=30_000
    )
    where = TopicPartition(bench.topics.decisions, bench.topics.partition_of(la))
    consumer.assign([where])
    consumer.seek_to_beginning(where)
    found = []
    for message in islice(consumer, consumer.end_offsets([where])[where]):
        assert SIGNATURE in dict(message.headers)
        decoded = bench.codec.decode(message.value)
        type_ = decoded.full_name.rpartition(".")[2]
        found.append(Told(type_, decoded.record, after + len(found)))
    consumer.close()
    return found
