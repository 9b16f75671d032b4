"""``joinedup master-key``: another key under which all leaf keys are wrapped, while all runs."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import psycopg
import typer

from consumers.errors import ConsumerError
from consumers.rewrapping import Connection, Rewrapping, who_knows_not
from consumers.wrapping import SEPARATOR, Wrapping
from joinedup.commands.master_key_place import (
    POSTGRESQL_FROM_HERE,
    OfContainers,
    OnThisMachine,
    Place,
)
from joinedup.commands.reader import stop
from joinedup.commands.sentence import in_a_sentence
from joinedup.commands.status import DEFAULT_ROOT, Root
from stack import LocalStack
from stack.claims import only_one

T = TypeVar("T")

_KEY_BYTES = 32
_GO_ON = "End each of them, start it again with the settings that stand now, then run this again."

SecretsFile = Annotated[
    Path | None,
    typer.Option(exists=True, help="The containers' .env; else the local stack's secrets."),
]
Server = Annotated[
    str, typer.Option(help="With --env-file: where PostgreSQL is reached from here, over TLS.")
]
Database = Annotated[
    str, typer.Option(help="With --env-file: the name of the database of leaf keys.")
]


def register(app: typer.Typer) -> None:
    """Mount the commands of the master key."""
    keys = typer.Typer(help="The key under which leaf keys are wrapped.", no_args_is_help=True)
    keys.command()(renew)
    keys.command()(rewrap)
    keys.command()(forget)
    app.add_typer(keys, name="master-key")


def renew(root: Root = DEFAULT_ROOT, env_file: SecretsFile = None) -> None:
    """Invent a new master key beside the present one, which still opens what it wrapped.

    The first of three steps. Cut short, it is completed by running it again.
    """
    with _said(root, env_file) as place, _alone(place):
        keys = place.keys()
        if len(keys) == 1:
            keys = [secrets.token_hex(_KEY_BYTES), *keys]
        place.keep(keys)
    typer.echo("There is a new master key, and the one before still opens what it wrapped.")
    typer.echo(f"Keep a copy of {place.secrets} now, where you keep secrets, in place of the last.")
    typer.echo(
        "Then end join, dashboard and, last of all, intake, start each again with the settings that"
        " stand now, and run joinedup master-key rewrap."
    )


def rewrap(
    root: Root = DEFAULT_ROOT,
    env_file: SecretsFile = None,
    postgresql: Server = POSTGRESQL_FROM_HERE,
    database: Database = OfContainers._field_defaults["database"],
) -> None:
    """Wrap every leaf key under the new master key, while everything runs.

    The second of three steps. Cut short anywhere, it goes on when it is run again. A child who was
    erased stays erased: a key that was shredded is not there to be wrapped.
    """
    with _said(root, env_file, postgresql, database) as place:
        wrapping = _two_keys(place)
        _require_known(place, wrapping.mark)
        left = _each(place, lambda name, one: _rewrapped(name, one, wrapping))
    if any(left):
        stop("Somebody held those that are left: run it again.")
    typer.echo(
        "Every key is wrapped under the new master key. Make a backup (joinedup backup); once none"
        " of before is left, or none is needed, run joinedup master-key forget."
    )


def forget(
    root: Root = DEFAULT_ROOT,
    env_file: SecretsFile = None,
    postgresql: Server = POSTGRESQL_FROM_HERE,
    database: Database = OfContainers._field_defaults["database"],
    give_up_backups: Annotated[
        bool,
        typer.Option(
            "--give-up-backups", help="Also if backups of before can then be opened by nobody."
        ),
    ] = False,
) -> None:
    """Let go of the master key before the present one: what it alone opens is gone for good.

    The last of three steps. Refused while a leaf key, a process or a backup still needs it.
    """
    with _said(root, env_file, postgresql, database) as place, _alone(place):
        wrapping = _two_keys(place)
        _require_known(place, wrapping.mark)
        since = max(_each(place, lambda name, one: _since(name, Rewrapping(one, wrapping))))
        if not give_up_backups:
            _require_no_backup(place, since)
        opened = _each(place, lambda _, one: Rewrapping(one, wrapping).require_all_opens())
        _each(place, lambda _, one: Rewrapping(one, wrapping).forget())
        place.keep(place.keys()[:1])
    typer.echo(
        f"The master key of before is forgotten: {sum(opened):,} leaf keys open under the present"
        " one alone."
    )
    typer.echo(
        f"Keep a copy of {place.secrets} in place of the last, and destroy those of before. What"
        " runs runs on; start each process again when it suits, so that none holds the old key."
    )


@contextmanager
def _said(
    root: Path,
    env_file: Path | None,
    postgresql: str = POSTGRESQL_FROM_HERE,
    database: str = OfContainers._field_defaults["database"],
) -> Iterator[Place]:
    """Yield the installation; say in one sentence why something cannot be done."""
    place = _place(root) if env_file is None else OfContainers(env_file, postgresql, database)
    try:
        with in_a_sentence():
            yield place
    except ConsumerError as fault:
        stop(str(fault))
    except psycopg.OperationalError as fault:
        stop(
            f"PostgreSQL does not let us in ({type(fault).__name__}): see that it runs, and that"
            " address and passwords are right. Then run it again: it goes on where it stopped."
        )
    except (psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedTable):
        stop("The key store is of an earlier release: run `joinedup up`, or `joinedup setup`.")


def _alone(place: Place) -> AbstractContextManager[None]:
    """Let nobody else change the master key meanwhile: of two new ones one would be lost."""
    return only_one(place.secrets.with_name(".master-key.lock"))


def _place(root: Path) -> Place:
    """Return the local stack; secrets that it would invent now would open nothing."""
    place = OnThisMachine(LocalStack(root))
    if not place.secrets.exists():
        stop(
            f"There are no secrets of a local stack at {place.secrets}: give --env-file .env for"
            " the containers or a cluster, or --root. Nothing was changed."
        )
    return place


def _two_keys(place: Place) -> Wrapping:
    keys = place.keys()
    if len(keys) == 1:
        stop("There is one master key and none before it: joinedup master-key renew makes another.")
    return Wrapping.of(SEPARATOR.join(keys))


def _require_known(place: Place, mark: str) -> None:
    """Stop where a process runs that knows the master key of before alone."""
    with psycopg.connect(place.superuser_address(), connect_timeout=5) as connection:
        named = {
            role.removeprefix("joinedup_")
            for name in place.key_stores()
            for role in who_knows_not(connection, name, mark)
        }
    if named:
        stop(
            f"These run and know only the master key of before: {', '.join(sorted(named))}."
            f" {_GO_ON} Nothing was changed."
        )


def _each(place: Place, work: Callable[[str, Connection], T]) -> list[T]:
    """Return what the work gives for each key store, as its owner."""
    given = []
    for name in place.key_stores():
        address = place.owner_address(name)
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            given.append(work(name, connection))
    return given


def _rewrapped(name: str, connection: Connection, wrapping: Wrapping) -> int:
    done = Rewrapping(connection, wrapping).rewrap()
    typer.echo(f"{name}: {done.now:,} keys wrapped anew, {done.left:,} left.")
    return done.left


def _since(name: str, rewrapping: Rewrapping) -> datetime:
    since = rewrapping.since()
    if since is None:
        stop(
            f"Keys in {name} are still wrapped under the master key of before: run joinedup"
            " master-key rewrap first. Nothing was forgotten."
        )
    return since


def _require_no_backup(place: Place, since: datetime) -> None:
    found = place.backups_before(since)
    moment = f"{since.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if found is None:
        stop(
            f"Backups of your PostgreSQL that were begun before {moment} open under the master key"
            " of before alone: once there are none, or none is needed, run this again with"
            " --give-up-backups. Nothing was forgotten."
        )
    if found:
        stop(
            f"These backups open under the master key of before alone: {', '.join(found)}. Make new"
            " ones until they are gone (joinedup backup, --keep), or run this again with"
            " --give-up-backups: then nobody can open them. Nothing was forgotten."
        )
