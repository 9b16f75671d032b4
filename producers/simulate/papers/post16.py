"""The papers of a move to post-16: what the provider is told, and who is told of a leaver."""

from __future__ import annotations

from datetime import date, timedelta

from producers.simulate.life import Life
from producers.simulate.school_year import plus_working_days
from producers.simulate.sources import TRACKING

_BY_THE_END_OF_JUNE = date(2025, 6, 30)


def keep_post16_papers(life: Life) -> None:
    """Tell that a new provider was told what it needs to know, and the council of a leaver."""
    for accepted in life.told("Post16OfferAccepted"):
        on: date = accepted.event.record["accepted_on"]
        life.file(
            "POST16_INFORMATION_NOT_TRANSFERRED",
            TRACKING,
            "TransitionInformationShared",
            in_time=on + timedelta(days=life.random.randint(0, 6)),
            due=max(_BY_THE_END_OF_JUNE, plus_working_days(on, 10)),
            provider=accepted.event.record["provider"],
        )
    for left in life.told("Post16Withdrawn"):
        on = left.event.record["withdrawn_on"]
        life.file(
            "RPA_LEAVER_NOTICE",
            TRACKING,
            "LaNotifiedOfNonParticipation",
            in_time=plus_working_days(on, life.random.randint(1, 3)),
            due=plus_working_days(on, 5),
            provider=left.event.record["provider"],
        )
