"""A whole replay: partition after partition, each compared with what is kept if that is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from consumers.errors import BrokenPromise
from consumers.join.inputs import Input
from consumers.replay.attended import (
    Alert,
    Attended,
    KeptRow,
    RowDifference,
    Table,
    differing,
)
from consumers.replay.comparing import Comparison, Difference, Fault, Reached, Told
from consumers.replay.erasures import Erasures
from consumers.replay.journeys import Journeys
from consumers.replay.replaying import Beforehand, Counts, PartitionReplay, Scope
from consumers.replay.shields import Shields
from consumers.replay.standing import Standing, Stood, facts_behind, facts_behind_differences
from consumers.store.erasures import Proved
from journey.events import Event
from journey.places import Places
from journey.rulebook import Supposed
from journey.transition import Transition


class Reading(Protocol):
    """Reads journeys for a replay, partition by partition."""

    def beforehand(self, partition: int, la: str | None = None) -> Beforehand:
        """Return what a replay of this partition has to know from its start."""

    def inputs(self, partition: int, until: int, scope: Scope) -> Iterator[list[Input]]:
        """Yield the inputs below this offset, batch by batch, as far as the scope goes."""


class Kept(Protocol):
    """What is kept of what was told: in the store, or in an archive of the alerts topic.

    may_lag: what was told last may not be kept yet. keeps_erased: what was told of a child who was
    erased since may still be there, as nothing that was published is called back.
    """

    may_lag: bool
    keeps_erased: bool

    def reached(self) -> Mapping[int, Reached]:
        """Return how far the join had come with each partition."""

    def transitions(self, partition: int, last: int, la: str | None) -> Iterator[Told]:
        """Yield the partition's transitions up to this sequence, of one authority or of all."""

    def shown_otherwise(self, la: str | None) -> list[Difference]:
        """Return the current alerts that are not what was last told of them."""


class KeptAttended(Protocol):
    """What the store keeps of what people did about alerts, and of how alerts stand with them."""

    def standings(self, la: str | None) -> dict[Alert, KeptRow]:
        """Return how alerts stood when it was asked how far the join had come."""

    def told_ahead(self) -> frozenset[Alert]:
        """Return the alerts of which more was told by then than follows from what was taken."""

    def actions(self, partition: int, until: int, la: str | None) -> Iterator[KeptRow]:
        """Yield what people did, of the partition's records below this offset."""

    def actions_ahead(self, la: str | None) -> Iterator[KeptRow]:
        """Yield actions that stand where the join has not come to."""


class Observer(Protocol):
    """Who watches a replay go on."""

    def told(self, partition: int, transition: Transition) -> None:
        """Take the next transition of a partition."""

    def moved(self, records: int) -> None:
        """Take how many offsets of journeys have been passed in all."""

    def is_shown(self, transition: Transition) -> bool:
        """Return whether the facts behind an alert that stands so are asked for."""


class Outcome(msgspec.Struct, kw_only=True):
    """What a replay came to.

    standing: where each alert stands, the most severe first. facts: by event id, what is known of
    the events that shown alerts or differences name. compared: how many transitions were held
    against what is kept, None where nothing was. erased: how many of those that are kept are an
    erased child's, as a proof says. untold: transitions at the end that were not yet published when
    what is compared with was archived. told_ahead: how many are kept of records that the join was
    in the midst of, which are not compared. rows: by table, how many rows that follow from what
    people did were held against the store; row_differences: in what they differ.
    """

    counts: Counts = msgspec.field(default_factory=Counts)
    standing: list[Stood] = []
    facts: dict[str, Event] = {}
    differences: list[Difference] = []
    compared: int | None = None
    erased: int = 0
    untold: int = 0
    told_ahead: int = 0
    rows: dict[Table, int] = {}
    row_differences: list[RowDifference] = []

    @property
    def is_verified(self) -> bool:
        """Return whether nothing that was compared differs."""
        return not self.differences and not self.row_differences


