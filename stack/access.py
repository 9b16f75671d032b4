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
from kafka.errors import AuthorizationError
from kafka.protocol.admin import AlterClientQuotasRequest

from schemas.topics import TopicSet
from stack.credentials import LOCAL_PUBLISHER
from stack.errors import StackError

BYTES_PER_SECOND = 5 << 20
"""What one agency's system may publish: ten thousand events a second of half a kilobyte each."""

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
        raise StackError(
            f"Kafka refused to make the users {', '.join(sorted(refused))}: only the operator may, "
            "so give the operator's settings; if they are, see Kafka's log."
        )
    until(lambda: _known(admin) >= set(passwords), "taken in its new users")


def _known(admin: KafkaAdminClient) -> set[str]:
    found = admin.describe_user_scram_credentials()
    return {user for user, described in found.items() if described["credential_infos"]}


def grants(topics: TopicSet) -> list[Grant]:
    """Return every permission of the platform's own processes on one topic set."""
    return [
        *_intake(topics),
        *_join(topics),
        *_relay(topics),
        *_reader(topics),
        *_local_publisher(topics),
        *_auditor(topics),
        *_sealer(topics),
        *_gateway(topics),
        *_notifier(topics),
        *_matcher(topics),
    ]


def principal_of(organisation: str, system: str) -> str:
    """Return the Kafka user of an agency's system; no process of ours has a stroke in its name."""
    return f"{organisation}/{system}"


def source_grants(topics: TopicSet, user: str, agency: str) -> list[Grant]:
    """Return every permission of an agency's system: it writes on its agency's topic.

    Raises ValueError for an agency that has no topic.
    """
    return list(_writes(user, topics.topic_for(agency)))


def admit(
    admin: KafkaAdminClient,
    topics: TopicSet,
    user: str,
    password: str,
    agency: str,
    *,
    bytes_per_second: int = BYTES_PER_SECOND,
) -> None:
    """Let an agency's system in: a user of its own, its one topic, and so many bytes a second.

    Raises StackError where the administrator may not do that, or the topic is not there.
    """
    topic = topics.topic_for(agency)
    try:
        if topic not in admin.list_topics():
            raise StackError(f"There is no topic {topic}: run joinedup up, or correct the prefix.")
        create_users(admin, {user: password})
        apply_grants(admin, source_grants(topics, user, agency))
        limit_bytes(admin, user, bytes_per_second)
    except AuthorizationError as refused:
        raise StackError(
            "Kafka does not let this name make users: give --env-file of the operator."
        ) from refused


def limit_bytes(admin: KafkaAdminClient, user: str, bytes_per_second: int) -> None:
    """Bound what a user may publish; the broker holds back whoever is faster, and loses nothing."""
    quotas = AlterClientQuotasRequest
    entry = quotas.EntryData(
        entity=[quotas.EntryData.EntityData(entity_type="user", entity_name=user)],
        ops=[
            quotas.EntryData.OpData(
                key="producer_byte_rate", value=float(bytes_per_second), remove=False
            )
        ],
    )
    # The client has no method for quotas, though it has the request.
    manager = admin._manager
    answer = manager.run(manager.send, quotas(entries=[entry], validate_only=False))
    if any(one.error_code for one in answer.entries):
        raise StackError(f"Kafka refused to bound what {user} may publish: see its log.")


def _local_publisher(topics: TopicSet) -> Iterable[Grant]:
    for topic in topics.inputs if topics.prefix else ():
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


def _auditor(topics: TopicSet) -> Iterable[Grant]:
    # No group: a replay reads from the first record, and leaves no trace of how far it came.
    for topic in (topics.journeys, topics.alerts, topics.deliveries, topics.checkpoints):
        yield from _reads("auditor", topic)


def _sealer(topics: TopicSet) -> Iterable[Grant]:
    for topic in (topics.journeys, topics.alerts):
        yield from _reads("sealer", topic)
    yield from _writes("sealer", topics.checkpoints)


def _gateway(topics: TopicSet) -> Iterable[Grant]:
    # For agencies' systems that cannot speak Kafka; what people decide does not come this way.
    for topic in (topics.education, topics.health, topics.social_care):
        yield from _writes("gateway", topic)


def _notifier(topics: TopicSet) -> Iterable[Grant]:
    for topic in (topics.alerts, topics.deliveries):
        yield from _reads("notifier", topic)
    yield from _writes("notifier", topics.deliveries)
    yield from _transacts("notifier", topics)


def _matcher(topics: TopicSet) -> Iterable[Grant]:
    # No group: each comparison reads from the first record.
    yield from _reads("matcher", topics.journeys)


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


def withdraw_others(admin: KafkaAdminClient, wanted: Iterable[Grant]) -> None:
    """Take from the platform's own processes, on what these permissions name, all that is not here.

    What an earlier release allowed ends so; the permissions of agencies' systems stay.
    """
    kept = {_as_acl(grant) for grant in wanted}
    names = {acl.resource_pattern for acl in kept}
    stale = {
        acl
        for acl in admin.describe_acls(_ANY_ACL)[0]
        if acl.resource_pattern in names and acl not in kept and "/" not in acl.principal
    }
    if stale:
        admin.delete_acls([_as_filter(acl) for acl in stale])
        until(lambda: not stale & set(admin.describe_acls(_ANY_ACL)[0]), "let old permissions go")


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


def _as_filter(acl: ACL) -> ACLFilter:
    pattern = acl.resource_pattern
    return ACLFilter(
        principal=acl.principal,
        host=acl.host,
        operation=acl.operation,
        permission_type=acl.permission_type,
        resource_pattern=ResourcePatternFilter(
            pattern.resource_type, pattern.resource_name, pattern.pattern_type
        ),
    )


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
