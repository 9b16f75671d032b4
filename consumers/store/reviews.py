"""What a person has to look at beside identities: contradictions, losses, refusals."""

from __future__ import annotations

import msgspec

from consumers.store.reading import Reading

_STANDING = """
SELECT r.kind, r.other, r.reason, r.kappa, l.child FROM reviews r
LEFT JOIN records s ON s.la = r.la
  AND s.record = CASE WHEN r.kind = 'contradiction' THEN decode(r.subject, 'hex') END
LEFT JOIN leaves l ON l.la = s.la AND l.leaf = s.leaf
WHERE r.la = %(la)s AND r.standing AND r.kind NOT IN ('identity', 'candidate')
ORDER BY r.kappa, r.kind, r.subject, r.other, r.reason
"""


REASONS = {
    "one-event-id-two-contents": "a message came twice under one event id, with two contents",
    "one-revision-two-contents": "a record came twice under one revision, with two contents",
    "no-school-days": "a school calendar has no school days",
    "two-calendars-of-one-year": "two records give a calendar of one school and year",
}
"""What the commonest reasons mean; the others name themselves."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a person has to look at.

    kind, reason: codes. about: the id of the event or batch by which its source finds it.
    known_at: ms since 1970 UTC. child: its key where it is about one child, else None.
    """

    kind: str
    reason: str
    about: str
    known_at: int
    child: str | None


def reviews(store: Reading) -> list[Standing]:
    """Return what a person of the authority has to look at, the longest known first."""
    return [
        Standing(kind=kind, reason=reason, about=about, known_at=kappa, child=child)
        for kind, about, reason, kappa, child in store.rows(_STANDING)
    ]
