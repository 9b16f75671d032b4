"""Warnings, steps of escalation and holds, as an authority switches them on."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from journey.duties import all_duties
from journey.duties.duty import Basis, Duty, Severity
from journey.duties.stages import with_changes
from journey.events import Event
from journey.machine import Machine
from journey.moments import HOUR, deadline
from journey.rules import RuleSet, faults
from journey.shelf import MemoryShelf
from journey.transition import Transition, audited
from tests.unit.journey.rule_sets import PACED, a_set, published
from tests.unit.journey.streams import CARE, PLAN, SCHOOL, at, beat, event, joined, on, run

HIGHER = msgspec.structs.replace(
    PACED, id="HIGHER", parameters={"days": 5}, severity=Severity.CRITICAL
)
LOWER = msgspec.structs.replace(PACED, id="LOWER", inhibited_by=frozenset({"HIGHER"}))
LONG = 2_000


def changed(duty: Duty = PLAN, **parameters: int | str) -> Duty:
    """Return a duty with stages switched on."""
    return with_changes(duty, parameters)


def told(*stream: Event | int, duties: tuple[Duty, ...] = (PLAN,)) -> list[Transition]:
    """Return what is said of the duties where every source is always heard."""
    first = [joined(source, at(1, 0), hours=LONG) for source in (SCHOOL, CARE)]
    found = run([*first, *stream], Machine(MemoryShelf(), duties=duties))
    return [one for one in found if one.duty in {duty.id for duty in duties}]


def start(day: int = 1, record: str = "placement", **data: object) -> Event:
    """Return a placement that starts on a day; its plan is owed on the tenth day after."""
    data = {"start_on": on(day), **data}
    return event("ApPlacementStarted", at(day), record, day=day, data=data, batch="b")


def plan(day: int, known: int | None = None) -> Event:
    """Return the plan of a day."""
    return event("ExitPlanAgreed", known or at(day), "plan", day=day)


def story(transitions: list[Transition]) -> list[tuple[str, str, int]]:
    """Return of each transition its kind, where it leaves the alert, and the moment."""
    return [(one.kind, one.status, one.as_of) for one in transitions]


WARNED = changed(warn_days=3)


def test_a_case_is_due_soon_so_many_whole_days_before_its_deadline_and_then_an_alert() -> None:
    found = told(start(), at(60), duties=(WARNED,))
    due = deadline(on(11))
    assert story(found) == [
        ("DUE_SOON", "DUE_SOON", deadline(on(8))),
        ("OPENED", "OPEN", due),
    ]
    assert [one.number for one in found] == [1, 2]
    assert len({one.alert_id for one in found}) == 1, "a warning and its alert are one"


def test_a_warning_ends_quietly_when_what_is_owed_is_done() -> None:
    found = told(start(), plan(10), at(60), duties=(WARNED,))
    assert story(found)[1:] == [("RESOLVED", "RESOLVED", at(10))]
    assert found[1].outcome == "MET_IN_TIME"


def test_what_is_done_before_its_warning_is_never_told_of() -> None:
    assert told(start(), plan(7), at(60), duties=(WARNED,)) == []


def test_a_warning_is_withdrawn_where_the_duty_ceases() -> None:
    end = event("ApPlacementEnded", at(10), "end", day=10)
    found = told(start(), end, at(60), duties=(WARNED,))
    assert [one.kind for one in found] == ["DUE_SOON", "WITHDRAWN"]
    assert found[1].outcome is None


def test_what_becomes_known_within_its_warning_days_is_warned_of_an_hour_later() -> None:
    late = msgspec.structs.replace(start(), kappa=at(9), batch=None)
    found = told(late, at(60), duties=(WARNED,))
    assert story(found)[0] == ("DUE_SOON", "DUE_SOON", at(9) + HOUR)


def test_what_becomes_known_after_its_deadline_is_told_at_once_and_not_warned_of() -> None:
    late = msgspec.structs.replace(start(), kappa=at(14))
    assert [one.kind for one in told(late, at(60), duties=(WARNED,))] == ["OPENED"]


def test_a_warning_waits_for_a_nightly_file_and_asks_only_up_to_its_own_day() -> None:
    files = [joined(SCHOOL, at(1, 0), "BATCH", LONG)]
    found = run(
        [*files, start(), at(9, 6), beat(SCHOOL, at(9, 7), deadline(on(8))), at(60)],
        Machine(MemoryShelf(), duties=(WARNED,)),
    )
    warned, opened = [one for one in found if one.duty == "PLAN"]
    assert (warned.kind, warned.as_of, warned.unconfirmed) == ("DUE_SOON", at(9, 7), False)
    assert (opened.kind, opened.unconfirmed) == ("OPENED", True)


def test_a_warning_that_no_source_confirms_leaves_it_to_the_alert() -> None:
    files = joined(SCHOOL, at(1, 0), "BATCH", LONG)
    found = run([files, start(), at(60)], Machine(MemoryShelf(), duties=(changed(warn_days=2),)))
    assert [one.kind for one in found if one.duty == "PLAN"] == ["OPENED"]


def test_a_start_corrected_to_a_later_day_takes_the_warning_back_until_its_new_day() -> None:
    moved = event(
        "ApPlacementStarted", at(9), "placement", day=6, revision=2, data={"start_on": on(6)}
    )
    found = told(start(), moved, at(60), duties=(WARNED,))
    assert story(found) == [
        ("DUE_SOON", "DUE_SOON", deadline(on(8))),
        ("WITHDRAWN", "WITHDRAWN", at(9)),
        ("DUE_SOON", "DUE_SOON", deadline(on(13))),
        ("OPENED", "OPEN", deadline(on(16))),
    ]


def test_a_start_corrected_by_a_day_leaves_the_warning_with_its_new_due_day() -> None:
    moved = event(
        "ApPlacementStarted", at(10), "placement", day=2, revision=2, data={"start_on": on(2)}
    )
    found = told(start(), moved, at(60), duties=(WARNED,))
    assert [(one.kind, one.due) for one in found] == [
        ("DUE_SOON", on(11)),
        ("AMENDED", on(12)),
        ("OPENED", on(12)),
    ]
    assert found[1].status == "DUE_SOON"


@pytest.mark.parametrize(
    ("day", "after"),
    [(5, [("WITHDRAWN", "WITHDRAWN")]), (2, [("AMENDED", "DUE_SOON")])],
    ids=["whose plan is due later", "whose plan is due soon as well"],
)
def test_a_warning_that_moves_to_another_child_is_never_told_as_missed(
    day: int, after: list[tuple[str, str]]
) -> None:
    corrected = event(
        "ApPlacementStarted",
        at(10),
        "placement",
        day=day,
        revision=2,
        leaf="another",
        data={"start_on": on(day)},
    )
    found = told(start(), corrected, at(11), duties=(WARNED,))
    assert [(one.kind, one.status) for one in found] == [
        ("DUE_SOON", "DUE_SOON"),
        *sorted([("REASSIGNED", "DUE_SOON"), *after]),
    ]
    assert len({one.child for one in found}) == 2


def test_each_step_past_the_deadline_raises_the_severity_by_one_and_is_told() -> None:
    duty = msgspec.structs.replace(changed(escalate_days="3 7 20"), severity=Severity.MEDIUM)
    found = told(start(), at(60), duties=(duty,))
    assert [(one.kind, one.as_of, one.severity, one.escalation) for one in found] == [
        ("OPENED", deadline(on(11)), "medium", 0),
        ("ESCALATED", deadline(on(14)), "high", 1),
        ("ESCALATED", deadline(on(18)), "critical", 2),
        ("ESCALATED", deadline(on(31)), "critical", 3),
    ]


def test_an_alert_that_is_met_is_not_escalated() -> None:
    found = told(start(), plan(13), at(60), duties=(changed(escalate_days=3),))
    assert [one.kind for one in found] == ["OPENED", "RESOLVED"]


def test_an_alert_told_late_begins_with_the_steps_that_are_past() -> None:
    late = msgspec.structs.replace(start(), kappa=at(20))
    found = told(late, at(60), duties=(changed(escalate_days="3 30"),))
    assert [(one.kind, one.escalation) for one in found] == [("OPENED", 1), ("ESCALATED", 2)]


def test_an_open_alert_corrected_to_an_earlier_day_is_escalated_no_sooner_than_that_is_known() -> (
    None
):
    moved = event(
        "ApPlacementStarted", at(13), "placement", day=-9, revision=2, data={"start_on": on(-9)}
    )
    found = told(start(), moved, at(60), duties=(changed(escalate_days=5),))
    assert [(one.kind, one.as_of) for one in found] == [
        ("OPENED", deadline(on(11))),
        ("AMENDED", at(13)),
        ("ESCALATED", at(13)),
    ]


HELD = (HIGHER, changed(LOWER, inhibited_by="HIGHER"))


def of(transitions: list[Transition], duty: str) -> list[tuple[str, int]]:
    """Return the kinds and moments of one duty's transitions."""
    return [(one.kind, one.as_of) for one in transitions if one.duty == duty]


