"""Applies the numbered SQL files of a database, each once, in order, and never back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import psycopg

STORE = Path(__file__).resolve().parent.parent / "infra" / "postgres"
LOCK = 0x4A6F696E  # any constant: who migrates a database waits for who does already

_BOOK = """
CREATE TABLE IF NOT EXISTS migrations (
  number      integer PRIMARY KEY,
  name        text NOT NULL,
  checksum    text NOT NULL,
  applied_at  timestamptz NOT NULL DEFAULT now()
)
"""


class MigrationError(Exception):
    """A migration cannot be applied; the text says which one and what to do."""


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """One SQL file: its number, its name and the SHA-256 of its text."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """Return the SHA-256 of the text, hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations_in(folder: Path) -> list[Migration]:
    """Return the folder's migrations in order; raises MigrationError where a number is missing."""
    found = [
        Migration(number=int(path.name[:4]), name=path.name, text=path.read_text("utf-8"))
        for path in sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    ]
    if not found or [m.number for m in found] != list(range(1, len(found) + 1)):
        raise MigrationError(
            f"The migrations in {folder} are not numbered 0001, 0002 and so on: restore the folder"
            " from the release that you run."
        )
    return found


def migrate(dsn: str, folder: Path = STORE) -> list[str]:
    """Bring the database up to date and return the names of the files applied now.

    Each file is one transaction. Raises MigrationError where a file that was applied has been
    changed since, or where the database is newer than the folder.
    """
    wanted = migrations_in(folder)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        connection.execute(_BOOK)
        applied = _applied(connection)
        _check(wanted, applied)
        return [_apply(connection, m) for m in wanted if m.number not in applied]


def _applied(connection: psycopg.Connection[Any]) -> Mapping[int, tuple[str, str]]:
    rows = connection.execute("SELECT number, name, checksum FROM migrations").fetchall()
    return {number: (name, checksum) for number, name, checksum in rows}


def _check(wanted: list[Migration], applied: Mapping[int, tuple[str, str]]) -> None:
    known = {m.number: m for m in wanted}
    for number, (name, checksum) in applied.items():
        if number not in known:
            raise MigrationError(
                f"The database has migration {name}, which this release does not know: run the"
                " release that applied it, or a later one."
            )
        if known[number].checksum != checksum:
            raise MigrationError(
                f"Migration {known[number].name} was changed after it was applied: restore the"
                " file and put the change into a new one."
            )


def _apply(connection: psycopg.Connection[Any], migration: Migration) -> str:
    try:
        with connection.transaction():
            connection.execute(migration.text.encode())
            connection.execute(
                "INSERT INTO migrations (number, name, checksum) VALUES (%s, %s, %s)",
                [migration.number, migration.name, migration.checksum],
            )
    except psycopg.Error as failure:
        raise MigrationError(
            f"Migration {migration.name} was not applied, nothing of it remains: {failure}"
        ) from failure
    return migration.name
