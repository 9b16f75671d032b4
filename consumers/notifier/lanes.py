"""Messages on their way out: each channel at its own pace, so that none waits for another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

from consumers.failpoint import FailPoint, nothing_fails
from consumers.notifier.channels.channel import FAULTS_OF_THE_CHANNEL, Outcome, Sends
from consumers.notifier.delivery import WAITING, Delivery, Reason, Step, message_id
from consumers.notifier.ledger import Taken
from consumers.notifier.messages import text_of
from consumers.notifier.planning import Outgoing, after, instead
from consumers.notifier.recipients import Channel, Recipients
from consumers.notifier.recorder import Busy, Recorder
from consumers.notifier.traces import NotifierTraces, end
from journey.moments import DAY

AT_ONCE = 20
"""How many messages leave by one channel before it is asked again what is most urgent."""
SAYS_LATER_FOR = 3 * DAY
"""How long a channel that said that it would is asked what became of a message."""

Lane = tuple[Channel, str]
"""A channel; of webhooks, each recipient's server is one of its own."""
_ASKING: Lane = (Channel.NONE, "")


class Lanes:
    """Sends, in a task for each lane, and puts on record what became of it."""

    def __init__(
        self,
        channels: Mapping[Channel, Sends],
        recorder: Recorder,
        recipients: Callable[[], Recipients],
        clock: Callable[[], int],
        dashboard: str,
        fail: FailPoint = nothing_fails,
        traces: NotifierTraces | None = None,
    ) -> None:
        """Take the channels, where steps are put on record, and what tells file and time."""
        self._traces = traces or NotifierTraces(None)
        self._channels = channels
        self._recorder = recorder
        self._recipients = recipients
        self._clock = clock
        self._dashboard = dashboard
        self._fail = fail
        self._running: dict[Lane, tuple[asyncio.Task[None], frozenset[str]]] = {}

    def busy(self) -> Busy:
        """Return what is about to leave."""
        deliveries = frozenset(one for _, leaving in self._running.values() for one in leaving)
        channels = [channel for channel, own in self._running if not own]
        return Busy(deliveries, Taken(channels, [own for _, own in self._running if own]))

    def start(self, messages: Iterable[Outgoing]) -> None:
        """Let these leave, where their lane is free; the others are planned again."""
        lanes: dict[Lane, list[Outgoing]] = {}
        for one in messages:
            lanes.setdefault(_lane(one), []).append(one)
        for lane, listed in lanes.items():
            if lane not in self._running:
                leaving = listed[:AT_ONCE]
                named = frozenset(d.delivery_id for one in leaving for d in one.deliveries)
                self._running[lane] = (asyncio.create_task(self._run(leaving)), named)

    def ended(self) -> bool:
        """Forget the lanes that are done and return whether there were any; raise what failed."""
        done = [lane for lane, (task, _) in self._running.items() if task.done()]
        for lane in done:
            task, _ = self._running.pop(lane)
            task.result()
        return bool(done)

    @property
    def are_idle(self) -> bool:
        """Whether nothing is on its way."""
        return not self._running

    @property
    def are_asking(self) -> bool:
        """Whether the channels are being asked what became of messages."""
        return _ASKING in self._running

    async def wait(self, seconds: float) -> None:
        """Return when a lane is done, at the latest after this time."""
        tasks = [task for task, _ in self._running.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    async def stop(self) -> None:
        """Let what is on its way end, and forget it: it is sent again where that is not known."""
        for task, _ in self._running.values():
            task.cancel()
        await asyncio.gather(*(task for task, _ in self._running.values()), return_exceptions=True)
        self._running.clear()

    def ask(self, accepted: Sequence[Delivery]) -> None:
        """Begin to ask the channels what became of messages that they took."""
        if accepted and _ASKING not in self._running:
            self._running[_ASKING] = (asyncio.create_task(self._ask(accepted)), frozenset())

    async def _ask(self, accepted: Sequence[Delivery]) -> None:
        by_reference: dict[tuple[Channel, str], list[Delivery]] = {}
        for one in accepted:
            if one.channel_reference is not None:
                by_reference.setdefault((one.channel, one.channel_reference), []).append(one)
        for (channel, reference), deliveries in by_reference.items():
            sends = self._channels.get(channel)
            outcome = await asyncio.to_thread(sends.became, reference) if sends else None
            if outcome is None and self._clock() - deliveries[0].at > SAYS_LATER_FOR:
                outcome = Outcome(reason=Reason.OUTCOME_UNKNOWN)
            if outcome is not None:
                await self._ended(deliveries, Step.ACCEPTED, outcome)

    async def _run(self, messages: Sequence[Outgoing]) -> None:
        for one in messages:
            outcome = await self._leave(one)
            if outcome is not None and outcome.reason in FAULTS_OF_THE_CHANNEL:
                return

    async def _leave(self, planned: Outgoing) -> Outcome | None:
        """Send a message of those deliveries that still wait; return what became of it."""
        attempts = await self._recorder.change(planned.deliveries, self._attempts(planned))
        if not attempts:
            return None
        outgoing = Outgoing(
            la=planned.la,
            recipient=planned.recipient,
            channel=planned.channel,
            urgent=planned.urgent,
            deliveries=tuple(attempts),
            message_id=attempts[0].message_id or planned.message_id,
        )
        spans = self._traces.begin(attempts)
        self._fail("before-send")
        channel = self._channels[outgoing.channel]
        text = text_of(outgoing, self._dashboard)
        outcome = await asyncio.to_thread(channel.send, outgoing, text)
        self._fail("after-send")
        await self._ended(attempts, Step.ATTEMPTED, outcome)
        end(spans, (outcome.reason or "told").lower())
        return outcome

    def _attempts(self, planned: Outgoing) -> Callable[[Sequence[Delivery]], list[Delivery]]:
        wanted = {one.delivery_id for one in planned.deliveries}

        def attempts(stand: Sequence[Delivery]) -> list[Delivery]:
            left = tuple(one for one in stand if one.delivery_id in wanted and one.step in WAITING)
            if not left:
                return []
            name = left[0].message_id or message_id(left)
            return [one.then(Step.ATTEMPTED, self._clock(), message_id=name) for one in left]

        return attempts

    async def _ended(self, deliveries: Sequence[Delivery], step: Step, outcome: Outcome) -> None:
        """Put on record what became of a message of deliveries that stood at this step."""
        wanted = {one.delivery_id for one in deliveries}

        def ended(stand: Sequence[Delivery]) -> list[Delivery]:
            steps: list[Delivery] = []
            for one in stand:
                if one.delivery_id in wanted:
                    steps += self._follows(one, step, outcome, stand)
            return steps

        await self._recorder.change(deliveries, ended)

    def _follows(
        self, one: Delivery, step: Step, outcome: Outcome, stand: Sequence[Delivery]
    ) -> list[Delivery]:
        now = self._clock()
        if outcome.reason is None:
            # Told is told, also where the alert was over in the meantime.
            taken = Step.DELIVERED if outcome.is_final else Step.ACCEPTED
            return [one.then(taken, now, channel_reference=outcome.reference)]
        if one.step is not step:
            return []  # it was cancelled meanwhile, and is not tried again
        steps = after(one, outcome.reason, now)
        if steps[-1].step is not Step.GIVEN_UP:
            return steps
        same = [d for d in stand if d.alert_id == one.alert_id]
        return [*steps, *instead(steps[-1], same, self._recipients(), now)]


def _lane(one: Outgoing) -> Lane:
    own = f"{one.la}/{one.recipient.code}" if one.channel is Channel.WEBHOOK else ""
    return one.channel, own