def test_a_lower_alert_is_held_while_a_higher_one_is_open_and_comes_out_when_that_ends() -> None:
    ends = start(ends_on=on(20))
    other = msgspec.structs.replace(
        HIGHER,
        cases=lambda j, p, c: [
            msgspec.structs.replace(case, ends_on=on(20)) for case in HIGHER.cases(j, p, c)
        ],
    )
    lower = msgspec.structs.replace(
        HELD[1],
        cases=lambda j, p, c: [
            msgspec.structs.replace(case, ends_on=None) for case in LOWER.cases(j, p, c)
        ],
    )
    found = told(ends, at(60), duties=(other, lower))
    assert of(found, "HIGHER") == [("OPENED", deadline(on(6))), ("RESOLVED", deadline(on(20)))]
    assert of(found, "LOWER") == [("OPENED", deadline(on(20)))]


def test_what_is_held_and_done_meanwhile_is_never_told() -> None:
    found = told(start(), plan(15), at(60), duties=HELD)
    assert of(found, "LOWER") == []
    assert [kind for kind, _ in of(found, "HIGHER")] == ["OPENED", "RESOLVED"]


def test_of_two_that_fall_due_at_one_moment_the_higher_is_told_and_holds_the_lower() -> None:
    for names in (("A_HIGHER", "Z"), ("Z_HIGHER", "A"), ("M", "N"), ("N", "M")):
        higher = msgspec.structs.replace(HIGHER, id=names[0], parameters={"days": 10})
        lower = msgspec.structs.replace(
            LOWER, id=names[1], inhibited_by=frozenset({names[0]}), held_by=frozenset({names[0]})
        )
        found = told(start(), at(60), duties=(higher, lower))
        assert [one.duty for one in found] == [names[0]]


