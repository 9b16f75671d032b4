"""What the machine tells, and when."""

from __future__ import annotations

import msgspec
import pytest

from journey.cluster import Gap
from journey.machine import Machine, Result
from journey.moments import DAY, HOUR, deadline
from journey.redrive import UNREADABLE_ROWS
from journey.shelf import MemoryShelf
from journey.transition import Outcome, chained
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
    kinds,
    machine,
    on,
    run,
    upn,
)

DUE = deadline(on(11))


def started(kappa: int = at(1), **fields: object) -> object:
    return event("ApPlacementStarted", kappa, "placement", data={"start_on": on(1)}, **fields)


def plan(kappa: int, day: int, **fields: object) -> object:
    return event("ExitPlanAgreed", kappa, "plan", day=day, **fields)


def beats(first: int, last: int, source: str = SCHOOL) -> list[object]:
    return [beat(source, at(day, 6)) for day in range(first, last + 1)]


def test_an_alert_opens_at_the_deadline_with_no_input_arriving() -> None:
    told = run([joined(SCHOOL, at(1, 1)), started(), *beats(2, 11), at(12, 1)])
    assert [(t.kind, t.as_of, t.due) for t in told] == [("OPENED", DUE, on(11))]
    assert not told[0].unconfirmed


def test_nothing_is_told_before_the_deadline() -> None:
    assert run([joined(SCHOOL, at(1, 1)), started(), *beats(2, 11), DUE - 1]) == []


def test_a_plan_in_time_means_no_alert_however_late_the_processing() -> None:
    stream = [joined(SCHOOL, at(1, 1)), started(), plan(at(5), 5), *beats(6, 40), at(41)]
    assert kinds(run(stream)) == []


def test_a_plan_known_at_the_very_moment_of_the_deadline_is_in_time() -> None:
    stream = [joined(SCHOOL, at(1, 1)), started(), *beats(2, 11), plan(DUE, 11), *beats(12, 14)]
    assert kinds(run(stream)) == []


def test_a_late_plan_resolves_the_alert_as_met_late() -> None:
    stream = [joined(SCHOOL, at(1, 1)), started(), *beats(2, 13), plan(at(14), 14), at(15)]
    told = run(stream)
    assert [(t.kind, t.outcome) for t in told] == [
        ("OPENED", None),
        ("RESOLVED", Outcome.MET_LATE),
    ]
    assert told[1].as_of == at(14)


def test_a_plan_made_in_time_but_reported_late_says_so() -> None:
    stream = [joined(SCHOOL, at(1, 1)), started(), *beats(2, 13), plan(at(14), 9), at(15)]
    assert run(stream)[1].outcome is Outcome.MET_IN_TIME_REPORTED_LATE


def test_a_batch_source_is_waited_for_until_its_file_is_complete() -> None:
    def batch(kind: str, kappa: int) -> object:
        return control(kind, SCHOOL, kappa, {"batch_id": "b", "complete_to": kappa})

    stream = [
        joined(SCHOOL, at(1, 1), mode="BATCH"),
        started(),
        at(12, 3),
        batch("BatchOpened", at(12, 4)),
        batch("BatchCompleted", at(12, 5)),
        at(12, 6),
    ]
    told = run(stream)
    assert [(t.as_of, t.unconfirmed) for t in told if t.duty == "PLAN"] == [(at(12, 5), False)]


def test_a_silent_source_delays_the_alert_by_the_grace_and_it_is_then_unconfirmed() -> None:
    stream = [joined(SCHOOL, at(1, 1), mode="BATCH", hours=24 * 60), started(), at(30)]
    told = run(stream)
    assert [(t.kind, t.as_of, t.unconfirmed) for t in told] == [("OPENED", DUE + 3 * DAY, True)]
    assert told[0].waiting_for == (SCHOOL,)


def test_an_unconfirmed_alert_is_confirmed_when_its_source_is_complete() -> None:
    stream = [
        joined(SCHOOL, at(1, 1), mode="BATCH", hours=24 * 60),
        started(),
        at(30),
        beat(SCHOOL, at(31)),
        at(32),
    ]
    told = run(stream)
    assert [(t.kind, t.as_of) for t in told][1:] == [("CONFIRMED", at(31))]


def test_a_source_that_never_joined_is_not_waited_for_and_nothing_is_told() -> None:
    assert run([started(), at(60)]) == []


def test_a_source_that_joins_later_makes_the_duty_watched_from_then_on() -> None:
    told = run([started(), at(60), joined(SCHOOL, at(61)), at(61, 13), at(62)])
    assert [(t.kind, t.as_of) for t in told] == [("OPENED", at(61))]


