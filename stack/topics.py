"""Creates the topics of a topic set, with their permissions, and removes them again."""

from __future__ import annotations

from kafka import KafkaAdminClient

from schemas.topics import TopicSet
from stack.access import apply_grants, grants, until, withdraw_others
from stack.errors import StackError

_AS_THE_BROKERS_SAY = -1
"""One copy on the one node of the local stack; on others what default.replication.factor says."""


def create_topic_set(admin: KafkaAdminClient, topics: TopicSet, *, simulated: bool) -> list[str]:
    """Create what is missing of a topic set, and its permissions; return the topics created.

    Raise StackError if a topic is there with another number of partitions: it never changes.
    """
    specs = topics.topic_specs(simulated)
    there = {found["name"]: len(found["partitions"]) for found in _described(admin, topics)}
    for spec in specs:
        if there.get(spec.name, spec.partitions) != spec.partitions:
            raise StackError(
                f"Topic {spec.name} has {there[spec.name]} partitions and {spec.partitions} are "
                "wanted: a topic set keeps its number for life, so choose another prefix."
            )
    missing = {
        spec.name: {
            "num_partitions": spec.partitions,
            "replication_factor": _AS_THE_BROKERS_SAY,
            "configs": spec.config,
        }
        for spec in specs
        if spec.name not in there
    }
    allowed = grants(topics)
    apply_grants(admin, allowed)
    withdraw_others(admin, allowed)
    if missing:
        admin.create_topics(missing, wait_for_metadata=True)
    return sorted(missing)


def delete_topic_set(admin: KafkaAdminClient, topics: TopicSet) -> None:
    """Delete the topics of a set that exist, and wait until their names are free again."""
    there = set(topics.all) & set(admin.list_topics())
    if there:
        admin.delete_topics(sorted(there))
    until(lambda: not there & set(admin.list_topics()), "forgotten deleted topics")


def _described(admin: KafkaAdminClient, topics: TopicSet) -> list[dict[str, list[object] | str]]:
    existing = sorted(set(topics.all) & set(admin.list_topics()))
    return admin.describe_topics(existing) if existing else []
