"""``joinedup conformance``: what a supplier runs against its own publisher before it is let in."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.app import build_app
from gateway.clients import CurrentClients
from gateway.clients_file import entrust
from gateway.conformance import WANTED, Checklist
from gateway.limits import Limit
from gateway.settings import GatewaySettings
from gateway.tokens import Tokens
from gateway.wiring import Parts
from gateway.writer import Writer
from joinedup.commands.conformance_topic import IntakeFile, opened
from joinedup.commands.gateway import DEFAULT_PORT, Port
from joinedup.commands.serving import options
from producers.sources_file import add_source
from schemas.sources import AGENCIES

LACKING = 1
_LOOK_SECONDS = 1.0
"""How soon it is seen that whoever listens has ended."""
_LISTEN_SECONDS = 0.05
_ATTEMPTS = 1000
_KAFKA_LESS = tuple(one for one in AGENCIES if one != "governance")

Minutes = Annotated[float, typer.Option(min=0.01, help="How long to wait for all of it.")]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup conformance``."""
    app.command("conformance")(conformance)


def conformance(
    agency: Annotated[str, typer.Option(help=f"One of {', '.join(_KAFKA_LESS)}.")],
    la: Annotated[str, typer.Option("--la", help="Code that your test events carry.")] = "999",
    organisation: Annotated[str, typer.Option(help="Code of the organisation.")] = "supplier",
    system: Annotated[str, typer.Option(help="Code of its system.")] = "test",
    port: Port = DEFAULT_PORT,
    minutes: Minutes = 60.0,
    kafka: Annotated[
        bool, typer.Option("--kafka", help="It publishes to the Kafka of a local stack instead.")
    ] = False,
    env_file: IntakeFile = None,
) -> None:
    """Stand in for the gateway on this machine, and tick off what your publisher shows.

    With --kafka it reads what your publisher writes on the topics of a local stack (joinedup up),
    as intake would. Else no Kafka is needed and no event is kept: point your publisher at the
    address that is printed. Exit code 0 once all of it was shown, 1 where something lacks.
    """
    if agency not in _KAFKA_LESS:
        typer.echo(f"There is no agency {agency}: give one of {', '.join(_KAFKA_LESS)}.", err=True)
        raise typer.Exit(2)
    if kafka:
        found = on_topic(agency, la, f"{organisation}/{system}", env_file, minutes * 60)
        report(found, typer.echo)
        raise typer.Exit(LACKING if found.lacking else 0)
    checklist = Checklist()
    with TemporaryDirectory(prefix="joinedup-conformance-") as folder:
        app, secret = stand_in(Path(folder), checklist, organisation, system, agency, la)
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, **options()))
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        _until_it_listens(server, thread, port)
        typer.echo(f"Publish to http://127.0.0.1:{port}/ as in docs/gateway.md")
        typer.echo(f"client id      {organisation}/{system}\nclient secret  {secret}\n")
        try:
            watch(checklist, typer.echo, minutes * 60, thread.is_alive)
        except KeyboardInterrupt:
            pass  # what was shown by now is the answer
        server.should_exit = True
        thread.join()
    report(checklist, typer.echo)
    raise typer.Exit(LACKING if checklist.lacking else 0)


def _until_it_listens(server: uvicorn.Server, thread: Thread, port: int) -> None:
    """Wait for it, since a script publishes as soon as it is told where to."""
    while not server.started and thread.is_alive():
        time.sleep(_LISTEN_SECONDS)
    if not server.started:
        typer.echo(f"Port {port} is in use: give another one with --port.", err=True)
        raise typer.Exit(2)


def on_topic(agency: str, la: str, source: str, env_file: Path | None, seconds: float) -> Checklist:
    """Return what a source showed on its agency's topic until all was shown or the time is over."""
    with opened(agency, la, source, env_file) as topic:
        thread = Thread(target=topic.run, daemon=True)
        thread.start()
        typer.echo(f"Publish as {source} for {la}; the topic is {topic.name}.\n")
        try:
            watch(topic.checklist, typer.echo, seconds, thread.is_alive)
        except KeyboardInterrupt:
            pass  # what was shown by now is the answer
        topic.stop()
        thread.join()
    return topic.checklist


def stand_in(
    folder: Path, checklist: Checklist, organisation: str, system: str, agency: str, la: str
) -> tuple[FastAPI, str]:
    """Return a gateway before the checklist, with one client, and the client's secret."""
    sources, file = folder / "sources.json", folder / "gateway.json"
    add_source(
        sources, organisation=organisation, system=system, agency=agency, local_authorities=[la]
    )
    secret = entrust(
        file,
        sources,
        organisation=organisation,
        system=system,
        agency=agency,
        local_authorities=[la],
    )
    assert secret is not None, "the file is new"
    settings = GatewaySettings(gateway_file=file)
    clients = CurrentClients(file)
    parts = Parts(
        settings=settings,
        clients=clients,
        tokens=Tokens(clients),
        writer=Writer(checklist),
        rates=Limit(settings.rate_per_second, settings.burst, time.monotonic),
        attempts=Limit(_ATTEMPTS, _ATTEMPTS, time.monotonic),
        now=lambda: datetime.now(UTC),
    )
    app = build_app(parts)
    app.add_middleware(_Noting, checklist=checklist)
    return app, secret


def watch(
    checklist: Checklist, say: Callable[[str], None], seconds: float, goes_on: Callable[[], bool]
) -> None:
    """Say each thing when it is first shown; return once all was, or the time is over."""
    ends, told = time.monotonic() + seconds, frozenset[str]()
    while (left := ends - time.monotonic()) > 0 and goes_on():
        seen = checklist.wait_for_more(told, min(left, _LOOK_SECONDS))
        for name in WANTED:
            if name in seen - told:
                say(f"shown    {WANTED[name]}")
        told = seen
        if not checklist.lacking:
            return


def report(checklist: Checklist, say: Callable[[str], None]) -> None:
    """Say what lacks, and what was refused."""
    for name in checklist.lacking:
        say(f"lacking  {WANTED[name]}")
    refused = ", ".join(
        f"{status} once" if times == 1 else f"{status} {times} times"
        for status, times in checklist.refused.items()
    )
    if refused:
        say(f"Refused: {refused}; each time it was said why.")
    if not checklist.lacking:
        say("All of it was shown: the publisher conforms.")


class _Noting:
    """Tells the checklist how each request with events was answered."""

    def __init__(self, app: ASGIApp, checklist: Checklist) -> None:
        self._app = app
        self._checklist = checklist

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start" and scope.get("method") == "POST":
                if scope["path"] == "/events":
                    self._checklist.answered(message["status"])
            await send(message)

        await self._app(scope, receive, noted)
