"""Starts the services: what each needs is found first, then they start side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event

from rich.console import Console

from stack import databases, folders, postgresql, processes, versions
from stack.access import create_users
from stack.accounts import unprivileged
from stack.artefacts import Cache
from stack.credentials import (
    KAFKA_PRINCIPALS,
    LOCAL_PUBLISHER,
    POSTGRESQL_ROLES,
    Credentials,
)
from stack.errors import StackError
from stack.java import Java, find_java
from stack.kafka import Kafka, administrator
from stack.layout import INFRA, KAFKA, POSTGRESQL, REGISTRY, Layout
from stack.ports import Ports
from stack.postgresql import PostgreSQL, PostgreSQLPrograms, superuser_address
from stack.processes import Program
from stack.registry import SchemaRegistry

_SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the stack was last started with, kept for the commands that come after."""

    ports: Ports
    versions: Mapping[str, str]
    postgresql_has_tls: bool = True

    @classmethod
    def read(cls, file: Path) -> Record | None:
        """Return the record in this file, or None if the stack was never started."""
        try:
            written = json.loads(file.read_text())
        except FileNotFoundError:
            return None
        return cls(
            ports=Ports(**written["ports"]),
            versions=written["versions"],
            postgresql_has_tls=written.get("postgresql_has_tls", True),
        )

    def write(self, file: Path) -> None:
        """Write the record, whole or not at all."""
        partial = file.with_suffix(".part")
        partial.write_text(json.dumps(asdict(self), indent=1))
        partial.replace(file)


class GivenUp(StackError):
    """A service was not started because another failed, whose failure is the one to tell."""


@dataclass(frozen=True, kw_only=True)
class Starting:
    """The three services, ready to be started in the order that they need each other."""

    kafka: Kafka
    registry: SchemaRegistry
    postgresql: PostgreSQL
    credentials: Credentials
    record: Record
    console: Console
    given_up: Event = field(default_factory=Event)
    """Set when no more is to be started: one has failed, and the other need not wait."""

    def start(self, stopped: list[str]) -> None:
        """Start these services, side by side where they can be; raise the first failure."""
        tasks = (self._start_kafka, self._start_databases_and_registry)
        with ThreadPoolExecutor(len(tasks)) as pool:
            done = [pool.submit(task, stopped) for task in tasks]
            try:
                wait(done, return_when=FIRST_EXCEPTION)
            finally:
                self.given_up.set()
        for future in sorted(done, key=lambda future: isinstance(future.exception(), GivenUp)):
            future.result()

    def _start_kafka(self, stopped: list[str]) -> None:
        if KAFKA not in stopped:
            return
        self.kafka.initialise()
        self._run(self.kafka.program(), self.kafka.is_ready)
        users = {
            name: self.credentials.kafka[name] for name in (*KAFKA_PRINCIPALS, LOCAL_PUBLISHER)
        }
        ca_file = self.kafka.certificates.authority
        with administrator(self.kafka.ports.kafka, users["admin"], ca_file) as admin:
            create_users(admin, users)

    def _start_databases_and_registry(self, stopped: list[str]) -> None:
        if POSTGRESQL in stopped:
            self.postgresql.initialise()
            self._run(self.postgresql.program(), self.postgresql.is_ready)
            passwords = self.credentials.postgresql
            server = self.postgresql
            admin = superuser_address(server.port, passwords["postgres"], server.authority)
            databases.create_roles(admin, {role: passwords[role] for role in POSTGRESQL_ROLES})
            databases.create_registry_database(admin)
        if REGISTRY in stopped:
            self._run(self.registry.program(), self.registry.is_ready)

    def _run(self, program: Program, ready: Callable[[], bool]) -> None:
        service = program.watched.service
        self._go_on()
        self.console.print(f"Starting {service}")
        processes.start(program)
        processes.wait_until(lambda: self._go_on() and ready(), program.watched, seconds=_SECONDS)
        self.console.print(f"{service} is ready")

    def _go_on(self) -> bool:
        if self.given_up.is_set():
            raise GivenUp("The start was given up, since another service could not start.")
        return True


