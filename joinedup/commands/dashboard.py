"""``joinedup dashboard``: the web application of the safeguarding leads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError
from rich.console import Console

from dashboard.app import build_app
from dashboard.assets import Assets, NotFrontend
from dashboard.local_login import LocalLogin, NotLoopback, require_loopback
from dashboard.pages import Pages
from dashboard.settings import DashboardSettings
from dashboard.store import Store
from dashboard.wiring import Parts
from joinedup.commands.process_log import log_to_stderr
from joinedup.commands.stack import DEFAULT_ROOT, Mirror, Root
from stack.artefacts import Cache
from stack.errors import StackError
from stack.layout import INFRA

DEFAULT_PORT = 8321
PAGES_LOCK = INFRA / "pages.lock"
ENV_FILE = Path("env/dashboard.env")
_AUTHORITY = re.compile(r"\d{3}")

Authorities = Annotated[
    list[str],
    typer.Option(
        "--la", envvar="JOINEDUP_LA", help="Authority whose leads sign in; again for more."
    ),
]
EnvFile = Annotated[
    Path | None,
    typer.Option(exists=True, help="File of settings; else env/dashboard.env of the stack."),
]
Host = Annotated[str, typer.Option(help="Address to listen on: one of this machine alone.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup dashboard``."""
    app.command("dashboard")(dashboard)


def dashboard(
    la: Authorities,
    env_file: EnvFile = None,
    host: Host = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    root: Root = DEFAULT_ROOT,
    repository: Mirror = None,
) -> None:
    """Serve the pages of the safeguarding leads on this machine until it is told to stop.

    It prints the address and a password that holds until it ends. Whoever has both may sign in by
    any name, so it listens to this machine alone.
    """
    log_to_stderr(False)
    try:
        require_loopback(host)
        settings = settings_of(env_file or root / ENV_FILE)
        archive = fetched(root / "cache", repository)
        app, login = built(settings, archive, host, la)
    except (StackError, NotFrontend, NotLoopback, _NotInOrder) as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
    where = f"[{host}]" if ":" in host else host
    typer.echo(f"The dashboard: http://{where}:{port}/")
    typer.echo(f"Sign in by any name with the password {login.password}")
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)


class _NotInOrder(Exception):
    """The dashboard cannot be started; the text says what to do."""


def settings_of(env_file: Path) -> DashboardSettings:
    """Return the settings of a file and the environment; a fault names the variables that lack."""
    # pydantic-settings takes the file by a name that its type does not show.
    given: dict[str, object] = {"_env_file": env_file if env_file.exists() else None}
    try:
        return DashboardSettings(**given)  # type: ignore[arg-type]
    except ValidationError as wrong:
        names = ", ".join(f"JOINEDUP_{str(e['loc'][0]).upper()}" for e in wrong.errors())
        raise _NotInOrder(
            f"Set {names}, or give --env-file; `joinedup up` writes .local/{ENV_FILE}."
        ) from None


def fetched(cache: Path, repository: str | None) -> Path:
    """Return the archive of GOV.UK Frontend, which is fetched once and held to its checksum."""
    held = Cache(folder=cache.absolute(), lock=PAGES_LOCK, repository=repository)
    held.fetch(Console(stderr=True))
    (archive,) = held.files()
    return archive


def built(
    settings: DashboardSettings, archive: Path, host: str, authorities: list[str]
) -> tuple[FastAPI, LocalLogin]:
    """Return the application and its login, wired; raises NotLoopback, NotFrontend."""
    wrong = [one for one in authorities if not _AUTHORITY.fullmatch(one)]
    if wrong:
        raise _NotInOrder(f"{wrong[0]} is no code of a local authority: it has three digits.")
    assets = Assets(archive)
    pages = Pages(assets)
    login = LocalLogin(pages, host, authorities)
    parts = Parts(store=Store(settings), pages=pages, assets=assets, login=login)
    return build_app(settings, parts), login
