"""The promises of the core, for any stream that hypothesis can think of."""

from __future__ import annotations

import random
from collections.abc import Sequence
from copy import deepcopy
from datetime import date
from itertools import cycle

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.calendars import Calendars
from journey.child import journey_of
from journey.cluster import fold, nodes_of, seen
from journey.duties import cases_of
from journey.evaluate import evaluate, next_due
from journey.events import Event, Identifier
from journey.identity import identify
from journey.moments import HOUR, day_of, deadline
from journey.shelf import MemoryShelf
from journey.shield import SHIELD_DECIDED, WITHHELD
from journey.telling import is_over
from journey.transition import Transition
from tests.lengths import in_full
from tests.unit.journey.streams import (
    CARE,
    LA,
    PLAN,
    SCHOOL,
    at,
    beat,
    control,
    event,
    joined,
    machine,
    on,
    run,
    shield,
    upn,
)

LEAVES = tuple(f"{source}-{number}" for source in (SCHOOL, CARE) for number in (0, 1))
VERDICTS = ("SAME", "DIFFERENT")
FACTS = ("ApPlacementStarted", "ApPlacementStarted", "ExitPlanAgreed", "ApPlacementEnded", "Note")


@st.composite
def facts(draw: st.DrawFn, kappa: int) -> Event:
    """Return one fact of one of a few records, leaves and identifiers."""
    day = draw(st.integers(-12, 14))
    source = draw(st.sampled_from((SCHOOL, SCHOOL, CARE)))
    leaf = f"{source}-{draw(st.integers(0, 1))}"
    revision = draw(st.integers(1, 3))
    type_ = draw(st.sampled_from(FACTS))
    record = f"{type_}-{draw(st.integers(0, 1))}-{source}"
    identifiers = tuple(upn(str(n)) for n in draw(st.sets(st.integers(0, 2), max_size=2)))
    fact = event(
        type_,
        kappa,
        record,
        day=day,
        revision=revision,
        event_id=f"{record}@{revision}@{draw(st.integers(0, 1))}",
        retracted=draw(st.integers(0, 9)) == 0,
        source=source,
        leaf=leaf,
        own_id=True,
        batch="b" if draw(st.booleans()) else None,
        identifiers=identifiers,
        data={"start_on": on(day), "ends_on": on(day + 12)}
        if draw(st.booleans())
        else {"start_on": on(day)},
    )
    # As in life, the digest tells two contents apart, and known time is no part of it.
    return msgspec.structs.replace(fact, digest=repr(msgspec.structs.replace(fact, kappa=0)))


@st.composite
def shields(draw: st.DrawFn, kappa: int) -> Event:
    """Return a person's decision to shield a few leaves, or to do so no longer."""
    leaves = draw(st.sets(st.sampled_from(LEAVES), min_size=1, max_size=2))
    name = f"shield-{kappa}-{draw(st.integers(0, 1))}"
    return shield(kappa, *sorted(leaves), lifted=draw(st.integers(0, 2)) == 0, name=name)


@st.composite
def streams(draw: st.DrawFn) -> list[Event]:
    """Return records in order of known time: facts, shields, heartbeats, batches of two sources."""
    modes = st.sampled_from(("STREAMING", "STREAMING", "BATCH"))
    found = [
        joined(s, at(1, 0), draw(modes), draw(st.sampled_from((24, 72, 999))))
        for s in (SCHOOL, CARE)
    ]
    kappa = at(1, 1)
    for _ in range(draw(st.integers(5, 40))):
        step = draw(st.sampled_from((0, 1, HOUR, 13 * HOUR, 20 * HOUR, 60 * HOUR, None)))
        kappa = deadline(day_of(kappa)) if step is None else kappa + step
        what = draw(st.integers(0, 9))
        source = draw(st.sampled_from((SCHOOL, CARE)))
        if what in (0, 1, 2):
            found.append(beat(source, kappa, kappa - draw(st.sampled_from((0, 50 * HOUR)))))
        elif what == 3:
            data = {"batch_id": "b", "batch_scope": "", "complete_to": kappa}
            found.append(control("BatchOpened", source, kappa, data))
        elif what == 4:
            data = {"batch_id": "b", "complete_to": kappa}
            found.append(control("BatchCompleted", source, kappa, data))
        elif what == 5 and draw(st.booleans()):
            found.append(draw(shields(kappa)))
        else:
            found.append(draw(facts(kappa)))
    return found


