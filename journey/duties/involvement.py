"""Which agencies know a child, and from when to when."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from journey.child import Journey, once
from journey.duties.episodes import (
    CARE_FACTS,
    PLACEMENT_FACTS,
    PLAN_FACTS,
    REQUEST_FACTS,
    Dated,
    Episode,
    care_periods,
    closed,
    dated,
    ehc_plans,
    ehc_requests,
    episodes,
    placements,
    stated_day,
)
from journey.events import Event

EDUCATION, HEALTH, SOCIAL_CARE = "EDUCATION", "HEALTH", "SOCIAL_CARE"
AGENCIES = (EDUCATION, HEALTH, SOCIAL_CARE)
IN_WORDS = {EDUCATION: "education", HEALTH: "health", SOCIAL_CARE: "social care"}

EXPLICIT_FACTS = frozenset({"AgencyInvolvementStarted", "AgencyInvolvementEnded"})
HEALTH_FACTS = frozenset({"HealthReferralReceived", "HealthCarePlanAgreed", "HealthDischarged"})
SOCIAL_CARE_FACTS = CARE_FACTS | {
    "CpPlanStarted",
    "CpPlanEnded",
    "CinPlanAgreed",
    "CinPlanEnded",
    "ReferralReceived",
    "ReferralClosed",
}
EHC_FACTS = REQUEST_FACTS | PLAN_FACTS
INVOLVEMENT_FACTS = EXPLICIT_FACTS | HEALTH_FACTS | SOCIAL_CARE_FACTS | EHC_FACTS | PLACEMENT_FACTS


class Involvement(NamedTuple):
    """An agency knows the child for as long as this episode lasts."""

    agency: str
    episode: Episode


def listed(agencies: set[str]) -> str:
    """Return agencies in words and in fixed order: education, health and social care."""
    *most, last = [IN_WORDS[agency] for agency in AGENCIES if agency in agencies] or ["nobody"]
    return f"{', '.join(most)} and {last}" if most else last


@once(reads=INVOLVEMENT_FACTS)
def involvements(journey: Journey) -> list[Involvement]:
    """Return every involvement of the three agencies, stated or implied, by first day."""
    found = [
        *stated(journey),
        *(Involvement(HEALTH, episode) for episode in health(journey)),
        *(Involvement(SOCIAL_CARE, episode) for episode in social_care(journey)),
        *(Involvement(EDUCATION, episode) for episode in special_education(journey)),
        *(Involvement(EDUCATION, episode) for episode in placements(journey)),
    ]
    return sorted(
        found, key=lambda i: (i.episode.start, i.episode.facts[0].kappa, i.episode.anchor)
    )


@once(reads=EXPLICIT_FACTS)
def stated(journey: Journey) -> list[Involvement]:
    """Return the involvements that an agency itself started or ended."""
    begun = episodes(journey, "AgencyInvolvementStarted", "started_on", _record)
    ended = dated(journey, "AgencyInvolvementEnded", "ended_on")
    if not begun and not ended:
        return []
    return [one for agency in AGENCIES for one in _of_agency(agency, begun, ended)]


def _of_agency(agency: str, begun: list[Episode], ended: list[Dated]) -> list[Involvement]:
    started = [e for e in begun if _agency(e.facts[0]) == agency]
    ends = [d for d in ended if _agency(d.event) == agency]
    alone = [_only_its_end(d) for d in ends if _is_first(d, started)]
    return [Involvement(agency, e) for e in (*closed(started, ends, "involvement"), *alone)]


@once(reads=HEALTH_FACTS)
def health(journey: Journey) -> list[Episode]:
    """Return health's referrals and care plans, each to its discharge or agreed end."""
    begun = [
        *episodes(journey, "HealthReferralReceived", "received_on", _record),
        *(_to_its_end(e) for e in episodes(journey, "HealthCarePlanAgreed", "agreed_on", _record)),
    ]
    discharges = dated(journey, "HealthDischarged", "discharged_on")
    return [_discharged(episode, discharges) for episode in begun]


@once(reads=SOCIAL_CARE_FACTS)
def social_care(journey: Journey) -> list[Episode]:
    """Return social care's periods of care, plans and referrals."""
    protection = episodes(journey, "CpPlanStarted", "started_on", _record)
    need = episodes(journey, "CinPlanAgreed", "agreed_on", _record)
    referrals = episodes(journey, "ReferralReceived", "received_on", _record)
    return [
        *care_periods(journey),
        *closed(protection, dated(journey, "CpPlanEnded", "ended_on"), "plan"),
        *closed(need, dated(journey, "CinPlanEnded", "ended_on"), "plan"),
        *closed(referrals, dated(journey, "ReferralClosed", "closed_on"), "referral"),
    ]


@once(reads=EHC_FACTS)
def special_education(journey: Journey) -> list[Episode]:
    """Return EHC requests and plans: while one is open, education is involved."""
    return [*ehc_requests(journey), *ehc_plans(journey)]


def _record(event: Event) -> str:
    """Two services may begin on one day: here equal days do not make one episode."""
    return event.record


def _agency(event: Event) -> str:
    return event.text("agency") or ""


def _is_first(end: Dated, started: list[Episode]) -> bool:
    """Return whether nothing is known to have started that this could have ended."""
    named = end.event.text("involvement")
    return not any(e.start <= end.day or named in e.records for e in started)


def _only_its_end(end: Dated) -> Episode:
    event = end.event
    return Episode(
        anchor=event.record,
        records=frozenset({event.record}),
        facts=(event,),
        start=end.day,
        end=end.day,
        ended_by=(event.event_id,),
    )


def _to_its_end(plan: Episode) -> Episode:
    end = stated_day(plan.facts[0], "end_on")
    if end is None:
        return plan
    return msgspec.structs.replace(plan, end=max(end, plan.start), ended_by=plan.because)


def _discharged(episode: Episode, discharges: list[Dated]) -> Episode:
    """Return the episode to its first discharge: by name, by category, or from all of health."""
    for day, event in discharges:
        sooner = episode.end is None or day < episode.end
        if day >= episode.start and sooner and _discharges(event, episode):
            return msgspec.structs.replace(episode, end=day, ended_by=(event.event_id,))
    return episode


def _discharges(event: Event, episode: Episode) -> bool:
    if event.text("referral") in episode.records:
        return True
    category = event.text("category")
    if category is None:
        return event.text("referral") is None
    return same_category(category, episode)


def same_category(category: str, episode: Episode) -> bool:
    """Return whether a discharge of this category can mean this referral or plan."""
    own = episode.told("category")
    return own is not None and own.casefold() == category.casefold()
