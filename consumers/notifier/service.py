"""The notifier's process: reads alerts, tells who is to be told, and keeps what became of it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AsyncExitStack

from consumers.errors import ServiceLost
from consumers.failpoint import FailPoint, nothing_fails
from consumers.notifier.channels.all import channels_of
from consumers.notifier.current_recipients import CurrentRecipients
from consumers.notifier.lanes import Lanes
from consumers.notifier.ledger import Ledger
from consumers.notifier.metrics import NotifierMetrics
from consumers.notifier.recorder import Recorder
from consumers.notifier.settings import NotifierSettings
from consumers.notifier.topics import TopicReader, heard, kept
from consumers.notifier.traces import NotifierTraces
from consumers.one_writer import OneWriter
from consumers.persistence import begin_again
from consumers.standing_by import STANDSTILL
from consumers.worker import StreamService
from schemas.codec import Codec
from schemas.registry import Registry, RegistryError

PAUSE = 1.0  # seconds without anything new after which to look all the same
PAGES = 20  # of alerts read before it is looked at what is to leave
SEEN_EVERY = 15.0  # seconds between two counts of what nobody was told of
ASKED_AFTER = 5.0  # seconds after which a channel is first asked what became of a message

log = logging.getLogger(__name__)


def now_ms() -> int:
    """Return the time, ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


class NotifierService(StreamService):
    """Tells until stopped or, if asked, until nothing is to leave at this moment."""

    def __init__(
        self,
        settings: NotifierSettings,
        *,
        until_end: bool = False,
        clock: Callable[[], int] = now_ms,
        fail: FailPoint = nothing_fails,
        metrics: NotifierMetrics | None = None,
        ask_after: float = ASKED_AFTER,
    ) -> None:
        """Take the settings; ``until_end``: be done once all is told that is to be told now.

        ask_after: seconds after which a channel is first asked what became of a message.
        """
        super().__init__()
        self._settings = settings
        self._until_end = until_end
        self._clock = clock
        self._fail = fail
        self._metrics = metrics or NotifierMetrics()
        self._ask_after = ask_after
        self._traces = NotifierTraces.of_process()
        self._recipients = CurrentRecipients(
            settings.recipients_file, settings.hold_to, self._metrics.recipients_are
        )

    async def work(self) -> None:
        """Tell, and begin again where PostgreSQL is away for a moment."""
        registry = Registry(self._settings.registry_url, ca_file=self._settings.registry_ca_file)
        try:
            await begin_again(
                lambda: self._session(Codec(registry)), lambda: self.should_stop, "notifier"
            )
        except RegistryError as failure:
            raise ServiceLost(str(failure)) from failure
        finally:
            registry.close()

    async def _session(self, codec: Codec) -> None:
        """Become the notifier that works, find how far it has come, and go on from there."""
        async with AsyncExitStack() as stack:
            ledger = await Ledger.open(self._settings.database_url.get_secret_value())
            stack.push_async_callback(ledger.close)
            self._metrics.works(False)
            while not await ledger.become_the_notifier():
                self.looks()
                if self.should_stop or self._until_end:
                    return
                if await ledger.end_a_standstill(STANDSTILL):
                    log.warning(
                        "The notifier that works stands still; ending its session to take its"
                        " place.",
                        extra={"action": "notifier-replaced"},
                    )
                await asyncio.sleep(PAUSE)
            self._metrics.works(True)
            topics, kafka = self._settings.topics, self._settings.kafka()
            writer = OneWriter(
                topics.deliveries,
                process="notifier",
                prefix=topics.prefix,
                kafka=kafka,
                fail=self._fail,
            )
            await stack.enter_async_context(writer)
            recorder = Recorder(
                writer, ledger, codec, topics.partition_of, self._fail, self._metrics.recorded
            )
            kept_before = TopicReader(topics.deliveries, topics.partitions, kafka)
            async with kept_before:
                await _catch_up(kept_before, recorder, codec)
            alerts = TopicReader(topics.alerts, topics.partitions, kafka)
            await stack.enter_async_context(alerts)
            lanes = Lanes(
                channels_of(self._settings, self._clock),
                recorder,
                self._recipients.now,
                self._clock,
                self._settings.dashboard_url,
                self._fail,
                self._traces,
            )
            stack.push_async_callback(lanes.stop)
            await self._tell(alerts, recorder, lanes, codec)

    async def _tell(
        self, alerts: TopicReader, recorder: Recorder, lanes: Lanes, codec: Codec
    ) -> None:
        """Read to the end first: of what was raised and is over nobody is to be told."""
        marks = await recorder.marks()
        ends = await alerts.begin({number: one.alerts for number, one in marks.items()})
        while not self.should_stop and await alerts.are_behind(ends):
            self.looks()
            await self._page(alerts, recorder, codec, PAUSE)
        counting, ask_after = 0.0, round(self._ask_after * 1000)
        while not self.should_stop:
            plan = await recorder.plan(lanes.busy(), self._recipients.now(), self._clock())
            lanes.start(plan.messages)
            self.looks()
            self._metrics.looked(self._clock())
            if not lanes.are_asking:  # else what is due now would count as asked about
                lanes.ask(await recorder.to_ask(self._clock(), ask_after))
            if time.monotonic() - counting >= SEEN_EVERY:
                counting = time.monotonic()
                self._metrics.untold(await recorder.untold())
                self._metrics.waiting(await recorder.waiting_now())
                self._metrics.unread(await alerts.unread())
            follows = bool(plan.steps or plan.later)
            if self._until_end and lanes.are_idle and not follows:
                return
            await self._wait(alerts, recorder, lanes, codec, at_once=follows)

    async def _wait(
        self,
        alerts: TopicReader,
        recorder: Recorder,
        lanes: Lanes,
        codec: Codec,
        *,
        at_once: bool,
    ) -> None:
        """Read what there is of alerts; wait for more, or for a message to have left."""
        pages = 0
        while pages < PAGES and await self._page(alerts, recorder, codec, 0.0):
            pages += 1
        if lanes.ended() or pages or at_once:
            return
        if lanes.are_idle:
            await self._page(alerts, recorder, codec, PAUSE)
        else:
            await lanes.wait(0.1)
            lanes.ended()

    async def _page(
        self, alerts: TopicReader, recorder: Recorder, codec: Codec, seconds: float
    ) -> bool:
        found = await alerts.page(round(seconds * 1000))
        for partition, records in found.items():
            page = list(heard(records, codec))
            self._traces.heard(page, records)
            await recorder.route(partition, page, self._recipients.now(), self._clock())
        return bool(found)


async def _catch_up(deliveries: TopicReader, recorder: Recorder, codec: Codec) -> None:
    """Keep what was put on the topic by a process that died before it was in the store."""
    marks = await recorder.marks()
    ends = await deliveries.begin({number: one.deliveries for number, one in marks.items()})
    while await deliveries.are_behind(ends):
        for partition, records in (await deliveries.page()).items():
            await recorder.catch_up(partition, kept(records, codec))