def test_an_alert_on_another_episode_holds_nothing() -> None:
    late = start(3, "other")
    duties = (
        msgspec.structs.replace(
            HIGHER,
            cases=lambda j, p, c: [
                case for case in PACED.cases(j, {"days": 5}, c) if case.anchor == "other"
            ],
        ),
        HELD[1],
    )
    found = told(start(), late, at(60), duties=duties)
    assert [one.anchor for one in found if one.duty == "LOWER"] == ["placement"]


def test_what_is_open_already_stays_open_when_a_higher_one_joins_it() -> None:
    higher = msgspec.structs.replace(HIGHER, parameters={"days": 20})
    found = told(start(), at(60), duties=(higher, HELD[1]))
    assert of(found, "LOWER") == [("OPENED", deadline(on(11)))]


def ruled(since: int, *, tightens: bool = False, **parameters: int | str) -> Event:
    """Return the record that publishes a rule set about PLAN from a day on, known on day 1."""
    rules = a_set("staged", on(since), tightens=tightens, PLAN={"parameters": parameters})
    return published(rules, at(1, 1))


def test_a_rule_set_switches_a_warning_on_for_what_begins_in_its_time() -> None:
    before, after = start(4, "before"), start(5, "after")
    found = told(ruled(5, warn_days=3), before, after, at(60))
    assert {one.anchor for one in found if one.kind == "DUE_SOON"} == {"after"}
    assert next(one for one in found if one.kind == "DUE_SOON").rules.endswith("999/staged")


