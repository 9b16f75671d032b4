"""The child's and the family's view of what is planned, reviewed or decided."""

from __future__ import annotations

from datetime import date

from producers.simulate.life import Life
from producers.simulate.school_year import plus_school_days
from producers.simulate.sources import AP_REGISTER


def hear_family(life: Life, about: str, on: date) -> None:
    """Tell the family's or the child's view of a plan, review or decision of that day."""
    heard_on = life.met(
        "FAMILY_NOT_INVOLVED",
        0.008,
        in_time=plus_school_days(on, life.random.randint(1, 3)),
        due=plus_school_days(on, 5),
    )
    if heard_on is None:
        return
    view = life.random.choice(("FamilyViewRecorded", "FamilyViewRecorded", "ChildViewRecorded"))
    life.tell(AP_REGISTER, view, about=about, recorded_on=heard_on)
