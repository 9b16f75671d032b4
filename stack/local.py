"""The local stack as a whole: brought up, looked at, brought down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from kafka import KafkaAdminClient
from rich.console import Console

from schemas.topics import TopicSet
from stack import backups, databases, folders, processes, topics
from stack.access import create_users
from stack.artefacts import require_room
from stack.backups import Backups
from stack.claims import only_one
from stack.credentials import (
    KAFKA_PRINCIPALS,
    LOCAL_PUBLISHER,
    POSTGRESQL_ROLES,
    Credentials,
    write_private,
)
from stack.environment import PROCESSES, Place, write_environment
from stack.errors import StackError
from stack.kafka import administrator
from stack.layout import KAFKA, POSTGRESQL, REGISTRY, Layout
from stack.ports import Ports, require_free
from stack.processes import Watched
from stack.services import Health, Service
from stack.starting import Record, find_postgresql, find_programs

LIVE_STORE = "joinedup"
DEMO_STORE = "joinedup_demo"
DEMO_PREFIX = "demo."
LIVE_PARTITIONS = TopicSet().partitions
SMALL_PARTITIONS = 4

_ROOM_TO_RUN = 300 << 20


class LocalStack:
    """Kafka, the schema registry and PostgreSQL of one folder, on loopback.

    root: holds data, logs, secrets and env files; ports: those it was started with before, else
    the defaults; cache: where fetched programs are kept; repository: the base address of a Maven
    mirror. Every method raises StackError with a sentence that says what to do.
    """

    def __init__(
        self,
        root: Path = Path(".local"),
        ports: Ports | None = None,
        *,
        cache: Path | None = None,
        repository: str | None = None,
        console: Console | None = None,
    ) -> None:
        """Take note of where the stack is; nothing is read or started yet."""
        root = root.absolute()
        self.layout = Layout(root=root, cache=(cache or root / "cache").absolute())
        self._ports_given = ports
        self._repository = repository
        self._console = console or Console(stderr=True)

    @property
    def ports(self) -> Ports:
        """Return the ports given, else those of the last start, else the defaults."""
        record = Record.read(self.layout.record)
        return self._ports_given or (record.ports if record else Ports())

    @cached_property
    def credentials(self) -> Credentials:
        """Return the stack's passwords and keys, invented at first use."""
        return Credentials.load_or_invent(self.layout.secrets)

    def up(self) -> list[str]:
        """Start what does not run, wait until all is ready, and return the services started.

        Everything that this call started is stopped again when it fails.
        """
        with self._lock():
            stopped = self._stopped()
            self._check_ports(stopped)
            if stopped:
                self._start(stopped)
            self._write_files()
            return [self.layout.watched()[name].service for name in stopped]

    def down(self, *, erase: bool = False) -> list[str]:
        """Stop all services, wait until they have, and return those that ran.

        With erase, remove the root folder too: data, secrets, logs and fetched programs.
        """
        if not self.layout.root.exists():
            return []
        with self._lock():
            watched = self.layout.watched_to_erase() if erase else self.layout.watched()
            ran = [name for name in watched if processes.find(watched[name].pid_file)]
            if ran:
                names = ", ".join(watched[name].service for name in ran)
                self._console.print(f"Stopping {names}")
            _stop([watched[REGISTRY], watched[KAFKA]])
            _stop([watched[POSTGRESQL]])
            if erase:
                folders.erase(self.layout.root)
                self.__dict__.pop("credentials", None)
            return [watched[name].service for name in ran]

    def status(self) -> list[Service]:
        """Return each service's state, version, port and process, having asked each that runs."""
        record = Record.read(self.layout.record)
        health = Health(
            ports=self.ports,
            ca_file=self.layout.certificates.authority,
            postgresql_has_tls=record is None or record.postgresql_has_tls,
            credentials=lambda: self.credentials,
        )
        return [
            health.of(name, watched, record.versions.get(name, "") if record else "")
            for name, watched in self.layout.watched().items()
        ]

    def environment(
        self,
        process: str,
        prefix: str = "",
        store: str = LIVE_STORE,
        *,
        partitions: int | None = None,
        simulated: bool | None = None,
    ) -> dict[str, str]:
        """Return the variables of a process for a topic set and a store.

        Without a prefix the set is live and has 64 partitions, with one it is simulated and has
        four, unless said otherwise. Raise KeyError for a process that there is not.
        """
        count = partitions or (SMALL_PARTITIONS if prefix else LIVE_PARTITIONS)
        is_simulated = bool(prefix) if simulated is None else simulated
        return self._place().environment(
            process, TopicSet(prefix, count), store, simulated=is_simulated
        )

    def create_topic_set(self, topic_set: TopicSet, *, simulated: bool) -> list[str]:
        """Create what is missing of a topic set, with its permissions; return what was created."""
        with self.administrator() as admin:
            return topics.create_topic_set(admin, topic_set, simulated=simulated)

    def delete_topic_set(self, topic_set: TopicSet) -> None:
        """Delete the topics of a set, with all that they hold."""
        with self.administrator() as admin:
            topics.delete_topic_set(admin, topic_set)

    def topic_set_exists(self, topic_set: TopicSet) -> bool:
        """Return whether every topic of the set is there."""
        with self.administrator() as admin:
            return set(topic_set.all) <= set(admin.list_topics())

    def administrator(self) -> KafkaAdminClient:
        """Return a Kafka client logged in as the administrator; close it after use."""
        password, ca_file = self.credentials.kafka["admin"], self.layout.certificates.authority
        return administrator(self.ports.kafka, password, ca_file)

    def create_store(self, store: str) -> None:
        """Create a store's database and that of its leaf keys, both still empty."""
        databases.create_store(self._superuser(), store)

    def drop_store(self, store: str) -> None:
        """Drop a store and its leaf keys."""
        databases.drop_store(self._superuser(), store)

    def address(self, role: str, database: str) -> str:
        """Return the libpq address at which a role enters a database."""
        return self._place().address(role, database)

    def owner_address(self, database: str) -> str:
        """Return the libpq address at which the owner migrates a database."""
        return self.address("owner", database)

    def superuser_address(self) -> str:
        """Return the libpq address of PostgreSQL's superuser: to copy a store, and nothing else."""
        return self._superuser()

    def renew_passwords(self) -> None:
        """Give every process of the platform another Kafka and PostgreSQL password.

        Connections that are open stay so; new ones need the new password, which stands in the
        env files. Done again after a failure, it makes all of it agree.
        """
        with self._lock():
            if self._stopped():
                raise StackError("Not all services run: run joinedup up, then try again.")
            renewed = self.credentials.with_new_passwords()
            renewed.write(self.layout.secrets)
            self.__dict__["credentials"] = renewed
            with self.administrator() as admin:
                names = (*KAFKA_PRINCIPALS, LOCAL_PUBLISHER)
                users = {name: renewed.kafka[name] for name in names if name != "admin"}
                create_users(admin, users)
            roles = {role: renewed.postgresql[role] for role in POSTGRESQL_ROLES}
            databases.create_roles(self._superuser(), roles)
            self._write_files()

    def set_master_key(self, text: str) -> None:
        """Keep this as the master key, and write it into the env files of who opens leaf keys."""
        with self._lock():
            # Passwords may have been renewed since we read them, which was before the lock.
            self.__dict__.pop("credentials", None)
            self.__dict__["credentials"] = self.credentials.with_master_key(text)
            self.credentials.write(self.layout.secrets)
            self._write_files()

    def key_stores(self) -> list[str]:
        """Return the names of all databases of leaf keys on the server, those of tries too."""
        return databases.key_stores(self._superuser())

    def backups(self) -> Backups:
        """Return the backups of this stack's PostgreSQL."""
        if Record.read(self.layout.record) is None:
            raise StackError("This stack was never started: run joinedup up first.")
        server = find_postgresql(self.layout, self.ports, self.credentials, self._console)
        password = self.credentials.postgresql[backups.ROLE]
        key = bytes.fromhex(self.credentials.keys["backup"])
        return Backups(server=server, folder=self.layout.backups, password=password, key=key)

    def _superuser(self) -> str:
        return self._place().superuser_address()

    def _place(self) -> Place:
        record = Record.read(self.layout.record)
        return Place(
            ports=self.ports,
            credentials=self.credentials,
            sources_file=self.layout.sources,
            gateway_file=self.layout.gateway,
            recipients_file=self.layout.recipients,
            ca_file=self.layout.certificates.authority,
            postgresql_has_tls=record is None or record.postgresql_has_tls,
        )

    def _stopped(self) -> list[str]:
        watched = self.layout.watched()
        for crashed in watched.values():
            if crashed.pid_file.exists() and processes.find(crashed.pid_file) is None:
                self._console.print(f"{crashed.service} had crashed: see {crashed.log}")
        return [name for name in watched if processes.find(watched[name].pid_file) is None]

    def _check_ports(self, stopped: list[str]) -> None:
        record = Record.read(self.layout.record)
        some_run = len(stopped) < len(self.layout.watched())
        if some_run and record and record.ports != self.ports:
            raise StackError("The stack runs on other ports: run joinedup down, then up again.")
        for name in stopped:
            service = self.layout.watched()[name].service
            for option, port in self.ports.of(name).items():
                require_free(service, port, option)

    def _start(self, stopped: list[str]) -> None:
        require_room(self.layout.root, _ROOM_TO_RUN)
        starting = find_programs(
            self.layout, self.ports, self.credentials, self._console, self._repository
        )
        starting.record.write(self.layout.record)
        try:
            starting.start(stopped)
        except BaseException:
            _stop([self.layout.watched()[name] for name in stopped])
            raise

    def _write_files(self) -> None:
        if not self.layout.sources.exists():
            write_private(self.layout.sources, json.dumps({"sources": []}))
        for process in PROCESSES:
            write_environment(self.layout.environment(process), self.environment(process))
        if self.layout.environment("demo-reader").exists():
            self.write_demo_environments()

    def write_demo_environments(self) -> Path:
        """Write how the invented year is read and audited; return the reader's file.

        They follow ports and passwords from then on, as the files of the live store do.
        """
        for process in ("auditor", "sealer", "dashboard", "matcher", "reader"):
            file = self.layout.environment(f"demo-{process}")
            # The dashboard needs no Kafka; that the year is over is all that it has to know of it.
            over = {"JOINEDUP_SIMULATED": "true"} if process == "dashboard" else {}
            write_environment(file, {**self.environment(process, DEMO_PREFIX, DEMO_STORE), **over})
        return file

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Let one command at a time start or stop this stack; the next waits for it."""
        try:
            self.layout.create()
        except OSError as error:
            raise StackError(
                f"{self.layout.root} cannot be written to ({error.strerror}): give write access, "
                "or choose another folder with --root."
            ) from error
        with only_one(self.layout.root / "lock"):
            yield


def _stop(services: list[Watched]) -> None:
    with ThreadPoolExecutor(len(services)) as pool:
        list(pool.map(processes.stop, services))