def test_what_nobody_could_meet_is_watched_once_the_right_source_joins_among_others() -> None:
    elsewhere = {"mode": "BATCH", "rhythm_hours": 2000, "event_types": ["HealthDischarged"]}
    others = [control("SourceJoined", CARE, at(20), elsewhere), beat(CARE, at(30))]
    told = run([started(), *others, at(60), joined(SCHOOL, at(61)), at(61, 13), at(62)])
    assert [(t.kind, t.as_of) for t in told] == [("OPENED", at(61))]


def test_a_duty_is_not_watched_while_nobody_sends_a_type_that_it_needs() -> None:
    needy = msgspec.structs.replace(PLAN, needs=frozenset({"TransitionProposed"}))
    on_machine = Machine(MemoryShelf(), duties=(needy,))
    assert run([joined(SCHOOL, at(1), hours=2000), started(), at(30)], on_machine) == []


def test_silence_beyond_the_rhythm_is_itself_an_alert_and_ends_with_the_next_record() -> None:
    told = run([joined(SCHOOL, at(1), hours=48), at(4), beat(SCHOOL, at(5)), at(6)])
    assert [(t.duty, t.kind, t.as_of) for t in told] == [
        ("SOURCE_SILENT", "OPENED", at(3)),
        ("SOURCE_SILENT", "RESOLVED", at(5)),
    ]


def test_single_late_news_is_held_for_an_hour() -> None:
    stream = [joined(SCHOOL, at(1), hours=24 * 60), started(at(20)), at(21)]
    assert [t.as_of for t in run(stream)] == [at(20) + HOUR]


def test_ten_years_of_first_load_open_only_what_is_true_at_the_end() -> None:
    stream: list[object] = [joined(SCHOOL, at(3000, 1), mode="BATCH")]
    stream.append(control("BatchOpened", SCHOOL, at(3000, 2), {"batch_id": "b"}))
    for year in range(10):
        first = 1 + year * 300
        leaf = f"leaf-{year}"
        name = f"placement-{year}"
        data = {"start_on": on(first)}
        stream.append(
            event("ApPlacementStarted", at(3000, 3), name, leaf=leaf, batch="b", data=data)
        )
        if year != 4:
            stream.append(
                event(
                    "ExitPlanAgreed",
                    at(3000, 4),
                    f"plan-{year}",
                    leaf=leaf,
                    day=first + 50,
                    batch="b",
                )
            )
    done = {"batch_id": "b", "complete_to": at(3000, 5)}
    stream += [control("BatchCompleted", SCHOOL, at(3000, 5), done), at(3000, 6)]
    told = run(stream)
    assert [(t.kind, t.anchor) for t in told] == [("OPENED", "placement-4")]


def test_a_correction_that_moves_the_deadline_withdraws_the_alert() -> None:
    later = event("ApPlacementStarted", at(13), "placement", revision=2, data={"start_on": on(9)})
    stream = [joined(SCHOOL, at(1, 1)), started(), *beats(2, 12), later, *beats(14, 20), at(20)]
    told = run(stream)
    assert [(t.kind, t.due) for t in told] == [
        ("OPENED", on(11)),
        ("WITHDRAWN", on(19)),
        ("REOPENED", on(19)),
    ]
    assert len({t.alert_id for t in told}) == 1


def test_a_retraction_needs_no_identifiers_and_withdraws_the_alert() -> None:
    gone = event("ApPlacementStarted", at(13), "placement", revision=2, retracted=True, leaf="x")
    told = run([joined(SCHOOL, at(1, 1)), started(), *beats(2, 12), gone, at(14)])
    assert kinds(told) == ["OPENED", "WITHDRAWN"]


def test_a_retracted_plan_owes_again_and_the_alert_is_reopened() -> None:
    gone = event("ExitPlanAgreed", at(15), "plan", revision=2, retracted=True)
    stream = [joined(SCHOOL, at(1, 1)), started(), *beats(2, 13), plan(at(14), 14), gone]
    told = run([*stream, *beats(16, 20)])
    assert kinds(told) == ["OPENED", "RESOLVED", "REOPENED"]
    assert [t.number for t in told] == [1, 2, 3]


