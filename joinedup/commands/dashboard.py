"""``joinedup dashboard``: the web application of the safeguarding leads."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError
from rich.console import Console

from consumers.errors import SettingsError
from consumers.failpoint import FailPoint, nothing_fails
from dashboard.access import Undeclared
from dashboard.app import build_app
from dashboard.assets import Assets, NotFrontend
from dashboard.bearer import NoTokens
from dashboard.ended import Ended, EndedSessions
from dashboard.ended_in_store import EndedInStore
from dashboard.local_login import LocalLogin, NotLoopback, require_loopback
from dashboard.loopback import is_loopback
from dashboard.metrics import Counted, DashboardMetrics
from dashboard.nightly import Nightly
from dashboard.oidc.bearer import OidcBearer
from dashboard.oidc.login import OidcLogin
from dashboard.oidc.settings import OidcSettings
from dashboard.pages import Pages
from dashboard.recording import Recorder, RecordsNothing
from dashboard.session import LONGEST_SECONDS
from dashboard.settings import DashboardSettings
from dashboard.store import Store
from dashboard.wiring import Parts
from joinedup.commands.dashboard_recording import recorder_of
from joinedup.commands.deciding import PublisherEnvFile
from joinedup.commands.process_log import log_to_stderr
from joinedup.commands.serving import options
from joinedup.commands.stack import DEFAULT_ROOT, Mirror, Root
from joinedup.watched.processes import known_seconds, watch_dashboard
from joinedup.watched.tracing import begin_traces
from stack.artefacts import Cache
from stack.errors import StackError
from stack.layout import INFRA

DEFAULT_PORT = 8321
_NOBODY_ACTS = RecordsNothing("Nobody can act here.")
PAGES_LOCK = INFRA / "pages.lock"
ENV_FILE = Path("env/dashboard.env")
_AUTHORITY = re.compile(r"\d{3}")

Ending = Callable[[Store], EndedSessions]


def here_alone(_store: Store) -> EndedSessions:
    """Return what knows of sessions that ended in this process, and keeps nothing."""
    return Ended(LONGEST_SECONDS)


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
Host = Annotated[
    str,
    typer.Option(help="Address to listen on; beyond this machine with OpenID Connect and --tls."),
]
Certificate = Annotated[
    Path | None,
    typer.Option("--tls", exists=True, help="PEM file of certificate and key, for HTTPS."),
]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup dashboard``."""
    app.command("dashboard")(dashboard)


def dashboard(
    la: Authorities,
    env_file: EnvFile = None,
    host: Host = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    tls: Certificate = None,
    root: Root = DEFAULT_ROOT,
    repository: Mirror = None,
    publisher_env_file: PublisherEnvFile = None,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Write the log as one JSON object a line.")
    ] = False,
) -> None:
    """Serve the pages of the safeguarding leads until it is told to stop.

    With JOINEDUP_OIDC_ISSUER people sign in with their organisation's accounts. Without it, it
    prints a password that holds until it ends. Whoever has that may sign in by any name, so it then
    listens to this machine alone.

    What people do about alerts is recorded as the source joinedup/dashboard, once
    `joinedup source add` has let that in.
    """
    log_to_stderr(log_json)
    try:
        begin_traces("dashboard")
        file = env_file or root / ENV_FILE
        oidc = oidc_settings_of(file)
        if oidc is None:
            require_loopback(host)  # first of all: no setting makes that address right
        settings = settings_of(file)
        require_reachable(host, settings, oidc, tls)
        archive = fetched(root / "cache", repository)
        recorder = recorder_of(publisher_env_file, root, la, simulated=settings.simulated)
        metrics = DashboardMetrics() if settings.metrics_port else None
        # An invented year has ended: nobody attends to it, and no night comes.
        nightly = None if settings.simulated else Nightly(la, metrics)
        app, said = served(settings, oidc, archive, host, la, recorder, nightly)
    except (StackError, NotFrontend, NotLoopback, Undeclared, SettingsError, _NotInOrder) as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
    if settings.metrics_port and metrics:
        app.add_middleware(Counted, metrics=metrics)
        metrics.known_time_is(lambda: known_seconds(settings.database_url))
        watch_dashboard(settings)
    where = f"[{host}]" if ":" in host else host
    typer.echo(f"The dashboard: {'https' if tls else 'http'}://{where}:{port}/")
    typer.echo(said)
    uvicorn.run(app, host=host, port=port, **options(tls))


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


