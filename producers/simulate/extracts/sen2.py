"""The yearly return on EHC plans (SEN2, XML)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from producers.simulate.extracts.documents import Content, Element, each, xml_text
from producers.simulate.numbers import LA
from producers.simulate.population import Child

_SETTINGS = ("100001", "100002")


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request for an EHC assessment and what followed, as far as it did.

    to_assess, to_plan: Y, N, A (not yet decided), W (withdrawn), or None. decided_on and
    planned_on: the days of these decisions; plan_on of the final plan.
    """

    child: Child
    received_on: date
    to_assess: str = "A"
    decided_on: date | None = None
    to_plan: str | None = None
    planned_on: date | None = None
    plan_on: date | None = None
    ceased_on: date | None = None
    meeting_on: date | None = None
    review_on: date | None = None
    review: str | None = None
    draft_on: date | None = None
    transfer_due_on: date | None = None
    transfer_on: date | None = None


def extract(requests: Iterable[Request], on: date) -> dict[str, str]:
    """Return the return of this reference day, by file name."""
    people: dict[int, list[Request]] = {}
    for one in requests:
        people.setdefault(one.child.number, []).append(one)
    header: list[Element] = [
        ("CollectionDetails", [("Collection", "SEN2"), ("Year", on.year), ("ReferenceDate", on)]),
        ("Source", [("SourceLevel", "L"), ("LEA", LA), ("DMO", "Y"), ("DCO", "Y")]),
    ]
    persons = each("Person", (_person(asked) for asked in people.values()))
    content: list[Element] = [("Header", header), ("Persons", persons)]
    return {f"sen2-{on}.xml": xml_text("Message", content)}


def _person(asked: list[Request]) -> Content:
    child = asked[0].child
    return [
        ("PersonBirthDate", child.birth),
        ("Sex", child.sex),
        ("UPN", child.upn),
        ("UniqueLearnerNumber", child.uln),
        *each("Requests", (_request(one) for one in asked)),
    ]


def _request(one: Request) -> Content:
    assessment: list[Element] = [
        ("AssessmentOutcome", one.to_plan),
        ("AssessmentOutcomeDate", one.planned_on),
        ("Week20", "0" if one.plan_on else None),
        *each("NamedPlan", [_plan(one)] if one.plan_on else []),
    ]
    return [
        ("ReceivedDate", one.received_on),
        ("RequestSource", "2"),
        ("RYA", "0"),
        ("RequestOutcomeDate", one.decided_on),
        ("RequestOutcome", one.to_assess),
        ("Assessment", assessment),
        *each("ActivePlans", [_active(one)] if one.plan_on and not one.ceased_on else []),
    ]


def _plan(one: Request) -> Content:
    return [
        ("StartDate", one.plan_on),
        *each(
            "PlanDetail",
            ([("URN", urn), ("PlacementRank", rank)] for rank, urn in enumerate(_SETTINGS, 1)),
        ),
        ("CeaseDate", one.ceased_on),
        ("CeaseReason", "2" if one.ceased_on else None),
    ]


def _active(one: Request) -> Content:
    return [
        ("SENneed", [("SENtype", "SEMH"), ("SENtypeRank", "1")]),
        ("ReviewMeeting", one.meeting_on),
        ("LastReview", one.review_on),
        ("ReviewOutcome", one.review),
        ("ReviewDraft", one.draft_on),
        ("PhaseTransferDueDate", one.transfer_due_on),
        ("PhaseTransferFinalDate", one.transfer_on),
    ]