def test_a_placement_that_ended_in_time_withdraws_and_one_that_ended_late_ends() -> None:
    def ended(day: int) -> list[object]:
        return [event("ApPlacementEnded", at(14), "end", day=day), at(15)]

    base = [joined(SCHOOL, at(1, 1)), started(), *beats(2, 13)]
    assert kinds(run([*base, *ended(9)])) == ["OPENED", "WITHDRAWN"]
    assert run([*base, *ended(13)])[1].outcome is Outcome.ENDED


def test_an_end_known_beforehand_ends_the_alert_with_no_input_arriving() -> None:
    data = {"start_on": on(1), "ends_on": on(13)}
    start = event("ApPlacementStarted", at(1), "placement", data=data)
    stream = [joined(SCHOOL, at(1, 1)), start, *beats(2, 12), at(13), at(20)]
    told = [t for t in run(stream) if t.duty == "PLAN"]
    assert [(t.kind, t.outcome) for t in told] == [("OPENED", None), ("RESOLVED", "ENDED")]
    assert (told[1].as_of, told[1].met_on) == (deadline(on(13)), on(13))


def test_a_case_that_was_over_before_it_could_be_told_is_never_told() -> None:
    data = {"start_on": on(1), "ends_on": on(13)}
    start = event("ApPlacementStarted", at(20), "placement", data=data)
    stream = [joined(SCHOOL, at(19), hours=999), start, at(30)]
    assert kinds(run(stream)) == []


def test_a_duplicate_is_a_no_op() -> None:
    it = machine()
    run([joined(SCHOOL, at(1, 1)), started()], it)
    assert it.record(started(at(2))).result is Result.DUPLICATE


def test_an_older_revision_that_arrives_late_changes_nothing() -> None:
    it = machine()
    run([joined(SCHOOL, at(1, 1)), started(revision=2)], it)
    assert it.record(started(at(2), revision=1)).result is Result.SUPERSEDED


def test_identifiers_join_the_agencies_records_of_one_child() -> None:
    stream = [
        joined(SCHOOL, at(1, 1)),
        joined(CARE, at(1, 2)),
        started(identifiers=(upn("1"),)),
        event("ExitPlanAgreed", at(3), "p", day=3, leaf="b", source=CARE, identifiers=(upn("1"),)),
        *beats(4, 12),
        *beats(4, 12, CARE),
    ]
    assert kinds(run(sorted(stream, key=lambda e: e.kappa))) == []


def test_a_link_found_later_withdraws_and_a_broken_link_owes_again() -> None:
    link = event("Note", at(14), "link", leaf="b", source=CARE, identifiers=(upn("1"),))
    unlink = event("Note", at(16), "link", leaf="b", source=CARE, revision=2, retracted=True)
    stream = [
        joined(SCHOOL, at(1, 1), hours=999),
        joined(CARE, at(1, 2), hours=999),
        started(identifiers=(upn("1"),)),
        event("ExitPlanAgreed", at(3), "p", day=3, leaf="b", source=CARE),
        at(13),
        link,
        at(15),
        unlink,
        at(17),
    ]
    told = run(stream)
    assert kinds(told) == ["OPENED", "RESOLVED", "REOPENED"]
    assert told[1].outcome is Outcome.MET_IN_TIME_REPORTED_LATE


def test_an_unreadable_record_that_may_be_the_plan_is_said() -> None:
    it = machine()
    run([joined(SCHOOL, at(1, 1)), started(), *beats(2, 9)], it)
    gap = Gap(la=LA, position="t/0/9", kappa=at(9, 7), event_type="ExitPlanAgreed", leaf="leaf-a")
    it.gap(gap)
    told = run([*beats(10, 12)], it)
    assert [t.unreadable for t in told] == [True]


def test_a_snapshot_retracts_what_it_no_longer_holds_unless_it_lost_too_much() -> None:
    def load(batch: str, day: int, names: list[str]) -> list[object]:
        opened = {"batch_id": batch, "batch_scope": "ap", "snapshot": True}
        done = {**opened, "complete_to": at(day, 3)}
        rows = [
            event(
                "ApPlacementStarted",
                at(day, 2),
                name,
                leaf=name,
                revision=day,
                batch=batch,
                scope="ap",
                data={"start_on": on(1)},
            )
            for name in names
        ]
        return [
            control("BatchOpened", SCHOOL, at(day, 1), opened),
            *rows,
            control("BatchCompleted", SCHOOL, at(day, 3), done),
        ]

    names = [f"p{n}" for n in range(10)]
    start = [joined(SCHOOL, at(1, 1), mode="BATCH", hours=999), *load("one", 13, names), at(14)]
    few = run([*start, *load("two", 15, names[1:]), at(16)])
    assert [t.anchor for t in few if t.kind == "WITHDRAWN"] == ["p0"]
    it = machine()
    many = run([*start, *load("two", 15, names[5:]), at(16)], it)
    assert "WITHDRAWN" not in kinds(many)


