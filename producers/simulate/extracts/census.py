"""The termly School Census as the collection system exports it (COLLECT Blade, CSV)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from producers.simulate.extracts.tables import csv_text
from producers.simulate.life import CensusPlacement, Suspension
from producers.simulate.population import YEAR_11, Child

_PUPIL = (
    "pupilonrolltableid NativeId dob upn uniquelearnernumber sex entrydate enrolstatus "
    "ncyearactual senprovision"
).split()
_EXCLUSION = (
    "pupilonrolltableid NativeId termlyexclusionsonrolltableid startdate sessions reason1 "
    "reason2 reason3 category senprovision"
).split()
_PLACEMENT = (
    "pupilonrolltableid NativeId schoolarrangedapdetailonrolltableid urn ukprn entrydate "
    "leavingdate apsessionsperweek apsettingtype placementreason apattendancepattern"
).split()
_PROVISION = (
    "pupilonrolltableid NativeId approvisiondetailonrolltableid prevurn apreason senprovisionentry"
).split()
_ATTENDANCE = (
    "pupilonrolltableid NativeId termlysessiondetailsonrolltableid sessions attendancereason"
).split()
SESSIONS = {"/": 61, "\\": 58, "I": 5, "M": 1, "O": 3, "#": 2}
"""What the register of each pupil shows of the term before, by mark."""
_LEARNER_NUMBER_FROM = 10
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@dataclass(frozen=True, kw_only=True)
class Term:
    """One census: its name in the files, the day of the export and the days it looks back on.

    promoted: how many year groups higher a child is than in 2024/25.
    """

    name: str
    exported_on: date
    first: date
    last: date
    promoted: int = 0


CENSUSES = (
    Term(
        name="2024_autumn",
        exported_on=date(2024, 10, 10),
        first=date(2024, 4, 1),
        last=date(2024, 7, 31),
    ),
    Term(
        name="2025_spring",
        exported_on=date(2025, 1, 23),
        first=date(2024, 8, 1),
        last=date(2024, 12, 31),
    ),
    Term(
        name="2025_summer",
        exported_on=date(2025, 5, 22),
        first=date(2025, 1, 1),
        last=date(2025, 4, 21),
    ),
    Term(
        name="2025_autumn",
        exported_on=date(2025, 10, 9),
        first=date(2025, 4, 22),
        last=date(2025, 7, 31),
        promoted=1,
    ),
)


def export(
    term: Term,
    children: Iterable[Child],
    suspensions: Iterable[Suspension],
    placements: Iterable[CensusPlacement],
) -> dict[str, str]:
    """Return the term's tables by file name."""
    pupils = [child for child in children if _on_roll(child, term)]
    on_roll = {child.number for child in pupils}
    excluded = [
        one
        for one in suspensions
        if term.first <= one.start_on <= term.last and one.child.number in on_roll
    ]
    placed = [
        one for one in placements if one.start_on < term.exported_on and one.child.number in on_roll
    ]
    tables = {
        "pupilonroll": csv_text(_PUPIL, (_pupil(child, term) for child in pupils)),
        "termlyexclusionsonroll": csv_text(_EXCLUSION, _exclusions(excluded)),
        "schoolarrangedapdetailonroll": csv_text(_PLACEMENT, _placements(placed, term)),
    }
    return {f"{term.name}_{name}.csv": text for name, text in tables.items()}


def attendance(children: Iterable[Child]) -> str:
    """Return the table of attendance in the term before, the same for each child."""
    rows = (
        {
            **_key(child),
            "termlysessiondetailsonrolltableid": f"{child.number}-{position}",
            "sessions": f"{sessions}.0",
            "attendancereason": mark,
        }
        for child in children
        for position, (mark, sessions) in enumerate(SESSIONS.items())
    )
    return csv_text(_ATTENDANCE, rows)


def provider_export(
    term: Term, provider: str, placements: Iterable[CensusPlacement]
) -> dict[str, str]:
    """Return the tables in which a provider tells of its own pupils, by file name."""
    placed = [one for one in placements if one.start_on < term.exported_on <= one.end_on]
    pupils = [
        {**_pupil(one.child, term), "NativeId": provider, "entrydate": _day(one.start_on)}
        for one in placed
    ]
    provisions = [
        {**_key(one.child), "NativeId": provider, "prevurn": "", "apreason": "OTH"}
        for one in placed
    ]
    return {
        f"{term.name}_pupilonroll.csv": csv_text(_PUPIL, pupils),
        f"{term.name}_approvisiondetailonroll.csv": csv_text(_PROVISION, provisions),
    }


def _on_roll(child: Child, term: Term) -> bool:
    """Return whether the child is at its school; at the end of Year 11 it leaves for college."""
    left = child.year_group == YEAR_11 and term.promoted > 0
    return not left and not (child.excluded and term is not CENSUSES[0])


def _pupil(child: Child, term: Term) -> dict[str, str]:
    group = child.year_group + term.promoted
    return {
        **_key(child),
        "dob": _day(child.birth),
        "upn": child.upn,
        "uniquelearnernumber": child.uln if group >= _LEARNER_NUMBER_FROM else "",
        "sex": child.sex,
        "entrydate": _day(_entry(child)),
        "enrolstatus": "C",
        "ncyearactual": str(group),
        "senprovision": "E" if child.full_plan else "K" if child.ap or child.request else "N",
    }


def _key(child: Child) -> dict[str, str]:
    return {"pupilonrolltableid": f"roll-{child.number:05d}", "NativeId": child.establishment}


def _entry(child: Child) -> date:
    """Return when the child joined its school: at the start of Year 7, else of Year 1."""
    first_year = 7 if child.year_group >= 7 else 1
    return date(2024 - (child.year_group - first_year), 9, 3)


def _exclusions(suspensions: Iterable[Suspension]) -> Iterator[dict[str, str]]:
    for position, one in enumerate(suspensions, start=1):
        yield {
            **_key(one.child),
            "termlyexclusionsonrolltableid": f"susp-{position:05d}",
            "startdate": _day(one.start_on),
            "sessions": f"{one.sessions}.0",
            "reason1": "DB",
            "category": "SUSP",
        }


def _placements(placements: Iterable[CensusPlacement], term: Term) -> Iterator[dict[str, str]]:
    for position, one in enumerate(placements, start=1):
        ended = one.end_on < term.exported_on
        yield {
            **_key(one.child),
            "schoolarrangedapdetailonrolltableid": f"ap-{position:05d}",
            "urn": one.urn,
            "entrydate": _day(one.start_on),
            "leavingdate": _day(one.end_on) if ended else "",
            "apsessionsperweek": "10",
            "apsettingtype": "OTH",
            "placementreason": "BHS",
            "apattendancepattern": "FT",
        }


def _day(day: date) -> str:
    # The export writes English month names whatever the machine speaks.
    return f"{day.year}-{_MONTHS[day.month - 1]}-{day.day:02d} 00:00:00"
