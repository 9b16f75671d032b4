"""Who may do what on Kafka: users with passwords, and for each no more than its work needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    UserScramCredentialUpsertion,
)

from schemas.topics import TopicSet
from stack.credentials import LOCAL_PUBLISHER
from stack.errors import StackError

_ITERATIONS = 4096
_PROPAGATION_SECONDS = 60


class On(StrEnum):
    """What a grant is on: a topic by its name, a group or a transactional id by its beginning."""

    TOPIC = "TOPIC"
    GROUP = "GROUP"
    TRANSACTION = "TRANSACTIONAL_ID"


@dataclass(frozen=True)
class Grant:
    """One permission: this user may do this on that; whatever has no grant is refused."""

    user: str
    operation: str
    on: On
    name: str


def create_users(admin: KafkaAdminClient, passwords: Mapping[str, str]) -> None:
    """Create these users, or set their passwords, and wait until every one can log in."""
    upserts = [
        UserScramCredentialUpsertion(user, "SCRAM-SHA-512", password, iterations=_ITERATIONS)
        for user, password in passwords.items()
    ]
    refused = {u: why for u, why in admin.alter_user_scram_credentials(upserts).items() if why}
    if refused:
        raise StackError(f"Kafka refused to create the users {sorted(refused)}: see its log.")
    until(lambda: _known(admin) >= set(passwords), "taken in its new users")


def _known(admin: KafkaAdminClient) -> set[str]:
    found = admin.describe_user_scram_credentials()
    return {user for user, described in found.items() if described["credential_infos"]}


def grants(topics: TopicSet) -> list[Grant]:
    """Return every permission on one topic set."""
    return [
        *_publishers(topics),
        *_intake(topics),
        *_join(topics),
        *_relay(topics),
        *_reader(topics),
    ]


def _publishers(topics: TopicSet) -> Iterable[Grant]:
    own = {
        "education-publisher": topics.education,
        "health-publisher": topics.health,
        "social-care-publisher": topics.social_care,
        "decisions-publisher": topics.decisions,
    }
    for user, topic in own.items():
        yield from _writes(user, topic)
    for topic in topics.inputs:
        yield from _writes(LOCAL_PUBLISHER, topic)


def _intake(topics: TopicSet) -> Iterable[Grant]:
    for topic in (*topics.inputs, topics.journeys):
        yield from _reads("intake", topic)
    yield from _writes("intake", topics.journeys)
    yield from _writes("intake", topics.dead_letters)
    yield from _member("intake", topics)
    yield from _transacts("intake", topics)


def _join(topics: TopicSet) -> Iterable[Grant]:
    yield from _reads("join", topics.journeys)
    yield from _member("join", topics)


def _relay(topics: TopicSet) -> Iterable[Grant]:
    yield from _writes("relay", topics.alerts)
    yield from _reads("relay", topics.alerts)
    yield from _transacts("relay", topics)


def _reader(topics: TopicSet) -> Iterable[Grant]:
    for topic in (topics.journeys, topics.alerts):
        yield from _reads("reader", topic)
    for topic in (*topics.inputs, topics.dead_letters):
        yield Grant("reader", "DESCRIBE", On.TOPIC, topic)
    yield from _member("reader", topics)


def _reads(user: str, topic: str) -> Iterable[Grant]:
    yield Grant(user, "READ", On.TOPIC, topic)
    yield Grant(user, "DESCRIBE", On.TOPIC, topic)


def _writes(user: str, topic: str) -> Iterable[Grant]:
    yield Grant(user, "WRITE", On.TOPIC, topic)
    yield Grant(user, "DESCRIBE", On.TOPIC, topic)


def _member(user: str, topics: TopicSet) -> Iterable[Grant]:
    yield Grant(user, "READ", On.GROUP, topics.prefix + user)


def _transacts(user: str, topics: TopicSet) -> Iterable[Grant]:
    for operation in ("WRITE", "DESCRIBE"):
        yield Grant(user, operation, On.TRANSACTION, topics.prefix + user)


def apply_grants(admin: KafkaAdminClient, wanted: Iterable[Grant]) -> None:
    """Write these permissions, and wait until the broker acts on them."""
    acls = {_as_acl(grant) for grant in wanted}
    if admin.create_acls(list(acls))["failed"]:
        raise StackError("Kafka refused to write the permissions of the topics: see its log.")
    until(lambda: acls <= set(admin.describe_acls(_ANY_ACL)[0]), "taken in its new permissions")


_ANY_ACL = ACLFilter(
    principal=None,
    host=None,
    operation=ACLOperation.ANY,
    permission_type=ACLPermissionType.ANY,
    resource_pattern=ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
)


def until(done: Callable[[], bool], what: str) -> None:
    """Return once the broker acts on a change, which it confirms a moment before that."""
    deadline = time.monotonic() + _PROPAGATION_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise StackError(f"Kafka has not {what} in {_PROPAGATION_SECONDS} s: see its log.")
        time.sleep(0.02)


def _as_acl(grant: Grant) -> ACL:
    literal = grant.on is On.TOPIC
    pattern = ACLResourcePatternType.LITERAL if literal else ACLResourcePatternType.PREFIXED
    return ACL(
        principal=f"User:{grant.user}",
        host="*",
        operation=ACLOperation[grant.operation],
        permission_type=ACLPermissionType.ALLOW,
        resource_pattern=ResourcePattern(ResourceType[grant.on], grant.name, pattern),
    )
