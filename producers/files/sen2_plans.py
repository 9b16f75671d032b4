"""EHC plans of the SEN2 return: final, ceased, reviewed, and moved to the next phase."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from producers.files.codes import codes, meanings
from producers.files.outcomes import BadValue, Noted, Outcome
from producers.files.xml_fields import Element, refusing
from producers.files.xml_subjects import Subject

_AMEND = "AMEND"
_POST16_MONTH = 3
"""A transfer to post-16 is due before the end of March, any other in February."""


def named_plan(
    given: Element, about: Subject, request: str | None, plans: list[str]
) -> Iterator[Outcome]:
    """Yield the plan and its end, and add its id to ``plans``; raises BadValue without its day."""
    for plan in given.parts("NamedPlan"):
        finalised_on = plan.required_day("StartDate")
        record = about.record("plan", finalised_on)
        plans.append(record)
        needs, notes = _needs(given)
        yield from notes
        yield about.made(
            "EhcPlanFinalised",
            record,
            plan=record,
            request=request,
            finalised_on=finalised_on,
            section_i_establishment=_establishment(plan),
            need_types=needs or None,
        )
        yield from refusing(given.row, partial(_ceased, plan, about, record, finalised_on))


def active_plan(active: Element, about: Subject, plan: str | None) -> Iterator[Outcome]:
    """Yield the reviews of a plan that stands, and its move to the next phase."""
    yield from refusing(active.row, partial(_reviewed, active, about, plan))
    yield from refusing(active.row, partial(_moved_on, active, about))


def _ceased(plan: Element, about: Subject, record: str, finalised_on: date) -> Iterator[Outcome]:
    ceased_on = plan.day("CeaseDate")
    if ceased_on is None:
        if plan.text("CeaseReason"):
            raise BadValue("CeaseDate", "is empty, although CeaseReason says that the plan ceased")
        return
    if ceased_on < finalised_on:
        raise BadValue("CeaseDate", "is before StartDate")
    reason = plan.text("CeaseReason")
    if reason and reason not in codes("sen2", "cease_reason"):
        raise BadValue("CeaseReason", "is no known code; expected 1 to 9")
    yield about.made(
        "EhcPlanCeased",
        f"{record}/ceased",
        plan=record,
        ceased_on=ceased_on,
        reason_code=reason or None,
    )


def _reviewed(active: Element, about: Subject, plan: str | None) -> Iterator[Outcome]:
    held_on, decided_on = active.day("ReviewMeeting"), active.day("LastReview")
    meeting = about.record("meeting", held_on) if held_on else None
    if held_on:
        yield about.made("EhcReviewMeetingHeld", str(meeting), plan=plan, held_on=held_on)
    if decided_on is None:
        return
    # One decided before the latest meeting is that of an earlier review.
    of_this = meeting if held_on and decided_on >= held_on else None
    decision = _outcome(active)
    record = about.record("review", decided_on)
    yield about.made("EhcReviewCompleted", record, plan=plan, completed_on=decided_on)
    yield about.made(
        "EhcReviewDecisionNotified",
        f"{record}/decision",
        meeting=of_this,
        decided_on=decided_on,
        decision=decision,
    )
    served_on = active.day("ReviewDraft")
    if served_on and decision == _AMEND:
        record = about.record("amendment", served_on)
        yield about.made("EhcAmendmentNoticeServed", record, meeting=of_this, served_on=served_on)


def _moved_on(active: Element, about: Subject) -> Iterator[Outcome]:
    finalised_on = active.day("PhaseTransferFinalDate")
    if finalised_on is None:
        return
    due_on = active.planned_day("PhaseTransferDueDate")
    if due_on is None:
        raise BadValue("PhaseTransferDueDate", "is empty, although the transfer was finalised")
    record = about.record("plan", finalised_on)
    yield about.made(
        "EhcPlanFinalised",
        record,
        plan=record,
        finalised_on=finalised_on,
        phase_placement_named=True,
        post16_placement_named=due_on.month == _POST16_MONTH,
    )


def _outcome(active: Element) -> str | None:
    code = active.text("ReviewOutcome").upper()
    if not code:
        return None
    found = meanings("sen2", "review_outcome").get(code)
    if found is None:
        raise BadValue("ReviewOutcome", "is no known code; expected M, A or C")
    return found


def _establishment(plan: Element) -> str | None:
    """Return the place that section I names first: its URN, else its UKPRN."""
    places = sorted(plan.parts("PlanDetail"), key=lambda one: one.text("PlacementRank"))
    for place in places[:1]:
        if place.text("URN"):
            return f"URN:{place.text('URN')}"
        if place.text("UKPRN"):
            return f"UKPRN:{place.text('UKPRN')}"
    return None


def _needs(given: Element) -> tuple[list[str], list[Noted]]:
    known, notes, found = meanings("sen2", "need"), [], []
    for need in given.parts("SENneed"):
        code = need.text("SENtype").upper()
        if code in known and known[code] not in found:
            found.append(known[code])
        elif code in codes("sen2", "need_not_taken"):
            notes.append(Noted(given.row, "SENtype", "is a need that the contract has no code for"))
        elif code and code not in known:
            notes.append(Noted(given.row, "SENtype", "is no known code: left out"))
    return found, notes
