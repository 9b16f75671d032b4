"""How a child is erased from the command line: order, proof, and only then the keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from consumers.store.erasing import Erasable, Ordered, Part, ordered, parts
from consumers.store.reading import Reading
from joinedup.commands.backup import KEEP
from joinedup.commands.env_files import settings_file
from joinedup.commands.reader import Role, reader, stop
from joinedup.commands.speaking import Say
from journey.cluster import ERASURE_ORDERED, ERASURE_PROVED
from journey.erasing import Outcome
from journey.moments import LONDON
from producers.event import Event, Source, new_event
from stack.environment import read_environment

PATIENCE = 120.0  # seconds
LOOK_EVERY = 0.2  # seconds
DEFAULT_ERASER_FILE = Path(".local/env/eraser.env")

EraserEnvFile = Annotated[
    Path | None,
    typer.Option(help=f"Settings to shred with; else {DEFAULT_ERASER_FILE} if there."),
]

_SHRED = """
UPDATE leaf_keys SET wrapped = NULL, shredded_at = now()
WHERE key_id = ANY(%s) AND la = %s AND shredded_at IS NULL
"""

WHY_NOT = {
    Outcome.SHARED: "Its records and another child's are tied by an identifier or a record that"
    " both had: erasing one alone would change what was told of the other. Nothing was erased."
    " Where the other is to go too, name it with --together; else shield this one"
    " (`joinedup identity shield`), so that nothing of it is shown or linked.",
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


class NotErased(Exception):
    """The child was not erased, and nothing of it; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A person's decision to erase; because: what else of its ground the order says."""

    reason: Reason
    approved_by: str
    because: Mapping[str, Any]


@dataclass(frozen=True)
class Erased:
    """An erasure that is done. shredded: keys that were shredded now, not before."""

    erasure: str
    places: int
    keys: int
    shredded: int


@dataclass(frozen=True)
class Eraser:
    """Erases children of one local authority. shred: returns how many of the keys it shredded."""

    la: str
    env_file: Path | None
    source: Source
    say: Say
    shred: Callable[[tuple[str, ...]], int]

    def erase(self, key: str, found: Erasable, decision: Decision) -> Erased:
        """Order, prove and shred; raise NotErased where the platform does not carry it out."""
        order = _order(self.la, self.source, key, found, decision)
        self.say(order)
        begun = self._until(lambda store: ordered(store, key, order.event_id))
        if begun.outcome in WHY_NOT:
            raise NotErased(WHY_NOT[Outcome(begun.outcome)])
        if begun.outcome == Outcome.NOTHING:  # an order given before this one was first
            begun = self._until(lambda store: ordered(store, key))
        return self.go_on(begun)

    def go_on(self, begun: Ordered) -> Erased:
        """Complete an erasure that was ordered and carried out: its proof, and its keys."""
        self._prove(begun)
        shredded = self.shred(begun.keys)
        return Erased(begun.erasure, begun.places, len(begun.keys), shredded)

    def _prove(self, begun: Ordered) -> None:
        """Have the proof on journeys: before that no key may go, or a replay could not go on."""
        if begun.proved:
            return
        with reader(self.env_file, self.la, Role.LEAD) as (_, store):
            listed = parts(store, begun.erasure)
        for number, part in enumerate(listed, start=1):
            self.say(_proof(self.la, self.source, begun, part, (number, len(listed))))

        def proved(store: Reading) -> Ordered | None:
            now = ordered(store, begun.child, begun.erasure)
            return now if now and now.proved else None

        self._until(proved)

    def _until(self, look: Callable[[Reading], Ordered | None]) -> Ordered:
        """Return what is looked for, once intake and join have come to it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with reader(self.env_file, self.la, Role.LEAD) as (_, store):
                found = look(store)
            if found is not None:
                return found
            time.sleep(LOOK_EVERY)
        stop(
            f"Intake and join did not come to it in {PATIENCE:.0f} s: see `joinedup status`, then"
            " run it again. No key was shredded."
        )


def _order(la: str, source: Source, key: str, found: Erasable, decision: Decision) -> Event:
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
        reason=decision.reason.value,
        approved_by=decision.approved_by,
        ordered_on=moment.astimezone(LONDON).date(),
        **decision.because,
    )


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
        places=part.places,
        acts=part.acts,
        proved_on=moment.astimezone(LONDON).date(),
    )


def shredding(env_file: Path | None, la: str) -> Callable[[tuple[str, ...]], int]:
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
    file = settings_file(env_file, DEFAULT_ERASER_FILE)
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


def still_hold(root: Path) -> str:
    """Return in words which backups still hold keys that were shredded."""
    found = sorted(one.parent.name for one in (root / "backups").glob("*Z/backup_manifest"))
    if not found:
        return (
            "If there are backups of the key store, they still hold the keys until they are gone."
        )
    return (
        f"Backups that still hold the keys: {', '.join(found)}. They are gone once"
        f" `joinedup backup` has made as many new ones as it keeps ({KEEP}, unless told otherwise)."
    )
