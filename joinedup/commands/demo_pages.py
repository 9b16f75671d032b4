"""The pages of the invented year, served until Enter is pressed at a terminal."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import typer
import uvicorn
from fastapi import FastAPI

from dashboard.assets import NotFrontend
from joinedup.commands.dashboard import DEFAULT_PORT, built, fetched, settings_of
from joinedup.commands.dashboard_recording import recorder_of
from joinedup.commands.serving import options
from producers.simulate import LA
from stack.errors import StackError

_HOST = "127.0.0.1"
_SECONDS_TO_START = 30


def show_until_enter(env_file: Path, root: Path, repository: str | None) -> None:
    """Serve the pages, say where and with which login, and wait for Enter.

    Does nothing, and never waits, where input or output is no terminal: then nobody is there.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    try:
        archive = fetched(root / "cache", repository)
        recorder = recorder_of(None, root, [LA], simulated=True)
        app, login = built(settings_of(env_file), archive, _HOST, [LA], recorder)
        with served_here(app) as port:
            _wait_for_enter(port, login.password)
    except (StackError, NotFrontend) as fault:
        typer.echo(f"The pages cannot be shown: {fault}", err=True)


def _wait_for_enter(port: int, password: str) -> None:
    typer.echo("")
    typer.echo(f"In a browser: http://{_HOST}:{port}/")
    typer.echo(f"Sign in as a.lead with the password {password}")
    typer.echo("Press Enter to end the pages; the stack stays up.")
    try:
        sys.stdin.readline()
    except KeyboardInterrupt:
        typer.echo("")


class _Server(uvicorn.Server):
    """A server that lets another thread wait until it answers, or has failed to begin."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.tried = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say that it was tried."""
        try:
            await super().startup(sockets)
        finally:
            self.tried.set()


@contextmanager
def served_here(app: FastAPI) -> Iterator[int]:
    """Serve the application while the block runs; yield its port: the usual one, if it is free.

    Raises StackError where it does not begin to answer.
    """
    with _listening() as listener:
        config = uvicorn.Config(app, **options())
        server = _Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            if not server.tried.wait(_SECONDS_TO_START) or not server.started:
                raise StackError("their server did not begin to answer; try `joinedup dashboard`.")
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(_SECONDS_TO_START)


def _listening() -> socket.socket:
    for port in (DEFAULT_PORT, 0):
        listener = socket.socket()
        try:
            listener.bind((_HOST, port))
        except OSError:
            listener.close()
            continue
        return listener
    raise StackError("This machine has no free port on 127.0.0.1.")
