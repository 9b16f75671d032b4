"""``joinedup alerts``, ``child`` and ``why``: what a safeguarding lead or an auditor reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import psycopg
import typer
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from consumers.decode import BOUND_TO_SOURCE
from consumers.errors import ConsumerError
from consumers.store.keys import KeysOnRequest
from consumers.store.reading import Reading, reading
from consumers.store.sealed import FactSeal
from consumers.store.why import Circumstances, why
from consumers.tokens import Tokens
from joinedup.commands import read_view
from journey.cluster import Cluster
from journey.duties import all_duties
from journey.shelf import calendars_of
from schemas.identifiers import SCHEMES, check

DEFAULT_ENV_FILE = Path(".local/env/reader.env")
LINKING = tuple(scheme for scheme in SCHEMES if scheme not in BOUND_TO_SOURCE)
"""Schemes by which a child can be found; the others mean nothing outside one system."""


class State(StrEnum):
    """Which alerts to show."""

    OPEN = "open"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    ALL = "all"


class Role(StrEnum):
    """As whom to read."""

    LEAD = "lead"
    AUDITOR = "auditor"


class ReaderSettings(BaseSettings):
    """The environment of a reader, each name prefixed with ``JOINEDUP_``.

    database_url: the store, in the role of the reader.
    keys_database_url, master_key, pseudonym_key (hex): open what is sealed; without them `alerts`
        works and `child` shows what happened and when.
    """

    model_config = SettingsConfigDict(env_prefix="JOINEDUP_", extra="ignore", frozen=True)

    database_url: SecretStr
    keys_database_url: SecretStr | None = None
    master_key: SecretStr | None = None
    pseudonym_key: SecretStr | None = None

    def tokens(self) -> Tokens:
        """Return what makes tokens of identifiers."""
        if self.pseudonym_key is None:
            _stop("Identifiers cannot be looked up: set JOINEDUP_PSEUDONYM_KEY.")
        return Tokens(bytes.fromhex(self.pseudonym_key.get_secret_value()))

    def seal(self) -> FactSeal:
        """Return what opens sealed facts."""
        if self.keys_database_url is None or self.master_key is None:
            _stop(
                "What is sealed cannot be opened: set JOINEDUP_KEYS_DATABASE_URL and"
                " JOINEDUP_MASTER_KEY."
            )
        master_key = bytes.fromhex(self.master_key.get_secret_value())
        keys = KeysOnRequest(self.keys_database_url.get_secret_value(), master_key)
        return FactSeal(keys, self.tokens())


Authority = Annotated[
    str,
    typer.Option(
        "--la", envvar="JOINEDUP_LA", help="Three-digit code of the local authority, such as 330."
    ),
]
Key = Annotated[
    str | None, typer.Argument(help="The child's key; its first characters are enough.")
]
Identifier = Annotated[
    str | None,
    typer.Option(
        "--identifier",
        metavar="SCHEME:VALUE",
        help=f"Find the child by {', '.join(LINKING[:-1])} or {LINKING[-1]}, such as UPN:….",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsRole = Annotated[Role, typer.Option("--as", envvar="JOINEDUP_ROLE", help="As whom you read.")]
EnvFile = Annotated[
    Path | None,
    typer.Option(exists=True, help="File of settings; else .local/env/reader.env if there."),
]


def register(app: typer.Typer) -> None:
    """Mount the commands of reading."""
    app.command()(alerts)
    app.command()(child)
    app.command("why")(why_command)


def _duty_names(incomplete: str) -> list[str]:
    return [name for name in sorted(all_duties()) if name.startswith(incomplete.upper())]


def _duty(name: str | None) -> str | None:
    """Return the id of a duty as it is written; stop where there is none of this name."""
    if name is None:
        return None
    if read_view.duty_of(name.upper()) is None:
        near = get_close_matches(name.upper(), all_duties(), n=1)
        meant = f"did you mean {near[0]}?" if near else "docs/duties.md lists them."
        _stop(f"There is no such duty: {meant}")
    return name.upper()


def alerts(
    la: Authority,
    child: Annotated[str | None, typer.Option(help="Only of this child (key).")] = None,
    duty: Annotated[
        str | None,
        typer.Option(
            help="Only of this duty, such as EHC_PLAN_20_WEEKS.", autocompletion=_duty_names
        ),
    ] = None,
    state: Annotated[State, typer.Option(help="Only in this state.")] = State.OPEN,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many, the first by severity; else all.")
    ] = None,
    as_json: AsJson = False,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
) -> None:
    """Show alerts, the most severe and longest due first, each with its reason and evidence."""
    known_duty = _duty(duty)
    with _reading(env_file, la, role) as (_, store):
        key = _one_child(store, child) if child else None
        status = None if state is State.ALL else state.upper()
        found = store.alerts(child=key, duty=known_duty, status=status, limit=limit)
        evidence = store.evidence(
            (alert["child"] for alert in found),
            (event for alert in found for event in (*alert["because"], *alert["met_by"])),
        )
        heard_of = bool(found or store.known().kappa or store.children(""))
    if as_json:
        read_view.as_json({"alerts": [read_view.alert_fields(one, evidence) for one in found]})
    elif heard_of:
        read_view.show_alerts(found, evidence, limit)
    else:
        typer.echo(f"Nothing was ever heard of local authority {la} in this store: see --la.")


def child(
    la: Authority,
    key: Key = None,
    identifier: Identifier = None,
    as_json: AsJson = False,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
) -> None:
    """Show a child's timeline across the agencies, with the alerts beside it."""
    with _reading(env_file, la, role) as (settings, store):
        found = _child(settings, store, key, identifier)
        timeline = store.timeline(found)
        told = store.alerts(child=found)
        named = (event for alert in told for event in (*alert["because"], *alert["met_by"]))
        evidence = store.evidence([found], named)
    if as_json:
        read_view.as_json(
            {
                "child": found,
                "timeline": timeline,
                "alerts": [read_view.alert_fields(one, evidence) for one in told],
            }
        )
    else:
        read_view.show_child(found, timeline, told, evidence)


