"""``joinedup outbox``: an agency's own database relayed to Kafka, and nothing lost."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Annotated

import psycopg
import typer

from joinedup.commands.process_log import log_to_stderr
from joinedup.commands.publish_options import Agency, Authority, EnvFile, Organisation, System
from joinedup.commands.speaking import (
    REFUSED,
    UNDELIVERED,
    WRONG,
    fail,
    faults_as_sentences,
    own_settings,
    source_of,
)
from joinedup.watched.tracing import begin_traces
from producers.outbox import OutboxBusy, OutboxRelay, Round, ddl
from producers.publisher import Publisher
from producers.settings import read_settings

log = logging.getLogger(__name__)
_IDLE_SECONDS = 1.0
_AWAY_SECONDS = 5.0
_DAY_ROUNDS = 3600

Address = Annotated[
    str,
    typer.Option(
        "--database", envvar="JOINEDUP_OUTBOX_URL", help="libpq address of your own database."
    ),
]
UntilEnd = Annotated[
    bool, typer.Option("--until-end", help="End once nothing waits, for a scheduler.")
]
KeepDays = Annotated[
    int, typer.Option(min=0, help="Days for which published rows are kept; 0 for ever.")
]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup outbox``."""
    outbox = typer.Typer(help="Publish what your own database wrote.", no_args_is_help=True)
    outbox.command("ddl")(print_ddl)
    outbox.command("relay")(relay)
    app.add_typer(outbox, name="outbox")


def print_ddl() -> None:
    """Print the statements that make the outbox in your database."""
    typer.echo(ddl(), nl=False)


def relay(
    database: Address,
    la: Authority,
    organisation: Organisation = None,
    system: System = None,
    agency: Agency = None,
    until_end: UntilEnd = False,
    keep_days: KeepDays = 7,
    env_file: EnvFile = None,
) -> None:
    """Publish the rows of joinedup_outbox in order, each marked once the broker has it.

    It runs until it is told to stop (SIGTERM). Ended anywhere, nothing is lost: what it had not
    marked is published again, which changes nothing. With --until-end the exit code is 1 where
    rows were refused, and 3 where the broker was away.
    """
    log_to_stderr(False)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    with faults_as_sentences():
        begin_traces("outbox")
        settings = read_settings(env_file)
        source = source_of(settings, organisation, system, agency, la)
        settings = own_settings(settings, source, env_file)
        try:
            with psycopg.connect(database, autocommit=True) as connection:
                with Publisher(settings) as publisher:
                    made = OutboxRelay(
                        connection, publisher, source, la, simulated=settings.simulated
                    )
                    with made.alone():
                        found = run(made, stopped, until_end=until_end, keep_days=keep_days)
        except OutboxBusy as busy:
            fail(str(busy), WRONG)
        except psycopg.Error as fault:
            fail(
                f"The outbox cannot be used ({type(fault).__name__}): see that the database runs,"
                " that `joinedup outbox ddl` was applied to it, and what this account may do.",
                WRONG,
            )
    raise typer.Exit(_code(found) if until_end else 0)


def run(made: OutboxRelay, stopped: threading.Event, *, until_end: bool, keep_days: int) -> Round:
    """Publish until told to stop, or until nothing waits; return the sum of what came of it."""
    published = refused = rounds = 0
    while not stopped.is_set():
        if keep_days and rounds % _DAY_ROUNDS == 0:
            made.tidy(keep_days)
        rounds += 1
        one = made.round()
        published, refused = published + one.published, refused + one.refused
        _tell(one)
        if until_end and (one.was_idle or one.undelivered):
            return Round(published, refused, one.undelivered)
        if one.undelivered:
            stopped.wait(_AWAY_SECONDS)
        elif one.was_idle:
            stopped.wait(_IDLE_SECONDS)
    return Round(published, refused)


def _tell(one: Round) -> None:
    if one.published:
        log.info("Published from the outbox: %d.", one.published)
    if one.refused:
        log.warning("Refused of the outbox: %d; the column refused says why.", one.refused)
    if one.undelivered:
        log.error("The outbox waits: %s", one.undelivered)


def _code(found: Round) -> int:
    if found.undelivered:
        return UNDELIVERED
    return REFUSED if found.refused else 0
