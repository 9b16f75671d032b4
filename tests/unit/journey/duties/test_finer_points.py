"""Finer points of single duties, beside the worked examples."""

from __future__ import annotations

from journey.calendars import Calendars
from journey.duties import all_duties, cases_of
from journey.duties.examples import sentence
from journey.events import Event
from tests.builders import a_fact, a_journey
from tests.unit.journey.duties.journeys import attendance


def _sentences(duty: str, *facts: Event, born: str = "") -> list[str]:
    cases = cases_of(all_duties()[duty], a_journey(*facts, born=born), Calendars.default())
    return [sentence(case) for case in cases]


def _placed(on: str = "2025-09-08", record: str = "P", **fields: object) -> Event:
    return a_fact("ApPlacementStarted", on, record, provider=record, **fields)


# AP_ATTENDANCE_SILENT


def _attended(on: str, known: str = "", **fields: object) -> Event:
    return a_fact("SessionAttendanceRecorded", on, known=known, **fields)


def test_a_register_reported_late_closes_the_silence_in_time() -> None:
    found = _sentences(
        "AP_ATTENDANCE_SILENT",
        _placed(),
        _attended("2025-09-08"),
        _attended("2025-09-09", known="2025-09-15"),
    )

    assert found == [
        "2025-09-08: due 10 September 2025; met 9 September 2025",
        "2025-09-09: due 11 September 2025; not met",
    ]


def test_a_year_of_registers_in_time_is_one_case() -> None:
    registers = attendance(_placed().occurred_on, 190)

    assert len(_sentences("AP_ATTENDANCE_SILENT", _placed(), *registers)) == 1


def test_a_session_without_a_placement_counts_for_all_that_are_open() -> None:
    found = _sentences(
        "AP_ATTENDANCE_SILENT", _placed(), _placed(record="Q"), _attended("2025-09-08")
    )

    assert found == ["2025-09-08: due 10 September 2025; not met"] * 2


def test_a_session_of_one_placement_says_nothing_of_another() -> None:
    found = _sentences(
        "AP_ATTENDANCE_SILENT",
        _placed(),
        _placed(record="Q"),
        _attended("2025-09-08", placement="P"),
    )

    assert found == [
        "2025-09-08: due 10 September 2025; not met",
        "start: due 9 September 2025; not met",
    ]


def test_fewer_sessions_from_a_day_allow_a_longer_silence_from_then() -> None:
    found = _sentences(
        "AP_ATTENDANCE_SILENT",
        _placed(),
        a_fact("ApTimetableSet", "2025-09-10", placement="P", sessions_per_week=4),
        _attended("2025-09-08"),
        _attended("2025-09-12"),
    )

    assert found == [
        "2025-09-08: due 10 September 2025; met 12 September 2025, late",
        "2025-09-12: due 19 September 2025; not met",
    ]


# EHC_PLAN_20_WEEKS

ASKED = a_fact("EhcNeedsAssessmentRequested", "2026-01-05", "R")


def _excepted(on: str, **fields: object) -> Event:
    return a_fact("EhcExceptionApplied", on, request="R", ground="D", **fields)


def test_days_under_two_exceptions_count_once() -> None:
    found = _sentences(
        "EHC_PLAN_20_WEEKS",
        ASKED,
        _excepted("2026-02-01", to_on="2026-02-10"),
        _excepted("2026-02-06", to_on="2026-02-15"),
    )

    assert found == ["due 9 June 2026; not met"]


def test_an_exception_after_the_limit_changes_nothing() -> None:
    found = _sentences("EHC_PLAN_20_WEEKS", ASKED, _excepted("2026-05-26", to_on="2026-06-30"))

    assert found == ["due 25 May 2026; not met"]


def test_an_exception_without_an_end_counts_eight_weeks() -> None:
    assert _sentences("EHC_PLAN_20_WEEKS", ASKED, _excepted("2026-03-01")) == [
        "due 21 July 2026; not met"
    ]


# JOINT_PLAN_MISSING

HEALTH = a_fact("HealthReferralReceived", "2025-09-15", "H")
PLACED_LATER = _placed("2025-10-06")
SOCIAL_CARE = a_fact("CinPlanAgreed", "2025-10-13", "C")


def _planned(on: str, *agencies: str) -> Event:
    return a_fact("JointPlanAgreed", on, contributors=list(agencies))


def test_agencies_that_join_while_a_plan_is_owed_add_no_second_alert() -> None:
    assert len(_sentences("JOINT_PLAN_MISSING", HEALTH, PLACED_LATER, SOCIAL_CARE)) == 1


def test_a_plan_without_the_agency_that_joined_leaves_one_owed_for_it() -> None:
    plan = _planned("2025-11-05", "EDUCATION", "HEALTH")

    assert _sentences("JOINT_PLAN_MISSING", HEALTH, PLACED_LATER, SOCIAL_CARE, plan) == [
        "due 10 November 2025; met 5 November 2025",
        "due 17 November 2025; not met",
    ]


def test_an_earlier_plan_stands_for_twelve_months() -> None:
    recent = _planned("2024-10-06", "EDUCATION", "HEALTH")
    old = _planned("2024-10-05", "EDUCATION", "HEALTH")

    assert _sentences("JOINT_PLAN_MISSING", HEALTH, PLACED_LATER, recent) == [
        "due 10 November 2025; met 6 October 2025"
    ]
    assert _sentences("JOINT_PLAN_MISSING", HEALTH, PLACED_LATER, old) == [
        "due 10 November 2025; not met"
    ]