def bytes_of(transitions: Sequence[Transition]) -> bytes:
    return msgspec.json.encode(list(transitions))


def end_of(stream: Sequence[Event]) -> int:
    return stream[-1].kappa + 30 * 24 * HOUR


@given(streams(), st.data())
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_removing_any_tick_but_the_last_changes_no_byte(
    stream: list[Event], data: st.DataObject
) -> None:
    plain = run([*stream, end_of(stream)])
    ticked: list[Event | int] = []
    for one, after in zip(stream, [*stream[1:], None], strict=True):
        ticked.append(one)
        room = (after.kappa if after else end_of(stream)) - one.kappa
        for step in sorted(data.draw(st.lists(st.integers(0, max(room - 1, 0)), max_size=2))):
            if room > 0:
                ticked.append(one.kappa + step)
    assert bytes_of(run([*ticked, end_of(stream)])) == bytes_of(plain)


class Store:
    """A shelf that is written down and read back, as a store would."""

    def __init__(self) -> None:
        self.shelf = MemoryShelf()

    def reopened(self) -> MemoryShelf:
        fresh = MemoryShelf()
        for authority in self.shelf.authorities():
            fresh.file_authority(deepcopy(authority))
        for cluster in list(self.shelf._clusters.values()):
            held = self.shelf._held[cluster.la, cluster.id]
            fresh.file(deepcopy(cluster), held)
        self.shelf = fresh
        return fresh


@given(streams(), st.integers(0, 30))
@settings(max_examples=in_full(4_000, otherwise=80), deadline=None)
def test_a_crash_at_any_point_changes_no_byte(stream: list[Event], cut: int) -> None:
    plain = run([*stream, end_of(stream)])
    store = Store()
    first = machine(store.shelf)
    before = run(stream[:cut], first)
    second = machine(store.reopened(), first.sequence)
    after = run([*stream[cut:], end_of(stream)], second)
    assert bytes_of([*before, *after]) == bytes_of(plain)


@given(streams(), st.data())
@settings(max_examples=in_full(4_000, otherwise=80), deadline=None)
def test_a_record_delivered_again_changes_no_alert(
    stream: list[Event], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(stream) - 1))
    one = stream[index]
    again = [*stream[: index + 1], one, *stream[index + 1 :], end_of(stream)]
    assert bytes_of(run(again)) == bytes_of(run([*stream, end_of(stream)]))


def folded(events: Sequence[Event]) -> tuple[dict[str, Event], dict[str, tuple[int, str]]]:
    records: dict[str, Event] = {}
    first: dict[str, tuple[int, str]] = {}
    for one in events:
        records, first = fold(records, one), seen(first, one)
    return records, first


