"""Data-sharing agreements on journeys: kept, so that it can be told under which a record came."""

from __future__ import annotations

from journey.events import Event
from journey.shelf import Shelf

AGREEMENT = "DataSharingAgreementRecorded"
"""The type by which an organisation's data-sharing agreement, or its renewal, is on record."""


def note_agreement(shelf: Shelf, event: Event) -> None:
    """Keep this version; sent again, it was known when it first came.

    Nothing is judged by it here: intake did so before a record came to stand on journeys.
    """
    authority = shelf.authority(event.la)
    known = authority.agreement_records
    if event.event_id not in known:
        authority.agreement_records = {**known, event.event_id: event}
        shelf.file_authority(authority)
