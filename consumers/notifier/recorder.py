"""Steps put on record: on the topic first, then in the store, one change after the other."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from consumers.failpoint import FailPoint, nothing_fails
from consumers.notifier.delivery import WAITING, Delivery, Heard, Reason, Step
from consumers.notifier.ledger import Ledger, Marks, Taken
from consumers.notifier.planning import Plan, plan
from consumers.notifier.recipients import Channel, Recipients
from consumers.notifier.routing import route
from consumers.notifier.topics import message_of
from consumers.one_writer import OneWriter
from journey.moments import DAY
from schemas.codec import Codec

AT_HAND = 2_000
"""How many deliveries that are to leave are looked at at once, beside those on their way."""

SHORTEST_PAUSE, LONGEST_PAUSE = 5_000, 600_000
"""Milliseconds between two questions to a channel what became of a message."""

log = logging.getLogger(__name__)

Change = Callable[[Sequence[Delivery]], Sequence[Delivery]]
"""What follows from where deliveries stand: their next steps, and deliveries of others."""


class Busy(NamedTuple):
    """What is on its way: deliveries, by their ids, and by what they leave."""

    deliveries: frozenset[str]
    taken: Taken


class Recorder:
    """What stands, and what is put on record; several tasks take turns."""

    def __init__(
        self,
        writer: OneWriter,
        ledger: Ledger,
        codec: Codec,
        partition_of: Callable[[str], int],
        fail: FailPoint = nothing_fails,
        seen: Callable[[Delivery], None] = lambda _: None,
    ) -> None:
        """Take both ends, and who is shown each step once it is kept."""
        self._writer = writer
        self._ledger = ledger
        self._codec = codec
        self._partition_of = partition_of
        self._fail = fail
        self._seen = seen
        self._turn = asyncio.Lock()
        self._planned_by = ""

    async def route(
        self, partition: int, heard: Sequence[Heard], recipients: Recipients, now: int
    ) -> None:
        """Put on record who is to be told of a page of one partition's transitions."""
        async with self._turn:
            named = {(one.la, one.alert_id) for one in heard}
            named |= {(one.la, one.continues) for one in heard if one.continues}
            stand = {one.delivery_id: one for one in await self._ledger.of_alerts(named)}
            steps: list[Delivery] = []
            for one in heard:
                wanted = (one.alert_id, one.continues)
                before = [d for d in stand.values() if d.alert_id in wanted]
                for step in route(one, before, recipients, now):
                    stand[step.delivery_id] = step
                    steps.append(step)
            await self._keep(partition, _worth_keeping(steps), heard[-1].offset + 1)

    async def plan(self, busy: Busy, recipients: Recipients, now: int) -> Plan:
        """Put on record what follows by itself at this moment; return what is to leave.

        What cannot leave yet is not looked at before it may, or before there is another file of
        recipients; and beside what waits for a channel that is taken as much is looked at that does
        not: else so much of it, as for a server that does not answer, would stand before the rest.
        """
        async with self._turn:
            if recipients.version != self._planned_by:
                await self._ledger.look_now(now)
                self._planned_by = recipients.version
            waiting = await self._waiting(busy, now)
            erased = await self._ledger.erased(one.alert_id for one in waiting)
            gone = [
                one.then(Step.CANCELLED, now, reason=Reason.ERASED)
                for one in waiting
                if one.alert_id in erased
            ]
            waiting = [one for one in waiting if one.alert_id not in erased]
            siblings = await self._ledger.of_alerts((one.la, one.alert_id) for one in waiting)
            found = plan(waiting, siblings, await self._ledger.sent(now - DAY), recipients, now)
            await self._record([*gone, *found.steps])
            await self._ledger.look_later(found.later)
            return found

    async def _waiting(self, busy: Busy, now: int) -> list[Delivery]:
        listed = await self._ledger.waiting(AT_HAND + len(busy.deliveries), now)
        if any(busy.taken):
            listed += await self._ledger.waiting(AT_HAND, now, busy.taken)
        found = {one.delivery_id: one for one in listed if one.delivery_id not in busy.deliveries}
        return list(found.values())

    async def change(self, deliveries: Iterable[Delivery], change: Change) -> list[Delivery]:
        """Put on record what follows from where these deliveries stand now, and return it.

        The change is given them as they stand, and all other deliveries of the same alerts.
        """
        wanted = {one.delivery_id for one in deliveries}
        alerts = {(one.la, one.alert_id) for one in deliveries}
        async with self._turn:
            stand = await self._ledger.of_alerts(alerts)
            stand.sort(key=lambda one: one.delivery_id not in wanted)
            steps = list(change(stand))
            await self._record(steps)
            return steps

    async def catch_up(self, partition: int, steps: Sequence[tuple[int, Delivery]]) -> None:
        """Keep what was put on the topic and is not in the store yet."""
        routed = max((one.alerts_offset for _, one in steps if _opens(one)), default=-1) + 1
        async with self._turn:
            await self._ledger.keep(partition, steps, Marks(routed, steps[-1][0] + 1))

    async def marks(self) -> Mapping[int, Marks]:
        """Return how far each partition has come."""
        async with self._turn:
            return await self._ledger.marks()

    async def to_ask(self, now: int, after: int) -> list[Delivery]:
        """Return what a channel took and is to be asked about at this moment: ever less often.

        after: ms after which it is first asked; each time it has waited twice as long, but for the
        longest pause.
        """
        async with self._turn:
            due = await self._ledger.accepted(AT_HAND, now - after)
            await self._ledger.look_later(
                {(one.la, one.delivery_id): now + _pause(now - one.at) for one in due}
            )
            return due

    async def untold(self) -> dict[str, int]:
        """Return how many critical alerts are open of which nobody was told, by authority."""
        async with self._turn:
            return await self._ledger.untold()

    async def waiting_now(self) -> dict[bool, tuple[int, int]]:
        """Return how many deliveries are to leave, by urgency, and since when (ms) the oldest."""
        async with self._turn:
            return await self._ledger.waiting_now()

    async def _record(self, steps: Sequence[Delivery]) -> None:
        by_partition: dict[int, list[Delivery]] = {}
        for one in await self._new(steps):
            by_partition.setdefault(self._partition_of(one.la), []).append(one)
        for partition, listed in by_partition.items():
            await self._keep(partition, listed, 0)

    async def _new(self, steps: Sequence[Delivery]) -> list[Delivery]:
        """Leave out deliveries that are planned twice: of several reasons the first counts."""
        opened = {(one.la, one.alert_id) for one in steps if one.step is Step.PLANNED}
        there = {one.delivery_id for one in await self._ledger.of_alerts(opened)}
        new: list[Delivery] = []
        for one in steps:
            if one.step is Step.PLANNED:
                if one.delivery_id in there:
                    continue
                there.add(one.delivery_id)
            new.append(one)
        return new

    async def _keep(self, partition: int, steps: Sequence[Delivery], alerts_offset: int) -> None:
        offsets: list[int] = []
        if steps:
            messages = [message_of(one, self._codec) for one in steps]
            offsets = await self._writer.send(partition, messages)
        self._fail("before-note")
        marks = Marks(alerts_offset, offsets[-1] + 1 if offsets else 0)
        await self._ledger.keep(partition, list(zip(offsets, steps, strict=True)), marks)
        self._fail("after-note")
        for one in steps:
            self._seen(one)
        if steps:
            log.info(
                "Recorded %d steps of deliveries.",
                len(steps),
                extra={"action": "recorded", **Counter(one.step.lower() for one in steps)},
            )


def _pause(waited: int) -> int:
    return min(max(waited, SHORTEST_PAUSE), LONGEST_PAUSE)


def _opens(one: Delivery) -> bool:
    return one.step is Step.PLANNED or one.channel is Channel.NONE


def _worth_keeping(steps: Sequence[Delivery]) -> list[Delivery]:
    """Leave out what was planned and over before anybody could be told, as in a first load."""
    first = {one.delivery_id: one.step for one in reversed(steps)}
    last = {one.delivery_id: one.step for one in steps}
    return [
        one
        for one in steps
        if first[one.delivery_id] is not Step.PLANNED or last[one.delivery_id] in WAITING
    ]
