"""Which partitions are worked on, and when the work is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from aiokafka import TopicPartition

from consumers.errors import Fenced, ServiceLost
from consumers.intake.ownership import Ownership

ONE, TWO = TopicPartition("decisions", 1), TopicPartition("decisions", 2)
Stop = Callable[[], bool]


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


async def until_stopped(partition: int, should_stop: Stop) -> None:
    while not should_stop():
        await asyncio.sleep(0)


async def at_once(partition: int, should_stop: Stop) -> None:
    return None


def failing(failure: Exception) -> Callable[[int, Stop], Awaitable[None]]:
    async def fail(partition: int, should_stop: Stop) -> None:
        raise failure

    return fail


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_each_assigned_partition_is_worked_on_until_it_is_revoked() -> None:
    async def story() -> None:
        ownership = Ownership(until_stopped)
        await ownership.on_partitions_assigned([ONE, TWO])
        assert ownership.partitions == {1: True, 2: True}
        await ownership.on_partitions_revoked([ONE, TWO])
        assert ownership.partitions == {}

    run(story)


def test_work_is_done_when_every_partition_is() -> None:
    async def story() -> None:
        ownership = Ownership(at_once)
        await ownership.on_partitions_assigned([ONE, TWO])
        assert not ownership.is_done
        await settle()
        assert ownership.is_done

    run(story)


def test_a_group_that_gives_us_nothing_at_first_is_not_the_end() -> None:
    async def story() -> None:
        ownership = Ownership(at_once)
        await ownership.on_partitions_assigned([])
        await settle()
        assert not ownership.is_done

    run(story)


def test_a_partition_given_back_half_done_is_not_done() -> None:
    async def story() -> None:
        ownership = Ownership(until_stopped)
        await ownership.on_partitions_assigned([ONE])
        await ownership.on_partitions_revoked([ONE])
        assert not ownership.is_done

    run(story)


def test_a_failure_is_told_even_when_the_partition_was_revoked_meanwhile() -> None:
    async def story() -> None:
        ownership = Ownership(failing(ServiceLost("The key store does not answer.")))
        await ownership.on_partitions_assigned([ONE])
        await ownership.on_partitions_revoked([ONE])
        with pytest.raises(ServiceLost):
            ownership.check()

    run(story)


def test_work_that_a_client_breaks_off_is_a_failure_though_nobody_cancelled_it() -> None:
    async def broken_off(partition: int, should_stop: Stop) -> None:
        theirs = asyncio.create_task(asyncio.sleep(60))
        asyncio.get_running_loop().call_soon(theirs.cancel)
        await theirs

    async def story() -> None:
        ownership = Ownership(broken_off)
        await ownership.on_partitions_assigned([ONE])
        await settle()
        with pytest.raises(ServiceLost, match="broke off the work on partition 1"):
            ownership.check()

    run(story)


def test_who_is_fenced_waits_for_the_next_assignment() -> None:
    async def story() -> None:
        ownership = Ownership(failing(Fenced("Another intake took over.")))
        await ownership.on_partitions_assigned([ONE])
        await settle()
        ownership.check()
        await ownership.on_partitions_revoked([ONE])
        ownership.check()

    run(story)


def test_work_that_does_not_end_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consumers.intake.ownership.LETTING_GO_SECONDS", 0.01)

    async def for_ever(partition: int, should_stop: Stop) -> None:
        await asyncio.Event().wait()

    async def story() -> None:
        ownership = Ownership(for_ever)
        await ownership.on_partitions_assigned([ONE])
        await ownership.let_go()
        assert ownership.partitions == {}

    run(story)
