"""Which partitions this process works on, and the task that works on each."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping

from aiokafka import ConsumerRebalanceListener, TopicPartition

from consumers.errors import Fenced
from consumers.stray import broken_off, is_cancelled

log = logging.getLogger(__name__)

#: Work on one partition until told to stop.
Work = Callable[[int, Callable[[], bool]], Awaitable[None]]

LETTING_GO_SECONDS = 15.0
#: A fenced owner hears of the rebalance that fenced it well within this.
FENCED_SECONDS = 60.0


class Ownership(ConsumerRebalanceListener):  # type: ignore[misc]
    """Runs one task for each partition that the group gives us."""

    def __init__(self, work: Work) -> None:
        """Take the work; nothing runs before the group assigns a partition."""
        self._work = work
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._stopping = False
        self._fenced_at: float | None = None
        self._failure: BaseException | None = None

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Begin to work on the partitions."""
        self._stopping, self._fenced_at = False, None
        partitions = sorted(at.partition for at in assigned)
        for partition in partitions:
            self._tasks[partition] = asyncio.create_task(
                self._run(partition), name=f"partition {partition}"
            )
        if partitions:
            log.info("Taking in partitions %s.", partitions, extra={"action": "assigned"})

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Finish what is under way on every partition: all are assigned anew."""
        await self.let_go()

    async def let_go(self) -> None:
        """Stop every task, gently and then not; what one failed with is kept for ``check``."""
        self._stopping = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks.values(), timeout=LETTING_GO_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._note()
        self._tasks.clear()

    def check(self) -> None:
        """Raise what a task failed with; one that is fenced may wait for the next assignment."""
        self._note()
        if self._failure is not None:
            raise self._failure
        if self._fenced_at is not None and time.monotonic() - self._fenced_at > FENCED_SECONDS:
            raise Fenced(
                "Another process works on partitions that the group gave to us: end it, or start"
                " it as a member of the same group."
            )

    @property
    def is_done(self) -> bool:
        """Whether every partition that we were given is worked to its end."""
        # The group may give us nothing at first, before its leader knows the topic.
        return bool(self._tasks) and all(task.done() for task in self._tasks.values())

    @property
    def partitions(self) -> Mapping[int, bool]:
        """The partitions that are ours, each with whether it is still worked on."""
        return {partition: not task.done() for partition, task in self._tasks.items()}

    async def _run(self, partition: int) -> None:
        try:
            await self._work(partition, lambda: self._stopping)
        except asyncio.CancelledError:
            if is_cancelled():
                raise
            raise broken_off(f"partition {partition}") from None

    def _note(self) -> None:
        """Note how the tasks ended that have ended."""
        for task in self._tasks.values():
            failure = task.exception() if task.done() and not task.cancelled() else None
            if isinstance(failure, Fenced):
                if self._fenced_at is None:
                    log.warning("%s", failure)
                    self._fenced_at = time.monotonic()
            elif failure is not None and self._failure is None:
                self._failure = failure
