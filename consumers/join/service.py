"""The join's process: reads its partitions of journeys and commits each batch to the store."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import NamedTuple

import psycopg
from psycopg_pool import AsyncConnectionPool

from consumers.errors import Fenced, ServiceLost
from consumers.failpoint import FailPoint, nothing_fails
from consumers.join.database import KeysFromThread, connect
from consumers.join.inputs import Input, Opener, Raw, key_ids, parse_all
from consumers.join.journeys_log import JourneysLog
from consumers.join.metrics import JoinMetrics
from consumers.join.overview import OverviewMetrics, keep_showing
from consumers.join.owner import Owner
from consumers.keystore import LeafKeys, PostgresLeafKeys
from consumers.membership import member_name
from consumers.settings import JoinSettings
from consumers.store.sealed import FactSeal
from consumers.tokens import Tokens
from consumers.worker import StreamService
from journey.calendars import load_bank_holidays
from schemas.codec import Codec
from schemas.registry import Registry, RegistryError

ATTEMPTS = 8
FIRST_PAUSE = 0.25  # seconds, doubled with each attempt: half a minute in all
COMMIT_EVERY = 2.0  # seconds

_DATABASE_FAULTS = (psycopg.OperationalError, psycopg.InterfaceError)

log = logging.getLogger(__name__)


class Opened(NamedTuple):
    """What was fetched, opened, by partition; ``at_end`` where all has been read to its end."""

    inputs: Mapping[int, list[Input]]
    at_end: bool


class JoinService(StreamService):
    """Joins the partitions that its group gives it, until stopped or, if asked, until the end."""

    def __init__(
        self,
        settings: JoinSettings,
        *,
        until_end: bool = False,
        fail: FailPoint = nothing_fails,
    ) -> None:
        """Take the settings; ``until_end``: be done once all that was journeyed is joined."""
        super().__init__()
        self._settings = settings
        self._until_end = until_end
        self._fail = fail

    async def work(self) -> None:
        """Open what the loop needs, run it, close everything."""
        settings = self._settings
        tokens = Tokens(settings.pseudonym_key_bytes())
        async with AsyncExitStack() as stack:
            pool = AsyncConnectionPool(settings.keys_address(), min_size=1, max_size=2, open=False)
            await stack.enter_async_context(pool)
            registry = Registry(settings.registry_url, ca_file=settings.registry_ca_file)
            stack.callback(registry.close)
            keys = PostgresLeafKeys(pool, settings.wrapping())
            at_hand = KeysFromThread(keys, asyncio.get_running_loop())
            seal = FactSeal(at_hand, tokens, at_hand.let_go)
            dsn = settings.database_url.get_secret_value()
            name = f"{socket.gethostname()}/{os.getpid()}"
            owner = Owner(partial(connect, dsn), seal, name, self._fail)
            stack.callback(owner.drop)
            member = stack.enter_context(member_name("join"))
            journeys = JourneysLog(settings.topics, settings.kafka(), member)
            await stack.enter_async_context(journeys)
            opener = Opener(Codec(registry), tokens)
            metrics = JoinMetrics()
            loop = JoinLoop(self, journeys, opener, keys, owner, metrics, self._fail)
            if settings.metrics_port:
                shown = OverviewMetrics()
                showing = keep_showing(dsn, lambda: journeys.assigned, shown)
                stack.callback(asyncio.create_task(showing).cancel)
            await loop.run(until_end=self._until_end)


class JoinLoop:
    """Batch after batch, the next one opened while one is applied."""

    def __init__(
        self,
        service: StreamService,
        journeys: JourneysLog,
        opener: Opener,
        keys: LeafKeys,
        owner: Owner,
        metrics: JoinMetrics,
        fail: FailPoint = nothing_fails,
    ) -> None:
        """Take the parts; ``service`` says when to stop."""
        self._metrics = metrics
        self._service = service
        self._journeys = journeys
        self._opener = opener
        self._keys = keys
        self._owner = owner
        self._fail = fail
        self._ahead: asyncio.Task[Opened] | None = None
        self._failures = 0
        self._told_at = 0.0
        self._told: dict[int, int] = {}

    async def run(self, *, until_end: bool) -> None:
        """Run until the service stops or, if asked, everything is joined, by us or by others."""
        # While the group says what is ours; else the first deadline that is counted waits for it.
        await asyncio.to_thread(load_bank_holidays)
        try:
            while not self._service.should_stop:
                self._service.looks()
                if self._journeys.changed:
                    await self._take_over()
                try:
                    opened = await self._next()
                except _DATABASE_FAULTS as failure:  # of the key store
                    await self._database_failed(failure)
                    continue
                if self._journeys.changed:
                    continue  # what was read is read again, by its owner
                if opened.at_end and until_end and await self._is_end():
                    return
                await self._apply(opened)
        finally:
            await self._forget_ahead()
            await self._tell(final=True)

    async def _take_over(self) -> None:
        """Own what the group assigned and read it from where the store stands."""
        await self._forget_ahead()
        self._journeys.changed = False
        assigned = self._journeys.assigned
        try:
            offsets = await asyncio.to_thread(self._owner.take_over, assigned)
        except _DATABASE_FAULTS as failure:
            return await self._database_failed(failure)
        if self._journeys.changed:
            return  # assigned anew meanwhile: the next turn puts it right
        self._told = {}
        for partition, offset in offsets.items():
            self._journeys.seek(partition, offset)
        self._metrics.parked(self._owner.parked())
        self._metrics.stands({})
        self._metrics.owns(assigned)
        for partition, kappa in self._owner.kappas().items():
            self._metrics.applied(partition, kappa)
        if assigned:
            log.info("Joining partitions %s.", sorted(assigned), extra={"action": "assigned"})

    async def _next(self) -> Opened:
        ahead = self._ahead or asyncio.create_task(self._read())
        self._ahead = None
        opened = await ahead
        if not self._journeys.changed:
            self._ahead = asyncio.create_task(self._read())
        return opened

    async def _read(self) -> Opened:
        fetched = await self._journeys.fetch()
        inputs = {p: await self._open(raws) for p, raws in fetched.records.items()}
        return Opened(inputs, fetched.at_end)

    async def _open(self, raws: list[Raw]) -> list[Input]:
        parsed = parse_all(raws)
        keys = await self._keys.get(key_ids(parsed))
        try:
            return await asyncio.to_thread(self._opener.open, parsed, keys)
        except RegistryError as failure:
            raise ServiceLost(str(failure)) from failure

    async def _apply(self, opened: Opened) -> None:
        for partition, inputs in opened.inputs.items():
            try:
                offset = await asyncio.to_thread(self._owner.apply, partition, inputs)
            except Fenced as fenced:
                log.warning("%s It is left to them.", fenced, extra={"action": "fenced"})
                self._owner.give_up(partition)
                self._journeys.leave_out(partition)
            except _DATABASE_FAULTS as failure:
                return await self._database_failed(failure)
            else:
                self._failures = 0
                if offset is not None:
                    self._told[partition] = offset
                    self._metrics.applied(partition, max(one.kappa for one in inputs))
        self._metrics.parked(self._owner.parked())
        self._metrics.stands(self._owner.stands())
        self._metrics.unread(await self._journeys.unread())
        await self._tell()

    async def _database_failed(self, failure: psycopg.Error) -> None:
        """Wait, then begin again from what the store holds; give up after a bounded time."""
        await asyncio.to_thread(self._owner.drop)
        self._journeys.changed = True
        self._failures += 1
        if self._failures >= ATTEMPTS:
            raise ServiceLost(
                f"PostgreSQL failed {ATTEMPTS} times ({type(failure).__name__}): see that it runs"
                " and that JOINEDUP_DATABASE_URL is right; the join then goes on where it stopped."
            ) from failure
        log.warning(
            "PostgreSQL failed (%s); trying again.",
            type(failure).__name__,
            extra={"action": "database-retry"},
        )
        await asyncio.sleep(FIRST_PAUSE * 2 ** (self._failures - 1))

    async def _is_end(self) -> bool:
        """Return whether the partitions of others are joined to their end, as ours are.

        A member that died is given its share until Kafka misses it; then that share is ours.
        Raises Fenced where some of what was assigned to us was joined by another process.
        """
        lost = self._journeys.assigned - self._owner.partitions
        if lost:
            raise Fenced(f"Another process took partitions {sorted(lost)}: let it end, run again.")
        others = self._journeys.others
        if not others:
            return True
        try:
            joined = await asyncio.to_thread(self._owner.next_offsets)
        except _DATABASE_FAULTS as failure:
            await self._database_failed(failure)
            return False
        return await self._journeys.nothing_follows({one: joined.get(one, 0) for one in others})

    async def _tell(self, *, final: bool = False) -> None:
        now = time.monotonic()
        if self._told and (final or now - self._told_at >= COMMIT_EVERY):
            self._told_at = now
            told, self._told = self._told, {}
            await self._journeys.committed(told)
            self._fail("after-offsets")

    async def _forget_ahead(self) -> None:
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            ahead.cancel()
            await asyncio.wait([ahead])
            if not ahead.cancelled() and (fault := ahead.exception()) is not None:
                log.debug("Reading ahead failed and will be done again: %r", fault)