def test_one_agency_alone_owes_no_joint_plan() -> None:
    assert _sentences("JOINT_PLAN_MISSING", PLACED_LATER) == []


def test_outside_alternative_provision_a_plan_is_owed_only_from_year_9() -> None:
    assert _sentences("JOINT_PLAN_MISSING", HEALTH, SOCIAL_CARE) == []
    assert _sentences("JOINT_PLAN_MISSING", HEALTH, SOCIAL_CARE, born="2013-01-01") == [
        "year 9: due 30 September 2026; not met"
    ]


def test_a_second_placement_after_the_first_owes_a_plan_again() -> None:
    ended = a_fact("ApPlacementEnded", "2025-10-10", placement="P")
    again = _placed("2026-02-02", "Q")

    assert _sentences("JOINT_PLAN_MISSING", HEALTH, PLACED_LATER, ended, again) == [
        "due 10 November 2025; ended 10 October 2025",
        "due 9 March 2026; not met",
    ]


# Others


def test_an_agency_that_left_owes_the_joint_plan_nothing() -> None:
    found = _sentences(
        "JOINT_PLAN_AGENCY_SILENT",
        a_fact("AgencyInvolvementStarted", "2025-09-01", "A", agency="HEALTH"),
        _planned("2025-10-20", "HEALTH"),
        a_fact("AgencyInvolvementEnded", "2025-11-28", involvement="A", agency="HEALTH"),
    )

    assert found == ["HEALTH: due 1 December 2025; ended 28 November 2025"]


def test_a_provider_that_any_source_calls_registered_is() -> None:
    found = _sentences(
        "AP_UNREGISTERED_FULL_TIME",
        a_fact("BecameLookedAfter", "2025-01-06"),
        a_fact(
            "ApPlacementStarted",
            "2025-09-08",
            "P",
            provider="K",
            full_time=True,
            provider_registered=False,
        ),
        a_fact("ApPlacementStarted", "2025-09-08", "Q", provider="K", provider_registered=True),
    )

    assert found == []


def test_an_enquiry_without_a_discussion_starts_the_conference_clock_itself() -> None:
    assert _sentences("ICPC_15_DAYS", a_fact("Section47Started", "2025-12-12", "S")) == [
        "due 7 January 2026; not met"
    ]


def test_an_enquiry_counts_from_the_discussion_before_it() -> None:
    found = _sentences(
        "ICPC_15_DAYS",
        a_fact("StrategyDiscussionHeld", "2025-12-12", "D"),
        a_fact("Section47Started", "2025-12-15", "S"),
    )

    assert found == ["due 7 January 2026; not met"]


def test_support_that_goes_on_after_the_move_is_no_cliff_edge() -> None:
    found = _sentences(
        "POST16_SUPPORT_CLIFF_EDGE",
        a_fact("Post16OfferAccepted", "2025-06-24", provider="C", start_on="2025-09-08"),
        a_fact("AgencyInvolvementStarted", "2025-01-06", "H", agency="HEALTH"),
        a_fact("CinPlanAgreed", "2025-02-03"),
        a_fact("AgencyInvolvementEnded", "2025-09-12", involvement="H", agency="HEALTH"),
    )

    assert found == []


def test_support_that_ends_long_after_the_move_is_no_cliff_edge() -> None:
    found = _sentences(
        "POST16_SUPPORT_CLIFF_EDGE",
        a_fact("Post16OfferAccepted", "2025-06-24", provider="C", start_on="2025-09-08"),
        a_fact("CinPlanAgreed", "2025-02-03"),
        a_fact("CinPlanEnded", "2026-03-08"),
    )

    assert found == []


def test_seen_at_another_provider_a_young_person_has_started() -> None:
    found = _sentences(
        "POST16_NOT_STARTED",
        a_fact("Post16OfferAccepted", "2026-06-24", provider="C", start_on="2026-09-07"),
        a_fact("Post16ParticipationConfirmed", "2026-09-10", provider="Other"),
    )

    assert found == ["due 21 September 2026; ended 10 September 2026"]


def test_a_withdrawal_does_not_close_a_place_that_was_not_sustained() -> None:
    found = _sentences(
        "POST16_NOT_SUSTAINED",
        a_fact("Post16Enrolled", "2025-09-08", provider="C"),
        a_fact("Post16Withdrawn", "2025-10-20", provider="C"),
    )

    assert found == ["2025-10: due 14 November 2025; not met"]


def test_nothing_is_guaranteed_to_a_child_that_left_before_year_11() -> None:
    found = _sentences(
        "SEPTEMBER_GUARANTEE_OFFER",
        a_fact("PupilJoinedRoll", "2021-09-06", establishment="S1"),
        a_fact("PupilRemovedFromRoll", "2024-07-19", establishment="S1"),
        born="2010-03-01",
    )

    assert found == []


def test_another_schools_roll_is_full_time_education_after_an_exclusion() -> None:
    excluded = a_fact("PermanentExclusionRecorded", "2025-11-10", establishment="S1")
    same = a_fact("PupilJoinedRoll", "2025-11-12", "A", establishment="s1")
    other = a_fact("PupilJoinedRoll", "2025-11-14", "B", establishment="S2")

    assert _sentences("EXCLUSION_DAY6_PERMANENT", excluded, same) == [
        "due 17 November 2025; not met"
    ]
    assert _sentences("EXCLUSION_DAY6_PERMANENT", excluded, same, other) == [
        "due 17 November 2025; met 14 November 2025"
    ]
