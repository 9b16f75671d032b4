"""The store's migrations: each once, in order, and never changed afterwards."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from consumers.migrations import STORE, MigrationError, migrate, migrations_in
from stack import LocalStack


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two migrations."""
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (a integer)")
    (tmp_path / "0002_second.sql").write_text("CREATE TABLE second (a integer)")
    return tmp_path


@pytest.fixture
def database(stack: LocalStack, store: str) -> str:
    """The address of an empty database, in the role of the owner."""
    address = stack.owner_address(store)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP TABLE migrations")
    return address


@pytest.mark.parametrize("place", [STORE, STORE / "keys"])
def test_the_migrations_of_a_release_are_numbered_without_a_gap(place: Path) -> None:
    assert [m.number for m in migrations_in(place)] == list(
        range(1, len(list(place.glob("*.sql"))) + 1)
    )


def test_a_missing_number_is_refused(folder: Path) -> None:
    (folder / "0001_first.sql").unlink()
    with pytest.raises(MigrationError, match="not numbered 0001, 0002"):
        migrations_in(folder)


def test_two_of_one_number_are_refused(folder: Path) -> None:
    (folder / "0002_other.sql").write_text("SELECT 1")
    with pytest.raises(MigrationError, match="not numbered"):
        migrations_in(folder)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match="not numbered"):
        migrations_in(tmp_path)


def test_each_is_applied_once(folder: Path, database: str) -> None:
    assert migrate(database, folder) == ["0001_first.sql", "0002_second.sql"]
    assert migrate(database, folder) == []
    (folder / "0003_third.sql").write_text("DROP TABLE second")
    assert migrate(database, folder) == ["0003_third.sql"]


def test_one_that_fails_leaves_nothing_and_those_before_it_stand(
    folder: Path, database: str
) -> None:
    (folder / "0003_third.sql").write_text("CREATE TABLE third (a integer); SELECT 1/0")
    with pytest.raises(MigrationError, match=r"0003_third\.sql was not applied"):
        migrate(database, folder)
    (folder / "0003_third.sql").write_text("CREATE TABLE third (a integer)")
    assert migrate(database, folder) == ["0003_third.sql"]


def test_one_that_was_changed_after_it_was_applied_is_refused(folder: Path, database: str) -> None:
    migrate(database, folder)
    (folder / "0001_first.sql").write_text("CREATE TABLE other (a integer)")
    with pytest.raises(MigrationError, match=r"0001_first\.sql was changed after"):
        migrate(database, folder)


def test_a_database_of_a_newer_release_is_refused(folder: Path, database: str) -> None:
    migrate(database, folder)
    (folder / "0002_second.sql").unlink()
    with pytest.raises(MigrationError, match=r"0002_second\.sql, which this release does not know"):
        migrate(database, folder)