def oidc_settings_of(env_file: Path) -> OidcSettings | None:
    """Return the settings of the provider that signs people in, None where none is named."""
    given: dict[str, Any] = {"_env_file": env_file if env_file.exists() else None}
    try:
        return OidcSettings(**given)
    except ValidationError as wrong:
        names = {str(one["loc"][0]) for one in wrong.errors()}
        if names == {"issuer", "client_id", "client_secret"}:
            return None
        listed = ", ".join(f"JOINEDUP_OIDC_{name.upper()}" for name in sorted(names))
        raise _NotInOrder(
            f"Set {listed} as docs/dashboard.md says: a provider is named and cannot be used."
        ) from None


def require_reachable(
    host: str, settings: DashboardSettings, oidc: OidcSettings | None, tls: Path | None
) -> None:
    """Raise NotLoopback or _NotInOrder where the dashboard may not listen there with this login."""
    if oidc is None:
        require_loopback(host)
    elif not settings.public_url:
        raise _NotInOrder("Set JOINEDUP_PUBLIC_URL to the address by which browsers reach it.")
    elif not is_loopback(host) and not (tls and settings.is_https):
        raise _NotInOrder(
            f"{host} can be reached from elsewhere: give --tls, and a JOINEDUP_PUBLIC_URL that"
            " begins with https://, or listen on 127.0.0.1."
        )


def fetched(cache: Path, repository: str | None) -> Path:
    """Return the archive of GOV.UK Frontend, which is fetched once and held to its checksum."""
    held = Cache(folder=cache.absolute(), lock=PAGES_LOCK, repository=repository)
    # In a container it was fetched when the image was made, and nothing can be written there.
    if not held.is_complete():
        held.fetch(Console(stderr=True))
    (archive,) = held.files()
    return archive


def served(
    settings: DashboardSettings,
    oidc: OidcSettings | None,
    archive: Path,
    host: str,
    authorities: list[str],
    recorder: Recorder,
    nightly: Nightly | None,
) -> tuple[FastAPI, str]:
    """Return the application, and how one signs in to it; raises as ``built`` does."""
    if oidc is None:
        app, login = built(
            settings, archive, host, authorities, recorder, nightly=nightly, ended=EndedInStore
        )
        return app, f"Sign in by any name with the password {login.password}"
    app = built_with_provider(
        settings, oidc, archive, authorities, recorder, nightly, ended=EndedInStore
    )
    return app, f"People sign in at {oidc.issuer}, and reach it at {settings.public_url}"


def built_with_provider(
    settings: DashboardSettings,
    oidc: OidcSettings,
    archive: Path,
    authorities: list[str],
    recorder: Recorder | None = None,
    nightly: Nightly | None = None,
    ended: Ending = here_alone,
) -> FastAPI:
    """Return the application whose people sign in with a provider; raises NotFrontend.

    ended: what knows the sessions that ended, made of the store.
    """
    _require_codes(authorities)
    store = Store(settings)
    assets = Assets(archive)
    pages = Pages(assets)
    key = settings.session_key.get_secret_value()
    login = OidcLogin(pages, oidc, authorities, settings.public_url, key)
    parts = Parts(
        store=store,
        ended=ended(store),
        pages=pages,
        assets=assets,
        login=login,
        recorder=recorder or _NOBODY_ACTS,
        bearer=OidcBearer(oidc, authorities) if oidc.api_audience else NoTokens(),
        nightly=nightly,
    )
    return build_app(settings, parts)


def built(
    settings: DashboardSettings,
    archive: Path,
    host: str,
    authorities: list[str],
    recorder: Recorder | None = None,
    fail: FailPoint = nothing_fails,
    nightly: Nightly | None = None,
    ended: Ending = here_alone,
) -> tuple[FastAPI, LocalLogin]:
    """Return the application and its login, wired; raises NotLoopback, NotFrontend.

    recorder: records what people do; without it nobody can act. fail: called between two steps.
    nightly: says every night what nobody attends to. ended: as above.
    """
    _require_codes(authorities)
    store = Store(settings, fail)
    assets = Assets(archive)
    pages = Pages(assets)
    login = LocalLogin(pages, host, authorities)
    parts = Parts(
        store=store,
        ended=ended(store),
        pages=pages,
        assets=assets,
        login=login,
        recorder=recorder or _NOBODY_ACTS,
        nightly=nightly,
    )
    return build_app(settings, parts), login


def _require_codes(authorities: list[str]) -> None:
    wrong = [one for one in authorities if not _AUTHORITY.fullmatch(one)]
    if wrong:
        raise _NotInOrder(f"{wrong[0]} is no code of a local authority: it has three digits.")