def test_a_rule_set_for_open_cases_warns_of_them_too_and_not_before_its_day() -> None:
    found = told(start(), ruled(9, tightens=True, warn_days=5), at(60))
    assert [(one.kind, one.as_of) for one in found] == [
        ("DUE_SOON", deadline(on(8))),
        ("OPENED", deadline(on(11))),
    ]


def test_a_rule_set_that_comes_within_the_warning_days_of_an_open_case_warns_once_in_force() -> (
    None
):
    known = msgspec.structs.replace(ruled(10, tightens=True, warn_days=9), kappa=at(8))
    found = told(start(), known, at(60))
    assert [(one.kind, one.as_of) for one in found] == [
        ("DUE_SOON", deadline(on(9))),
        ("OPENED", deadline(on(11))),
    ]


@pytest.mark.parametrize(
    ("duty", "parameters", "expected"),
    [
        (PLAN, {"warn_days": -1}, "warn_days of PLAN must be a whole number of days"),
        (PLAN, {"warn_days": 367}, "warn_days of PLAN must be a whole number of days"),
        (PLAN, {"warn_days": "soon"}, "warn_days of PLAN must be a whole number of days"),
        (PLAN, {"escalate_days": "5 5"}, "in ascending order"),
        (PLAN, {"escalate_days": "10 5"}, "in ascending order"),
        (PLAN, {"escalate_days": "0 5"}, "each 1 to 366"),
        (PLAN, {"escalate_days": "1 2 3 4 5"}, "up to 4 whole numbers"),
        (PLAN, {"escalate_days": "soon"}, "such as [5, 10]"),
        (PLAN, {"inhibited_by": "HIGHER"}, "PLAN can be held by none, and not by HIGHER"),
        (LOWER, {"inhibited_by": "PLAN"}, "LOWER can be held only by HIGHER, and not by PLAN"),
    ],
)
def test_a_stage_that_cannot_be_is_refused_in_a_sentence(
    duty: Duty, parameters: Mapping[str, int | str], expected: str
) -> None:
    rules: RuleSet = a_set("wrong", on(1), **{duty.id: {"parameters": parameters}})
    (fault,) = faults(rules, {duty.id: duty})
    assert fault.code == "parameter-refused"
    assert expected in fault.sentence


def test_zero_and_none_switch_a_stage_off_again() -> None:
    staged = changed(HELD[1], warn_days=3, escalate_days="5 10")
    assert staged.is_staged
    assert not changed(staged, warn_days=0, escalate_days=0, inhibited_by="none").is_staged


def test_the_release_switches_no_stage_on() -> None:
    assert not [duty.id for duty in all_duties().values() if duty.is_staged]


def test_only_a_higher_or_equal_alert_of_the_release_holds_another_and_none_in_law_is_held() -> (
    None
):
    rising = list(reversed(Severity))
    named = {duty.id: duty for duty in all_duties().values()}
    pairs = [(duty, named[other]) for duty in named.values() for other in duty.inhibited_by]
    assert pairs
    for lower, higher in pairs:
        assert rising.index(higher.severity) >= rising.index(lower.severity)
        assert not lower.inhibited_by & {d.id for d in named.values() if lower.id in d.inhibited_by}
        assert lower.basis is not Basis.LAW
        assert not lower.person_anchored


def test_what_has_no_steps_is_told_in_the_same_bytes_as_before_there_were_any() -> None:
    opened, escalated = told(start(), at(60), duties=(changed(escalate_days=3),))
    assert "escalation" not in audited(opened)
    assert audited(escalated)["escalation"] == 1
