"""Every PostgreSQL role tries every verb on every relation: it may what its work needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from stack import LocalStack
from stack.credentials import POSTGRESQL_ROLES
from stack.databases import KEYS_SUFFIX, role_name
from stack.rights import OF_THE_KEYS, OF_THE_STORE

Connection = psycopg.Connection[tuple[Any, ...]]

VERBS = {
    "r": "SELECT 1 FROM {table} LIMIT 0",
    "a": "INSERT INTO {table} DEFAULT VALUES",
    "w": "UPDATE {table} SET {column} = {column} WHERE false",
    "d": "DELETE FROM {table} WHERE false",
    "D": "TRUNCATE {table}",
    "o": "ALTER TABLE {table} ADD COLUMN stolen integer",
}

FOR_ALL_AUTHORITIES = {"partition_state", "relay_state"}
"""What a reader sees whole: counts and offsets of partitions, nothing of a child."""

DATABASES = {"": OF_THE_STORE, KEYS_SUFFIX: OF_THE_KEYS}
ENTERING = [(suffix, role) for suffix, expected in DATABASES.items() for role in expected]


@pytest.fixture
def owner(stack: LocalStack, store: str) -> Iterator[Connection]:
    """The catalogue of the store, as its owner reads it."""
    with psycopg.connect(stack.owner_address(store)) as connection:
        yield connection


def relations(connection: Connection) -> dict[str, str]:
    """Every table and view of ours, with the name of one of its columns."""
    found = connection.execute(
        "SELECT c.relname, min(a.attname) FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
        " GROUP BY 1"
    )
    return {name: column for name, column in found}


def may(connection: Connection, statement: sql.Composable) -> bool:
    """Try a statement and undo it; whatever fails for another reason was allowed."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except errors.InsufficientPrivilege:
        return False
    except psycopg.Error:
        return True
    return True


def verbs(connection: Connection, table: str, column: str) -> str:
    """The verbs that this connection may use on this table."""
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
    return "".join(
        verb for verb, text in VERBS.items() if may(connection, sql.SQL(text).format(**names))
    )


@pytest.mark.parametrize(("suffix", "role"), ENTERING)
def test_a_role_may_do_with_each_table_what_its_work_needs_and_no_more(
    stack: LocalStack, store: str, suffix: str, role: str
) -> None:
    database = store + suffix
    with psycopg.connect(stack.owner_address(database)) as connection:
        tables = relations(connection)
    expected = DATABASES[suffix][role]
    assert expected.keys() <= tables.keys(), "a table of the list is gone"
    with psycopg.connect(stack.address(role, database)) as connection:
        found = {table: verbs(connection, table, column) for table, column in tables.items()}
    assert found == {table: expected.get(table, "") for table in tables}


@pytest.mark.parametrize(("suffix", "role"), ENTERING)
def test_a_role_makes_nothing_and_reaches_nothing_beside_the_tables(
    stack: LocalStack, store: str, suffix: str, role: str
) -> None:
    forbidden = (
        "CREATE TABLE mine (a integer)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE mine",
        "ALTER ROLE joinedup_owner PASSWORD 'x'",
        "SET ROLE joinedup_owner",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION joinedup_owner",
        "SELECT rolpassword FROM pg_authid",
        "SELECT pg_read_file('pg_hba.conf')",
        "SELECT lo_import('/etc/passwd')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY (SELECT 1) TO '/tmp/stolen'",
        "SET log_statement = 'all'",
    )
    with psycopg.connect(stack.address(role, store + suffix)) as connection:
        let = [text for text in forbidden if may(connection, sql.SQL(text))]
        temporary = may(connection, sql.SQL("CREATE TEMPORARY TABLE mine (a integer)"))
    assert let == []
    assert temporary is (role == "join" and not suffix)


def test_no_role_of_ours_has_an_attribute_that_lifts_it_above_the_others(
    stack: LocalStack, owner: Connection
) -> None:
    lifted = owner.execute(
        "SELECT rolname FROM pg_roles WHERE starts_with(rolname, 'joinedup_')"
        " AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls"
        "   OR rolreplication <> (rolname = 'joinedup_backup'))"
    ).fetchall()
    members = owner.execute(
        "SELECT member::regrole::text, roleid::regrole::text FROM pg_auth_members"
        " WHERE starts_with(member::regrole::text, 'joinedup_')"
    ).fetchall()
    assert (lifted, members) == ([], [])


def test_each_role_has_a_password_of_the_strong_kind(stack: LocalStack) -> None:
    with psycopg.connect(stack._superuser()) as connection:
        found = connection.execute(
            "SELECT rolname, rolpassword LIKE 'SCRAM-SHA-256$%%' FROM pg_authid"
            " WHERE rolcanlogin AND (starts_with(rolname, 'joinedup_') OR rolname = 'postgres')"
        ).fetchall()
    assert len(found) > len(OF_THE_STORE)
    assert [name for name, is_strong in found if not is_strong] == []


def test_who_may_enter_each_database_is_who_has_work_there(stack: LocalStack, store: str) -> None:
    for role in set(POSTGRESQL_ROLES) - {"owner"}:
        for suffix, expected in DATABASES.items():
            try:
                psycopg.connect(stack.address(role, store + suffix)).close()
                entered = True
            except psycopg.OperationalError:
                entered = False
            assert entered is (role in expected), (role, suffix)


def test_a_table_that_names_an_authority_guards_its_rows_even_from_its_owner(
    owner: Connection,
) -> None:
    unguarded = owner.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
        " AND a.attname = 'la' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    ).fetchall()
    assert unguarded == []


def test_a_view_asks_as_who_looks_and_a_function_runs_as_who_calls(owner: Connection) -> None:
    views = owner.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('v', 'm') AND NOT coalesce(reloptions, '{}') && '{security_invoker=true}'"
    ).fetchall()
    functions = owner.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
    ).fetchall()
    assert (views, functions) == ([], [])


@pytest.mark.parametrize(
    ("role", "whole"),
    [
        ("reader", FOR_ALL_AUTHORITIES),
        ("dashboard", {"partition_state", "ended_sessions"}),
        ("matcher", set()),
    ],
)
def test_what_who_reads_for_people_can_open_is_of_one_authority_or_of_none(
    owner: Connection, role: str, whole: set[str]
) -> None:
    rows = owner.execute(
        "SELECT c.relname FROM pg_class c LEFT JOIN pg_attribute a"
        " ON a.attrelid = c.oid AND a.attname = 'la'"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')"
        " AND has_table_privilege(%s, c.oid, 'SELECT') AND a.attname IS NULL",
        [role_name(role)],
    )
    assert {name for (name,) in rows} == whole
