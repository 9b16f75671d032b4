"""The machine: one partition's records in, in order of known time; transitions out.

It has no clock and does no I/O of its own: time is in the records and ticks, clusters come
from a shelf. The same records always give the same transitions, however they are batched
and wherever the run is cut; a tick only says that a moment has passed.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec

from journey.acting import Effect
from journey.agreements import AGREEMENT, note_agreement
from journey.attending import Acted, Attending, Deed, Overdue, Stood
from journey.calendars import Calendars
from journey.cluster import (
    ACTION,
    ERASURE_ORDERED,
    ERASURE_PROVED,
    HOLD,
    REDRIVE,
    CaseState,
    Cluster,
    Gap,
    Stage,
    nodes_of,
)
from journey.duties import DUTIES, RULES_VERSION
from journey.duties.duty import Duty
from journey.erased import take_ghost
from journey.erasing import Erasing, erase, ghost_of, hold
from journey.events import Event
from journey.facts import Facts
from journey.ghost import Ghost
from journey.holding import hold_back, holders, is_held, let_go
from journey.journeys import Journeys
from journey.moments import deadline
from journey.parking import Arrival
from journey.places import Place, Places
from journey.recounting import CALENDAR, recount, take_calendar
from journey.redrive import Redriven, Step, end_snapshot, redrive
from journey.rejudging import rejudge
from journey.rulebook import Supposed
from journey.rulebooks import Rulebooks
from journey.rules import RULE_SET
from journey.settling import Change, forget
from journey.shelf import Authority, Due, Shelf, calendars_of
from journey.silence import SOURCE_SILENT, Silence, Silences
from journey.sources import PING, Source, hear, hear_ghost, incomplete, watching
from journey.telling import (
    Circumstances,
    first_look,
    first_moment,
    following,
    grace,
    is_over,
    is_warning,
    opening,
    owe,
    raise_by,
    shut,
    told,
)
from journey.transition import Kind, Outcome, Transition, chained
from journey.volumes import UNSAID
from journey.waits import waits


class Result(StrEnum):
    """What became of a record."""

    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    CONTROL = "control"
    PARKED = "parked"
    ERASED = "erased"


class Told(NamedTuple):
    """What a record came to: its result, the transitions in order, what it redrove or erased."""

    result: Result
    transitions: list[Transition]
    redriven: Sequence[Redriven] = ()
    erasing: Erasing | None = None


class TimePassed(NamedTuple):
    """What was told as time passed, and whether that is all that was due."""

    transitions: list[Transition]
    is_all: bool


class Machine:
    """Takes the records of one partition in order and tells what follows from them."""

    def __init__(
        self,
        shelf: Shelf,
        sequence: int = 0,
        duties: Iterable[Duty] = DUTIES,
        supposed: Supposed | None = None,
        places: Places | None = None,
        journeys: Journeys | None = None,
        effects: Mapping[Deed, Effect] | None = None,
    ) -> None:
        """Continue from a shelf; ``sequence`` is that of the last transition told.

        duties: the catalogue; those that are off are asked where an authority switched them on.
        supposed: rules to be judged by instead of those that were published: only to try them.
        places: those in which nobody may be told any more, as they were an erased child's.
        journeys: the children at hand, where several machines keep them together.
        effects: what actions about alerts of erased children came to, as proofs say.
        """
        self._shelf = shelf
        self.sequence = sequence
        self._rules = Rulebooks(shelf, duties, supposed)
        self._facts = Facts(shelf, self._rules.of, journeys or Journeys())
        self._silences = Silences(shelf)
        self._attending = Attending(shelf, self._rules.judge, effects or {})
        self._calendars: dict[str, Calendars] = {}
        self._out: list[Transition] = []
        self._places = places or Places()
        self._passed: list[Place] = []
        self._pass_over()

    def record(self, event: Event, position: int = 0) -> Told:
        """Take one record: first all earlier moments, then its facts, then who was heard.

        position: where it stands in its partition of journeys; kept with it if it must wait.
        """
        if event.leaf and event.leaf in self._shelf.authority(event.la).erased:
            return Told(Result.ERASED, self.ghost(ghost_of(event), position))
        self._advance(event.kappa, inclusive=False)
        if event.type == PING:
            return Told(Result.CONTROL, self._drain())
        erasing = None
        if event.type == ERASURE_ORDERED:
            erasing = erase(self._shelf, self._facts, event)
            result, redriven = Result.CONTROL, list[Redriven]()
        elif event.type == HOLD:
            hold(self._shelf, event)
            result, redriven = Result.CONTROL, list[Redriven]()
        elif event.type == REDRIVE:
            steps = redrive(self._shelf, self._facts, event, self._calendars_of(event.la))
            result, redriven = Result.CONTROL, self._tell_steps(steps, event.kappa)
        else:
            result, redriven = self._take(event, position), []
        if result is not Result.CONTROL:
            self._shelf.authority(event.la).count(event.source, event.kappa)
        self._hear(event, position)
        return Told(result, self._drain(), redriven, erasing)

    def gap(self, gap: Gap) -> list[Transition]:
        """Note a record that could not be read; the alerts of its child will say so."""
        self._advance(gap.kappa, inclusive=False)
        authority = self._shelf.authority(gap.la)
        authority.count(gap.source, gap.kappa, gap.reason or UNSAID)
        self._shelf.file_authority(authority)
        nodes = [node for node in (gap.record, gap.leaf) if node]
        for cluster in self._shelf.find(gap.la, nodes):
            cluster.gaps = {**cluster.gaps, gap.position: gap}
            self._shelf.file(cluster)
        return self._drain()

    def ghost(self, ghost: Ghost, position: int = 0) -> list[Transition]:
        """Take a record that nobody can read any more: only its source and its scope hear of it."""
        self._advance(ghost.kappa, inclusive=False)
        calendars = self._calendars_of(ghost.la)
        taken = take_ghost(self._shelf, self._facts, ghost, calendars, position)
        if taken is not None:
            self._tell_all(taken.cluster, taken.changes, ghost.kappa)
        authority, source = self._source(ghost.la, ghost.source, ghost.kappa)
        authority.count(ghost.source, ghost.kappa)
        moved = hear_ghost(source, ghost.kappa)
        self._heard(authority, source, ghost.kappa)
        if moved:
            self._release(ghost.la, ghost.kappa)
        return self._drain()

    def pass_time(self, before: int, most: int) -> TimePassed:
        """Let what is due before this moment (ms UTC) be told, until it is so much.

        Whatever is taken lets time pass to its own moment by itself. Who stores what is told lets
        it pass in steps first, where very much falls due together.
        """
        is_all = self._advance(before, inclusive=False, most=most)
        return TimePassed(self._drain(), is_all)

    def tick(self, moment: int) -> list[Transition]:
        """Let this moment (ms UTC) have passed: every record before it has been taken."""
        self._advance(moment, inclusive=True)
        return self._drain()

    def passed(self) -> list[Place]:
        """Return the places of erased children that were passed since this was asked last."""
        passed, self._passed = self._passed, []
        return passed

    def acted(self) -> list[Acted]:
        """Return the actions taken since this was asked last, and what each came to."""
        return self._attending.acted()

    def stood(self) -> list[Stood]:
        """Return how alerts stand with people whose standing changed since this was asked last."""
        return self._attending.stood()

    def _drain(self) -> list[Transition]:
        out, self._out = self._out, []
        return out

    # Moments

    def _advance(self, limit: int, *, inclusive: bool, most: int = sys.maxsize) -> bool:
        """Take the turns until this moment, or until so much is told; return whether all are."""
        while (turn := self._turn()) is not None:
            if turn[0] > limit or (turn[0] == limit and not inclusive):
                break
            if len(self._out) >= most:
                return False
            if isinstance(turn, Due):
                self._look(turn)
            elif isinstance(turn, Silence):
                self._fall_silent(turn.la, turn.source)
            else:
                state, kinds = self._attending.overdue(turn)
                for kind in kinds:
                    self._tell_silence(turn.la, turn.name, state, kind, turn.wake)
        return True

    def _turn(self) -> Due | Silence | Overdue | None:
        """Return what comes first, by (moment, alert id)."""
        first: Due | Silence | Overdue | None = self._shelf.next_due()
        for turn in (self._silences.first(), self._attending.first()):
            if turn is not None and (first is None or turn[:2] < first[:2]):
                first = turn
        return first

    def _look(self, due: Due) -> None:
        cluster = self._shelf.get(due.la, due.cluster)
        state = cluster.cases[due.alert_id]
        if state.stage in (Stage.PENDING, Stage.WARNED):
            self._consider(cluster, state, due)
        else:
            self._reconsider(cluster, state, due)
        self._shelf.file(cluster)
        self._let_go(cluster, due.wake)

    def _watch(self, la: str, state: CaseState, moment: int) -> tuple[bool, tuple[str, ...]]:
        """Return whether anybody could hold the missing fact, and who is not complete.

        A warning asks only that everything is known up to its own day.
        """
        sources = self._shelf.authority(la).sources.values()
        duty = self._rules.judge(la, state)
        watch = watching(sources, duty.satisfied_by, duty.needs)
        warns_on = state.case.warns_on if is_warning(state, moment) else None
        return bool(watch), incomplete(watch, moment, deadline(warns_on or state.case.due))

    def _consider(self, cluster: Cluster, state: CaseState, due: Due) -> None:
        """A case not told, or only warned of: told when all sources are complete, or after grace.

        What holds it is looked at first where both are due at one moment.
        """
        if is_over(state.case, due.wake):
            return forget(cluster, due.alert_id)
        for name in holders(cluster, due.alert_id, due.wake):
            self._look(Due(due.wake, name, due.la, due.cluster))
        if is_held(cluster, due.alert_id):
            return hold_back(state)
        watched, missing = self._watch(cluster.la, state, due.wake)
        warns = is_warning(state, due.wake)
        allowed = grace(self._rules.judge(cluster.la, state))
        last = (first_look(state) if warns else first_moment(state)) + allowed
        if not watched:
            state.wake, state.waiting = None, True
        elif missing and due.wake < last:
            state.wake, state.waiting = min(last, first_moment(state)) if warns else last, True
        elif warns:
            self._warn(cluster, state, due, missing)
        else:
            self._open(cluster, state, due, missing)

    def _warn(self, cluster: Cluster, state: CaseState, due: Due, missing: tuple[str, ...]) -> None:
        state.only_warned = state.only_warned or not state.number
        state.stage, state.waiting = Stage.WARNED, False
        state.wake = first_moment(state)
        self._tell(cluster, Change(due.alert_id, Kind.DUE_SOON), due.wake, missing)

    def _open(self, cluster: Cluster, state: CaseState, due: Due, missing: tuple[str, ...]) -> None:
        kind = opening(state)
        state.stage, state.unconfirmed = Stage.OPEN, bool(missing)
        state.waiting, state.only_warned = state.unconfirmed, False
        raise_by(state, due.wake)
        state.wake = following(state)
        self._tell(cluster, Change(due.alert_id, kind), due.wake, missing)

    def _reconsider(self, cluster: Cluster, state: CaseState, due: Due) -> None:
        """An open case: over, confirmed by all sources, or critical, when its moment comes."""
        if is_over(state.case, due.wake):
            kind = shut(state, Kind.RESOLVED, Outcome.ENDED)
            return self._tell(cluster, Change(due.alert_id, kind), due.wake)
        if state.unconfirmed and not self._watch(cluster.la, state, due.wake)[1]:
            state.unconfirmed = False
            self._tell(cluster, Change(due.alert_id, Kind.CONFIRMED), due.wake)
        if raise_by(state, due.wake):
            self._tell(cluster, Change(due.alert_id, Kind.ESCALATED), due.wake)
        duty = self._rules.judge(cluster.la, state)
        for kind in self._attending.passed(cluster.la, due.alert_id, state, duty, due.wake):
            self._tell(cluster, Change(due.alert_id, kind), due.wake)
        state.wake, state.waiting = following(state), state.unconfirmed

    def _fall_silent(self, la: str, source: Source) -> None:
        authority = self._shelf.authority(la)
        name, state = self._silences.open(authority, source)
        self._tell_silence(la, name, state, Kind.OPENED, source.silent_at)
        self._attending.silence(la, source.id, name, state, Kind.OPENED)

    def _tell_silence(self, la: str, name: str, state: CaseState, kind: Kind, as_of: int) -> None:
        around = Circumstances(as_of=as_of)
        self._say(told(la, name, SOURCE_SILENT, state, kind, around, RULES_VERSION))

    # Records

    def _take(self, event: Event, position: int) -> Result:
        if event.agency == "source" or event.type == ERASURE_PROVED:
            return Result.CONTROL
        if event.type == CALENDAR:
            return self._publish_calendar(event)
        if event.type == AGREEMENT:
            note_agreement(self._shelf, event)
            return Result.CONTROL
        if event.type == ACTION:
            self._attending.act(event, position)
            return Result.CONTROL
        if event.type == RULE_SET:
            return self._publish_rules(event)
        calendars, arrival = self._calendars_of(event.la), Arrival(event, event.kappa, position)
        taken = self._facts.take(event, calendars, nodes_of(event), arrival)
        self._tell_all(taken.cluster, taken.changes, event.kappa)
        return Result(taken.result)

    def _publish_calendar(self, event: Event) -> Result:
        news = take_calendar(self._shelf, event)
        if news.taken:
            self._calendars.pop(event.la, None)
        if news.again:
            rules, calendars = self._rules.of(event.la), self._calendars_of(event.la)
            steps = recount(self._shelf, self._facts, rules, event, news, calendars)
            self._tell_steps(steps, event.kappa)
        return Result.CONTROL

    def _calendars_of(self, la: str) -> Calendars:
        calendars = self._calendars.get(la)
        if calendars is None:
            calendars = self._calendars[la] = calendars_of(self._shelf.authority(la))
        return calendars

    def _publish_rules(self, event: Event) -> Result:
        one = self._rules.take(event)
        if one is not None:
            calendars = self._calendars_of(event.la)
            steps = rejudge(
                self._shelf, self._facts, self._rules.of(event.la), event, one, calendars
            )
            self._tell_steps(steps, event.kappa)
        return Result.CONTROL

    # Sources

    def _hear(self, event: Event, position: int) -> None:
        authority, source = self._source(event.la, event.source, event.kappa)
        snapshot = source.snapshots.get(event.text("batch_id") or "")
        moved = hear(source, event)
        afresh = event.type == "SourceJoined"
        self._heard(authority, source, event.kappa, afresh=afresh)
        if event.type == "BatchCompleted" and snapshot is not None:
            calendars = self._calendars_of(event.la)
            steps = end_snapshot(self._shelf, self._facts, event, snapshot, calendars, position)
            self._tell_steps(steps, event.kappa)
        if moved:
            self._release(event.la, event.kappa, afresh=afresh)

    def _source(self, la: str, name: str, kappa: int) -> tuple[Authority, Source]:
        authority = self._shelf.authority(la)
        source = authority.sources.get(name)
        if source is None:
            source = Source(id=name, heard=kappa)
            authority.sources = {**authority.sources, name: source}
        return authority, source

    def _heard(
        self, authority: Authority, source: Source, kappa: int, *, afresh: bool = False
    ) -> None:
        self._shelf.file_authority(authority)
        self._silences.heard(authority.la, source, afresh=afresh)
        self._end_silence(authority, source, kappa)

    def _end_silence(self, authority: Authority, source: Source, kappa: int) -> None:
        found = self._silences.close(authority, source, kappa)
        if found is not None:
            name, state = found
            self._tell_silence(authority.la, name, state, Kind.RESOLVED, kappa)
            self._attending.silence(authority.la, source.id, name, state, Kind.RESOLVED)

    def _release(self, la: str, kappa: int, *, afresh: bool = False) -> None:
        """Wake what waited for sources that now are complete to its deadline.

        afresh: a source joined, so what nobody could have told before may be watched now.
        """
        sources = self._shelf.authority(la).sources.values()

        def reach(duty: str, rules: str) -> int | None:
            asked = self._rules.named(la, duty, rules)
            watch = watching(sources, asked.satisfied_by, asked.needs)
            return min((source.complete_at(kappa) for source in watch), default=None)

        for name in self._shelf.waiting(la, None if afresh else reach):
            cluster = self._shelf.get(la, name)
            waiting = [state for state in cluster.cases.values() if waits(state)]
            if any([self._is_released(la, state, kappa) for state in waiting]):
                self._shelf.file(cluster)

    def _is_released(self, la: str, state: CaseState, kappa: int) -> bool:
        """Return whether a case that waited has a moment now at which to look at it."""
        watched, missing = self._watch(la, state, kappa)
        if watched and state.wake is None and state.stage is Stage.PENDING:
            # Nobody could have told before: what is owed is known only from now on.
            owe(state, kappa, batched=True)
            return True
        if watched and state.wake is None and state.stage is Stage.WARNED:
            state.known_at, state.batched = kappa, True
            state.wake, state.waiting = first_moment(state), False
            return True
        if not watched or missing:
            return False
        state.wake, state.waiting = kappa, False  # until it is looked at and waits on
        return True

    # Telling

    def _tell_steps(self, steps: Iterable[Step], kappa: int) -> list[Redriven]:
        redriven = []
        for step in steps:
            self._tell_all(step.cluster, step.changes, kappa)
            if step.redriven is not None:
                redriven.append(step.redriven)
        return redriven

    def _tell_all(self, cluster: Cluster, changes: Iterable[Change], kappa: int) -> None:
        for change in changes:
            self._tell(cluster, change, kappa)
        self._let_go(cluster, kappa)

    def _let_go(self, cluster: Cluster, moment: int) -> None:
        """Let what a higher alert held come out where that has ended."""
        if self._rules.of(cluster.la).holds and let_go(cluster, moment):
            self._shelf.file(cluster)

    def _tell(
        self, cluster: Cluster, change: Change, as_of: int, missing: tuple[str, ...] = ()
    ) -> None:
        state = cluster.cases[change.alert_id]
        duty = self._rules.judge(cluster.la, state)
        if self._attending.told(cluster.la, change, state, duty, as_of):
            self._shelf.file(cluster)
        leaves = cluster.identity.leaves_of(state.child)
        around = Circumstances(
            as_of=as_of,
            waiting_for=missing,
            unreadable=any(
                kind is None or kind in duty.satisfied_by for kind in _unread(cluster, leaves)
            )
            or any(source.unreadable for source in self._could_hold(cluster.la, duty)),
            identity_in_review=bool(leaves & cluster.identity.doubtful),
            continued_by=change.continued_by,
            warned=change.warned,
            withheld=change.withheld
            or cluster.withholds(state.child, state.case.anchor, state.case.named),
        )
        rules = state.case.rules or RULES_VERSION
        self._say(told(cluster.la, change.alert_id, duty, state, change.kind, around, rules))

    def _could_hold(self, la: str, duty: Duty) -> list[Source]:
        """Return the sources that could hold what satisfies the duty."""
        return watching(self._shelf.authority(la).sources.values(), duty.satisfied_by)

    def _say(self, transition: Transition) -> None:
        authority = self._shelf.authority(transition.local_authority)
        if self._places.name(authority.la, transition.alert_id, transition.number):
            return
        authority.chain = chained(authority.chain, transition)
        self._shelf.file_authority(authority)
        self.sequence += 1
        self._out.append(
            msgspec.structs.replace(transition, sequence=self.sequence, chain=authority.chain)
        )
        self._pass_over()

    def _pass_over(self) -> None:
        """Leave the places that follow to the erased, and go on from their chain values."""
        only = self._places.only
        while True:
            head = self._shelf.authority(only).chain if only is not None else ""
            place = self._places.take(self.sequence, head)
            if place is None:
                return
            authority = self._shelf.authority(place.la)
            authority.chain = place.chain
            self._shelf.file_authority(authority)
            self.sequence += 1
            self._passed.append(place)


def _unread(cluster: Cluster, leaves: Collection[str]) -> Iterator[str | None]:
    """Yield the types of the records that could not be read, or that wait; None if untold."""
    for gap in cluster.gaps.values():
        if gap.leaf in leaves:
            yield gap.event_type
    for one in cluster.parked:
        yield one.event.type if one.event else None
