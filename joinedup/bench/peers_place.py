"""Where the comparison programs work: a Kafka user, a role, a database and topics of their own."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import psycopg
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    OffsetSpec,
    ResourcePattern,
    ResourceType,
)
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from schemas.topics import TopicSet
from stack import LocalStack
from stack.access import Grant, On, apply_grants, create_users, until
from stack.errors import StackError
from stack.kafka import SECURITY
from stack.ports import LOOPBACK
from stack.registry import API

USER = "bench/peers"
"""Named as an agency's system: what is granted to our own processes leaves it alone."""

DATABASE = "joinedup_bench_peers"
_ROLE = "joinedup_bench_peers"
_PREFIX = "peers_"
_OF_TOPICS = ("READ", "WRITE", "CREATE", "DESCRIBE", "DESCRIBE_CONFIGS", "ALTER_CONFIGS")
_OF_GROUPS = ("READ", "DESCRIBE")
_TOPICS = (_PREFIX, f"changelog__{_PREFIX}")
"""How the topics begin that the programs make: Quix puts a word of its own before the name."""

_TABLES = """
CREATE SCHEMA {schema};
CREATE TABLE {schema}.timeline (
  identifier       text        NOT NULL,
  event_id         uuid        NOT NULL,
  type             text        NOT NULL,
  source           text        NOT NULL,
  source_record_id text        NOT NULL,
  occurred_on      date        NOT NULL,
  recorded_at      timestamptz NOT NULL,
  revision         bigint      NOT NULL,
  retracted        boolean     NOT NULL,
  record           bytea       NOT NULL,
  PRIMARY KEY (identifier, event_id)
);
CREATE TABLE {schema}.links (identifier text PRIMARY KEY, child text NOT NULL);
CREATE TABLE {schema}.alerts (
  child  text    NOT NULL,
  duty   text    NOT NULL,
  anchor text    NOT NULL,
  due    date    NOT NULL,
  open   boolean NOT NULL,
  PRIMARY KEY (child, duty, anchor)
);
"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """What every comparison program is given, beside its name."""

    stack: LocalStack
    topics: TopicSet
    folder: Path
    password: str = field(default_factory=lambda: secrets.token_hex(24), repr=False)

    def prepare(self) -> None:
        """Make user, permissions and database as if there had never been any."""
        with self.stack.administrator() as admin:
            ours = [one for one in admin.list_topics() if one.startswith(_TOPICS)]
            if ours:
                admin.delete_topics(ours)
                until(lambda: not set(ours) & set(admin.list_topics()), "forgotten deleted topics")
            create_users(admin, {USER: self.password})
            inputs = [Grant(USER, word, On.TOPIC, topic) for word in _READS for topic in self.read]
            apply_grants(admin, inputs)
            _grant_own(admin)
        with psycopg.connect(self.stack.superuser_address(), autocommit=True) as connection:
            _make_database(connection, self.password)

    @contextmanager
    def behind(self, name: str, *rows: str) -> Iterator[Callable[[], int]]:
        """Yield what counts the records that a program has not committed to have dealt with.

        rows: the topics of its own on which its finished rows wait for its sink.
        """
        groups = {_PREFIX + name: self.read, f"{_PREFIX}{name}-sink": rows}
        with self.stack.administrator() as admin:
            yield lambda: records_behind(admin, groups, self.topics.partitions)

    @property
    def read(self) -> tuple[str, ...]:
        """The agencies' topics."""
        return (self.topics.education, self.topics.health, self.topics.social_care)

    def tables(self, name: str) -> None:
        """Make the empty tables of a program."""
        statement = sql.SQL(_TABLES).format(schema=sql.Identifier(_PREFIX + name))
        with psycopg.connect(self.address) as connection:
            connection.execute(statement)

    def rows_topic(self, name: str) -> str:
        """Make the topic on which finished rows wait for a sink, and return its name."""
        topic = f"{_PREFIX}{name}-rows"
        with self.stack.administrator() as admin:
            made = {"num_partitions": self.topics.partitions, "replication_factor": 1}
            admin.create_topics({topic: made}, wait_for_metadata=True)
        return topic

    @property
    def address(self) -> str:
        """The libpq address of the programs' database."""
        at = conninfo_to_dict(self.stack.superuser_address())
        how = "&".join(
            f"{name}={quote(str(at[name]), safe='')}"
            for name in ("sslmode", "sslrootcert")
            if name in at
        )
        where = f"{_ROLE}:{self.password}@{at['host']}:{at['port']}/{DATABASE}"
        return f"postgresql://{where}?{how}" if how else f"postgresql://{where}"

    def environment(self, name: str, *, writes: bool = True) -> dict[str, str]:
        """Return the variables of a program, which are told to nobody else."""
        ports, authority = self.stack.ports, self.stack.layout.certificates.authority
        folder = self.folder / name
        without_login = f"{self.address.partition('@')[2]}"
        return {
            "BENCHMARK_NAME": _PREFIX + name,
            "BENCHMARK_TOPICS": ",".join(self.read),
            "BENCHMARK_FOLDER": str(folder),
            "BENCHMARK_TODAY": datetime.now(UTC).date().isoformat(),
            "BENCHMARK_SINK": "postgresql" if writes else "none",
            "BENCHMARK_REGISTRY_URL": f"http://{LOOPBACK}:{ports.registry}{API}",
            "BENCHMARK_KAFKA_BOOTSTRAP": f"{LOOPBACK}:{ports.kafka}",
            "BENCHMARK_KAFKA_SECURITY": SECURITY,
            "BENCHMARK_KAFKA_CA_FILE": str(authority),
            "BENCHMARK_KAFKA_USERNAME": USER,
            "BENCHMARK_KAFKA_PASSWORD": self.password,
            "BENCHMARK_DATABASE_URL": self.address,
            "BENCHMARK_DATABASE_USER": _ROLE,
            "BENCHMARK_DATABASE_PASSWORD": self.password,
            "BENCHMARK_JDBC_URL": f"jdbc:postgresql://{without_login}",
        }

    def schema(self, name: str) -> str:
        """Return the schema that a program's tables are in."""
        return _PREFIX + name


