"""Every Kafka user tries everything on everything: what it may is what stack/access.py grants."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from kafka import KafkaAdminClient

from schemas.sources import AGENCIES
from schemas.topics import TopicSet
from stack import LocalStack
from stack.access import (
    Grant,
    On,
    admit,
    apply_grants,
    create_users,
    grants,
    principal_of,
    source_grants,
)
from stack.credentials import KAFKA_PRINCIPALS, LOCAL_PUBLISHER
from stack.kafka import client_options
from tests.conftest import PARTITIONS
from tests.integration.stack.attempts import (
    ON_GROUPS,
    ON_THE_CLUSTER,
    ON_TOPICS,
    ON_TRANSACTIONS,
    Make,
    delete_topic,
    is_refused,
    number_without_transaction,
)

STRANGER = "stranger/unknown"
SOURCES = {principal_of("matrix", agency): agency for agency in AGENCIES}
PROCESSES = (*KAFKA_PRINCIPALS, LOCAL_PUBLISHER)
IMPLYING = {"READ", "WRITE", "DELETE", "ALTER"}
"""Kafka lets whoever may do one of these describe, too."""

INTERNAL = ("__consumer_offsets", "__transaction_state")


@dataclass(frozen=True)
class World:
    """Two topic sets on one broker, and a password for every user there is."""

    ours: TopicSet
    theirs: TopicSet
    passwords: Mapping[str, str]
    granted: frozenset[Grant]

    def allows(self, user: str, operation: str, on: On, name: str) -> bool:
        """Whether this follows from the permissions that the code grants."""
        if user == "admin":
            return True
        operations = {operation} | (IMPLYING if operation == "DESCRIBE" else set())
        return any(
            (name == grant.name if on is On.TOPIC else name.startswith(grant.name))
            for grant in self.granted
            if grant.user == user and grant.on is on and grant.operation in operations
        )

    def writes_something(self, user: str) -> bool:
        """Whether this user may write on any topic, as an idempotent producer must."""
        return user == "admin" or any(
            grant.user == user and grant.operation == "WRITE" and grant.on is On.TOPIC
            for grant in self.granted
        )


@pytest.fixture(scope="module")
def world(stack: LocalStack) -> Iterator[World]:
    """A live topic set that agencies' systems were let into, and a set of somebody else's."""
    ours, theirs = (TopicSet(f"t{secrets.token_hex(4)}.", PARTITIONS) for _ in range(2))
    for topics in (ours, theirs):
        stack.create_topic_set(topics, simulated=False)
    own = {user: secrets.token_hex(8) for user in (*SOURCES, STRANGER)}
    with stack.administrator() as admin:
        create_users(admin, {STRANGER: own[STRANGER]})
        for user, agency in SOURCES.items():
            admit(admin, ours, user, own[user], agency)
    granted = [
        *grants(ours),
        *grants(theirs),
        *(one for user, agency in SOURCES.items() for one in source_grants(ours, user, agency)),
    ]
    passwords = {name: stack.credentials.kafka[name] for name in PROCESSES} | own
    yield World(ours, theirs, passwords, frozenset(granted))
    for topics in (ours, theirs):
        stack.delete_topic_set(topics)


@pytest.fixture(scope="module")
def as_user(stack: LocalStack, world: World) -> Iterator[Mapping[str, KafkaAdminClient]]:
    """A client for each user, logged in."""
    clients = {
        user: KafkaAdminClient(
            **client_options(
                f"127.0.0.1:{stack.ports.kafka}",
                user,
                password,
                stack.layout.certificates.authority,
            )
        )
        for user, password in world.passwords.items()
    }
    yield clients
    for client in clients.values():
        client.close()


def attempts(world: World) -> Iterator[tuple[On, str, str, Make]]:
    """Give every operation on every topic, group and transactional id there is or could be."""
    theirs = (world.theirs.health, world.theirs.journeys, world.theirs.alerts)
    topics = (*world.ours.all, *theirs, *INTERNAL, "unheard-of")
    names = [world.ours.prefix + name for name in (*PROCESSES, "other")]
    names += [world.theirs.prefix + name for name in ("intake", "relay")]
    for on, resources, table in (
        (On.TOPIC, topics, ON_TOPICS),
        (On.GROUP, names, ON_GROUPS),
        (On.TRANSACTION, [f"{name}-3" for name in names], ON_TRANSACTIONS),
    ):
        for resource in resources:
            for operation, makes in table.items():
                for make in makes:
                    yield on, operation, resource, make


def test_each_user_may_do_what_it_is_granted_and_nothing_else(
    world: World, as_user: Mapping[str, KafkaAdminClient]
) -> None:
    wrong = []
    for user, client in as_user.items():
        for on, operation, resource, make in attempts(world):
            if user == "admin" and resource in INTERNAL:
                continue  # what Kafka keeps for itself must not be written to by a test
            refused = is_refused(client, make(resource))
            if refused is world.allows(user, operation, on, resource):
                wrong.append((user, operation, resource, "refused" if refused else "let"))
    assert wrong == []


def test_only_the_administrator_changes_topics_permissions_passwords_and_quotas(
    world: World, as_user: Mapping[str, KafkaAdminClient]
) -> None:
    may = {
        (user, operation)
        for user, client in as_user.items()
        for operation, makes in ON_THE_CLUSTER.items()
        for make in makes
        if not is_refused(client, make(f"{world.ours.prefix}new"))
    }
    assert may == {("admin", operation) for operation in ON_THE_CLUSTER}


def test_nobody_but_the_administrator_can_delete_a_topic(
    world: World, as_user: Mapping[str, KafkaAdminClient]
) -> None:
    others = {user: client for user, client in as_user.items() if user != "admin"}
    let = [
        (user, topic)
        for user, client in others.items()
        for topic in (*world.ours.all, *world.theirs.all)
        if not is_refused(client, delete_topic(topic))
    ]
    assert let == []
    assert set(world.ours.all) <= set(as_user["admin"].list_topics())


def test_whoever_writes_nothing_gets_no_producer_number(
    world: World, as_user: Mapping[str, KafkaAdminClient]
) -> None:
    let = {
        user
        for user, client in as_user.items()
        if not is_refused(client, number_without_transaction(user))
    }
    assert let == {user for user in as_user if world.writes_something(user)}
    assert STRANGER not in let


def test_a_user_sees_the_names_of_no_topics_but_its_own(
    world: World, as_user: Mapping[str, KafkaAdminClient]
) -> None:
    of_the_world = {*world.ours.all, *world.theirs.all}
    for user, client in as_user.items():
        seen = set(client.list_topics()) & of_the_world
        assert seen == {t for t in of_the_world if world.allows(user, "DESCRIBE", On.TOPIC, t)}, (
            user
        )


def test_what_an_earlier_release_allowed_ends_when_topics_are_looked_after(
    stack: LocalStack, world: World, as_user: Mapping[str, KafkaAdminClient]
) -> None:
    write = ON_TOPICS["WRITE"][0](world.ours.journeys)
    with stack.administrator() as admin:
        apply_grants(admin, [Grant("join", "WRITE", On.TOPIC, world.ours.journeys)])
    assert not is_refused(as_user["join"], write)
    stack.create_topic_set(world.ours, simulated=False)
    assert is_refused(as_user["join"], write)
    system = as_user[principal_of("matrix", "health")]
    assert not is_refused(system, ON_TOPICS["WRITE"][0](world.ours.health))
