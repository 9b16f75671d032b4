"""What each process of ours is told by its environment when it runs on the local stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from schemas.topics import TopicSet
from stack.credentials import LOCAL_PUBLISHER, Credentials, write_private
from stack.databases import KEYS_SUFFIX, role_name
from stack.kafka import SECURITY
from stack.ports import LOOPBACK, Ports
from stack.postgresql import SUPERUSER, address_of
from stack.registry import API

PREFIX = "JOINEDUP_"


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What one process is given: a Kafka user, database roles, and which of the secrets."""

    kafka: str | None = None
    store: str | None = None
    keys: str | None = None
    pseudonym_key: bool = False
    master_key: bool = False
    signing_key: bool = False
    public_key: bool = False
    sources: bool = False
    gateway_file: bool = False
    recipients: bool = False
    receipt_key: bool = False


PROCESSES: Mapping[str, Needs] = {
    "intake": Needs(
        kafka="intake", keys="intake", pseudonym_key=True, master_key=True, sources=True
    ),
    "join": Needs(kafka="join", store="join", keys="join", pseudonym_key=True, master_key=True),
    "relay": Needs(kafka="relay", store="relay"),
    "reader": Needs(
        kafka="reader", store="reader", keys="reader", pseudonym_key=True, master_key=True
    ),
    "dashboard": Needs(store="dashboard", keys="dashboard", pseudonym_key=True, master_key=True),
    "auditor": Needs(
        kafka="auditor",
        store="auditor",
        keys="auditor",
        pseudonym_key=True,
        master_key=True,
        public_key=True,
    ),
    "sealer": Needs(kafka="sealer", store="sealer", signing_key=True),
    "notifier": Needs(kafka="notifier", store="notifier", recipients=True),
    "gateway": Needs(kafka="gateway", store="receipts", receipt_key=True, gateway_file=True),
    "eraser": Needs(keys="eraser"),
    "matcher": Needs(
        kafka="matcher", store="matcher", keys="matcher", pseudonym_key=True, master_key=True
    ),
    "admin": Needs(kafka="admin", store="owner", keys="owner", sources=True),
    "registry": Needs(),
    LOCAL_PUBLISHER: Needs(kafka=LOCAL_PUBLISHER, sources=True),
}
"""Every process that the stack writes an environment for."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the services of one stack are, how they are known, and the secrets to enter them."""

    ports: Ports
    credentials: Credentials
    sources_file: Path
    gateway_file: Path
    recipients_file: Path
    ca_file: Path
    postgresql_has_tls: bool = True

    def environment(
        self, process: str, topics: TopicSet, store: str, *, simulated: bool
    ) -> dict[str, str]:
        """Return the variables of a process, with nothing that it does not need.

        Raise KeyError for a process that there is not.
        """
        needs = PROCESSES[process]
        values = {"REGISTRY_URL": f"http://{LOOPBACK}:{self.ports.registry}{API}"}
        values |= self._kafka(needs, topics, simulated) if needs.kafka else {}
        values |= self._databases(needs, store)
        values |= self._secrets(needs)
        return {PREFIX + name: value for name, value in values.items()}

    def _kafka(self, needs: Needs, topics: TopicSet, simulated: bool) -> dict[str, str]:
        user = needs.kafka or ""
        return {
            "KAFKA_BOOTSTRAP": f"{LOOPBACK}:{self.ports.kafka}",
            "KAFKA_SECURITY": SECURITY,
            "KAFKA_CA_FILE": str(self.ca_file),
            "KAFKA_USERNAME": user,
            "KAFKA_PASSWORD": self.credentials.kafka[user],
            "TOPIC_PREFIX": topics.prefix,
            "PARTITIONS": str(topics.partitions),
            "SIMULATED": str(simulated).lower(),
        }

    def _databases(self, needs: Needs, store: str) -> dict[str, str]:
        wanted = {
            "DATABASE_URL": (needs.store, store),
            "KEYS_DATABASE_URL": (needs.keys, store + KEYS_SUFFIX),
        }
        return {
            name: self.address(role, database)
            for name, (role, database) in wanted.items()
            if role is not None
        }

    def address(self, role: str, database: str) -> str:
        """Return the libpq address at which a role, or the superuser, enters a database."""
        password = self.credentials.postgresql[role]
        name = role if role == SUPERUSER else role_name(role)
        ca_file = self._postgresql_ca_file
        return address_of(self.ports.postgresql, name, password, database, ca_file)

    def superuser_address(self) -> str:
        """Return the libpq address at which the superuser makes roles and databases."""
        return self.address(SUPERUSER, "postgres")

    @property
    def _postgresql_ca_file(self) -> Path | None:
        return self.ca_file if self.postgresql_has_tls else None

    def _secrets(self, needs: Needs) -> dict[str, str]:
        wanted = {
            "PSEUDONYM_KEY": (needs.pseudonym_key, self.credentials.keys["pseudonym"]),
            "MASTER_KEY": (needs.master_key, self.credentials.keys["master"]),
            "SIGNING_KEY": (needs.signing_key, self.credentials.keys["signing"]),
            "PUBLIC_KEY": (needs.public_key, self.credentials.public_key),
            "RECEIPT_KEY": (needs.receipt_key, self.credentials.receipt_key),
            "SOURCES_FILE": (needs.sources, str(self.sources_file)),
            "GATEWAY_FILE": (needs.gateway_file, str(self.gateway_file)),
            "RECIPIENTS_FILE": (needs.recipients, str(self.recipients_file)),
        }
        return {name: value for name, (needed, value) in wanted.items() if needed}


def write_environment(file: Path, values: Mapping[str, str]) -> None:
    """Write an env file that only its owner reads, in the form that compose and shells read."""
    write_private(file, "".join(f"{name}={value}\n" for name, value in values.items()))


def read_environment(file: Path) -> dict[str, str]:
    """Return the variables of an env file that ``write_environment`` wrote.

    What a person added to it since, such as a comment, is left out.
    """
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    named = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.rstrip(): value for name, value in named}
