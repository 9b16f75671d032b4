"""A store of every earlier release, with data in it, becomes a store of this one and keeps them."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from consumers.migrations import STORE, migrate, migrations_in
from stack import LocalStack

Row = dict[str, Any]
FOLDERS = {"": STORE, "_keys": STORE / "keys"}
FIRST_WITH_DATA = {"": 2, "_keys": 1}
"""The first migration of each database that makes a table."""

EARLIER = [
    (suffix, number)
    for suffix, folder in FOLDERS.items()
    for number in range(FIRST_WITH_DATA[suffix], len(migrations_in(folder)))
]
"""Each release: a database and the number of its last migration, but for the present ones."""

VALUES = {
    "text": "'999'",
    "bytea": "decode('0001ff', 'hex')",
    "uuid": "'00000000-0000-4000-8000-000000000001'",
    "date": "'2025-09-03'",
    "boolean": "false",
    "integer": "0",
    "bigint": "0",
    "timestamp with time zone": "'2025-09-03T10:00Z'",
    "ARRAY": "'{}'",
    "xid8": "'7'",
}
SPECIAL = {
    "key_id": f"'{'ab' * 16}'",
    "shredded_at": "NULL",
    "alert_transitions.erasure": "NULL",
}
"""What a check of the table asks for, by column, or by table and column."""


NOT_CARRIED_OVER = {"parked": 6}
"""Tables whose rows of releases before this migration it refuses, saying what to do instead."""


@pytest.fixture
def database(stack: LocalStack) -> Iterator[str]:
    """The name of two empty databases, the second with a suffix."""
    name = f"t{secrets.token_hex(4)}"
    stack.create_store(name)
    yield name
    stack.drop_store(name)


def of_release(number: int, folder: Path, into: Path) -> Path:
    """A folder with the migrations of an earlier release."""
    for migration in migrations_in(folder)[:number]:
        shutil.copy(folder / migration.name, into / migration.name)
    return into


def tables(connection: psycopg.Connection[Any]) -> list[str]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    return [name for (name,) in connection.execute(query) if name != "migrations"]


def fill(connection: psycopg.Connection[Any], table: str) -> None:
    """Put a row into a table of any shape, with a value in every column that takes one."""
    columns = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'"
        " ORDER BY ordinal_position",
        [table],
    ).fetchall()
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    special = {name: SPECIAL.get(f"{table}.{name}", SPECIAL.get(name)) for name, _ in columns}
    values = sql.SQL(", ".join(special[name] or VALUES[kind] for name, kind in columns))
    statement = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})")
    connection.execute(statement.format(sql.Identifier(table), names, values))


def content(connection: psycopg.Connection[Any], wanted: list[str]) -> dict[str, list[Row]]:
    query = sql.SQL("SELECT to_jsonb(t) FROM {} t")
    return {
        table: [row for (row,) in connection.execute(query.format(sql.Identifier(table)))]
        for table in wanted
    }


def shape(connection: psycopg.Connection[Any]) -> list[Any]:
    """Columns, constraints, indexes, policies and grants of every table."""
    queries = (
        "SELECT table_name, column_name, data_type, is_nullable, column_default"
        " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies"
        " ORDER BY 1, 2",
        "SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE table_schema = 'public' ORDER BY 1, 2, 3",
    )
    return [connection.execute(query.encode()).fetchall() for query in queries]


@pytest.mark.parametrize(("suffix", "number"), EARLIER)
def test_an_earlier_store_is_brought_up_to_date_with_its_data(
    stack: LocalStack, database: str, tmp_path: Path, suffix: str, number: int
) -> None:
    owner = stack.owner_address(database + suffix)
    migrate(owner, of_release(number, FOLDERS[suffix], tmp_path))
    with psycopg.connect(stack.address("postgres", database + suffix)) as superuser:
        then = [name for name in tables(superuser) if number >= NOT_CARRIED_OVER.get(name, 0)]
        for table in then:
            fill(superuser, table)
        before = content(superuser, then)

    applied = migrate(owner, FOLDERS[suffix])

    assert len(applied) == len(migrations_in(FOLDERS[suffix])) - number
    with psycopg.connect(stack.address("postgres", database + suffix)) as superuser:
        after = content(superuser, then)
        upgraded = shape(superuser)
    assert after.keys() == before.keys()
    for table, rows in before.items():
        assert len(rows) == 1
        assert after[table][0].items() >= rows[0].items(), table

    stack.drop_store(database)
    stack.create_store(database)
    migrate(owner, FOLDERS[suffix])
    with psycopg.connect(stack.address("postgres", database + suffix)) as superuser:
        assert upgraded == shape(superuser)
