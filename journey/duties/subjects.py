"""What several duties are owed for, and what they ask of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from journey.child import Journey
from journey.clocks import birthday
from journey.duties.episodes import (
    CARE_FACTS,
    PLACEMENT_FACTS,
    PLAN_FACTS,
    Episode,
    care_periods,
    ehc_plans,
    placements,
    same,
)
from journey.duties.involvement import HEALTH_FACTS, health
from journey.duties.schooling import first_day, year_begins
from journey.duties.shapes import Asked, Subject, each
from journey.events import Event

PLACEMENTS = Subject(find=placements, reads=PLACEMENT_FACTS)
CARE = Subject(find=care_periods, reads=CARE_FACTS)
EHC_PLANS = Subject(find=ehc_plans, reads=PLAN_FACTS)
EHC_REQUESTS = each("EhcNeedsAssessmentRequested")
EHC_MEETINGS = each("EhcReviewMeetingHeld")
REFERRALS = each("ReferralReceived")
CP_PLANS = each("CpPlanStarted").until("CpPlanEnded", "plan")
CIN_PLANS = each("CinPlanAgreed").until("CinPlanEnded", "plan")
ASSESSMENTS = each("AssessmentStarted").until("AssessmentAuthorised", "referral")
ENQUIRIES = each("Section47Started").until("Section47Ended", "enquiry")
SUSPENSIONS = each("SuspensionStarted")
PERMANENT_EXCLUSIONS = each("PermanentExclusionRecorded")


def both(one: Subject, other: Subject) -> Subject:
    """Return the episodes of two subjects, in order of days."""

    def find(journey: Journey) -> list[Episode]:
        return sorted([*one.find(journey), *other.find(journey)], key=lambda e: (e.start, e.anchor))

    return Subject(find=find, reads=one.reads | other.reads)


EXCLUSIONS = both(SUSPENSIONS, PERMANENT_EXCLUSIONS)


def _referrals(journey: Journey) -> list[Episode]:
    return [one for one in health(journey) if one.facts[0].type == "HealthReferralReceived"]


CAMHS_REFERRALS = Subject(find=_referrals, reads=HEALTH_FACTS).where(
    lambda asked, one: bool(one.told("camhs_pathway")) or same(one.told("category")) == "camhs"
)


def says(field: str, value: str) -> Callable[[Asked, Episode], bool]:
    """Return the test whether any fact of an episode gives this value."""
    return lambda asked, one: any(fact.text(field) == value for fact in one.facts)


def flagged(field: str) -> Callable[[Asked, Episode], bool]:
    """Return the test whether any fact of an episode says yes in this field."""
    return lambda asked, one: any(fact.flag(field) for fact in one.facts)


def is_unregistered(asked: Asked, placement: Episode) -> bool:
    """Return whether a provider was said not to be registered, and by nobody that it is."""
    return said_unregistered(placement)


def said_unregistered(placement: Episode) -> bool:
    """Return the same of a placement by itself."""
    said = {fact.flag("provider_registered") for fact in placement.facts}
    return False in said and True not in said


def is_known_from_its_start(asked: Asked, period: Episode) -> bool:
    """Return whether care began on the first day told, not before the source knows of it."""
    return not any(fact.flag("began_before") for fact in period.facts)


def has_ehc_plan(asked: Asked, one: Episode) -> bool:
    """Return whether an EHC plan is in force on the first day."""
    return _open(ehc_plans(asked.journey), one.start)


def is_looked_after(asked: Asked, one: Episode) -> bool:
    """Return whether the child is looked after on the first day."""
    return _open(care_periods(asked.journey), one.start)


def has_cp_plan(asked: Asked, one: Episode) -> bool:
    """Return whether a child protection plan is open on the first day."""
    return _open(CP_PLANS.find(asked.journey), one.start)


def has_cin_plan(asked: Asked, one: Episode) -> bool:
    """Return whether a child in need plan is open on the first day."""
    return _open(CIN_PLANS.find(asked.journey), one.start)


def is_in_year(group: int, asked: Asked, day: date) -> bool:
    """Return whether the child is in this year group, or a later one, on a day."""
    begins = year_begins(asked.journey, group)
    return begins is not None and day >= first_day(begins)


def reaches(asked: Asked, age: int) -> date | None:
    """Return the day on which the child reaches an age; None where no birth date is known."""
    born = asked.journey.date_of_birth
    return None if born is None else birthday(born, age)


def is_old_enough(asked: Asked, one: Episode) -> bool:
    """Return whether the child has the age of `from_age` on the first day, or none is known."""
    old_enough = reaches(asked, asked.number("from_age"))
    return old_enough is None or one.start >= old_enough


def is_provider_of(one: Episode, event: Event) -> bool:
    """Return whether a fact is about an episode's provider; one that names none is."""
    return same(event.text("provider")) in ("", same(one.told("provider")))


def _open(among: Iterable[Episode], day: date) -> bool:
    return any(one.is_open(day) for one in among)