class Replay:
    """Replays partitions, one after the other: each is held in memory whole, then let go."""

    def __init__(
        self,
        journeys: Journeys,
        reader: Reading,
        scope: Scope,
        observer: Observer,
        kept: Kept | None = None,
        supposed: Supposed | None = None,
        attended: KeptAttended | None = None,
        *,
        is_behind: bool = False,
    ) -> None:
        """Take where records come from, what to replay and who watches; ``kept``: to compare.

        attended: what is kept of what people did, to compare that too, of the same store.
        is_behind: the store may be ahead of the records, as of an archive's; what came of later
        ones is then left out.
        supposed: rules to be judged by instead of those that were published; then nothing is to
        be compared.
        """
        self._journeys = journeys
        self._reader = reader
        self._scope = scope
        self._observer = observer
        self._kept = kept
        self._supposed = supposed
        # Asked once: a join that runs goes on, and what it tells later is not compared.
        self._reached = dict(kept.reached()) if kept else {}
        self._attended = attended
        self._is_behind = is_behind
        self._known_to: list[int] = []
        self._stood = attended.standings(scope.la) if attended else {}
        self._ahead = attended.told_ahead() if attended else frozenset()
        self._passed = 0
        self._standing = Standing()
        self._outcome = Outcome(compared=0 if kept else None)

    def extents(self, only: int | None) -> dict[int, int]:
        """Return up to which offset each partition is to be replayed.

        only: this partition alone. What the join has not taken yet is not compared. Raises
        BrokenPromise where the join took records that journeys does not have.
        """
        ends = dict(self._journeys.ends())
        for partition, reached in self._reached.items():
            if reached.next_offset > ends.get(partition, 0) and not self._is_behind:
                raise BrokenPromise(
                    f"Of partition {partition} of journeys {ends.get(partition, 0)} records are"
                    f" there, but the join has taken {reached.next_offset}: restore journeys, or"
                    " compare with the store that belongs to it."
                )
        if self._kept is not None:
            ends = {p: min(one.next_offset, ends.get(p, 0)) for p, one in self._reached.items()}
        return {p: end for p, end in sorted(ends.items()) if end and only in (None, p)}

    def run(self, extents: Mapping[int, int]) -> Outcome:
        """Replay these partitions up to these offsets."""
        for partition, until in extents.items():
            self._partition(partition, until)
            if (reached := self._reached.get(partition)) is not None:
                self._outcome.told_ahead += reached.told_ahead
            self._passed += until
            self._observer.moved(self._passed)
        if self._kept is not None:
            self._outcome.differences += self._kept.shown_otherwise(self._scope.la)
        if self._attended is not None:
            self._unfounded(self._attended)
        self._outcome.standing = self._standing.alerts()
        return self._outcome

    def _partition(self, partition: int, until: int) -> None:
        proofs, shields, effects = self._reader.beforehand(partition, self._scope.la)
        places = Places((one.place for one in proofs), only=self._scope.la)
        attended = Attended(partition) if self._attended is not None else None
        replay = PartitionReplay(self._outcome.counts, self._supposed, places, attended, effects)
        comparison = self._comparison(partition, proofs)
        standing = Standing()
        for transition in self._transitions(replay, partition, until):
            if comparison is not None:
                comparison.add(transition)
            shown = shields.shown(replay.shelf, transition)
            standing.add(shown)
            self._observer.told(partition, shown)
        stood = [one.transition for one in standing.alerts()]
        asked = (one for one in stood if self._observer.is_shown(one))
        self._outcome.facts |= facts_behind(replay.shelf, asked)
        self._standing.merge(standing)
        if comparison is not None:
            self._end(comparison, replay, shields)
        if self._attended is not None and attended is not None:
            self._compare(self._attended, attended, until, proofs)

    def _transitions(
        self, replay: PartitionReplay, partition: int, until: int
    ) -> Iterator[Transition]:
        for inputs in self._reader.inputs(partition, until, self._scope):
            yield from replay.take(inputs)
            if inputs:
                self._observer.moved(self._passed + inputs[-1].offset + 1)
        if self._scope.moment is not None:
            yield from replay.reach(self._scope.moment)

    def _compare(
        self, kept: KeptAttended, attended: Attended, until: int, proofs: Sequence[Proved]
    ) -> None:
        """Hold the actions and standings of a partition against those that are kept."""
        erased = frozenset((one.place.la, one.place.alert_id) for one in proofs)
        actions = kept.actions(attended.partition, until, self._scope.la)
        self._outcome.row_differences += attended.actions(actions)
        self._outcome.row_differences += attended.standings(
            self._stood, erased, self._ahead, is_behind=self._is_behind
        )
        self._known_to.append(attended.known_to)
        for table, number in attended.counted.items():
            self._outcome.rows[table] = self._outcome.rows.get(table, 0) + number

    def _unfounded(self, kept: KeptAttended) -> None:
        """Note what is kept of no record at all."""
        ahead = kept.actions_ahead(self._scope.la)
        if self._is_behind:
            known_to = min(self._known_to, default=0)
            self._stood = {a: row for a, row in self._stood.items() if row.kappa <= known_to}
        for table, rows in ((Table.ACTIONS, ahead), (Table.STANDINGS, self._stood.values())):
            self._outcome.row_differences += (
                differing(table, Fault.UNFOUNDED, row, None) for row in rows
            )

    def _comparison(self, partition: int, proofs: Sequence[Proved]) -> Comparison | None:
        if self._kept is None:
            return None
        last = self._reached[partition].sequence
        kept = self._kept.transitions(partition, last, self._scope.la)
        keeps = self._kept.keeps_erased
        # What the join told, and lost again, after the replay began is not compared.
        places = [one.place for one in proofs if keeps or one.place.sequence <= last]
        erasures = Erasures(places, keeps=keeps)
        return Comparison(kept, whole=self._scope.la is None, erasures=erasures)

    def _end(self, comparison: Comparison, replay: PartitionReplay, shields: Shields) -> None:
        assert self._kept is not None
        self._outcome.untold += comparison.end(
            may_lag=self._kept.may_lag, is_behind=self._is_behind
        )
        self._outcome.compared = (self._outcome.compared or 0) + comparison.compared
        self._outcome.erased += comparison.erased
        found = [shields.of_difference(replay.shelf, one) for one in comparison.differences]
        self._outcome.differences += found
        self._outcome.facts |= facts_behind_differences(replay.shelf, found)
