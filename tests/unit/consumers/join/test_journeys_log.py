"""What the join makes of a group that changes while it reads."""

from __future__ import annotations

import asyncio
from typing import Any

from aiokafka.errors import IllegalStateError

from consumers.join.journeys_log import Fetched, JourneysLog
from schemas.topics import TopicSet


class GivenAway:
    """A consumer whose partition was given to another while its end was asked."""

    async def getmany(self, **_: object) -> dict[Any, Any]:
        return {}

    async def end_offsets(self, places: list[Any]) -> dict[Any, int]:
        return dict.fromkeys(places, 7)

    async def position(self, place: object) -> int:
        raise IllegalStateError("Partition is not assigned")

    def pause(self, place: object) -> None:
        raise IllegalStateError("Partition is not assigned")


async def fetched_while_given_away() -> Fetched:
    log = JourneysLog(TopicSet("", 4), {"bootstrap_servers": "127.0.0.1:1"})
    log._consumer = GivenAway()
    log.assigned = frozenset({0})
    return await log.fetch()


async def unread_once_left_out() -> dict[int, int]:
    log = JourneysLog(TopicSet("", 4), {"bootstrap_servers": "127.0.0.1:1"})
    log._consumer = GivenAway()
    log.assigned = frozenset({0})
    log.leave_out(0)
    return await log.unread()


def test_a_partition_given_away_while_its_end_is_asked_is_no_fault_and_no_end() -> None:
    assert asyncio.run(fetched_while_given_away()) == Fetched({}, at_end=False)


def test_a_partition_that_has_a_new_owner_is_left_out_though_it_was_given_away_already() -> None:
    assert asyncio.run(unread_once_left_out()) == {}
