"""Who is told that a child was excluded or suspended."""

from __future__ import annotations

from datetime import date
from typing import Any

from producers.simulate.life import Life
from producers.simulate.school_year import plus_school_days
from producers.simulate.sources import SCHOOLS


def tell_of_exclusions(life: Life) -> None:
    """Tell that the council, and social care where it works with the child, were told."""
    excluded = {
        one.event.record["source_record_id"]: one.event.record["excluded_on"]
        for one in life.told("PermanentExclusionRecorded")
    }
    for one in life.told("SuspensionStarted"):
        excluded[one.event.record["source_record_id"]] = one.event.record["start_on"]
    for record, on in excluded.items():
        _tell(life, on, exclusion=record)
    for on in sorted({one.start_on for one in life.suspensions}):
        _tell(life, on)


def _tell(life: Life, on: date, **known: Any) -> None:
    due = plus_school_days(on, 1)
    life.file(
        "EXCLUSION_LA_NOTICE_MISSING",
        SCHOOLS,
        "LaNotifiedOfExclusion",
        in_time=on,
        due=due,
        **known,
    )
    if life.child.social_care:
        life.file(
            "EXCLUSION_NO_SOCIAL_WORKER_NOTICE",
            SCHOOLS,
            "SocialWorkerNotified",
            in_time=on,
            due=due,
            **known,
        )
