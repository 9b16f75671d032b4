"""What intake has done on a local stack: all that was read is journeyed or a dead letter."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass

from consumers.errors import ConsumerError
from consumers.intake import totals
from consumers.settings import PREFIX, Settings
from schemas.codec import Codec
from schemas.registry import Registry
from schemas.topics import TopicSet
from stack import LocalStack, StackError
from stack.local import DEMO_PREFIX, SMALL_PARTITIONS

TOPIC_SETS = {"live": TopicSet(), "demo": TopicSet(DEMO_PREFIX, SMALL_PARTITIONS)}


@dataclass(frozen=True, kw_only=True)
class IntakeTotals:
    """The records of one topic set: read by intake, what became of them, and those to be read."""

    topics: str
    read: int
    journeyed: int
    dead_letters: int
    waiting: int

    @property
    def is_balanced(self) -> bool:
        """Return whether everything that was read is accounted for."""
        return self.read == self.journeyed + self.dead_letters

    def as_dict(self) -> dict[str, object]:
        """Return the same for JSON."""
        return {**asdict(self), "balanced": self.is_balanced}


def intake_totals(stack: LocalStack, name: str, topics: TopicSet) -> IntakeTotals | None:
    """Return the totals of a topic set on a stack that runs, or None if it has no such topics.

    Raise StackError where the positions that intake wrote cannot be read.
    """
    if not stack.topic_set_exists(topics):
        return None
    given = stack.environment("reader", topics.prefix, partitions=topics.partitions)
    values = {name.removeprefix(PREFIX).lower(): value for name, value in given.items()}
    settings = Settings.model_validate(values)
    codec = Codec(Registry(settings.registry_url, ca_file=settings.registry_ca_file))
    try:
        found = asyncio.run(totals(settings.kafka(), topics, codec))
    except ConsumerError as error:
        raise StackError(str(error)) from error
    return IntakeTotals(
        topics=name,
        read=found.read,
        journeyed=found.journeyed,
        dead_letters=found.dead,
        waiting=found.waiting,
    )
