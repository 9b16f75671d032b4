"""Data-sharing agreements in the store, so that the store itself shows nothing once they lapsed."""

from __future__ import annotations

from collections.abc import Iterable

from consumers.store.loading import Connection
from consumers.store.sharing import agreements_of
from journey.shelf import Authority

_KEEP = """
INSERT INTO agreements
  (la, organisation, agreement, version, agencies, first_day, last_day, recorded_at)
VALUES (%(la)s, %(organisation)s, %(agreement)s, %(version)s, %(agencies)s, %(first_day)s,
  %(last_day)s, %(recorded_at)s)
ON CONFLICT DO NOTHING
"""


class KeptAgreements:
    """Which agreements of a partition are in the store; each version is written once."""

    def __init__(self) -> None:
        """Take none to be there: those of an older release are then written at the first change."""
        self._known: dict[str, int] = {}

    def keep(self, connection: Connection, authorities: Iterable[Authority]) -> None:
        """Keep every version that is not there yet, in the open transaction."""
        new = [
            one for one in authorities if len(one.agreement_records) != self._known.get(one.la, 0)
        ]
        for authority in new:
            rows = [
                {
                    "la": one.local_authority,
                    "organisation": one.organisation,
                    "agreement": one.agreement_id,
                    "version": one.version,
                    "agencies": sorted(one.shared_by),
                    "first_day": one.first_day,
                    "last_day": one.last_day,
                    "recorded_at": one.recorded_at,
                }
                for one in agreements_of(authority)
            ]
            with connection.cursor() as cursor:
                cursor.executemany(_KEEP, rows)
            self._known[authority.la] = len(authority.agreement_records)
