"""What becomes of alerts when two children turn out to be one, or one to be two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

import msgspec

from journey.calendars import Calendars
from journey.child import Journey
from journey.cluster import Cluster
from journey.duties.duty import Case
from journey.events import Event
from journey.machine import Machine
from journey.shelf import MemoryShelf
from journey.transition import Transition
from tests.unit.journey.streams import (
    CARE,
    LA,
    PLAN,
    SCHOOL,
    at,
    event,
    joined,
    machine,
    on,
    run,
    upn,
)


def _person_cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterable[Case]:
    starts = journey.of("ApPlacementStarted")
    if starts and not journey.of("ExitPlanAgreed"):
        day = min(start.occurred_on for start in starts)
        yield Case(
            anchor=journey.anchor,
            due=day + timedelta(days=10),
            arithmetic="10 days after the first start",
            because=(starts[0].event_id,),
        )


PERSON = msgspec.structs.replace(PLAN, id="PERSON", cases=_person_cases, person_anchored=True)


def start(kappa: int, leaf: str, source: str = SCHOOL, **fields: object) -> Event:
    data = {"start_on": on(1)}
    name = f"placement-{leaf}"
    return event("ApPlacementStarted", kappa, name, leaf=leaf, source=source, data=data, **fields)


def note(kappa: int, leaf: str, source: str, **fields: object) -> Event:
    return event("Note", kappa, f"note-{leaf}", leaf=leaf, source=source, **fields)


BOTH = (joined(SCHOOL, at(1, 1), hours=999), joined(CARE, at(1, 1), hours=999))
ONE = upn("1")


def told(stream: Iterable[Event | int], it: Machine | None = None) -> list[Transition]:
    return [t for t in run([*BOTH, *stream], it) if t.duty != "SOURCE_SILENT"]


def test_a_merge_reassigns_open_alerts_and_keeps_their_ids() -> None:
    apart = [start(at(1), "a"), start(at(1, 13), "b", CARE), at(13)]
    links = [
        note(at(14), "a", SCHOOL, identifiers=(ONE,)),
        note(at(14, 13), "b", CARE, identifiers=(ONE,)),
    ]
    found = told([*apart, *links, at(15)])
    assert [t.kind for t in found] == ["OPENED", "OPENED", "REASSIGNED"]
    first, second, moved = found
    assert moved.alert_id == second.alert_id
    assert moved.child == first.child != second.child


def test_a_split_gives_back_what_was_merged() -> None:
    link = note(at(2), "a", SCHOOL, identifiers=(ONE,))
    unlink = note(at(14), "a", SCHOOL, revision=2, retracted=True)
    stream = [
        start(at(1), "a"),
        link,
        start(at(3), "b", CARE, identifiers=(ONE,)),
        at(13),
        unlink,
        at(15),
    ]
    found = told(stream)
    assert [t.kind for t in found] == ["OPENED", "OPENED", "REASSIGNED"]
    assert found[0].child == found[1].child != found[2].child


def test_two_that_contradict_stay_two_and_both_are_in_review() -> None:
    stream = [
        start(at(1), "a", identifiers=(ONE,), own_id=True),
        start(at(1, 13), "b", identifiers=(ONE,), own_id=True),
        at(13),
    ]
    found = told(stream)
    assert [t.kind for t in found] == ["OPENED", "OPENED"]
    assert len({t.child for t in found}) == 2
    assert all(t.identity_in_review for t in found)


def test_an_alert_on_the_person_goes_on_under_the_earlier_anchor_when_two_are_one() -> None:
    it = Machine(MemoryShelf(), duties=(PERSON,))
    # The earlier leaf alone owes nothing; it is the anchor once both are one child.
    stream = [
        note(at(1), "a", SCHOOL, identifiers=(ONE,)),
        start(at(2), "b", CARE),
        at(13),
        note(at(14), "b", CARE, identifiers=(ONE,)),
        at(15),
    ]
    found = told(stream, it)
    assert [t.kind for t in found] == ["OPENED", "WITHDRAWN", "OPENED"]
    opened, gone, goes_on = found
    assert (gone.alert_id, gone.continued_by) == (opened.alert_id, goes_on.alert_id)
    assert goes_on.continues == opened.alert_id
    assert goes_on.as_of == at(14)


def test_a_person_s_not_the_same_binds_whatever_the_identifiers_say() -> None:
    it = machine()
    other = upn("2")
    decision = event(
        "IdentityDecisionRecorded",
        at(2),
        "decision",
        leaf="",
        agency="governance",
        data={"first": ONE.token, "second": other.token, "verdict": "NOT_SAME"},
    )
    stream = [
        note(at(1), "a", SCHOOL, identifiers=(ONE,)),
        note(at(1), "b", CARE, identifiers=(other,)),
        decision,
        event("Note", at(3), "bridge", leaf="a", identifiers=(upn("2", "FORMER"),)),
    ]
    told(stream, it)
    cluster = it._shelf.find(LA, [ONE.token])[0]
    assert len(set(cluster.identity.children.values())) == 2
    assert [r.reason for r in cluster.reviews] == ["decided-not-the-same"]


def verdict(kappa: int, record: str, one: str, two: str, said: str, revision: int = 1) -> Event:
    return event(
        "IdentityLinkDecided",
        kappa,
        record,
        leaf="",
        agency="governance",
        revision=revision,
        data={"first": one, "second": two, "verdict": said},
    )


def identity_of(stream: list[Event | int], leaf: str = "a") -> Cluster:
    it = machine()
    told(stream, it)
    return it._shelf.find(LA, [leaf])[0]


LINKED: list[Event | int] = [
    note(at(1), "a", SCHOOL, identifiers=(ONE,)),
    note(at(2), "b", CARE, identifiers=(ONE,)),
]


def test_a_person_who_says_that_two_records_are_two_undoes_their_link_and_ends_the_doubt() -> None:
    assert len(identity_of(LINKED).identity.anchors) == 1
    apart = identity_of([*LINKED, verdict(at(3), "d", "a", "b", "NOT_SAME")])
    assert len(apart.identity.anchors) == 2
    assert not apart.identity.doubtful


def test_a_later_verdict_on_the_same_two_replaces_the_earlier_one() -> None:
    first, again = (
        verdict(at(3), "d", "a", "b", "NOT_SAME"),
        verdict(at(4), "d", "a", "b", "SAME", revision=2),
    )
    for order in ([first, again], [again, first]):
        assert len(identity_of([*LINKED, *order]).identity.anchors) == 1


def test_a_person_s_word_makes_one_child_of_records_that_share_nothing() -> None:
    alone = [note(at(1), "a", SCHOOL), note(at(2), "b", CARE)]
    cluster = identity_of([*alone, verdict(at(3), "d", "a", "b", "SAME")])
    assert len(cluster.identity.anchors) == 1
    assert set(cluster.identity.children) == {"a", "b"}


def test_verdicts_that_contradict_each_other_leave_apart_what_was_parted_and_ask_again() -> None:
    three = [*LINKED, note(at(2), "c", "health/system")]
    cluster = identity_of(
        [
            *three,
            verdict(at(3), "d1", "a", "b", "NOT_SAME"),
            verdict(at(3), "d2", "a", "c", "SAME"),
            verdict(at(3), "d3", "b", "c", "SAME"),
        ]
    )
    children = cluster.identity.children
    assert children["a"] == children["c"] != children["b"]
    assert "decisions-contradict" in [r.reason for r in cluster.reviews]
    assert cluster.identity.doubtful == {"a", "b", "c"}