def find_programs(
    layout: Layout,
    ports: Ports,
    credentials: Credentials,
    console: Console,
    repository: str | None,
) -> Starting:
    """Find or fetch the programs of all services; raise StackError for one that cannot be had."""
    fallback = INFRA / "fallback.lock"
    java = find_java(fallback, console)
    found = postgresql.find_programs(fallback, console)
    cache = Cache(folder=layout.cache, lock=INFRA / "jars.lock", repository=repository)
    cache.fetch(console)
    if not found.has_tls:
        console.print(
            f"PostgreSQL {found.version} was built without TLS: what is said to it is in clear, "
            "on this machine's loopback only; put a PostgreSQL with TLS on PATH to change that."
        )
    return Starting(
        kafka=_kafka(java, cache, layout, ports, credentials),
        registry=_registry(java, cache, layout, ports, credentials, found.has_tls),
        postgresql=_postgresql(found, layout, ports, credentials),
        credentials=credentials,
        record=Record(ports=ports, versions=_versions(found), postgresql_has_tls=found.has_tls),
        console=console,
    )


def _versions(found: PostgreSQLPrograms) -> dict[str, str]:
    return {
        KAFKA: versions.KAFKA,
        REGISTRY: versions.REGISTRY,
        POSTGRESQL: found.version,
    }


def _kafka(
    java: Java, cache: Cache, layout: Layout, ports: Ports, credentials: Credentials
) -> Kafka:
    return Kafka(
        java=java,
        cache=cache,
        folder=layout.data(KAFKA),
        ports=ports,
        passwords=credentials.kafka,
        certificates=layout.certificates,
        logging=INFRA / "log4j2.xml",
        watched=layout.watched()[KAFKA],
    )


def _registry(
    java: Java,
    cache: Cache,
    layout: Layout,
    ports: Ports,
    credentials: Credentials,
    postgresql_has_tls: bool,
) -> SchemaRegistry:
    return SchemaRegistry(
        java=java,
        cache=cache,
        ports=ports,
        password=credentials.postgresql["registry"],
        ca_file=layout.certificates.authority if postgresql_has_tls else None,
        watched=layout.watched()[REGISTRY],
    )


def find_postgresql(
    layout: Layout, ports: Ports, credentials: Credentials, console: Console
) -> PostgreSQL:
    """Find the programs of PostgreSQL alone; raise StackError where they cannot be had."""
    found = postgresql.find_programs(INFRA / "fallback.lock", console)
    return _postgresql(found, layout, ports, credentials)


def _postgresql(
    found: PostgreSQLPrograms, layout: Layout, ports: Ports, credentials: Credentials
) -> PostgreSQL:
    account = unprivileged()
    _refuse_other_major(layout.root, found)
    copy = layout.data(f"{POSTGRESQL}-{found.major}-programs")
    return PostgreSQL(
        programs=folders.programs_for(account, found, copy),
        folder=folders.folder_for(account, layout.data(f"{POSTGRESQL}-{found.major}")),
        port=ports.postgresql,
        account=account,
        password=credentials.postgresql["postgres"],
        certificates=layout.certificates,
        watched=layout.watched()[POSTGRESQL],
    )


def _refuse_other_major(root: Path, found: PostgreSQLPrograms) -> None:
    """Rather than start empty beside data that this version cannot read, say so."""
    kept = [folder.parent for folder in root.glob(f"{POSTGRESQL}-*/data")]
    if kept and not any(folder.name == f"{POSTGRESQL}-{found.major}" for folder in kept):
        raise StackError(
            f"The data in {kept[0]} were written by another PostgreSQL than the {found.major} "
            "found now: put that version first on PATH, or run joinedup down --erase to start anew."
        )
