"""Parameters may be changed; what law limits is never made looser."""

from __future__ import annotations

import pytest

from journey.calendars import Calendars
from journey.duties import DUTIES, ON_BY_DEFAULT, all_duties, cases_of
from journey.duties.duty import Basis, Duty, Limit
from journey.duties.examples import sentence
from journey.duties.parameters import ParameterRefused, with_parameters
from tests.builders import a_fact, a_journey

BOUND = [(duty, limit) for duty in DUTIES for limit in duty.limits]
EACH = pytest.mark.parametrize(
    ("duty", "limit"), BOUND, ids=[f"{duty.id}: {limit.names[0]}" for duty, limit in BOUND]
)


def _moved(limit: Limit, by: int) -> dict[str, int | str]:
    """Return the legal number, its last part moved towards the looser by so much."""
    bound = limit.at_most or limit.at_least or ()
    looser = by if limit.at_most is not None else -by
    *first, last = bound
    return dict(zip(limit.names, [*first, last + looser], strict=True))


@EACH
def test_the_number_in_law_may_be_set_and_tightened_and_not_loosened(
    duty: Duty, limit: Limit
) -> None:
    for by in (0, -1):
        changed = with_parameters(duty, _moved(limit, by))
        assert changed.parameters == {**duty.parameters, **_moved(limit, by)}
    with pytest.raises(ParameterRefused, match="may be made stricter and not looser"):
        with_parameters(duty, _moved(limit, 1))


@EACH
def test_a_duty_begins_within_its_own_limits(duty: Duty, limit: Limit) -> None:
    assert with_parameters(duty, {}) == duty
    assert set(limit.names) <= duty.parameters.keys()


def test_a_duty_in_law_has_its_limit_or_says_that_the_number_is_ours() -> None:
    assert all(duty.limits or duty.our_default for duty in DUTIES if duty.basis is Basis.LAW), (
        "nobody could tell which number is law"
    )


def test_only_law_limits() -> None:
    assert {duty.basis for duty, _ in BOUND} == {Basis.LAW}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"limit_month": 1}, "has no parameter limit_month"),
        ({"limit_weeks": "20"}, "must be a whole number"),
        ({"limit_weeks": True}, "must be a whole number"),
        ({"limit_weeks": -1}, "must not be negative"),
        ({"open_exception_weeks": 1001}, "must not be more than 1000"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(changes: dict[str, int | str], why: str) -> None:
    with pytest.raises(ParameterRefused, match=why):
        with_parameters(all_duties()["EHC_PLAN_20_WEEKS"], changes)


def test_a_date_in_law_may_move_earlier_in_the_school_year() -> None:
    duty = all_duties()["EHC_PHASE_TRANSFER_OTHER"]

    assert with_parameters(duty, {"month": 11, "day": 30}).parameters["month"] == 11
    with pytest.raises(ParameterRefused):
        with_parameters(duty, {"month": 6})


@pytest.mark.parametrize(("month", "day"), [(13, 1), (0, 5), (2, 29), (5, 32)])
def test_a_date_that_some_year_does_not_have_is_refused(month: int, day: int) -> None:
    with pytest.raises(ParameterRefused, match="are no day of an ordinary year"):
        with_parameters(all_duties()["COLLEGE_VISIT_NOT_OFFERED"], {"month": month, "day": day})


def test_words_are_written_like_their_default() -> None:
    groups = all_duties()["EHC_PHASE_TRANSFER_OTHER"]

    assert with_parameters(groups, {"year_groups": "-1 2 6"}).parameters["year_groups"] == "-1 2 6"
    for wrong in ("-1 six", "", "-1,6", "100"):
        with pytest.raises(ParameterRefused, match="must be written like its default"):
            with_parameters(groups, {"year_groups": wrong})


def test_of_the_words_of_a_duty_in_law_none_is_left_out() -> None:
    with pytest.raises(ParameterRefused, match="and must have 6"):
        with_parameters(all_duties()["EHC_PHASE_TRANSFER_OTHER"], {"year_groups": "-1"})
    guidance = all_duties()["AP_PLACEMENT_PLAN_MISSING"]
    assert with_parameters(guidance, {"required_fields": "objectives"})


def test_a_changed_parameter_moves_the_limit() -> None:
    duty = with_parameters(all_duties()["EHC_DECISION_TO_ASSESS"], {"limit_weeks": 4})
    asked = a_journey(a_fact("EhcNeedsAssessmentRequested", "2026-01-05"))

    assert ["due 2 February 2026; not met"] == [
        sentence(case) for case in cases_of(duty, asked, Calendars.default())
    ]


def test_what_is_local_or_proposed_is_off_until_switched_on() -> None:
    off = {duty.id for duty in DUTIES} - {duty.id for duty in ON_BY_DEFAULT}

    assert off == {d.id for d in DUTIES if d.basis in (Basis.LOCAL, Basis.PROPOSED)}
