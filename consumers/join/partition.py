"""One partition joined: batches of inputs in, their whole effect in one transaction each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from consumers.failpoint import FailPoint, nothing_fails
from consumers.join.inputs import Input, Refusal
from consumers.join.traces import JoinTraces
from consumers.sealing import Erased
from consumers.store import acting, alerts, erasures, partitions, receipts, timeline
from consumers.store.erasures import Proved
from consumers.store.loading import Connection, Place
from consumers.store.partitions import Progress, Stands
from consumers.store.receipts import Receipt
from consumers.store.room import Room
from consumers.store.sealed import FactSeal
from consumers.store.shelf import PostgresShelf
from consumers.store.timeline import Entry, Kept
from journey.acting import Effect
from journey.attending import Deed
from journey.cluster import ERASURE_PROVED, Gap, nodes_of
from journey.erasing import Erasing
from journey.events import Event
from journey.facts import FactResult
from journey.ghost import Ghost
from journey.machine import Machine, Result
from journey.places import Places
from journey.redrive import Redriven
from journey.transition import Transition

_DAY = 24 * 3600 * 1000
MOST_TOLD = 2_000
"""Transitions of one transaction: what falls due together beyond that goes into the next ones."""
_OUTCOMES = {
    Result.CONTROL: receipts.TAKEN,
    Result.PARKED: receipts.PARKED,
    Result.ERASED: receipts.ERASED,
}
"""What a source is told of its event; what is not named here is on the timeline."""


class PartitionJoin:
    """The owner of one partition: takes it over, then applies its batches in order.

    After an exception the memory and the store may differ: throw it away and make another.
    """

    def __init__(
        self,
        connection: Connection,
        partition: int,
        owner: str,
        seal: FactSeal,
        *,
        room: Room | None = None,
        fail: FailPoint = nothing_fails,
        proofs: Iterable[Proved] = (),
        effects: Mapping[Deed, Effect] | None = None,
        traces: JoinTraces | None = None,
        most_told: int = MOST_TOLD,
    ) -> None:
        """Take the partition over and load what it has to know; any other owner is fenced.

        room: what to keep at hand in, where partitions share it. proofs: of what was erased since,
        where the store is made again from records that no longer open; effects: what actions about
        its alerts came to. traces: where traces are on. most_told: how much may be told in a
        transaction before the rest of what is due waits for the next one.
        """
        self._traces = traces
        self._proofs = {one.place: one for one in proofs}
        self._connection = connection
        self._swept = 0
        self._most_told = most_told
        self._seal = seal
        self._fail = fail
        timeline.prepare(connection)
        self._ownership = partitions.take(connection, partition, owner)
        room = room or Room()
        self._shelf = PostgresShelf(connection, partition, seal, room)
        self._machine = Machine(
            self._shelf,
            self._ownership.sequence,
            places=Places(self._proofs),
            journeys=room.journeys,
            effects=effects,
        )
        connection.commit()
        self.next_offset, self.parked = self._ownership.next_offset, self._ownership.parked
        self.kappa = self._ownership.kappa
        self._whole = self._ownership.sequence - self._ownership.told_ahead
        self.stands: Stands | None = None

    def apply(self, inputs: Sequence[Input]) -> None:
        """Commit the whole effect of these inputs, mostly in one transaction.

        Where very much falls due before one of them, what was told so far is committed, and the
        rest in further transactions: so a midnight at which a hundred thousand deadlines pass
        holds nothing back. The position stays before that input until all of it is told.
        Raises Fenced where the partition has another owner; then what is left was not committed.
        """
        self._fail("after-decode")
        if self._traces is not None:
            self._traces.begin(inputs)
        while inputs:
            inputs = inputs[self._commit(inputs) :]
        if self._traces is not None:
            self._traces.end()

    def _commit(self, inputs: Sequence[Input]) -> int:
        """Commit the effect of as many of these inputs as may be, and return how many they are.

        Of none of them where more falls due before the first than a transaction is to tell.
        """
        batch = _Batch()
        with self._connection.transaction():
            partitions.hold(self._connection, self._ownership)
            self._shelf.prefetch(_nodes(inputs), max(one.kappa for one in inputs))
            inputs = inputs[: self._take_some(inputs, batch)]
            kept = timeline.keep(self._connection, self._seal, batch.entries)
            # Each answer that is waited for is a turn in which another thread may hold Python's
            # lock: so all is sent at once, and answered together.
            with self._connection.pipeline():
                self._keep(inputs, batch)
                progress = self._progress(inputs, batch, kept)
                stands = partitions.advance(self._connection, self._ownership, progress)
            self._fail("before-commit")
        self._fail("after-commit")
        self.next_offset, self.parked, self.stands = progress.next_offset, stands.parked, stands
        return len(inputs)

    def _take_some(self, inputs: Sequence[Input], batch: _Batch) -> int:
        """Take these inputs until as much is told as may be; return how many were taken."""
        for count, one in enumerate(inputs):
            before = _moment_before(one)
            if before is not None:
                left = self._most_told - len(batch.transitions)
                passed = self._machine.pass_time(before, left)
                batch.transitions += passed.transitions
                if not passed.is_all:
                    return count
            self._take(one, batch)
            self._whole = self._machine.sequence
        return len(inputs)

    def _keep(self, inputs: Sequence[Input], batch: _Batch) -> None:
        """Store what came of the batch beside its timeline, then take away what is erased."""
        partition = self._ownership.partition
        self._shelf.write()
        traced = self._traces.told(batch.transitions) if self._traces is not None else {}
        alerts.keep(self._connection, partition, batch.transitions, traced)
        acting.keep(self._connection, partition, self._machine.acted(), self._machine.stood())
        self._keep_receipts(inputs, batch)
        self._erase(batch)
        passed = [self._proofs[place] for place in self._machine.passed()]
        erasures.keep(self._connection, partition, passed)

    def _erase(self, batch: _Batch) -> None:
        """Take away what is stored of children whose erasure was ordered, and note what is proved.

        After all else of the batch is stored, or what was told before the order would be missed.
        """
        for erasing in batch.erasings:
            key_ids = self._seal.shred(erasing.subjects) if erasing.cluster else []
            gone = erasures.purge(self._connection, erasing, key_ids)
            batch.purged += len(gone)
            waited = erasing.cluster.parked if erasing.cluster else []
            gone += [one.event.event_id for one in waited if one.event is not None]
            events = map(self._seal.receipt, gone)
            receipts.erase(self._connection, erasing.order.la, events)
        for proof in batch.proofs:
            erasures.note_proof(self._connection, proof.la, proof.text("erasure") or "")

    def _keep_receipts(self, inputs: Sequence[Input], batch: _Batch) -> None:
        partition, kappa = self._ownership.partition, _known_to(inputs)
        kept = [
            Receipt(
                event.la, event.source, self._seal.receipt(event.event_id), outcome, event.kappa
            )
            for event, outcome in batch.outcomes
        ]
        again = [
            Receipt(e.la, e.source, self._seal.receipt(e.event_id), outcome, e.kappa, arrivals=0)
            for e, outcome in batch.settled
        ]
        receipts.keep(self._connection, partition, [*kept, *batch.refused, *again])
        if kappa // _DAY > self._swept:
            self._swept = kappa // _DAY
            receipts.sweep(self._connection, partition, kappa)

    def _take(self, one: Input, batch: _Batch) -> None:
        content = one.content
        if isinstance(content, Event):
            self._take_event(one.offset, content, batch)
        elif isinstance(content, Gap):
            if one.refused is not None:
                batch.refuse(content, one.refused)
            batch.transitions += self._machine.gap(content)
        elif isinstance(content, int):
            batch.transitions += self._machine.tick(content)
        elif isinstance(content, Ghost):
            batch.erased += 1
            batch.transitions += self._machine.ghost(content, one.offset)
        elif isinstance(content, Erased):
            batch.erased += 1

    def _take_event(self, position: int, event: Event, batch: _Batch) -> None:
        leaf = event.leaf and self._leaf(event)
        result, transitions, redriven, erasing = self._machine.record(event, position)
        batch.transitions += transitions
        batch.take_back(redriven)
        batch.outcomes.append((event, _OUTCOMES.get(result, receipts.TIMELINE)))
        if erasing is not None:
            batch.erase(erasing)
        elif event.type == ERASURE_PROVED and event.number("part") == event.number("parts"):
            batch.proofs.append(event)
        if leaf and result is Result.ERASED:
            batch.erased += 1
        elif leaf:
            batch.counts[result] += 1
            if result in (Result.ACCEPTED, Result.SUPERSEDED):
                batch.entries.append(Entry(event, leaf, position))

    def _leaf(self, event: Event) -> str:
        """Return the leaf to keep the event under: a retraction need not say whom it is about."""
        if event.retracted and not event.identifiers:
            return self._shelf.leaf_of(event.la, event.record) or event.leaf
        return event.leaf

    def _progress(self, inputs: Sequence[Input], batch: _Batch, kept: Kept) -> Progress:
        return Progress(
            next_offset=inputs[-1].offset + 1 if inputs else self.next_offset,
            sequence=self._machine.sequence,
            told_ahead=self._machine.sequence - self._whole,
            kappa=_known_to(inputs),
            read=len(inputs),
            events=batch.counts.total() + batch.erased - batch.taken_back,
            timeline=kept.new - batch.purged,
            duplicates=kept.duplicates + batch.counts[Result.DUPLICATE],
            erased=kept.erased + batch.erased + batch.purged,
            parked=batch.counts[Result.PARKED] - batch.taken_back,
        )


class _Batch:
    """What comes of a batch while it is taken."""

    def __init__(self) -> None:
        self.counts: Counter[Result] = Counter()
        self.erased = 0
        self.entries: list[Entry] = []
        self.taken_back = 0
        self.transitions: list[Transition] = []
        self.erasings: list[Erasing] = []
        self.proofs: list[Event] = []
        self.purged = 0
        self.outcomes: list[tuple[Event, str]] = []
        self.settled: list[tuple[Event, str]] = []
        self.refused: list[Receipt] = []

    def refuse(self, gap: Gap, refusal: Refusal) -> None:
        """Note that an event was refused, or that its child had been erased."""
        was_erased = gap.reason == "erased"
        outcome = receipts.ERASED if was_erased else receipts.REFUSED
        reason = "" if was_erased else gap.reason
        self.refused.append(
            Receipt(gap.la, refusal.source, refusal.event, outcome, gap.kappa, reason)
        )

    def erase(self, erasing: Erasing) -> None:
        """Note an order to erase a child, and count anew what waited of it: it is erased."""
        self.erasings.append(erasing)
        waiting = erasing.cluster.parked if erasing.cluster else []
        self.take_back(Redriven(one, None, one.leaf) for one in waiting)

    def take_back(self, redriven: Iterable[Redriven]) -> None:
        """Count anew what waited and waits no more: it was counted as parked."""
        for parked, result, leaf in redriven:
            if parked.event is not None and result is not None:
                self.settled.append(
                    (parked.event, _OUTCOMES.get(Result(result), receipts.TIMELINE))
                )
            if not parked.leaf:
                continue  # it is about no child, and never was counted
            self.taken_back += 1
            if parked.event is None or result is None:
                self.erased += 1
                continue
            self.counts[Result(result)] += 1
            if result in (FactResult.ACCEPTED, FactResult.SUPERSEDED):
                self.entries.append(Entry(parked.event, leaf, parked.position))


def _moment_before(one: Input) -> int | None:
    """Return before which moment (ms UTC) all is told when this is taken; None: of no moment."""
    content = one.content
    if isinstance(content, int):
        return content + 1  # a tick says that its moment has passed
    return None if content is None or isinstance(content, Erased) else one.kappa


def _known_to(inputs: Iterable[Input]) -> int:
    """Return the last known time (ms UTC) of these inputs, 0 where there are none."""
    return max((one.kappa for one in inputs), default=0)


def _nodes(inputs: Iterable[Input]) -> Iterator[Place]:
    """Yield the nodes that the machine will look for."""
    for one in inputs:
        content = one.content
        if isinstance(content, Event) and content.agency != "source":
            yield from ((content.la, node) for node in nodes_of(content))
        elif isinstance(content, Gap):
            yield from ((content.la, node) for node in (content.record, content.leaf) if node)
        elif isinstance(content, Ghost):
            yield (content.la, content.record)
