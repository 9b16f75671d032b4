"""``joinedup erase``: a child's record goes for good, and a proof stays that names nobody."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from consumers.store.erasing import (
    Erasable,
    Ordered,
    Part,
    erasable,
    held_children,
    ordered,
    parts,
    proved_keys,
)
from consumers.store.reading import Reading
from joinedup.commands.backup import KEEP
from joinedup.commands.deciding import ApprovedBy, PublisherEnvFile
from joinedup.commands.publish_options import Organisation, System
from joinedup.commands.read import Authority, EnvFile
from joinedup.commands.reader import Role, one_child, reader, stop
from joinedup.commands.speaking import Say, deciding
from joinedup.commands.status import DEFAULT_ROOT, Root
from journey.cluster import ERASURE_ORDERED, ERASURE_PROVED
from journey.erasing import Outcome
from journey.moments import LONDON
from producers.event import Event, Source, new_event
from stack.environment import read_environment

PATIENCE = 120.0  # seconds
LOOK_EVERY = 0.2  # seconds
DEFAULT_ERASER_FILE = Path(".local/env/eraser.env")

_SHRED = """
UPDATE leaf_keys SET wrapped = NULL, shredded_at = now()
WHERE key_id = ANY(%s) AND la = %s AND shredded_at IS NULL
"""

_WHY_NOT = {
    Outcome.SHARED: "Its records and another child's are tied by an identifier or a record that"
    " both had: erasing one alone would change what was told of the other. Nothing was erased.",
    Outcome.HELD: "It is held: it may not be erased until the hold is lifted, see `joinedup hold`."
    " Nothing was erased.",
    Outcome.MOVED: "It has become another child since the order was given. Nothing was erased:"
    " look the child up again.",
}


class Reason(StrEnum):
    """The ground of an erasure, as the contract has them."""

    REQUEST_UPHELD = "REQUEST_UPHELD"
    RETENTION_ENDED = "RETENTION_ENDED"
    UNLAWFUL_PROCESSING = "UNLAWFUL_PROCESSING"
    COURT_ORDER = "COURT_ORDER"
    TEST_DATA = "TEST_DATA"


class EraserSettings(BaseSettings):
    """Who shreds keys: the key store's address, in the role of the eraser."""

    model_config = SettingsConfigDict(env_prefix="JOINEDUP_ERASER_", extra="ignore", frozen=True)

    keys_database_url: SecretStr


def register(app: typer.Typer) -> None:
    """Mount ``joinedup erase`` and ``erase-again``."""
    app.command()(erase)
    app.command("erase-again")(erase_again)


def erase(
    child: Annotated[str, typer.Argument(help="The child's key; its first characters will do.")],
    la: Authority,
    reason: Annotated[Reason, typer.Option(help="On which ground.")],
    approved_by: ApprovedBy,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would go, and end.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    organisation: Organisation = None,
    system: System = None,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
    eraser_env_file: Annotated[
        Path | None,
        typer.Option(help=f"Settings to shred with; else {DEFAULT_ERASER_FILE} if there."),
    ] = None,
    root: Root = DEFAULT_ROOT,
) -> None:
    """Erase all that is known and told of a child, for good, in the log and in the store.

    Intake and join must run. Cut short anywhere, it is completed by running it again.
    """
    with reader(env_file, la, Role.LEAD) as (_, store):
        begun = ordered(store, child)
        key = begun.child if begun else one_child(store, child)
        found = erasable(store, key)
        held = key in held_children(store)
    typer.echo(_what_goes(key, found, begun))
    if dry_run:
        return
    if not yes:
        typer.confirm("It cannot be brought back. Erase it?", abort=True)
    if held:
        stop(_WHY_NOT[Outcome.HELD])
    shred = _shredding(eraser_env_file, la)
    with deciding(la, organisation, system, publisher_env_file) as (say, source):
        if begun is None or found.leaves:
            order = _order(la, source, key, found, reason, approved_by)
            say(order)
            begun = _until(env_file, la, lambda store: ordered(store, key, order.event_id))
        if begun.outcome in _WHY_NOT:
            stop(_WHY_NOT[Outcome(begun.outcome)])
        if begun.outcome == Outcome.NOTHING:  # an order given before this one was first
            begun = _until(env_file, la, lambda store: ordered(store, key))
        _prove(env_file, la, source, begun, say)
    shredded = shred(begun.keys)
    typer.echo(
        f"Erased. Proof {begun.erasure}: {begun.places} transitions, {len(begun.keys)} keys, of"
        f" which {shredded} were shredded now. {_still_hold(root)}"
    )


def erase_again(
    la: Authority,
    env_file: EnvFile = None,
    eraser_env_file: Annotated[
        Path | None,
        typer.Option(help=f"Settings to shred with; else {DEFAULT_ERASER_FILE} if there."),
    ] = None,
) -> None:
    """Shred again the keys of all children erased so far, after a backup was restored.

    Run it once the join has caught up: it goes by the orders and proofs that the join came to.
    """
    shred = _shredding(eraser_env_file, la)
    with reader(env_file, la, Role.LEAD) as (_, store):
        keys = proved_keys(store)
    typer.echo(f"{len(keys)} keys of erased children, of which {shred(keys)} were shredded now.")


