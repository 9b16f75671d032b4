"""EHC_DRAFT_COMMENT_WINDOW: a final plan before the family's 15 days were over."""

from __future__ import annotations

from datetime import date

from journey.child import Journey
from journey.clocks import beginning_with
from journey.duties.duty import Basis, Duty, Severity, at_least
from journey.duties.episodes import Dated, Episode, dated
from journey.duties.shapes import Asked, Fault, Wrong, each


def _too_soon(asked: Asked, draft: Episode) -> Wrong | None:
    final = next((d for d in _finals(asked.journey, draft) if d.day >= draft.start), None)
    first = beginning_with(draft.start, asked.number("window_days")).due
    if final is None or final.day >= first or _has_answered(asked.journey, draft, final.day):
        return None
    return Wrong(
        "the plan was made final before the family's days to answer were over",
        final.day,
        (final.event.event_id,),
    )


def _finals(journey: Journey, draft: Episode) -> list[Dated]:
    asked_for = draft.told("request")
    found = dated(journey, "EhcPlanFinalised", "finalised_on")
    return [d for d in found if asked_for is None or d.event.text("request") in (None, asked_for)]


def _has_answered(journey: Journey, draft: Episode, by: date) -> bool:
    answered = dated(journey, "FamilyRespondedToDraft", "")
    named = draft.records | {None}
    return any(draft.start <= d.day <= by and d.event.text("draft") in named for d in answered)


WATCH = Fault(
    subject=each("EhcDraftPlanServed"),
    wrong=_too_soon,
    satisfied_by=frozenset({"EhcPlanFinalised", "FamilyRespondedToDraft"}),
)

DUTY = Duty(
    id="EHC_DRAFT_COMMENT_WINDOW",
    meaning=(
        "A family has 15 days to answer to a draft EHC plan. Here the plan was made final "
        "sooner, and the family had not answered."
    ),
    trigger="A plan is finalised sooner than the 15th day after its draft was served.",
    satisfying="The family had answered to the draft before.",
    clock=(
        "15 days beginning with the day on which the draft was served: the 15th is the first on "
        "which the plan may be final."
    ),
    severity=Severity.MEDIUM,
    basis=Basis.LAW,
    source="SEND Regulations 2014 (SI 2014/1530), reg 13(1) [S4]",
    parameters={"window_days": 15, "until_age": 25},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    needs=frozenset({"FamilyRespondedToDraft"}),
    cases=WATCH.cases,
    limits=(
        at_least("window_days", 15),
        at_least("until_age", 25),
    ),
)