def why_command(
    la: Authority,
    key: Key = None,
    on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="The day to ask about; the last known if left out."
        ),
    ] = None,
    identifier: Identifier = None,
    duty: Annotated[
        str | None, typer.Option(help="Only this duty.", autocompletion=_duty_names)
    ] = None,
    as_json: AsJson = False,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
) -> None:
    """Say for each duty why there is an alert for this child on this day, or why there is none."""
    known_duty = _duty(duty)
    with _reading(env_file, la, role) as (settings, store):
        found = _child(settings, store, key, identifier)
        cluster = store.cluster_of_child(found, settings.seal())
        known = store.known()
        told = {one["alert_id"]: str(one["status"]) for one in store.alerts(child=found)}
    if cluster is None or found not in cluster.identity.anchors:
        _stop("Nothing that stands is known of this child any more.")
    day = on.date() if on else read_view.day_of(known.kappa)
    around = Circumstances(
        calendars=calendars_of(known.authority),
        sources=tuple(known.authority.sources.values()),
        kappa=known.kappa,
        told=told,
    )
    reasons = [
        reason
        for reason in why(cluster.journey(found), day, around)
        if known_duty in (None, reason.duty.id)
    ]
    _show_why(found, day, reasons, as_json)


def _show_why(found: str, day: date, reasons: list[read_view.Reason], as_json: bool) -> None:
    if as_json:
        answers = [read_view.reason_fields(reason) for reason in reasons]
        read_view.as_json({"child": found, "on": day, "duties": answers})
    else:
        read_view.show_why(found, day, reasons)


@contextmanager
def _reading(
    env_file: Path | None, la: str, role: Role
) -> Iterator[tuple[ReaderSettings, Reading]]:
    settings = _settings(env_file)
    try:
        with reading(settings.database_url.get_secret_value(), la, role) as store:
            yield settings, store
    except psycopg.OperationalError:
        _stop("The store does not answer: see `joinedup status`, or JOINEDUP_DATABASE_URL.")
    except psycopg.errors.UndefinedTable:
        _stop("The store is empty: run `joinedup up`, which applies the migrations.")
    except psycopg.errors.InsufficientPrivilege:
        _stop("The store refuses: JOINEDUP_DATABASE_URL must name the role joinedup_reader.")
    except ConsumerError as fault:
        _stop(str(fault))


def _settings(env_file: Path | None) -> ReaderSettings:
    file = env_file or (DEFAULT_ENV_FILE if DEFAULT_ENV_FILE.exists() else None)
    # pydantic-settings takes the file by a name that its type does not show.
    given: dict[str, object] = {"_env_file": file}
    try:
        return ReaderSettings(**given)  # type: ignore[arg-type]
    except ValidationError as wrong:
        names = ", ".join(f"JOINEDUP_{str(e['loc'][0]).upper()}" for e in wrong.errors())
        _stop(f"Set {names}, or give --env-file; `joinedup up` writes {DEFAULT_ENV_FILE}.")


def _child(
    settings: ReaderSettings, store: Reading, key: str | None, identifier: str | None
) -> str:
    if (key is None) == (identifier is None):
        _stop("Name the child by its key or by --identifier SCHEME:VALUE, one of the two.")
    if identifier is not None:
        return _child_of(settings, store, identifier)
    return _one_child(store, key or "")


def _one_child(store: Reading, key: str) -> str:
    found = store.children(key)
    if not found:
        _stop(f"No child of local authority {store.la} has a key that begins so: see --la and KEY.")
    if len(found) > 1:
        _stop("The keys of several children begin so: give more of the key.")
    return found[0]


def _child_of(settings: ReaderSettings, store: Reading, identifier: str) -> str:
    scheme, _, value = identifier.partition(":")
    scheme = scheme.upper()
    if scheme not in LINKING or not value:
        _stop(f"Give --identifier as SCHEME:VALUE, the scheme one of {', '.join(LINKING)}.")
    checked = check(scheme, value)
    if not checked.usable:
        _stop(f"This is no {scheme} that can name a child: see that it is typed as it was given.")
    token = settings.tokens().identifier(store.la, scheme, checked.value)
    cluster = store.cluster_of_token(token, settings.seal())
    found = sorted(_bearers(cluster, token)) if cluster else []
    if not found:
        _stop(f"No child of local authority {store.la} is known by this identifier.")
    if len(found) > 1:
        keys = ", ".join(found)
        _stop(f"The identifier stands for several children, which a person must review: {keys}.")
    return found[0]


def _bearers(cluster: Cluster, token: str) -> set[str]:
    """Return the children whose standing facts bear this identifier."""
    children = cluster.identity.children
    return {
        children[event.leaf]
        for event in cluster.records.values()
        if not event.retracted
        and event.leaf in children
        and any(one.token == token for one in event.identifiers)
    }


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
