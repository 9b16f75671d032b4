"""``joinedup run``: one process of the platform, hosted by Faust."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from consumers.errors import ConsumerError
from consumers.settings import IntakeSettings, JoinSettings, RelaySettings, SealerSettings, Settings
from consumers.worker import StreamService, build_app, run_worker
from joinedup.commands.process_log import log_to_stderr
from joinedup.watched.processes import watch_worker
from joinedup.watched.tracing import begin_traces


class Process(StrEnum):
    """The processes that can be run."""

    INTAKE = "intake"
    JOIN = "join"
    RELAY = "relay"
    SEALER = "sealer"
    NOTIFIER = "notifier"


Given = dict[str, bool]
Started = tuple[Settings, StreamService]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup run``."""
    app.command("run")(run)


def run(
    process: Annotated[Process, typer.Argument(help="Which process to run.")],
    until_end: Annotated[
        bool,
        typer.Option("--until-end", help="End once everything that is there has been read."),
    ] = False,
    simulated: Annotated[
        bool,
        typer.Option(
            "--simulated",
            help="The topic set keeps the records' own time (a demo, a restored log);"
            " intake then ends by itself.",
        ),
    ] = False,
    env_file: Annotated[
        Path | None,
        typer.Option(help="A file of NAME=value lines, besides the environment."),
    ] = None,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Write the log as one JSON object a line.")
    ] = False,
) -> None:
    """Run one process until it is told to stop (SIGTERM), or until all is read.

    The exit code is 0 after a stop or at the end, and 1 when the process failed: the last line
    of its log says why and what to do.
    """
    log_to_stderr(log_json)
    given: Given = {"simulated": True} if simulated else {}
    try:
        begin_traces(process)
        settings, service = _STARTED_BY[process](env_file, given, until_end)
    except ConsumerError as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
    raise typer.Exit(_host(process, settings, service))


def _host(process: Process, settings: Settings, service: StreamService) -> int:
    watch_worker(process, settings, service)
    with TemporaryDirectory(prefix="joinedup-") as folder:
        return run_worker(build_app(process, [service], data_folder=folder), [service])


def _intake(env_file: Path | None, given: Given, until_end: bool) -> Started:
    from consumers.intake.service import IntakeService

    settings = IntakeSettings.load(env_file, **given)
    return settings, IntakeService(settings, until_end=until_end)


def _join(env_file: Path | None, given: Given, until_end: bool) -> Started:
    from consumers.join.service import JoinService

    settings = JoinSettings.load(env_file, **given)
    return settings, JoinService(settings, until_end=until_end)


def _relay(env_file: Path | None, given: Given, until_end: bool) -> Started:
    from consumers.relay.metrics import RelayMetrics
    from consumers.relay.service import RelayService

    settings = RelaySettings.load(env_file, **given)
    return settings, RelayService(settings, until_end=until_end, metrics=RelayMetrics())


def _sealer(env_file: Path | None, given: Given, until_end: bool) -> Started:
    from consumers.audit.metrics import SealerMetrics
    from consumers.audit.service import SealerService

    settings = SealerSettings.load(env_file, **given)
    return settings, SealerService(settings, until_end=until_end, metrics=SealerMetrics())


def _notifier(env_file: Path | None, given: Given, until_end: bool) -> Started:
    from consumers.notifier.service import NotifierService
    from consumers.notifier.settings import NotifierSettings

    settings = NotifierSettings.load(env_file, **given)
    return settings, NotifierService(settings, until_end=until_end)


# Each process loads only its own part: relay needs no Kafka consumer of intake, nor its keys.
_STARTED_BY: dict[Process, Callable[[Path | None, Given, bool], Started]] = {
    Process.INTAKE: _intake,
    Process.JOIN: _join,
    Process.RELAY: _relay,
    Process.SEALER: _sealer,
    Process.NOTIFIER: _notifier,
}
