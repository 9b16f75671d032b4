"""The papers of an EHC assessment: the draft of a plan, and the family's answer to it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from producers.simulate.life import Life
from producers.simulate.school_year import working_day_until
from producers.simulate.sources import SEND

_SIXTEEN_WEEKS = timedelta(weeks=16)
_LONG_BEFORE = timedelta(days=22)


def keep_plan_papers(life: Life) -> None:
    """Tell the draft of each plan that was asked for and is not refused."""
    for request in life.told("EhcNeedsAssessmentRequested"):
        id = request.event.record["source_record_id"]
        drafted = _about(life, "EhcNoPlanDecisionIssued", id) + _about(
            life, "EhcDraftPlanServed", id
        )
        if _is_assessed(life, id) and not drafted:
            _draft(life, id, request.event.record["received_on"])


def _is_assessed(life: Life, request: str) -> bool:
    decided = _about(life, "EhcAssessmentDecisionIssued", request)
    return any(one["will_assess"] for one in decided)


def _about(life: Life, type: str, request: str) -> list[Any]:
    told = (record.event.record for record in life.told(type))
    return [one for one in told if one.get("request") == request]


def _draft(life: Life, request: str, received_on: date) -> None:
    due = received_on + _SIXTEEN_WEEKS
    finals: list[date] = [one["finalised_on"] for one in _about(life, "EhcPlanFinalised", request)]
    latest = min([due - timedelta(days=3), *(on - _LONG_BEFORE for on in finals)])
    served_on = working_day_until(latest - timedelta(days=life.random.randint(0, 6)))
    draft = life.file(
        "EHC_REFUSE_PLAN_NOTICE",
        SEND,
        "EhcDraftPlanServed",
        in_time=served_on,
        due=due,
        request=request,
    )
    if draft is not None:
        life.tell(
            SEND,
            "FamilyRespondedToDraft",
            draft=draft,
            responded_on=served_on + timedelta(days=life.random.randint(6, 14)),
        )
