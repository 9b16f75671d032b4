"""Whether somebody needs to know: what is known of the child says so, or they say why themselves.

What counts as a need is our own default. For leads and managers: an open alert of the child, which
is told to them, or an involvement with the child that lasts. For an officer: one of their own
agency. Of an involvement that names its service, only those whose teams it is among, if they have
any. Auditors look for another reason, and are recorded with that.
"""

from __future__ import annotations

from datetime import date

from consumers.store import glass
from consumers.store.reading import Reading
from dashboard.missing import NothingThere
from dashboard.often import require_not_too_often
from dashboard.people import Person
from dashboard.roles import Role
from dashboard.store import Store
from journey.duties.involvement import Involvement, involvements
from journey.moments import day_of
from journey.transition import Status

SAFEGUARDING, AUDIT, BREAK_GLASS = "safeguarding", "audit", "break-glass"
"""Purposes as they are recorded; to the last the code of the reason is added."""

OPEN_MINUTES = 60
"""How long a broken glass lets somebody look at the child; our own default."""


class NotInvolved(Exception):
    """Nothing known shows that the person needs to know of this child."""

    def __init__(self, child: str) -> None:
        """Take the child's key; it stands in no message."""
        super().__init__()
        self.child = child


def purpose_of(store: Store, person: Person, child: str, *, limited: bool = True) -> str:
    """Return for what this person may look at this child, as it is recorded.

    limited: whether this look counts among those of an hour. Raises NothingThere where their
    authority knows no such child, NotInvolved where they need a reason of their own, TooOften
    where they looked at as many children as they may.
    """
    with store.reading(person) as reading:
        is_told_of = _has_open_alert(reading, person, child)
        # Of a child whose every record waits nothing is known yet but the alert that says so.
        if not is_told_of and reading.children(child) != [child]:
            raise NothingThere
        if limited:
            require_not_too_often(reading, person, child)
        if person.role is Role.AUDITOR:
            return AUDIT
        if is_told_of or _is_involved(store, reading, person, child):
            return SAFEGUARDING
        code = glass.code_of_open(reading, child, person.name, OPEN_MINUTES)
    if code is None:
        raise NotInvolved(child)
    return f"{BREAK_GLASS} {code}"


def _has_open_alert(reading: Reading, person: Person, child: str) -> bool:
    if person.role is Role.OFFICER:
        return False
    return bool(reading.alerts(child=child, status=Status.OPEN, limit=1))


def _is_involved(store: Store, reading: Reading, person: Person, child: str) -> bool:
    cluster = reading.cluster_of_child(child, store.seal(person))
    if cluster is None or child not in cluster.identity.anchors:
        return False
    today = day_of(reading.known().kappa)
    return any(is_theirs(one, person, today) for one in involvements(cluster.journey(child)))


def is_theirs(involvement: Involvement, person: Person, day: date) -> bool:
    """Return whether an involvement lasts on a day and gives this person a need to know."""
    agency = involvement.agency.lower().replace("_", "-")
    if person.role is Role.OFFICER and agency != person.agency:
        return False
    service = involvement.episode.told("service")
    is_their_team = not service or not person.teams or service in person.teams
    return is_their_team and involvement.episode.is_open(day)