def records_behind(
    admin: KafkaAdminClient, groups: Mapping[str, Sequence[str]], partitions: int
) -> int:
    """Return how many records of its topics each group has not committed, all together.

    groups: which topics each reads. 0 is final where nothing more comes to the first group's, and a
    group commits after what it wrote to the next one's topics.
    """
    of = {
        group: [TopicPartition(topic, number) for topic in topics for number in range(partitions)]
        for group, topics in groups.items()
        if topics
    }
    # Committed first: what was written before a group committed is then within the ends.
    committed = admin.list_group_offsets(of)
    every = [one for found in of.values() for one in found]
    ends = admin.list_partition_offsets(dict.fromkeys(every, OffsetSpec.LATEST))
    return sum(
        max(0, ends[one].offset - max(0, at.offset if at else 0))
        for group, found in of.items()
        for one in found
        for at in [committed[group].get(one)]
    )


_READS = ("READ", "DESCRIBE", "DESCRIBE_CONFIGS")


def _grant_own(admin: KafkaAdminClient) -> None:
    """Let the programs make, fill and read topics and groups of their own, and nothing else."""
    named: list[tuple[ResourceType, tuple[str, ...], str]] = [
        (ResourceType.TOPIC, _OF_TOPICS, begin) for begin in _TOPICS
    ]
    named.append((ResourceType.GROUP, _OF_GROUPS, _PREFIX))
    rules = [
        ACL(
            principal=f"User:{USER}",
            host="*",
            operation=ACLOperation[word],
            permission_type=ACLPermissionType.ALLOW,
            resource_pattern=ResourcePattern(kind, begin, ACLResourcePatternType.PREFIXED),
        )
        for kind, words, begin in named
        for word in words
    ]
    if admin.create_acls(rules)["failed"]:
        raise StackError("Kafka refused to write the permissions of the comparison programs.")


def _make_database(connection: psycopg.Connection[tuple[object, ...]], password: str) -> None:
    role, database = sql.Identifier(_ROLE), sql.Identifier(DATABASE)
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
    connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(role))
    hashed = connection.pgconn.encrypt_password(password.encode(), _ROLE.encode(), b"scram-sha-256")
    connection.execute(
        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(hashed.decode()))
    )
    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
