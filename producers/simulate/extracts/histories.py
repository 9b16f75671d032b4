"""One child's history in each format, for files of any size: what such a child's record holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TypeAlias

from producers.simulate import numbers
from producers.simulate.extracts import (
    census,
    cin_census,
    cpis,
    fhir,
    nccis,
    nems,
    register,
    sen2,
    ssda903,
)
from producers.simulate.life import CarePeriod, CensusPlacement, Message, Suspension
from producers.simulate.population import Child
from producers.simulate.population import child as one_child

EXTRACTED_ON = date(2025, 5, 30)
"""The day on which all of them are made."""
_PUPILS_OF_A_SCHOOL = 1000
_NUMBERS = 400_000
"""NHS and learner numbers that the ranges of invented people have."""
_PLACED_ONE_IN = 10
_FIRST = date(2024, 8, 5)

Files: TypeAlias = dict[str, str]


def child(number: int) -> Child:
    """Return the invented child of this number, with pupil numbers of its own up to ten million."""
    random = Random(number)
    found = one_child(number % _NUMBERS, random.randrange(2, 12), random, {"ap"})
    school, serial = divmod(number, _PUPILS_OF_A_SCHOOL)
    return replace(
        found,
        number=number,
        upn=numbers.upn(f"{school % 10_000:04d}", 2024 - found.year_group, serial),
        uln=found.uln if number < _NUMBERS else "",
    )


def _day(one: Child, after: int) -> date:
    """Return a day of this child's, so many days after its first."""
    return _FIRST + timedelta(days=one.number % 28 + after)


def _moment(one: Child, after: int) -> datetime:
    return datetime.combine(_day(one, after), datetime.min.time(), UTC)


def _events(children: Sequence[Child]) -> Files:
    return {"events.jsonl": "".join(line for one in children for line in _lines(one))}


def _lines(one: Child) -> list[str]:
    placement = f"placement/{one.number}"
    own = {"identifiers": [{"scheme": "UPN", "value": one.upn}]}
    told: list[dict[str, object]] = [
        {
            "type": "ApPlacementStarted",
            "source_record_id": placement,
            "provider": "URN:100001",
            "start_on": f"{_day(one, 0)}",
            "weekly_hours": 15.0,
        },
        {
            "type": "ApReviewHeld",
            "source_record_id": f"{placement}/review/1",
            "placement": placement,
            "held_on": f"{_day(one, 40)}",
        },
        {
            "type": "ApPlacementEnded",
            "source_record_id": f"{placement}/end",
            "placement": placement,
            "end_on": f"{_day(one, 120)}",
        },
    ]
    return [json.dumps({**event, **own}) + "\n" for event in told]


def _periods(children: Sequence[Child]) -> list[CarePeriod]:
    return [
        CarePeriod(
            child=one,
            started_on=_day(one, 0),
            ceased_on=_day(one, 200),
            placements=(
                (_day(one, 0), "U4", "C2"),
                (_day(one, 60), "K2", "C2"),
                (_day(one, 130), "U1", "C2"),
            ),
            reviews=tuple(_day(one, days) for days in (19, 100, 190)),
        )
        for one in children
    ]


def _ssda903(children: Sequence[Child]) -> Files:
    return ssda903.extract(_periods(children), EXTRACTED_ON)


def _ssda903_xml(children: Sequence[Child]) -> Files:
    return ssda903.extract_xml(_periods(children), EXTRACTED_ON)


def _school_census(children: Sequence[Child]) -> Files:
    term = census.CENSUSES[1]
    suspended = [Suspension(child=one, start_on=_day(one, 60), sessions=2) for one in children]
    placed = [
        CensusPlacement(child=one, urn="100001", start_on=_day(one, 70), end_on=_day(one, 110))
        for one in children
        if one.number % _PLACED_ONE_IN == 0
    ]
    tables = census.export(term, children, suspended, placed)
    return {**tables, f"{term.name}_termlysessiondetailsonroll.csv": census.attendance(children)}


def _need(one: Child) -> cin_census.Need:
    return cin_census.Need(
        child=one,
        referred_on=_day(one, 0),
        closed_on=_day(one, 250),
        assessment=(_day(one, 1), _day(one, 42)),
        plan=(_day(one, 50), _day(one, 80)),
        enquiry=(_day(one, 60), _day(one, 74)),
        protection=(_day(one, 74), _day(one, 240)),
        reviews=(_day(one, 150), _day(one, 230)),
    )


def _cin_census(children: Sequence[Child]) -> Files:
    return cin_census.extract(map(_need, children), EXTRACTED_ON)


def _request(one: Child) -> sen2.Request:
    return sen2.Request(
        child=one,
        received_on=_day(one, 0),
        to_assess="Y",
        decided_on=_day(one, 30),
        to_plan="Y",
        planned_on=_day(one, 110),
        plan_on=_day(one, 130),
        meeting_on=_day(one, 200),
        review_on=_day(one, 210),
        review="M",
    )


def _sen2(children: Sequence[Child]) -> Files:
    return sen2.extract(map(_request, children), EXTRACTED_ON)


def _nccis(children: Sequence[Child]) -> Files:
    tracked = [
        nccis.Tracked(
            child=replace(one, birth=date(2007, 9, 1) + timedelta(days=one.number % 365)),
            code="210",
            started_on=_day(one, 30),
            verified_on=_day(one, 200),
        )
        for one in children
    ]
    return nccis.extract(tracked, date(2025, 4, 30))


def _csv(children: Sequence[Child]) -> Files:
    placed = [
        register.Placed(child=one, start_on=_day(one, 0), end_on=_day(one, 120)) for one in children
    ]
    return register.extract(placed, children[0].number)


def _nems(children: Sequence[Child]) -> Files:
    return nems.extract(
        nems.Contact(
            child=one,
            episode=f"episode-{one.number}",
            change="new",
            sent_at=_moment(one, 100),
            started_on=_day(one, 0),
            ended_on=_day(one, 90),
        )
        for one in children
    )


def _cpis(children: Sequence[Child]) -> Files:
    return cpis.extract(
        cpis.Plan(
            child=one,
            id=f"plan-{one.number}",
            started_on=_day(one, 0),
            ended_on=_day(one, 90),
            updated_at=_moment(one, 100),
        )
        for one in children
    )


def _fhir(children: Sequence[Child]) -> Files:
    messages = [
        Message(
            child=one,
            kind=kind,
            id=f"{kind.lower()}-{one.number}",
            status=status,
            on=_day(one, days),
            until=None,
            sent_on=_day(one, days),
        )
        for one in children
        for kind, status, days in (
            ("ServiceRequest", "active", 0),
            ("CarePlan", "active", 30),
            ("Encounter", "finished", 60),
        )
    ]
    return fhir.bundle(messages, datetime.combine(EXTRACTED_ON, datetime.min.time(), UTC))


FILES: Mapping[str, Callable[[Sequence[Child]], Files]] = {
    "events": _events,
    "ssda903": _ssda903,
    "ssda903/xml": _ssda903_xml,
    "school-census": _school_census,
    "sen2": _sen2,
    "nccis": _nccis,
    "cin-census": _cin_census,
    "nems": _nems,
    "fhir": _fhir,
    "cpis": _cpis,
    "csv": _csv,
}
"""By format (the looked-after return's two forms apart): the files that tell of these children."""
