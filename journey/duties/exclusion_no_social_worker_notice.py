"""EXCLUSION_NO_SOCIAL_WORKER_NOTICE: social care is told of an exclusion."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import CARE_FACTS, Episode
from journey.duties.shapes import After, Answer, Asked, clock
from journey.duties.subjects import (
    CIN_PLANS,
    CP_PLANS,
    EXCLUSIONS,
    has_cin_plan,
    has_cp_plan,
    is_looked_after,
)


def _is_known(asked: Asked, one: Episode) -> bool:
    return is_looked_after(asked, one) or has_cp_plan(asked, one) or has_cin_plan(asked, one)


WATCH = After(
    subject=EXCLUSIONS.where(_is_known, CARE_FACTS | CP_PLANS.reads | CIN_PLANS.reads),
    clock=clock.school_days("limit_school_days"),
    met_by=(
        Answer("SocialWorkerNotified", "exclusion"),
        Answer("VirtualSchoolHeadNotified", "exclusion"),
    ),
    missing="neither the social worker nor the virtual school head has been told",
)

DUTY = Duty(
    id="EXCLUSION_NO_SOCIAL_WORKER_NOTICE",
    meaning=(
        "A child with a child in need or protection plan, or looked after, is excluded or "
        "suspended: the school tells the social worker or the virtual school head without "
        "delay."
    ),
    trigger="A suspension or permanent exclusion of a child with such a plan, or looked after.",
    satisfying="The social worker or the virtual school head is told.",
    clock="One school day after.",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source=(
        "General knowledge of the guidance on suspension and exclusion: we found no source for "
        "it and do not state it as law"
    ),
    parameters={"limit_school_days": 1},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    needs=frozenset({"SocialWorkerNotified"}),
    cases=WATCH.cases,
    our_default="One school day is our own default; check it before you rely on it.",
)
