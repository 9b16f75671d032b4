"""Whose rules judge what: worked examples with dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec
import pytest

from journey.calendars import Calendars
from journey.child import Journey
from journey.duties import DUTIES, RULES_VERSION
from journey.duties.duty import Case, Severity
from journey.events import Event
from journey.machine import Machine
from journey.moments import DAY, deadline
from journey.rulebooks import Rulebooks
from journey.rules import DutyChange, RuleSet, faults, name_of, payload_of, rule_set_of
from journey.shelf import MemoryShelf
from journey.transition import Transition
from tests.builders import a_fact, day, noon
from tests.unit.journey.rule_sets import PACED, a_set, published
from tests.unit.journey.streams import SCHOOL, at, event, joined, on, run

LA = "999"
PLAN = "AP_PLACEMENT_PLAN_MISSING"
SOONER = {PLAN: {"parameters": {"limit_school_days": 5}}}
CATALOGUE = {duty.id: duty for duty in DUTIES}


def placed(on: str, record: str, known: str = "") -> Event:
    """A placement of a child of its own."""
    return _own(a_fact("ApPlacementStarted", on, record, known=known))


def _own(fact: Event) -> Event:
    return msgspec.structs.replace(fact, leaf=f"leaf-{fact.record}")


def known(on: str, rules: RuleSet, la: str = LA) -> Event:
    """The record by which a rule set becomes known on a day."""
    return published(rules, noon(day(on)), la=la)


def told(*events: Event, shelf: MemoryShelf | None = None) -> list[Transition]:
    """Return the openings that follow, with every source heard until a year later."""
    las = sorted({event.la for event in events})
    first = min(event.kappa for event in events)
    joined = [_joined(la, source, first) for la in las for source in ("school/mis", CARE)]
    end = max(event.kappa for event in events) + 365 * DAY
    stream = [*joined, *sorted(events, key=lambda e: e.kappa), end]
    found = run(stream, Machine(shelf or MemoryShelf()))
    return [one for one in found if one.kind == "OPENED"]


CARE = "care/case-system"


def _joined(la: str, source: str, kappa: int) -> Event:
    types = sorted({name for duty in DUTIES for name in duty.reads})
    data = {"mode": "STREAMING", "rhythm_hours": 366 * 24, "event_types": types}
    return Event(
        type="SourceJoined",
        agency="source",
        la=la,
        source=source,
        record=f"joined/{source}",
        leaf="",
        event_id=f"joined/{source}/{la}",
        revision=1,
        occurred_on=date(2026, 1, 1),
        kappa=kappa,
        data=data,
    )


def due(transitions: Iterable[Transition], duty: str = PLAN) -> dict[str, tuple[str, str]]:
    """Return by episode when it was due, and by whose rules."""
    return {t.anchor: (t.due.isoformat(), t.rules) for t in transitions if t.duty == duty}


def test_a_set_that_takes_effect_in_mid_history_judges_what_begins_from_its_day_on() -> None:
    found = told(
        known("2026-03-01", a_set("summer", date(2026, 4, 20), **SOONER)),
        placed("2026-04-17", "before"),
        placed("2026-04-20", "on its day"),
        placed("2026-03-02", "long before, heard of late", known="2026-06-01"),
    )

    assert due(found) == {
        "before": ("2026-05-01", RULES_VERSION),
        "on its day": ("2026-04-27", "2026-11+999/summer"),
        "long before, heard of late": ("2026-03-16", RULES_VERSION),
    }


def test_a_set_that_arrives_late_takes_effect_on_the_day_after_it_became_known() -> None:
    shelf = MemoryShelf()
    found = told(
        known("2026-04-22", a_set("summer", date(2026, 4, 20), **SOONER)),
        placed("2026-04-21", "in the time it was meant for"),
        placed("2026-04-22", "on the day on which it arrived"),
        placed("2026-04-23", "after that", known="2026-04-30"),
        shelf=shelf,
    )

    assert due(found) == {
        "in the time it was meant for": ("2026-05-06", RULES_VERSION),
        "on the day on which it arrived": ("2026-05-07", RULES_VERSION),
        "after that": ("2026-04-30", "2026-11+999/summer"),
    }
    (one,) = shelf.authority(LA).rule_sets
    assert (one.since, one.rules and one.rules.takes_effect_on) == (
        date(2026, 4, 23),
        date(2026, 4, 20),
    )


def test_one_that_is_known_on_the_eve_of_its_day_is_in_time() -> None:
    rules = a_set("summer", date(2026, 4, 20), **SOONER)
    last_moment = deadline(date(2026, 4, 19)) - 1
    for moment, since in ((last_moment, 20), (last_moment + 1, 21)):
        shelf = MemoryShelf()
        run([published(rules, moment)], Machine(shelf))
        assert [one.since.day for one in shelf.authority(LA).rule_sets] == [since]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"parameters": {"limit_weeks": 22}}, "law-loosened"),
        ({"enabled": False}, "law-switched-off"),
        ({"parameters": {"limit_months": 4}}, "parameter-refused"),
        ({"severity": "terrible"}, "no-severity"),
    ],
)
def test_an_attempt_to_loosen_the_law_changes_nothing_and_is_put_to_a_person(
    change: dict[str, object], code: str
) -> None:
    shelf = MemoryShelf()
    rules = a_set("looser", date(2026, 2, 1), EHC_PLAN_20_WEEKS=change, **SOONER)
    found = told(
        known("2026-01-10", rules),
        a_fact("EhcNeedsAssessmentRequested", "2026-03-02", "request"),
        placed("2026-04-20", "placement"),
        shelf=shelf,
    )

    assert due(found, "EHC_PLAN_20_WEEKS") == {"request": ("2026-07-20", RULES_VERSION)}
    assert due(found) == {"placement": ("2026-05-05", RULES_VERSION)}, "no half of it holds"
    (one,) = shelf.authority(LA).rule_sets
    assert one.refused == code
    assert [(r.kind, r.reason) for r in shelf.authority(LA).reviews] == [("rules", code)]


def test_a_stricter_number_than_the_law_s_judges() -> None:
    rules = a_set("strict", date(2026, 2, 1), EHC_PLAN_20_WEEKS={"parameters": {"limit_weeks": 16}})
    found = told(
        known("2026-01-10", rules),
        a_fact("EhcNeedsAssessmentRequested", "2026-03-02", "request"),
    )

    assert due(found, "EHC_PLAN_20_WEEKS") == {"request": ("2026-06-22", "2026-11+999/strict")}


def test_a_local_duty_is_asked_from_the_day_on_which_it_is_switched_on() -> None:
    rules = a_set("cin", date(2026, 3, 1), CIN_PLAN_MISSING={"enabled": True, "severity": "low"})
    assessed = [
        _own(a_fact("AssessmentAuthorised", on, on, outcome="CIN", authorised_on=on))
        for on in ("2026-02-27", "2026-03-02")
    ]
    without = told(*assessed)
    found = told(known("2026-02-01", rules), *assessed)

    assert due(without, "CIN_PLAN_MISSING") == {}
    assert due(found, "CIN_PLAN_MISSING") == {"2026-03-02": ("2026-03-16", "2026-11+999/cin")}
    assert {t.severity for t in found if t.duty == "CIN_PLAN_MISSING"} == {Severity.LOW}


def test_two_authorities_judge_by_rules_of_their_own() -> None:
    placements = [
        msgspec.structs.replace(placed("2026-04-20", f"of {la}"), la=la) for la in ("330", "999")
    ]
    found = told(
        known("2026-03-01", a_set("summer", date(2026, 4, 1), **SOONER), la="330"),
        known(
            "2026-03-01",
            a_set("summer", date(2026, 4, 1), **{PLAN: {"parameters": {"limit_school_days": 3}}}),
            la="999",
        ),
        *placements,
    )

    assert due(found) == {
        "of 330": ("2026-04-27", "2026-11+330/summer"),
        "of 999": ("2026-04-23", "2026-11+999/summer"),
    }


def test_what_is_known_beforehand_is_judged_by_the_set_of_the_day_on_which_it_begins() -> None:
    planned = placed("2026-09-07", "planned", known="2026-06-01")
    found = told(planned, known("2026-07-01", a_set("autumn", date(2026, 9, 1), **SOONER)))

    assert due(found) == {"planned": ("2026-09-14", "2026-11+999/autumn")}


@pytest.mark.parametrize("later", [date(2026, 9, 1), date(2026, 9, 4)])
def test_what_is_known_beforehand_is_as_the_release_has_it_where_a_later_set_says_nothing(
    later: date,
) -> None:
    planned = placed("2026-09-07", "planned", known="2026-06-01")
    found = told(
        planned,
        known("2026-07-01", a_set("autumn", date(2026, 9, 1), **SOONER)),
        known("2026-07-02", a_set("autumn again", later)),
    )

    assert due(found) == {"planned": ("2026-09-21", RULES_VERSION)}


def test_what_one_set_tightened_is_as_it_was_where_another_takes_its_day_and_says_nothing() -> None:
    found = told(
        placed("2026-04-14", "placement"),
        known("2026-04-01", a_set("summer", date(2026, 4, 20), tightens=True, **SOONER)),
        known("2026-04-02", a_set("summer again", date(2026, 4, 20))),
    )

    assert due(found) == {"placement": ("2026-04-28", RULES_VERSION)}


def test_what_age_starts_is_judged_by_the_set_of_its_school_year_though_nothing_new_is_heard() -> (
    None
):
    visit = "COLLEGE_VISIT_NOT_OFFERED"
    rules = a_set("autumn", date(2026, 9, 1), **{visit: {"parameters": {"month": 3}}})
    born = [
        msgspec.structs.replace(placed("2026-05-01", record), date_of_birth=day(on))
        for record, on in (("year 11 before", "2009-10-01"), ("year 11 then", "2010-10-01"))
    ]
    found = told(*born, known("2026-07-01", rules))

    assert due(found, visit) == {
        "leaf-year 11 before": ("2026-05-31", RULES_VERSION),
        "leaf-year 11 then": ("2027-03-31", name_of(LA, "autumn")),
    }


def _failing(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterable[Case]:
    if parameters["days"] == 7:
        raise LookupError
    return PACED.cases(journey, parameters, calendars)


def test_where_the_core_fails_on_a_child_under_a_set_a_person_is_told_and_others_go_on() -> None:
    failing = msgspec.structs.replace(PACED, cases=_failing)
    shelf = MemoryShelf()
    it = Machine(shelf, duties=(failing,))
    rules = a_set("seven", on(20), PACED={"parameters": {"days": 7}})
    planned = event("ApPlacementStarted", at(1), "planned", day=25)
    other = event("ApPlacementStarted", at(1), "other", day=1, leaf="leaf-b")
    run([joined(SCHOOL, at(1, 1), hours=2000), planned, other], it)

    assert run([published(rules, at(2))], it) == []
    (cluster,) = shelf.find(LA, ["planned"])
    assert [(flag.kind, flag.reason) for flag in cluster.flags] == [("rules", "LookupError")]
    assert [state.case.rules for state in cluster.cases.values()] == [""], "it stays as it was"
    told_then = run([event("ExitPlanAgreed", at(3), "plan", day=3), at(13)], it)
    assert [(t.duty, t.kind) for t in told_then] == [
        ("RECORDS_PARKED", "OPENED"),
        ("PACED", "OPENED"),
    ]
    assert told_then[1].anchor == "other"


def test_a_set_that_is_taken_back_before_its_day_never_judges_and_later_it_goes_on() -> None:
    rules = a_set("autumn", date(2026, 9, 1), **SOONER)
    planned = placed("2026-09-07", "planned", known="2026-06-01")
    for back_on, judged in (("2026-08-31", RULES_VERSION), ("2026-09-01", name_of(LA, "autumn"))):
        shelf = MemoryShelf()
        back = published(rules, noon(day(back_on)), revision=2, retracted=True)
        found = told(planned, known("2026-07-01", rules), back, shelf=shelf)

        assert [t.rules for t in found if t.duty == PLAN] == [judged]
        reasons = [review.reason for review in shelf.authority(LA).reviews]
        assert reasons == ([] if judged == RULES_VERSION else ["in-force"])


def test_a_later_set_goes_back_to_the_release_where_it_says_nothing() -> None:
    found = told(
        known("2026-03-01", a_set("summer", date(2026, 4, 1), **SOONER)),
        known("2026-03-02", a_set("autumn", date(2026, 9, 1))),
        placed("2026-04-20", "in summer"),
        placed("2026-09-07", "in autumn"),
    )

    assert {name: rules for name, (_, rules) in due(found).items()} == {
        "in summer": name_of(LA, "summer"),
        "in autumn": RULES_VERSION,
    }


def test_a_set_may_tighten_what_is_owed_already_and_not_yet_due_on_its_day() -> None:
    rules = a_set("summer", date(2026, 4, 20), tightens=True, **SOONER)
    found = told(
        placed("2026-04-14", "due after its day under both"),
        placed("2026-03-25", "due before its day under it alone"),
        placed("2026-03-02", "due before its day"),
        known("2026-04-01", rules),
    )

    assert due(found) == {
        "due after its day under both": ("2026-04-21", name_of(LA, "summer")),
        "due before its day under it alone": ("2026-04-20", name_of(LA, "summer")),
        "due before its day": ("2026-03-16", RULES_VERSION),
    }
    words = {t.anchor: t.arithmetic for t in found if t.duty == PLAN}
    assert words["due before its day under it alone"].endswith(", and no sooner than 20 April 2026")


def test_a_set_that_is_looser_leaves_what_is_owed_already_as_it_is() -> None:
    later = {PLAN: {"parameters": {"limit_school_days": 15}}}
    found = told(
        placed("2026-04-14", "placement"),
        known("2026-04-01", a_set("summer", date(2026, 4, 20), tightens=True, **later)),
    )

    assert due(found) == {"placement": ("2026-04-28", RULES_VERSION)}


def test_what_is_tightened_is_as_it_was_where_the_set_is_taken_back() -> None:
    rules = a_set("summer", date(2026, 4, 20), tightens=True, **SOONER)
    back = published(rules, noon(date(2026, 4, 16)), revision=2, retracted=True)
    found = told(placed("2026-04-14", "placement"), known("2026-04-01", rules), back)

    assert due(found) == {"placement": ("2026-04-28", RULES_VERSION)}


def test_of_two_sets_of_one_day_the_later_known_judges() -> None:
    other = {PLAN: {"parameters": {"limit_school_days": 3}}}
    found = told(
        known("2026-03-01", a_set("first", date(2026, 4, 1), **SOONER)),
        known("2026-03-02", a_set("second", date(2026, 4, 1), **other)),
        placed("2026-04-20", "placement"),
    )

    assert due(found) == {"placement": ("2026-04-23", name_of(LA, "second"))}


def test_a_version_is_never_changed_and_its_name_never_given_again() -> None:
    rules = a_set("summer", date(2026, 4, 1), **SOONER)
    other = a_set("summer", date(2026, 4, 1), AP_REVIEW_OVERDUE={"parameters": {"weeks": 3}})
    changed = published(other, noon(date(2026, 3, 2)), revision=2)
    again = msgspec.structs.replace(changed, record="another", event_id="another")
    shelf = MemoryShelf()
    run([known("2026-03-01", rules), changed, again, changed, again], Machine(shelf))

    authority = shelf.authority(LA)
    assert [one.rules for one in authority.rule_sets if one.stands] == [rules]
    assert [r.reason for r in authority.reviews] == ["changed-afterwards", "version-taken"]


def test_a_refused_set_may_be_put_right_under_the_same_name() -> None:
    wrong = a_set("summer", date(2026, 4, 1), NO_SUCH_DUTY={"enabled": True})
    right = a_set("summer", date(2026, 4, 1), **SOONER)
    shelf = MemoryShelf()
    run(
        [known("2026-03-01", wrong), published(right, noon(date(2026, 3, 2)), revision=2)],
        Machine(shelf),
    )

    assert [(one.rules, one.refused) for one in shelf.authority(LA).rule_sets] == [(right, "")]


def test_a_set_without_a_version_or_a_day_is_kept_as_refused() -> None:
    shelf = MemoryShelf()
    bare = msgspec.structs.replace(known("2026-03-01", a_set("x", date(2026, 4, 1))), data={})
    run([bare], Machine(shelf))

    assert [one.refused for one in shelf.authority(LA).rule_sets] == ["incomplete"]


def test_a_case_of_an_earlier_release_keeps_the_severity_that_its_version_gave_it() -> None:
    shelf = MemoryShelf()
    rules = a_set("grave", date(2026, 4, 1), **{PLAN: {"severity": "critical"}})
    run([known("2026-03-01", rules)], Machine(shelf))
    book = Rulebooks(shelf, DUTIES).of(LA)

    for name in (name_of(LA, "grave"), "2025-01+999/grave"):
        duty = book.judge(PLAN, name)
        assert duty is not None
        assert duty.severity is Severity.CRITICAL
    assert book.judge(PLAN, "2026-11+999/other") is CATALOGUE[PLAN]


def test_a_fault_says_what_to_do() -> None:
    rules = RuleSet(
        version="x",
        takes_effect_on=date(2026, 4, 1),
        changes=(
            DutyChange(duty="NO_SUCH_DUTY"),
            DutyChange(duty=PLAN, parameters={"days": 3}),
            DutyChange(duty=PLAN),
        ),
    )

    assert [fault.sentence for fault in faults(rules, CATALOGUE)] == [
        f"{PLAN} is named twice: put all that changes of it together.",
        "There is no duty NO_SUCH_DUTY: docs/duties.md lists every id.",
        f"{PLAN} has no parameter days; it has: limit_school_days, lookback_days, required_fields.",
    ]


def test_a_rule_set_travels_as_it_is() -> None:
    rules = a_set(
        "summer",
        date(2026, 4, 1),
        tightens=True,
        AP_NAMED_CONTACT_MISSING={
            "enabled": True,
            "severity": "low",
            "parameters": {"required_fields": "home_school_contact provider_contact deputy"},
        },
        **SOONER,
    )

    assert rule_set_of(payload_of(rules)) == rules
