"""``joinedup ping``: an event of no meaning sent all the way, and how long each stage took."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import psycopg
import typer
from kafka import KafkaConsumer
from kafka.errors import KafkaError
from psycopg_pool import PoolTimeout

from gateway.receipts import Receipt
from joinedup.commands.pinged import Journeys, Relayed
from joinedup.commands.publish_options import Authority, Organisation, System
from joinedup.commands.publish_options import EnvFile as SourceFile
from joinedup.commands.receipt import receipts, why_refused
from joinedup.commands.speaking import fail, faults_as_sentences, own_settings, source_of
from producers.control import ping as ping_event
from producers.event import Event, Source
from producers.publisher import Publisher
from producers.results import Accepted
from producers.settings import PublisherSettings, read_settings
from stack.environment import read_environment
from stack.kafka import options_of

FAILED = 1
READER_FILE = Path(".local/env/reader.env")
GATEWAY_FILE = Path(".local/env/gateway.env")
_LOOK_SECONDS = 0.02


class Stage(NamedTuple):
    """One stage of the path: its name, what it means that it was passed, and how long it took."""

    name: str
    meaning: str
    milliseconds: int


class NotPassed(Exception):
    """A stage was not passed in time; the text says which, and where to look."""


Timeout = Annotated[
    float, typer.Option(min=1, help="Seconds to wait for each stage after the first.")
]
ReaderFile = Annotated[
    Path, typer.Option(exists=True, help="A reader's settings, to see journeys and the relay.")
]
GatewayFile = Annotated[
    Path, typer.Option(exists=True, help="The gateway's settings, to see the receipt.")
]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup ping``."""
    app.command("ping")(ping)


def ping(
    la: Authority,
    organisation: Organisation = None,
    system: System = None,
    timeout: Timeout = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the stages as JSON.")] = False,
    env_file: SourceFile = None,
    reader_env: ReaderFile = READER_FILE,
    gateway_env: GatewayFile = GATEWAY_FILE,
) -> None:
    """Send an event through publish, intake, join and relay, and tell how long each took.

    It says nothing of any child and is no sign of life of its source, so it changes nothing that is
    told. Exit code 1 where a stage was not passed in time: the sentence says where to look.
    """
    with faults_as_sentences():
        settings = read_settings(env_file)
        source = source_of(settings, organisation, system, None, la)
        settings = own_settings(settings, source, env_file)
        event = ping_event(local_authority=la, source=source, at=datetime.now(UTC))
        try:
            with services_asked():
                stages = _sent(event, source, settings, timeout, reader_env, gateway_env)
        except NotPassed as fault:
            fail(str(fault), FAILED)
    _show(stages, as_json)


@contextmanager
def services_asked() -> Iterator[None]:
    """Raise NotPassed where Kafka or the store does not answer while a block asks them."""
    try:
        yield
    except KafkaError as fault:
        name = type(fault).__name__
        raise NotPassed(f"Kafka does not answer ({name}): see `joinedup status`.") from None
    except (psycopg.Error, PoolTimeout) as fault:
        name = type(fault).__name__
        raise NotPassed(f"The store does not answer ({name}): see `joinedup status`.") from None


def _sent(
    event: Event,
    source: Source,
    settings: PublisherSettings,
    timeout: float,
    reader_env: Path,
    gateway_env: Path,
) -> list[Stage]:
    reader = read_environment(reader_env)
    with ExitStack() as opened:
        consumer = KafkaConsumer(**options_of(reader), isolation_level="read_committed")
        opened.callback(consumer.close)
        journeys = Journeys(consumer, settings.topics, str(event.record["local_authority"]))
        kept = receipts(gateway_env)
        kept.open()
        opened.callback(kept.close)
        relayed = opened.enter_context(Relayed(reader["JOINEDUP_DATABASE_URL"]))
        began = time.monotonic()
        accepted = _published(event, settings)
        stages = [Stage("publish", f"the broker has it, on {accepted.topic}", _since(began))]
        name = f"{source.organisation}/{source.system}"
        place = f"{accepted.topic}/{accepted.partition}/{accepted.offset}"
        for stage, meaning, passed, look in (
            ("intake", "it stands on journeys", lambda: journeys.has(place), "run intake"),
            (
                "join",
                "its receipt is kept",
                lambda: has_passed(kept.find(name, event.event_id)),
                "run join",
            ),
            (
                "relay",
                "nothing waits for the alerts topic",
                lambda: relayed.is_level(accepted.partition),
                "run relay",
            ),
        ):
            took = wait(stage, passed, timeout, f"see that `joinedup {look}` runs, and its log")
            stages.append(Stage(stage, meaning, took))
    return stages


def _published(event: Event, settings: PublisherSettings) -> Accepted:
    with Publisher(settings) as publisher:
        moment = datetime.now(UTC) if settings.simulated else None
        result = publisher.publish(event, timestamp=moment)
    if not isinstance(result, Accepted):
        raise NotPassed(f"publish: it was not accepted: {result}")
    return result


def has_passed(found: Receipt | None) -> bool:
    """Return whether the join took it; raises NotPassed where something else became of it."""
    if found is None or found.outcome == "taken":
        return found is not None
    what_to_do = why_refused(found.reason) if found.reason else "See joinedup status."
    raise NotPassed(f"join: the test event was {found.outcome}. {what_to_do}")


def wait(
    stage: str,
    passed: Callable[[], bool],
    seconds: float,
    look: str,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Return after how many ms a stage was passed; raises NotPassed where that takes too long."""
    began = clock()
    while not passed():
        if clock() - began > seconds:
            raise NotPassed(f"{stage}: it did not come through in {seconds:g} s: {look}.")
        time.sleep(_LOOK_SECONDS)
    return round((clock() - began) * 1000)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _show(stages: list[Stage], as_json: bool) -> None:
    total = sum(one.milliseconds for one in stages)
    if as_json:
        held = {"stages": [one._asdict() for one in stages], "milliseconds": total}
        typer.echo(json.dumps(held, indent=1))
        return
    for one in stages:
        typer.echo(f"{one.name:8}{one.milliseconds:7,} ms  {one.meaning}")
    typer.echo(f"The path works from end to end: {total:,} ms.")
