"""How agencies end their work with a child, and whether somebody takes over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from producers.simulate.life import Life, Placement
from producers.simulate.paths.health import discharge
from producers.simulate.paths.leaving import COLLEGE_STARTS
from producers.simulate.paths.together import SERVICES, source_of
from producers.simulate.population import YEAR_11
from producers.simulate.school_year import HORIZON, plus_working_days, working_day_from
from producers.simulate.sources import CASEWORK

_CLIFF_EDGE = "POST16_SUPPORT_CLIFF_EDGE"
_WATCHED_FROM = COLLEGE_STARTS - timedelta(days=90)
_SHORTEST = timedelta(days=60)


def end_work(
    life: Life,
    involvements: Mapping[str, str],
    began: Mapping[str, date],
    placement: Placement | None,
) -> None:
    """Tell which agencies end their work; the last to do so around a move hands over."""
    ends: dict[str, date] = {}
    if placement is not None and not life.child.full_plan:
        ends["EDUCATION"] = placement.end
    if life.child.year_group == YEAR_11:
        ends |= _around_the_move(life, began)
    for agency, on in ends.items():
        _end(life, agency, involvements[agency], on)
    if life.told("Post16OfferAccepted") and began and ends.keys() == began.keys():
        _hand_over(life, *max((on, agency) for agency, on in ends.items()))


def _around_the_move(life: Life, began: Mapping[str, date]) -> dict[str, date]:
    ends: dict[str, date] = {}
    told = _CLIFF_EDGE in life.misses.chosen
    for agency in ("HEALTH", "SOCIAL_CARE"):
        on = working_day_from(life.between(date(2025, 7, 7), date(2025, 11, 14)))
        may = agency in began and on > began[agency] + _SHORTEST
        stays = agency == "SOCIAL_CARE" and life.child.care
        if may and not stays and (told or life.random.random() < 0.5):
            ends[agency] = on
    return ends


def _end(life: Life, agency: str, involvement: str, on: date) -> None:
    life.tell(
        source_of(life, agency),
        "AgencyInvolvementEnded",
        involvement=involvement,
        ended_on=on,
        agency=agency,
        service=SERVICES[agency],
    )
    if agency == "HEALTH":
        discharge(life, on)
    elif agency == "SOCIAL_CARE":
        _close_case(life, on)


def _close_case(life: Life, on: date) -> None:
    for record in life.told("ReferralReceived"):
        life.tell(
            CASEWORK,
            "ReferralClosed",
            referral=record.event.record["source_record_id"],
            closed_on=on,
            reason_code="RC8",
        )
    if life.told("CinPlanAgreed"):
        life.tell(CASEWORK, "CinPlanEnded", ended_on=on)


def _hand_over(life: Life, on: date, agency: str) -> None:
    accepted_on: date | None = plus_working_days(on, life.random.randint(1, 6))
    if _WATCHED_FROM <= on and plus_working_days(on, 10) < HORIZON:
        accepted_on = life.met(_CLIFF_EDGE, 0.08, in_time=accepted_on or on, due=_due(life, on))
    if accepted_on is not None:
        life.tell(
            CASEWORK,
            "HandoverAccepted",
            accepted_on=working_day_from(accepted_on),
            from_agency=agency,
            to_service="ADULT_SERVICES",
        )


def _due(life: Life, on: date) -> date:
    """Return when the handover is late for all to see: the place must have been accepted too."""
    accepted_on: date = life.told("Post16OfferAccepted")[0].event.record["accepted_on"]
    return max(plus_working_days(on, 10), accepted_on + timedelta(days=7))
