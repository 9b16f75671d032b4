"""By what each agency would know the child if it had no number: name, birth and postcode."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from producers.simulate.life import Life
from producers.simulate.names import details_of
from producers.simulate.school_year import OPENING
from producers.simulate.sources import CASEWORK, CLINIC, SCHOOLS


def tell_details(life: Life) -> None:
    """Tell what the school, and each agency that works with the child, holds of it."""
    works_with = {
        SCHOOLS: True,
        CASEWORK: life.child.social_care or CASEWORK.name in life.strangers,
        CLINIC: life.child.health or CLINIC.name in life.strangers,
    }
    known = asdict(details_of(life.child.number))
    for source, works in works_with.items():
        if works:
            told = {**known, **life.strangers.get(source.name, {})}
            life.tell(source, "ChildDetailsRecorded", held_on=OPENING - timedelta(days=1), **told)
