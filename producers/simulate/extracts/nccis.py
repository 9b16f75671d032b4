"""The monthly return on young people's activities (NCCIS, XML)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from producers.simulate.extracts.documents import Content, Element, each, xml_text
from producers.simulate.numbers import LA
from producers.simulate.population import Child

_DATABASE = "123"
_CURRENT_FOR = timedelta(days=180)


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """A young person's activity as the authority tracks it.

    code: of the return's list. verified_on: when it was last confirmed. neet_since: for a NEET
    activity. lapsed_on: when what was known ceased to be current; None where it still is.
    """

    child: Child
    code: str
    started_on: date
    verified_on: date
    neet_since: date | None = None
    lapsed_on: date | None = None


def extract(tracked: Iterable[Tracked], period_end: date) -> dict[str, str]:
    """Return the return as of the last day of this month, by file name."""
    header: list[Element] = [
        ("Databases", [("DatabaseID", _DATABASE)]),
        ("SourceLEAs", [("LEACode", LA)]),
        ("DateOfSend", period_end + timedelta(days=1)),
        ("PeriodEnd", period_end),
    ]
    people = each("YoungPersonsRecord", (_person(one) for one in tracked))
    return {f"nccis-{period_end}.xml": xml_text("NCCIS", [("FileHeader", header), *people])}


def young_persons_id(child: Child) -> str:
    """Return the tracking system's number for the young person."""
    return f"{_DATABASE}{child.number:010d}"


def _person(one: Tracked) -> Content:
    child = one.child
    due = one.lapsed_on or one.verified_on + _CURRENT_FOR
    return [
        (
            "PersonalDetails",
            [
                ("YoungPersonsID", young_persons_id(child)),
                ("CohortStatus", "P"),
                ("Gender", child.sex),
                ("DOB", child.birth),
                ("LeadLEA", LA),
                ("UniqueLearnerNo", child.uln),
                ("UniquePupilNumber", child.upn),
                ("GuaranteeStatusIndicator", "N"),
            ],
        ),
        (
            "LevelOfNeed",
            [
                ("LevelOfNeedCode", "3"),
                ("SENDFlag", "Y" if child.full_plan else "N"),
                ("SENSupportFlag", "N"),
            ],
        ),
        (
            "Activities",
            [
                (
                    "Cohort",
                    [
                        ("ActivityCode", one.code),
                        ("StartDate", one.started_on),
                        ("DateAscertained", one.verified_on),
                        ("DateVerified", one.verified_on),
                        ("DueToLapseDate", due),
                        ("CurrencyLapsed", "Y" if one.lapsed_on else "N"),
                        ("NEETStartDate", one.neet_since),
                    ],
                )
            ],
        ),
        ("IntendedDestination", [("IntendedDestinationYr11", "211")]),
    ]
