"""Who is in a consumer group, dead members included until Kafka misses them."""

from __future__ import annotations

import time

from kafka import KafkaAdminClient
from kafka.errors import CoordinatorNotAvailableError, GroupIdNotFoundError

from stack.kafka import options_of

WAIT_SECONDS = 300


def wait_for_members(environment: dict[str, str], group: str, wanted: int) -> None:
    """Return once the group has this many members.

    environment: of the administrator.
    """
    options = options_of(environment)
    deadline = time.monotonic() + WAIT_SECONDS
    with KafkaAdminClient(**options) as admin:
        while (found := _members(admin, group)) != wanted:
            assert time.monotonic() < deadline, f"{group} has {found} members"


def _members(admin: KafkaAdminClient, group: str) -> int:
    try:
        return len(admin.describe_groups([group])[group]["members"])
    except (GroupIdNotFoundError, CoordinatorNotAvailableError):  # there is no group yet
        return 0
