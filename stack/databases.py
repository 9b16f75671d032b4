"""Roles and databases of the platform, each role with no more than its work needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

import psycopg
from psycopg import sql

REGISTRY_DATABASE = "apicurio"
KEYS_SUFFIX = "_keys"

_STORE_ROLES = (
    *("intake", "join", "relay", "reader", "dashboard", "auditor", "sealer", "notifier"),
    *("receipts", "matcher"),
)
_KEYS_ROLES = ("intake", "join", "reader", "dashboard", "auditor", "eraser", "matcher")
_WITH_TEMPORARY_TABLES = ("join",)
_COPIES_THE_SERVER = "backup"


def role_name(role: str) -> str:
    """Return the name that a role has in PostgreSQL."""
    return f"joinedup_{role}"


def create_roles(admin: str, passwords: Mapping[str, str]) -> None:
    """Create the roles, or set their passwords; the server never sees one in clear text."""
    with psycopg.connect(admin, autocommit=True) as connection:
        for role, password in passwords.items():
            name = role_name(role)
            if not _exists(connection, "SELECT FROM pg_roles WHERE rolname = %s", name):
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
            if role == _COPIES_THE_SERVER:
                connection.execute(
                    sql.SQL("ALTER ROLE {} REPLICATION").format(sql.Identifier(name))
                )
            hashed = connection.pgconn.encrypt_password(
                password.encode(), name.encode(), b"scram-sha-256"
            )
            connection.execute(
                sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(
                    sql.Identifier(name), sql.Literal(hashed.decode())
                )
            )


def create_store(admin: str, store: str) -> None:
    """Create the databases of a store and of its leaf keys, where they do not exist yet."""
    with psycopg.connect(admin, autocommit=True) as connection:
        _create_database(connection, store, "owner", _STORE_ROLES)
        for role in _WITH_TEMPORARY_TABLES:
            _grant(connection, "GRANT TEMPORARY ON DATABASE {} TO {}", store, role)
        _create_database(connection, store + KEYS_SUFFIX, "owner", _KEYS_ROLES)


def create_registry_database(admin: str) -> None:
    """Create the schema registry's database, which is its role's own."""
    with psycopg.connect(admin, autocommit=True) as connection:
        _create_database(connection, REGISTRY_DATABASE, "registry", ())


def drop_store(admin: str, store: str) -> None:
    """Drop a store and its leaf keys, with whoever is still connected to them."""
    with psycopg.connect(admin, autocommit=True) as connection:
        for database in (store, store + KEYS_SUFFIX):
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
            )


def key_stores(admin: str) -> list[str]:
    """Return the names of the databases of leaf keys that there are."""
    with psycopg.connect(admin) as connection:
        found = connection.execute(
            "SELECT datname FROM pg_database WHERE right(datname, length(%s)) = %s"
            " AND pg_get_userbyid(datdba) = %s ORDER BY 1",
            [KEYS_SUFFIX, KEYS_SUFFIX, role_name("owner")],
        ).fetchall()
    return [name for (name,) in found]


def _create_database(
    connection: psycopg.Connection[Any], database: str, owner: str, roles: tuple[str, ...]
) -> None:
    name = sql.Identifier(database)
    if not _exists(connection, "SELECT FROM pg_database WHERE datname = %s", database):
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                name, sql.Identifier(role_name(owner))
            )
        )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    for role in roles:
        # What an earlier release granted beside this is taken back.
        with connection.transaction():
            _grant(connection, "REVOKE ALL ON DATABASE {} FROM {}", database, role)
            _grant(connection, "GRANT CONNECT ON DATABASE {} TO {}", database, role)


def _grant(
    connection: psycopg.Connection[Any], statement: LiteralString, database: str, role: str
) -> None:
    names = (sql.Identifier(database), sql.Identifier(role_name(role)))
    connection.execute(sql.SQL(statement).format(*names))


def _exists(connection: psycopg.Connection[Any], query: LiteralString, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None
