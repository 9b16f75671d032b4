"""Whoever dies when, and however often what comes: the same as a simple model says.

The model knows nothing of partitions, batches, clusters or moments: it keeps the winning revision
of every record that was accepted, and asks which placements have no plan.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from consumers.intake.incoming import Incoming
from consumers.journeys_record import Kind, parse
from journey.calendars import Calendars
from journey.child import Journey
from journey.cluster import REDRIVE
from journey.duties.duty import Case
from journey.machine import Machine, Result
from journey.moments import DAY, HOUR, deadline
from journey.shelf import MemoryShelf
from schemas.sources import Source
from tests.lengths import IN_FULL, in_full
from tests.model.world import Fate, World, take
from tests.unit.consumers.messages import (
    HOSPITAL,
    LA,
    LEADS,
    MOMENT,
    NOW,
    PARTITION,
    SCHOOL,
    TOKENS,
    TOPICS,
    a_message,
    identifier,
)
from tests.unit.journey.streams import PLAN
from tests.unit.schemas.examples import a_record

BASE = MOMENT.date()
FIELDS = {
    "ApPlacementStarted": "start_on",
    "ExitPlanAgreed": "agreed_on",
    "ApPlacementEnded": "end_on",
    "HealthContactHeld": "held_on",
    "HealthDischarged": "discharged_on",
}
OF_HEALTH = ("HealthContactHeld", "HealthDischarged")
NHS = ("9990000018", "9990000026", "9990000034")
USUAL = ("ApPlacementStarted", "ApPlacementStarted", "ApPlacementStarted", *sorted(FIELDS))
TOLD = st.tuples(
    st.sampled_from(USUAL),
    st.integers(0, 3),
    st.integers(0, len(NHS) - 1),
    st.integers(1, 3),
    st.integers(-20, 10),
    st.sampled_from((False, False, False, True)),
)
"""Type, record, child, revision, day of the fact, whether it is taken back."""
MENDED_AFTER = 25
"""Messages; before so many nobody mends what makes the core fail."""


def _fragile_cases(journey: Journey, _: object, calendars: Calendars) -> list[Case]:
    """Fail for a child that was discharged, until the authority has published a calendar."""
    if journey.of("HealthDischarged") and None not in calendars.published:
        raise LookupError
    return []


FRAGILE = msgspec.structs.replace(
    PLAN, id="FRAGILE", reads=frozenset({"HealthDischarged"}), cases=_fragile_cases
)
Said = tuple[str, dict[str, Any]]
Rank = tuple[int, bool, str]


class Model:
    """The fold over the set of accepted records."""

    def __init__(self) -> None:
        self.winners: dict[tuple[str, str], tuple[Rank, Said, int]] = {}

    def accept(self, source: Source, said: Said, child: int) -> None:
        record = said[1]
        key = (source.system, record["source_record_id"])
        rank = (record["revision"], record["retracted"], record["event_id"])
        if key not in self.winners or rank > self.winners[key][0]:
            self.winners[key] = (rank, said, child)

    def owed(self) -> dict[str, date]:
        """Return the last day in time of each placement that no plan and no end followed."""
        found = {}
        standing = [(said, c) for (rank, said, c) in self.winners.values() if not rank[1]]
        for (name, record), child in standing:
            if name != "ApPlacementStarted":
                continue
            began = record["start_on"]
            over = any(
                other in ("ExitPlanAgreed", "ApPlacementEnded")
                and child == theirs
                and told[FIELDS[other]] >= began
                for (other, told), theirs in standing
            )
            if not over:
                found[_token(record["source_record_id"])] = began + timedelta(days=10)
        return found


def _token(record_id: str) -> str:
    return TOKENS.record(LA, SCHOOL.organisation, SCHOOL.system, record_id)


class Interleavings(RuleBasedStateMachine):
    """Producers, workers and clocks in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(NOW, (PLAN, FRAGILE))
        self.model = Model()
        self.sent: list[Incoming] = []
        self.broken = 0
        self.number = 0

    # Producers

    @initialize()
    def the_school_joins(self) -> None:
        data = {"mode": "STREAMING", "rhythm_hours": 24, "agency": "EDUCATION"}
        self._control(SCHOOL, "SourceJoined", event_types=sorted(FIELDS), **data)

    @rule(told=st.lists(TOLD, min_size=1, max_size=5))
    def the_agencies_tell(self, told: list[tuple[str, int, int, int, int, bool]]) -> None:
        for one in told:
            self._tell(*one)

    @rule(child=st.integers(0, len(NHS) - 1), told=st.lists(TOLD, min_size=1, max_size=4))
    def a_child_stands_still(
        self, child: int, told: list[tuple[str, int, int, int, int, bool]]
    ) -> None:
        self._tell("HealthDischarged", 0, child, 3, 0, False)
        for name, record, _, *rest in told:
            self._tell(name, record, child, *rest)

    def _tell(
        self, name: str, record: int, child: int, revision: int, day: int, retracted: bool
    ) -> None:
        source = HOSPITAL if name in OF_HEALTH else SCHOOL
        own = "HEALTH_LOCAL_ID" if name in OF_HEALTH else "MIS_ID"
        said = self._record(
            source,
            name,
            source_record_id=f"{name}-{record}",
            revision=revision,
            retracted=retracted,
            identifiers=[identifier(own, f"C{child}"), identifier("NHS", NHS[child])],
            **{FIELDS[name]: BASE + timedelta(days=day)},
        )
        self._send(source, name, said)
        self.model.accept(source, (name, said), child)

    @rule(hours=st.integers(0, 60))
    def the_school_is_alive(self, hours: int) -> None:
        complete_to = MOMENT + timedelta(milliseconds=self.world.now - NOW, hours=-hours)
        self._control(SCHOOL, "SourceHeartbeat", complete_to=complete_to)

    @precondition(lambda self: self.sent)
    @rule(which=st.integers(0, 1000))
    def a_message_comes_again(self, which: int) -> None:
        again = self.sent[which % len(self.sent)]
        offset = self.world.offset(again.topic)
        again = msgspec.structs.replace(again, offset=offset, time=self.world.now)
        self.world.append(again)

    @rule(value=st.binary(max_size=6), topic=st.sampled_from(TOPICS.inputs))
    def somebody_sends_rubbish(self, value: bytes, topic: str) -> None:
        self.broken += 1
        self.world.append(
            Incoming(
                topic=topic,
                partition=PARTITION,
                offset=self.world.offset(topic),
                time=self.world.now,
                key=LA.encode(),
                value=value,
            )
        )

    @precondition(lambda self: len(self.sent) > MENDED_AFTER)
    @rule()
    def the_authority_publishes_its_calendar(self) -> None:
        days = {"from_on": BASE, "to_on": BASE + timedelta(days=200), "closed": []}
        self._control(LEADS, "SchoolCalendarPublished", establishment=None, **days)

    @precondition(lambda self: self._parked())
    @rule()
    def somebody_orders_a_redrive(self) -> None:
        for record in self._parked():
            self._control(LEADS, REDRIVE, park=record)

    @precondition(lambda self: self._parked())
    @rule()
    def an_order_is_joined_at_once(self) -> None:
        self.somebody_orders_a_redrive()
        self._to_the_end()

    # Time and workers

    @rule(step=st.sampled_from((1, 60_000, HOUR, DAY, 5 * DAY)))
    def time_passes(self, step: int) -> None:
        self.world.now += step

    @rule(fate=st.sampled_from(Fate), commits=st.integers(0, 3))
    def intake_works(self, fate: Fate, commits: int) -> None:
        self.world.intake(fate, commits)

    @rule(size=st.integers(1, 6), fate=st.sampled_from(Fate))
    def the_join_works(self, size: int, fate: Fate) -> None:
        self.world.join(size, fate)

    @rule()
    def the_platform_catches_up(self) -> None:
        self._to_the_end()

    # What always holds

    @invariant()
    def what_was_read_is_journeyed_or_dead_and_stands_once(self) -> None:
        partition = self.world.partition
        ledger = partition.last_ledger()
        assert ledger.read == ledger.journeyed + ledger.dead
        assert ledger.dead == len(partition.dead_letters)
        found = Counter(
            (one.source.topic, one.source.offset)
            for one in (parse(out.headers, out.value) for out in partition.journeys)
            if one.source is not None
        )
        read = {(t, at) for t, end in ledger.next_offsets.items() for at in range(end)}
        assert found.keys() == read
        assert set(found.values()) <= {1}

    @invariant()
    def the_transitions_are_those_of_an_undisturbed_run(self) -> None:
        machine = Machine(MemoryShelf(), duties=self.world.duties)
        joined = self.world.inputs()[: self.world.store.next_offset]
        told = [t for one in joined for t in take(machine, one).transitions]
        assert msgspec.json.encode(told) == msgspec.json.encode(self.world.store.transitions)

    @invariant()
    def nothing_is_told_before_its_moment(self) -> None:
        for one in self.world.store.transitions:
            if one.kind == "OPENED" and one.duty == PLAN.id:
                assert one.as_of >= max(deadline(one.due), one.known_at)

    def teardown(self) -> None:
        """Let everything come to its end: then what stands is what the model says."""
        self.the_authority_publishes_its_calendar()
        self._to_the_end()
        while self._parked():
            self.somebody_orders_a_redrive()
            self._to_the_end()
        self.world.now += 90 * DAY
        self._to_the_end()
        self.what_was_read_is_journeyed_or_dead_and_stands_once()
        self.the_transitions_are_those_of_an_undisturbed_run()
        self.nothing_is_told_before_its_moment()
        self._assert_as_the_model_says()

    def _to_the_end(self) -> None:
        self.world.intake()
        while self.world.store.next_offset < len(self.world.partition.journeys):
            self.world.join(50)

    def _assert_as_the_model_says(self) -> None:
        partition, store = self.world.partition, self.world.store
        appended = sum(map(len, partition.inputs.values()))
        ledger = partition.last_ledger()
        assert (ledger.read, ledger.dead) == (appended, self.broken)
        last = {one.alert_id: one for one in store.transitions if one.duty == PLAN.id}
        opened = {one.anchor: one.due for one in last.values() if one.status == "OPEN"}
        assert opened == self.model.owed()
        events = [parse(o.headers, o.value).kind for o in partition.journeys].count(Kind.EVENT)
        assert len(store.results) == events
        assert Result.PARKED not in store.results or not self._parked()

    # Helpers

    def _parked(self) -> list[str]:
        shelf = self.world.store.shelf
        waiting = [shelf.get(LA, name) for name in shelf.parked(LA)]
        return [one.record for cluster in waiting for one in cluster.parked if one.fault]

    def _record(self, source: Source, name: str, **given: Any) -> dict[str, Any]:
        self.number += 1
        own = {"organisation": source.organisation, "system": source.system}
        envelope = {
            "event_id": str(UUID(int=self.number * 7919 % 100_003)),
            "local_authority": LA,
            "source": own,
            "date_of_birth": None,
            "source_record_id": f"{name}/{self.number}",
            "identifiers": [],
        }
        return a_record(name, **(envelope | given))

    def _control(self, source: Source, name: str, **given: Any) -> None:
        self._send(source, name, self._record(source, name, **given))

    def _send(self, source: Source, name: str, record: dict[str, Any]) -> None:
        topic = {SCHOOL: TOPICS.education, HOSPITAL: TOPICS.health, LEADS: TOPICS.decisions}[source]
        message = a_message(
            record,
            name=name,
            source=source,
            topic=topic,
            offset=self.world.offset(topic),
            time=self.world.now,
            by=self.world.codec,
        )
        self.world.append(message)
        self.sent.append(message)


Interleavings.TestCase.settings = settings(
    max_examples=in_full(3_000, otherwise=20),
    stateful_step_count=in_full(80, otherwise=50),
    derandomize=not IN_FULL,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
TestInterleavings = Interleavings.TestCase
