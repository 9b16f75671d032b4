"""Which agencies know a child, stated or implied."""

from __future__ import annotations

from datetime import date

import pytest

from journey.duties.involvement import involvements, listed
from journey.events import Event
from tests.builders import a_fact, a_journey, day


def _known(*facts: Event) -> list[tuple[str, date, date | None]]:
    found = involvements(a_journey(*facts))
    return [(one.agency, one.episode.start, one.episode.end) for one in found]


@pytest.mark.parametrize(
    ("agency", "begins", "ends"),
    [
        ("HEALTH", "HealthReferralReceived", "HealthDischarged"),
        ("HEALTH", "HealthCarePlanAgreed", "HealthDischarged"),
        ("SOCIAL_CARE", "BecameLookedAfter", "CeasedLookedAfter"),
        ("SOCIAL_CARE", "CpPlanStarted", "CpPlanEnded"),
        ("SOCIAL_CARE", "CinPlanAgreed", "CinPlanEnded"),
        ("SOCIAL_CARE", "ReferralReceived", "ReferralClosed"),
        ("EDUCATION", "ApPlacementStarted", "ApPlacementEnded"),
        ("EDUCATION", "EhcPlanFinalised", "EhcPlanCeased"),
        ("EDUCATION", "EhcNeedsAssessmentRequested", "EhcNoPlanDecisionIssued"),
    ],
)
def test_what_an_agency_does_implies_that_it_knows_the_child(
    agency: str, begins: str, ends: str
) -> None:
    start = a_fact(begins, "2025-09-15", "A")

    assert [(agency, day("2025-09-15"), None)] == _known(start)
    assert [(agency, day("2025-09-15"), day("2025-12-01"))] == _known(
        start, a_fact(ends, "2025-12-01")
    )


def test_an_agency_states_its_own_involvement() -> None:
    found = _known(
        a_fact("AgencyInvolvementStarted", "2025-09-15", "A", agency="HEALTH"),
        a_fact("AgencyInvolvementStarted", "2025-09-16", "B", agency="SOCIAL_CARE"),
        a_fact("AgencyInvolvementEnded", "2025-10-01", involvement="A", agency="HEALTH"),
    )

    assert [
        ("HEALTH", day("2025-09-15"), day("2025-10-01")),
        ("SOCIAL_CARE", day("2025-09-16"), None),
    ] == found


def test_an_involvement_of_which_only_the_end_is_known_was_open_that_day() -> None:
    ended = a_fact("AgencyInvolvementEnded", "2025-10-01", agency="HEALTH")

    assert [("HEALTH", day("2025-10-01"), day("2025-10-01"))] == _known(ended)


def test_a_discharge_ends_the_referral_it_names_and_what_has_its_category() -> None:
    found = _known(
        a_fact("HealthReferralReceived", "2025-09-01", "A", category="CAMHS"),
        a_fact("HealthCarePlanAgreed", "2025-09-02", "B", category="camhs"),
        a_fact("HealthReferralReceived", "2025-09-03", "C", category="SLT"),
        a_fact("HealthDischarged", "2025-12-01", referral="A", category="CAMHS"),
    )

    assert [day("2025-12-01"), day("2025-12-01"), None] == [end for _, _, end in found]


def test_a_care_plan_ends_on_its_agreed_day() -> None:
    plan = a_fact("HealthCarePlanAgreed", "2025-09-02", end_on="2026-03-01")

    assert [("HEALTH", day("2025-09-02"), day("2026-03-01"))] == _known(plan)


def test_agencies_are_listed_in_words() -> None:
    assert listed({"SOCIAL_CARE", "EDUCATION", "HEALTH"}) == "education, health and social care"
    assert listed({"HEALTH", "EDUCATION"}) == "education and health"
    assert listed({"HEALTH"}) == "health"
