"""A store comes back from its backup as it was at a moment, and the join goes on from there."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from rich.console import Console

from consumers.migrations import STORE, migrate
from schemas.catalogue import event_types
from schemas.registry import Registry
from schemas.topics import TopicSet
from stack import LocalStack, StackError, databases, folders, processes
from stack.backups import ROLE, Backups
from stack.credentials import POSTGRESQL_ROLES
from stack.environment import Place
from stack.layout import Layout
from stack.postgresql import PostgreSQL
from stack.starting import find_postgresql
from tests.integration.join.stories import DAYS, FIRST_DAY, moment_of, stories
from tests.integration.join.workbench import Workbench
from tests.ports import free_ports

LA = "999"
NAME = "backed_up"
TOPICS = TopicSet("backup.", 4)
BY_OWNER = {"partition_state": ("epoch", "owner"), "receipts": ("noted_at",)}
"""Columns that say who works on a partition, or when by the store's clock."""

Content = Mapping[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Machine:
    """A PostgreSQL of its own, with a store, and its backups."""

    server: PostgreSQL
    place: Place
    backups: Backups

    def start(self) -> None:
        self.server.initialise()
        processes.start(self.server.program())
        processes.wait_until(self.server.is_ready, self.server.watched, seconds=60)

    def stop(self) -> None:
        processes.stop(self.server.watched)

    def crash(self) -> None:
        """End it at once, with nothing more written or put aside."""
        processes.stop(replace(self.server.watched, stop_signal=signal.SIGQUIT))

    def ask(self, query: str, database: str = "postgres") -> Any:
        address = make_conninfo(self.place.superuser_address(), dbname=database)
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(query.encode())
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    def put_log_aside(self) -> None:
        """Wait until all that was written so far is in the archive, as it is within a minute."""
        wanted = self.ask("SELECT pg_walfile_name(pg_switch_wal())")
        deadline = time.monotonic() + 30
        while not (self.server.log_archive / f"{wanted}.gz").exists():
            assert time.monotonic() < deadline, "the log was not put aside"
            time.sleep(0.02)

    def content(self) -> Content:
        """All that the store and the key store hold, table by table."""
        return {
            f"{database}.{table}": self._rows(database, table)
            for database in (NAME, NAME + databases.KEYS_SUFFIX)
            for table in self._tables(database)
        }

    def _tables(self, database: str) -> list[str]:
        query = "SELECT array_agg(tablename::text) FROM pg_tables WHERE schemaname = 'public'"
        return sorted(self.ask(query, database))

    def _rows(self, database: str, table: str) -> list[tuple[Any, ...]]:
        address = make_conninfo(self.place.superuser_address(), dbname=database)
        with psycopg.connect(address) as connection:
            cursor = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
            left_out = BY_OWNER.get(table, ())
            kept = [i for i, c in enumerate(cursor.description or ()) if c.name not in left_out]
            return sorted((tuple(row[i] for i in kept) for row in cursor), key=repr)


@pytest.fixture(scope="module")
def machine(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    layout = Layout(root=tmp_path_factory.mktemp("backups"), cache=stack.layout.cache)
    layout.create()
    ports = replace(stack.ports, postgresql=free_ports().postgresql)
    server = find_postgresql(layout, ports, stack.credentials, Console(stderr=True))
    place = Place(
        ports=ports,
        credentials=stack.credentials,
        sources_file=layout.sources,
        gateway_file=layout.gateway,
        recipients_file=layout.recipients,
        ca_file=layout.certificates.authority,
        postgresql_has_tls=server.programs.has_tls,
    )
    password = stack.credentials.postgresql[ROLE]
    key = bytes.fromhex(stack.credentials.keys["backup"])
    backups = Backups(server=server, folder=layout.backups, password=password, key=key)
    found = Machine(server=server, place=place, backups=backups)
    found.start()
    try:
        _fill(found, stack)
        yield found
    finally:
        found.stop()
        folders.erase(layout.root)


def _fill(machine: Machine, stack: LocalStack) -> None:
    passwords = {role: stack.credentials.postgresql[role] for role in POSTGRESQL_ROLES}
    databases.create_roles(machine.place.superuser_address(), passwords)
    databases.create_store(machine.place.superuser_address(), NAME)
    migrate(machine.place.address("owner", NAME))
    migrate(machine.place.address("owner", NAME + databases.KEYS_SUFFIX), STORE / "keys")
    registry = Registry(stack.environment("registry")["JOINEDUP_REGISTRY_URL"])
    registry.register_all(event_types().values())
    registry.close()


@pytest.fixture(scope="module")
def bench(machine: Machine) -> Workbench:
    """Journeys of one authority, and the join on the machine's store."""
    found = Workbench(
        TOPICS,
        lambda process: machine.place.environment(process, TOPICS, NAME, simulated=True),
        make_conninfo(machine.place.superuser_address(), dbname=NAME),
    )
    found.write(stories(LA, 10, 150))
    found.tick(LA, moment_of(FIRST_DAY) + (DAYS + 60) * 86_400_000)
    return found


def join(bench: Workbench, up_to: int | None = None) -> None:
    """Let the join go on from the store's own offset, up to this offset of journeys."""
    owner = bench.partition_join(LA)
    owner.apply(bench.inputs(LA)[owner.next_offset : up_to])
    bench.close()


def test_a_store_comes_back_as_it_was_at_any_moment_and_the_join_goes_on(
    machine: Machine, bench: Workbench
) -> None:
    join(bench, up_to=50)
    name = machine.backups.take(keep=7)
    join(bench, up_to=100)
    then, moment = machine.content(), machine.ask("SELECT clock_timestamp()")
    join(bench)
    undisturbed = machine.content()
    assert undisturbed != then
    machine.put_log_aside()
    machine.crash()
    shutil.rmtree(machine.server.data)

    assert machine.backups.newest(moment) == name
    assert machine.backups.restore(name, until=moment) is None
    machine.start()

    assert machine.content() == then
    join(bench)
    assert machine.content() == undisturbed
    assert bench.transitions() == bench.expected()


def test_without_a_moment_nothing_that_was_committed_is_lost(
    machine: Machine, bench: Workbench
) -> None:
    before = machine.content()
    machine.ask("CREATE DATABASE written_last")
    machine.crash()

    kept = machine.backups.restore(machine.backups.newest())
    machine.start()

    assert kept is not None and kept.exists()
    assert machine.content() == before
    assert machine.ask("SELECT 1 FROM pg_database WHERE datname = 'written_last'") == 1


def test_a_backup_that_was_changed_or_that_somebody_else_made_is_not_put_in_place(
    machine: Machine,
) -> None:
    name = machine.backups.newest()
    backup, signature = machine.backups.folder / name, machine.backups.folder / f"{name}.sig"
    machine.stop()
    try:
        stranger = replace(machine.backups, key=b"another installation's")
        with pytest.raises(StackError, match="not signed by this installation"):
            stranger.restore(name)
        manifest = (backup / "backup_manifest").read_bytes()
        (backup / "backup_manifest").write_bytes(manifest.replace(b"Files", b"files", 1))
        with pytest.raises(StackError, match="or was changed since"):
            machine.backups.restore(name)
        (backup / "backup_manifest").write_bytes(manifest)
        with (backup / "PG_VERSION").open("ab") as changed:
            changed.write(b"\n")
        with pytest.raises(StackError, match="not whole any more"):
            machine.backups.restore(name)
        (backup / "PG_VERSION").write_text((machine.server.data / "PG_VERSION").read_text())
        signature.rename(f"{signature}.away")
        with pytest.raises(StackError, match="--unsigned"):
            machine.backups.restore(name)
        machine.backups.restore(name, is_signed=False)
        Path(f"{signature}.away").rename(signature)
    finally:
        machine.start()


def test_a_running_server_is_not_restored_over(machine: Machine) -> None:
    with pytest.raises(StackError, match="stop it with joinedup down"):
        machine.backups.restore(machine.backups.newest())


def test_a_backup_that_there_is_not_is_named(machine: Machine) -> None:
    with pytest.raises(StackError, match="There is no backup yesterday: give one of"):
        machine.backups.restore("yesterday")
    with pytest.raises(StackError, match="There is no such backup"):
        machine.backups.newest(datetime(2020, 1, 1).astimezone())


def test_old_backups_go_with_the_log_that_only_they_needed(machine: Machine) -> None:
    first = machine.backups.all()
    log = set(machine.server.log_archive.iterdir())
    name = machine.backups.take(keep=1)
    assert machine.backups.all() == [name]
    assert name not in first
    assert log - set(machine.server.log_archive.iterdir())


def test_the_role_of_the_backups_enters_no_database(machine: Machine) -> None:
    with pytest.raises(psycopg.OperationalError, match="rejects connection"):
        psycopg.connect(machine.place.address(ROLE, "postgres"))
