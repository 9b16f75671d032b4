"""What the containers need made before they run: secrets, users, topics, databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psycopg
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from schemas.topics import TopicSet
from stack import databases
from stack.access import create_users
from stack.certificates import Certificates
from stack.credentials import KAFKA_PRINCIPALS, POSTGRESQL_ROLES, Credentials
from stack.errors import StackError
from stack.kafka import client_options
from stack.local import LIVE_STORE
from stack.postgresql import verified_by
from stack.topics import create_topic_set

KAFKA_ADDRESS = "kafka:9092"
POSTGRESQL_ADDRESS = "postgresql:5432"
"""Where containers find both; elsewhere the variables of these names say it."""
CA_FILE = Path("/run/joinedup/ca.pem")
ADMIN_PASSWORD = "KAFKA_PASSWORD_ADMIN"
"""Names the file of the containers' secrets as one: no other has it."""
KAFKA_FROM_HERE = "localhost:19092"
REGISTRY_FROM_HERE = "https://localhost:18443/apis/ccompat/v7"
"""By which this machine reaches the containers."""
_LET_IN = (
    "{} does not let the administrator in: {}. See that it runs, and the address and password."
)
SERVERS = {
    "kafka": ("kafka", "localhost"),
    "postgresql": ("postgresql", "localhost"),
    "registry": ("registry", "localhost"),
    "gateway": ("gateway", "localhost"),
    "dashboard": ("dashboard", "localhost"),
}
"""The names by which clients call each server that has a certificate."""
METRICS = "metrics"
WATCHED = ("intake", "join", "relay", "sealer", "notifier", "gateway", "dashboard")
"""The processes whose port of numbers has a certificate of its own, the same for all of them."""
ASKED_FROM_ELSEWHERE = ("kafka", "gateway", "dashboard")
"""Those that other machines call too, by names that the operator gives."""


def variables(credentials: Credentials) -> Iterator[tuple[str, str]]:
    """Yield each secret as the variable that docker-compose.yml knows it by."""
    for user, password in credentials.kafka.items():
        yield f"KAFKA_PASSWORD_{_upper(user)}", password
    for role, password in credentials.postgresql.items():
        yield f"POSTGRESQL_PASSWORD_{_upper(role)}", password
    for name, key in credentials.keys.items():
        yield f"JOINEDUP_{_upper(name)}_KEY", key
    yield "JOINEDUP_RECEIPT_KEY", credentials.receipt_key


def credentials_from(environment: Mapping[str, str]) -> Credentials:
    """Return the secrets in an environment; raise StackError that names those it lacks."""
    shape = Credentials.invent()
    missing = [name for name, _invented in variables(shape) if not environment.get(name)]
    if missing:
        raise StackError(f"Set {', '.join(missing)}, as `joinedup secrets` does.")
    return Credentials(
        kafka={u: environment[f"KAFKA_PASSWORD_{_upper(u)}"] for u in shape.kafka},
        postgresql={r: environment[f"POSTGRESQL_PASSWORD_{_upper(r)}"] for r in shape.postgresql},
        keys={k: environment[f"JOINEDUP_{_upper(k)}_KEY"] for k in shape.keys},
    )


def operator_variables(secrets: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the settings of whoever lets systems in at the containers, from this machine.

    secrets: what `joinedup secrets` printed. folder: where docker-compose.yml stands.
    """
    return {
        "JOINEDUP_KAFKA_BOOTSTRAP": KAFKA_FROM_HERE,
        "JOINEDUP_KAFKA_SECURITY": "SASL_SSL",
        "JOINEDUP_KAFKA_USERNAME": "admin",
        "JOINEDUP_KAFKA_PASSWORD": secrets[ADMIN_PASSWORD],
        "JOINEDUP_KAFKA_CA_FILE": str(folder / "tls" / "ca.pem"),
        "JOINEDUP_REGISTRY_URL": REGISTRY_FROM_HERE,
        "JOINEDUP_SOURCES_FILE": str(folder / secrets.get("JOINEDUP_SOURCES_FILE", "sources.json")),
    }


def certify(folder: Path, names: Sequence[str] = ()) -> None:
    """Make the certificates that the containers are given, and renew those that end soon.

    names: more names or addresses by which others call the servers of this machine.
    """
    # A container's account reads its one file; the folder is closed to everybody else.
    certificates = Certificates(folder=folder, mode=0o644)
    for server, hosts in SERVERS.items():
        asked = server in ASKED_FROM_ELSEWHERE
        certificates.server(server, (*hosts, *names) if asked else hosts)
    certificates.server(METRICS, (METRICS, *WATCHED, "127.0.0.1"))


def set_up(
    credentials: Credentials, kafka: str = KAFKA_ADDRESS, postgresql: str = POSTGRESQL_ADDRESS
) -> None:
    """Create users, live topics, roles and databases at the servers; again changes nothing.

    Raises StackError, which names the server that did not let it.
    """
    try:
        _set_up_kafka(credentials, kafka)
    except KafkaError as fault:
        raise StackError(_LET_IN.format(f"Kafka at {kafka}", type(fault).__name__)) from fault
    try:
        _set_up_postgresql(credentials, postgresql)
    except psycopg.OperationalError as fault:
        reason = str(fault).splitlines()[0].rstrip(".")
        raise StackError(_LET_IN.format(f"PostgreSQL at {postgresql}", reason)) from fault


def _set_up_kafka(credentials: Credentials, server: str) -> None:
    options = client_options(server, "admin", credentials.kafka["admin"], CA_FILE)
    with KafkaAdminClient(**options) as admin:
        create_users(admin, {user: credentials.kafka[user] for user in KAFKA_PRINCIPALS})
        create_topic_set(admin, TopicSet(), simulated=False)


def _set_up_postgresql(credentials: Credentials, server: str) -> None:
    password = credentials.postgresql["postgres"]
    superuser = _address("postgres", password, "postgres", server)
    passwords = {role: credentials.postgresql[role] for role in POSTGRESQL_ROLES}
    databases.create_roles(superuser, passwords)
    databases.create_registry_database(superuser)
    databases.create_store(superuser, LIVE_STORE)


def owner_address(
    credentials: Credentials, database: str, postgresql: str = POSTGRESQL_ADDRESS
) -> str:
    """Return the libpq address at which the owner migrates a database."""
    password = credentials.postgresql["owner"]
    return _address(databases.role_name("owner"), password, database, postgresql)


def _address(role: str, password: str, database: str, server: str) -> str:
    where = f"{server}/{database}?{verified_by(CA_FILE)}"
    return f"postgresql://{role}:{password}@{where}"


def _upper(name: str) -> str:
    return name.upper().replace("-", "_")
