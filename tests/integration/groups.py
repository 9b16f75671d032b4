"""Who is in a consumer group, dead members included until Kafka misses them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from kafka import KafkaAdminClient
from kafka.errors import CoordinatorNotAvailableError, GroupIdNotFoundError

from stack.kafka import options_of

WAIT_SECONDS = 300


class Member(NamedTuple):
    """A member by the name that it gave itself, and the id that Kafka gave it."""

    name: str
    id: str


@contextmanager
def group_of(environment: dict[str, str], group: str) -> Iterator[Callable[[], set[Member]]]:
    """Look at a group; environment: of the administrator."""
    with KafkaAdminClient(**options_of(environment)) as admin:

        def members() -> set[Member]:
            try:
                found = admin.describe_groups([group])[group]["members"]
            except (GroupIdNotFoundError, CoordinatorNotAvailableError):  # there is no group yet
                return set()
            return {Member(one["group_instance_id"] or "", one["member_id"]) for one in found}

        yield members


def once(members: Callable[[], set[Member]], enough: Callable[[set[Member]], bool]) -> set[Member]:
    """Return the members once they are as wanted."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not enough(found := members()):
        assert time.monotonic() < deadline, f"the group has {len(found)} members"
    return found


def assert_comes_back(
    members: Callable[[], set[Member]], killed: Member, begin: Callable[[], object]
) -> None:
    """Begin the successor of a killed member: it is that member, and no dead one is beside it."""
    begin()
    (now,) = once(members, lambda found: found != {killed})
    assert now.name == killed.name != ""
