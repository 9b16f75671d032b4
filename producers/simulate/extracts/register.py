"""A provider's plain register of placements: a CSV of its own making, and its mapping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from producers.simulate.extracts.tables import csv_text
from producers.simulate.population import Child

_COLUMNS = ["Placement", "Pupil UPN", "Born", "Start", "End", "Hours", "Kind", "State"]
MAPPING = """\
files = "placements*.csv"
dates = "dd/mm/yyyy"
date_of_birth = "Born"

[identifiers]
UPN = "Pupil UPN"

[[events]]
type = "ApPlacementStarted"
record_id = "placement/{Placement}"
retracted_when = { column = "State", values = ["entered in error"] }
[events.fields]
provider = { value = "URN:100001" }
start_on = "Start"
weekly_hours = "Hours"
full_time = { column = "Kind", codes = { F = true, P = false } }

[[events]]
type = "ApPlacementEnded"
record_id = "placement/{Placement}/end"
when = { column = "End" }
[events.fields]
placement = { template = "placement/{Placement}" }
end_on = "End"
"""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A placement as the provider's register has it."""

    child: Child
    start_on: date
    end_on: date | None = None
    hours: float = 15.0
    in_error: bool = False


def extract(placed: Iterable[Placed], first: int = 1) -> dict[str, str]:
    """Return the register and its mapping, by file name; placements are numbered from first."""
    return {
        "placements.csv": csv_text(_COLUMNS, _rows(placed, first)),
        "placements.toml": MAPPING,
    }


def _rows(placed: Iterable[Placed], first: int) -> Iterator[dict[str, str]]:
    for number, one in enumerate(placed, start=first):
        yield {
            "Placement": f"P{number:04d}",
            "Pupil UPN": one.child.upn,
            "Born": f"{one.child.birth:%d/%m/%Y}",
            "Start": f"{one.start_on:%d/%m/%Y}",
            "End": f"{one.end_on:%d/%m/%Y}" if one.end_on else "",
            "Hours": f"{one.hours}",
            "Kind": "F" if one.hours >= 18 else "P",
            "State": "entered in error" if one.in_error else "",
        }