def test_a_snapshot_with_unreadable_rows_takes_nothing_back_until_a_whole_one_comes() -> None:
    def load(batch: str, day: int, names: list[str], unreadable: int = 0) -> list[object]:
        opened = {"batch_id": batch, "batch_scope": "ap", "snapshot": True}
        done = {**opened, "complete_to": at(day, 3), "unreadable_rows": unreadable}
        given = {"revision": day, "batch": batch, "scope": "ap", "data": {"start_on": on(1)}}
        return [
            control("BatchOpened", SCHOOL, at(day, 1), opened),
            *(event("ApPlacementStarted", at(day, 2), one, leaf=one, **given) for one in names),
            control("BatchCompleted", SCHOOL, at(day, 3), done),
        ]

    names = [f"p{n}" for n in range(10)]
    it = machine()
    run([joined(SCHOOL, at(1, 1), mode="BATCH", hours=999), *load("one", 2, names)], it)
    source = it._shelf.authority(LA).sources[SCHOOL]
    told = run([*load("two", 13, names[1:], unreadable=3), at(14)], it)
    assert [t.unreadable for t in told if t.kind == "OPENED"] == [True] * len(names)
    assert (source.unreadable, source.held_back) == ({"ap": 3}, {"ap": UNREADABLE_ROWS})
    assert [one.reason for one in it._shelf.authority(LA).reviews] == [UNREADABLE_ROWS]
    later = run([*load("three", 15, names[1:]), at(16)], it)
    assert [t.anchor for t in later if t.kind == "WITHDRAWN"] == ["p0"]
    assert (source.unreadable, source.held_back) == ({}, {})


def test_a_snapshot_sent_again_unchanged_loses_nothing() -> None:
    def load(batch: str, day: int) -> list[object]:
        opened = {"batch_id": batch, "batch_scope": "ap", "snapshot": True}
        row = event(
            "ApPlacementStarted",
            at(day, 2),
            "placement",
            batch=batch,
            scope="ap",
            data={"start_on": on(1)},
        )
        done = {**opened, "complete_to": at(day, 3)}
        return [
            control("BatchOpened", SCHOOL, at(day, 1), opened),
            row,
            control("BatchCompleted", SCHOOL, at(day, 3), done),
        ]

    start = [joined(SCHOOL, at(1, 1), mode="BATCH", hours=999), *load("one", 13), at(14)]
    it = machine()
    run([*start, *load("two", 15), at(16)], it)
    assert list(it._shelf.authority(LA).reviews) == []


def test_an_event_that_the_core_cannot_take_parks_only_its_own_child() -> None:
    it = machine()
    broken = event("ApPlacementStarted", at(2), "bad", leaf="leaf-x", data={"start_on": 7})
    broken = msgspec.structs.replace(broken, occurred_on=None)  # type: ignore[arg-type]
    run([joined(SCHOOL, at(1, 1))], it)
    assert it.record(broken).result is Result.PARKED
    assert it.record(event("Note", at(2), "n", leaf="leaf-x")).result is Result.PARKED
    assert it.record(started(at(2))).result is Result.ACCEPTED


def test_one_event_id_with_two_contents_is_flagged_once_however_often_it_comes() -> None:
    it = machine()
    other = started(at(2), digest="another")
    run([joined(SCHOOL, at(1, 1)), started(digest="one"), other, other, other], it)
    (cluster,) = it._shelf.find(LA, ["placement"])
    assert [flag.reason for flag in cluster.flags] == ["one-event-id-two-contents"]


def test_transitions_are_numbered_without_gaps_and_chained_per_la() -> None:
    told = run([joined(SCHOOL, at(1, 1)), started(), *beats(2, 13), plan(at(14), 14), at(15)])
    assert [t.sequence for t in told] == [1, 2]
    previous = ""
    for transition in told:
        previous = chained(previous, transition)
        assert transition.chain == previous


@pytest.mark.parametrize("hours", [-(2**31), -5, 2**31 - 1])
def test_no_rhythm_makes_a_source_silent_before_it_was_heard_or_never(hours: int) -> None:
    it = machine()
    told = run([joined(SCHOOL, at(1), hours=hours), at(400)], it)
    (silent,) = [t for t in told if t.duty == "SOURCE_SILENT"]
    assert at(1, 13) <= silent.as_of <= at(368)
