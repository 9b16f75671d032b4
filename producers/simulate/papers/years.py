"""What the council knows each September of those who left school."""

from __future__ import annotations

from datetime import date

from producers.simulate.life import Life
from producers.simulate.population import YEAR_11, YEAR_12
from producers.simulate.sources import TRACKING

_LEFT_SCHOOL_IN = {YEAR_11: 2025, YEAR_12: 2024}
_LAST = 2025


def confirm_activity(life: Life) -> None:
    """Tell in each September after Year 11 that the young person's activity is confirmed."""
    first = _LEFT_SCHOOL_IN.get(life.child.year_group)
    for year in range(first, _LAST + 1) if first is not None else ():
        life.file(
            "NEET_STATUS_UNKNOWN",
            TRACKING,
            "ActivityConfirmed",
            in_time=date(year, 9, life.random.randint(8, 12)),
            due=date(year, 9, 29),
            status="PARTICIPATING",
        )
