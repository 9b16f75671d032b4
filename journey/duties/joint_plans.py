"""Joint plans, and which agencies agreed to contribute."""

from __future__ import annotations

from journey.child import Journey, once
from journey.duties.episodes import Episode, episodes
from journey.duties.involvement import AGENCIES

PLAN_FACTS = frozenset({"JointPlanAgreed"})


@once(reads=PLAN_FACTS)
def joint_plans(journey: Journey) -> list[Episode]:
    """Return the joint plans by day; what two agencies tell of one day is one plan."""
    return episodes(journey, "JointPlanAgreed", "agreed_on")


def contributors(plan: Episode) -> set[str]:
    """Return the agencies that contribute to a plan."""
    named: set[str] = set()
    for fact in plan.facts:
        given = fact.data.get("contributors")
        if isinstance(given, (list, tuple)):
            named.update(agency for agency in AGENCIES if agency in given)
    return named
