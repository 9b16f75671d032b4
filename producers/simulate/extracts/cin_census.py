"""The yearly children in need census (XML)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from producers.simulate.extracts.documents import Content, Element, each, xml_text
from producers.simulate.numbers import LA
from producers.simulate.population import Child


@dataclass(frozen=True, kw_only=True)
class Need:
    """An episode of a child in need, as far as it went.

    assessment, plan, protection: first and last day, the last None where it still is. enquiry:
    the day it started and that of the conference, if one was held. reviews: of the protection plan.
    """

    child: Child
    referred_on: date
    closed_on: date | None = None
    assessment: tuple[date, date | None] | None = None
    plan: tuple[date, date | None] | None = None
    enquiry: tuple[date, date | None] | None = None
    protection: tuple[date, date | None] | None = None
    reviews: tuple[date, ...] = ()
    died_on: date | None = None


def extract(needs: Iterable[Need], on: date) -> dict[str, str]:
    """Return the census of this reference day, by file name."""
    children: dict[int, list[Need]] = {}
    for one in needs:
        children.setdefault(one.child.number, []).append(one)
    header: list[Element] = [
        ("CollectionDetails", [("Collection", "CIN"), ("Year", on.year), ("ReferenceDate", on)]),
        ("Source", [("SourceLevel", "L"), ("LEA", LA)]),
    ]
    content: list[Element] = [
        ("Header", header),
        ("Children", each("Child", (_child(episodes) for episodes in children.values()))),
    ]
    return {f"cin-{on}.xml": xml_text("Message", content)}


def _child(episodes: list[Need]) -> Content:
    child = episodes[0].child
    died = next((one.died_on for one in episodes if one.died_on), None)
    return [
        (
            "ChildIdentifiers",
            [
                ("LAchildID", child.la_child_id),
                ("UPN", child.upn),
                ("PersonBirthDate", child.birth),
                ("Sex", child.sex),
                ("PersonDeathDate", died),
            ],
        ),
        ("ChildCharacteristics", [("Ethnicity", "REFU")]),
        *each("CINdetails", map(_episode, episodes)),
    ]


def _episode(one: Need) -> Content:
    parts: list[Element] = [
        ("CINreferralDate", one.referred_on),
        ("ReferralSource", "2A"),
        ("PrimaryNeedCode", "N1"),
        ("CINclosureDate", one.closed_on),
        ("ReasonForClosure", "RC7" if one.closed_on else None),
        ("ReferralNFA", "false"),
    ]
    if one.assessment:
        started, authorised = one.assessment
        content: Content = [
            ("AssessmentActualStartDate", started),
            ("AssessmentAuthorisationDate", authorised),
        ]
        parts.append(("Assessments", content))
    if one.plan:
        parts.append(
            ("CINPlanDates", [("CINPlanStartDate", one.plan[0]), ("CINPlanEndDate", one.plan[1])])
        )
    if one.enquiry:
        started, held = one.enquiry
        content = [("S47ActualStartDate", started), ("DateOfInitialCPC", held)]
        parts.append(("Section47", [*content, ("ICPCnotRequired", "false")]))
    if one.protection:
        parts.append(("ChildProtectionPlans", _protection(one.protection, one.reviews)))
    return parts


def _protection(plan: tuple[date, date | None], reviews: tuple[date, ...]) -> Content:
    return [
        ("CPPstartDate", plan[0]),
        ("CPPendDate", plan[1]),
        ("InitialCategoryOfAbuse", "NEG"),
        ("LatestCategoryOfAbuse", "NEG"),
        ("NumberOfPreviousCPP", "0"),
        *each("Reviews", ([("CPPreviewDate", day)] for day in reviews)),
    ]