@given(streams(), st.integers())
@settings(max_examples=in_full(4_000, otherwise=80), deadline=None)
def test_the_fold_gives_the_same_state_for_any_order_and_repetition(
    stream: list[Event], seed: int
) -> None:
    events = [e for e in stream if e.agency != "source"]
    shuffled = events + events[: len(events) // 2]
    random.Random(seed).shuffle(shuffled)
    records, first = folded(events)
    again, first_again = folded(shuffled)
    assert again == records
    assert first_again == first
    assert identify(LA, again.values(), first_again) == identify(LA, records.values(), first)


@given(streams())
@settings(max_examples=in_full(4_000, otherwise=80), deadline=None)
def test_the_machine_s_cases_are_what_the_final_records_say(stream: list[Event]) -> None:
    shelf = MemoryShelf()
    run(stream, machine(shelf))
    for cluster in shelf._clusters.values():
        for child in cluster.identity.anchors:
            journey = cluster.journey(child)
            owed = {
                case.anchor: case
                for case in cases_of(PLAN, journey, Calendars.default())
                if case.met is None and not is_over(case, stream[-1].kappa)
            }
            states = {
                state.case.anchor: state.case
                for state in cluster.cases.values()
                if state.child == child
                and state.stage != "C"
                and not is_over(state.case, stream[-1].kappa)
            }
            assert states == owed


@given(streams(), st.integers(1, 80), st.integers(1, 80))
@settings(max_examples=in_full(4_000, otherwise=80), deadline=None)
def test_nothing_changes_before_next_due(stream: list[Event], day: int, later: int) -> None:
    facts_ = [e for e in folded(stream)[0].values() if e.agency != "source"]
    journey = journey_of("child", "leaf", None, facts_)
    now, calendars = at(day), Calendars.default()
    following = next_due(journey, now, calendars, (PLAN,))
    then = at(day + later)
    if following is None or then < following:
        assert evaluate(journey, then, calendars, (PLAN,)) == evaluate(
            journey, now, calendars, (PLAN,)
        )
    else:
        assert evaluate(journey, following, calendars, (PLAN,)) != evaluate(
            journey, now, calendars, (PLAN,)
        )


@given(streams(), facts(at(40)), st.integers(1, 30))
@settings(max_examples=in_full(4_000, otherwise=80), deadline=None)
def test_a_correction_equals_never_having_sent_the_original_from_then_on(
    stream: list[Event], original: Event, day: int
) -> None:
    events = [e for e in stream if e.agency != "source" and e.record != original.record]
    corrected = msgspec.structs.replace(
        original, revision=original.revision + 1, occurred_on=on(day), digest="c", event_id="c"
    )
    with_original = folded([*events, original, corrected])[0]
    without = folded([*events, corrected])[0]
    assert with_original == without


@given(streams())
@settings(max_examples=in_full(4_000, otherwise=80), deadline=None)
def test_link_then_unlink_leaves_what_was(stream: list[Event]) -> None:
    before = MemoryShelf()
    run(stream, machine(before))
    shelf = MemoryShelf()
    last = stream[-1].kappa
    known = {"identifiers": (upn("0"), upn("1")), "leaf": "bridge", "source": "health/system"}
    link = event("Note", last, "bridge", **known)
    unlink = event("Note", last, "bridge", revision=2, retracted=True, **known)
    run([*stream, link, unlink], machine(shelf))
    assert children_of(shelf) == children_of(before)


def children_of(shelf: MemoryShelf) -> dict[str, str]:
    return {
        leaf: child
        for cluster in shelf._clusters.values()
        for leaf, child in cluster.identity.children.items()
    }


@given(streams())
@settings(max_examples=in_full(3_000, otherwise=60), deadline=None)
def test_every_node_leads_to_the_one_cluster_that_holds_its_records(stream: list[Event]) -> None:
    shelf = MemoryShelf()
    run(stream, machine(shelf))
    for one in stream:
        if one.agency != "source":
            assert len(shelf.find(LA, nodes_of(one))) == 1


@st.composite
def told_of_one(draw: st.DrawFn) -> list[Event]:
    """Return a few records of one leaf, whatever they say of who it is."""
    kinds = st.tuples(
        st.sampled_from(("NHS", "UPN", "ULN", "SUI")),
        st.sampled_from(("leaf", "one", "two")),
        st.sampled_from(("VERIFIED", "UNVERIFIED", "TEMPORARY", "FORMER")),
    )
    found = []
    for number in range(draw(st.integers(1, 5))):
        born = draw(st.sampled_from((None, date(2010, 5, 1), date(2011, 6, 2))))
        fact = event(
            draw(st.sampled_from(("Note", "Note", "Note", "IdentityLinkDecided"))),
            at(1, draw(st.integers(0, 2))),
            f"record-{number}",
            event_id=f"event-{draw(st.integers(0, 2))}",
            retracted=draw(st.integers(0, 5)) == 0,
            leaf="leaf",
            own_id=draw(st.booleans()),
            identifiers=tuple(Identifier(*one) for one in draw(st.lists(kinds, max_size=3))),
            data={"first": "leaf", "second": "one", "verdict": draw(st.sampled_from(VERDICTS))},
        )
        found.append(msgspec.structs.replace(fact, date_of_birth=born))
    if draw(st.integers(0, 3)) == 0:
        found.append(shield(at(1, 3), "leaf", lifted=draw(st.booleans())))
    return found


@given(told_of_one())
@settings(max_examples=in_full(10_000, otherwise=200), deadline=None)
def test_who_a_leaf_is_does_not_change_where_a_stranger_is_looked_at_beside_it(
    told: list[Event],
) -> None:
    stranger = event("Note", at(2, 0), "another", leaf="stranger", own_id=True)
    first = folded([*told, stranger])[1]
    alone = identify(LA, told, first)
    beside = identify(LA, [*told, stranger], first)
    key = beside.children["stranger"]
    assert alone == msgspec.structs.replace(
        beside,
        children={leaf: child for leaf, child in beside.children.items() if child != key},
        anchors={child: leaf for child, leaf in beside.anchors.items() if child != key},
    )


@given(streams(), st.sampled_from((None, date(2010, 5, 1), date(2011, 6, 2))))
@settings(max_examples=in_full(7_500, otherwise=150), deadline=None)
def test_who_is_one_child_is_at_any_time_what_the_records_say(
    stream: list[Event], birth: date | None
) -> None:
    shelf = MemoryShelf()
    it = machine(shelf)
    births = cycle((birth, None, date(2010, 5, 1)))
    for one in stream:
        fact = msgspec.structs.replace(one, date_of_birth=next(births)) if one.leaf else one
        run([fact], it)
        for cluster in shelf._clusters.values():
            assert cluster.identity == identify(LA, cluster.records.values(), cluster.first_seen)


@given(streams())
@settings(max_examples=in_full(4_000, otherwise=80), deadline=None)
def test_a_shielded_leaf_is_one_child_alone_and_nobody_is_asked_about_it(
    stream: list[Event],
) -> None:
    shelf = MemoryShelf()
    run(stream, machine(shelf))
    for cluster in shelf._clusters.values():
        identity = cluster.identity
        for leaf in identity.shielded:
            assert identity.leaves_of(identity.children[leaf]) == {leaf}
            assert leaf not in identity.doubtful
            assert all(leaf not in (one.subject, one.other) for one in identity.reviews)


@given(streams())
@settings(max_examples=in_full(4_000, otherwise=80), deadline=None)
def test_nothing_is_told_of_a_shielded_child_but_that_it_is_and_when_it_is_due(
    stream: list[Event],
) -> None:
    it = machine()
    for one in stream:
        told = it.record(one).transitions
        clusters = list(it._shelf._clusters.values())  # type: ignore[attr-defined]
        shielded = {
            child for c in clusters for child in c.identity.anchors if c.identity.is_shielded(child)
        }
        for transition in told:
            if transition.child in shielded and transition.as_of == one.kappa:
                assert transition.withheld
            if transition.withheld:
                assert (transition.detail, transition.arithmetic) == (WITHHELD, WITHHELD)
                assert not (transition.because or transition.met_by or transition.waiting_for)


@given(streams())
@settings(max_examples=in_full(4_000, otherwise=80), deadline=None)
def test_a_shield_that_is_lifted_leaves_what_was(stream: list[Event]) -> None:
    stream = [one for one in stream if one.type != SHIELD_DECIDED]
    before, after = MemoryShelf(), MemoryShelf()
    run(stream, machine(before))
    last = stream[-1].kappa
    on_, off = shield(last, *LEAVES, name="on"), shield(last + 1, *LEAVES, lifted=True, name="off")
    run([*stream, on_, off], machine(after))
    assert children_of(after) == children_of(before)


@given(streams())
@settings(max_examples=in_full(4_000, otherwise=80), deadline=None)
def test_no_alert_on_a_record_that_stands_alone_is_lost_by_a_shield(stream: list[Event]) -> None:
    alone = [
        msgspec.structs.replace(one, identifiers=()) for one in stream if one.type != SHIELD_DECIDED
    ]
    bare = shield(stream[0].kappa, *LEAVES)
    plain = run([*alone, end_of(alone)])
    hidden = run([bare, *alone, end_of(alone)])
    assert [_step(one) for one in hidden] == [_step(one) for one in plain]
    assert all(one.withheld for one in hidden if one.duty == PLAN.id)


def _step(one: Transition) -> tuple[str, str, str, int]:
    return (one.alert_id, one.kind, one.child, one.as_of)