def _what_goes(key: str, found: Erasable, begun: Ordered | None) -> str:
    if begun is not None and not found.leaves:
        return f"The erasure {begun.erasure} of child {key} was begun and is gone on with."
    return (
        f"Child {key}. Events: {found.events}, of {len(found.leaves)} records of source systems."
        f" Alerts: {found.alerts}. What was told of them: {found.transitions}."
    )


def _order(
    la: str, source: Source, key: str, found: Erasable, reason: Reason, approved_by: str
) -> Event:
    moment = datetime.now(UTC)
    return new_event(
        ERASURE_ORDERED,
        local_authority=la,
        source=source,
        source_record_id=f"erasure/{time.time_ns()}",
        revision=1,
        recorded_at=moment,
        occurred_at=moment,
        child=key,
        leaves=list(found.leaves),
        reason=reason.value,
        approved_by=approved_by,
        ordered_on=moment.astimezone(LONDON).date(),
    )


def _prove(env_file: Path | None, la: str, source: Source, begun: Ordered, say: Say) -> None:
    """Have the proof on journeys: before that no key may go, or a replay could not go on."""
    if begun.proved:
        return
    with reader(env_file, la, Role.LEAD) as (_, store):
        listed = parts(store, begun.erasure)
    for number, part in enumerate(listed, start=1):
        say(_proof(la, source, begun, part, (number, len(listed))))

    def proved(store: Reading) -> Ordered | None:
        now = ordered(store, begun.child, begun.erasure)
        return now if now and now.proved else None

    _until(env_file, la, proved)


def _proof(la: str, source: Source, begun: Ordered, part: Part, which: tuple[int, int]) -> Event:
    moment = datetime.now(UTC)
    number, of = which
    return new_event(
        ERASURE_PROVED,
        local_authority=la,
        source=source,
        source_record_id=f"erasure/{begun.erasure}/{number}",
        revision=1,
        recorded_at=moment,
        occurred_at=moment,
        erasure=begun.erasure,
        part=number,
        parts=of,
        places=part,
        proved_on=moment.astimezone(LONDON).date(),
    )


def _until(env_file: Path | None, la: str, look: Callable[[Reading], Ordered | None]) -> Ordered:
    """Return what is looked for, once intake and join have come to it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with reader(env_file, la, Role.LEAD) as (_, store):
            found = look(store)
        if found is not None:
            return found
        time.sleep(LOOK_EVERY)
    stop(
        f"Intake and join did not come to it in {PATIENCE:.0f} s: see `joinedup status`, then run"
        " it again. No key was shredded."
    )


def _shredding(env_file: Path | None, la: str) -> Callable[[tuple[str, ...]], int]:
    """Return what shreds keys; stops before anything is done where it could not."""
    address = _eraser(env_file)

    def shred(key_ids: tuple[str, ...]) -> int:
        with _asked_in_a_sentence(), psycopg.connect(address, connect_timeout=5) as connection:
            return connection.execute(_SHRED, [list(key_ids), la]).rowcount

    shred(())
    return shred


@contextmanager
def _asked_in_a_sentence() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as failure:
        stop(
            f"The key store does not take it ({type(failure).__name__}): see that it runs, and that"
            " JOINEDUP_ERASER_KEYS_DATABASE_URL names the role joinedup_eraser. Then run it again."
        )


def _eraser(env_file: Path | None) -> str:
    """Return the address to shred at: that of a file, as the stack writes it, else of our own."""
    file = env_file or (DEFAULT_ERASER_FILE if DEFAULT_ERASER_FILE.exists() else None)
    given: dict[str, SecretStr] = {}  # pydantic-settings takes it from the environment
    try:
        # A reader's variable of the same name may be set, and must not stand for the file's.
        if file is not None:
            return read_environment(file)["JOINEDUP_KEYS_DATABASE_URL"]
        return EraserSettings(**given).keys_database_url.get_secret_value()
    except (ValidationError, KeyError, OSError):
        stop(
            "Set JOINEDUP_ERASER_KEYS_DATABASE_URL, or give --eraser-env-file with"
            " JOINEDUP_KEYS_DATABASE_URL of the role joinedup_eraser."
        )


def _still_hold(root: Path) -> str:
    found = sorted(one.parent.name for one in (root / "backups").glob("*Z/backup_manifest"))
    if not found:
        return (
            "If there are backups of the key store, they still hold the keys until they are gone."
        )
    return (
        f"Backups that still hold the keys: {', '.join(found)}. They are gone once"
        f" `joinedup backup` has made as many new ones as it keeps ({KEEP}, unless told otherwise)."
    )
