"""How many children somebody may look at in an hour: enough for any work, too few to take all away.

An alert opens always, and so does the child that it is about; and any child with a reason, as one
does with whom nothing shows an involvement (the broken glass, which a manager reviews).
"""

from __future__ import annotations

import logging

from consumers.store.looking import lately
from consumers.store.reading import Reading
from dashboard.people import Person

MOST_CHILDREN = 100
"""Children in an hour; our own default."""
UNLIMITED = "alert"
"""The page that is neither counted nor closed."""
REFUSED = "refused too-often"
"""As what it is recorded that somebody was stopped."""

log = logging.getLogger(__name__)


class TooOften(Exception):
    """Somebody looked at as many children in the last hour as they may."""

    words = (
        f"You have opened the records of {MOST_CHILDREN} children in the last hour, which is the"
        " most that is allowed. That you asked for one more is on record. Your alerts open as"
        " always, and so do the children that they are about. If you have to see this record now,"
        " say why first; else wait a while."
    )


def require_not_too_often(reading: Reading, person: Person, child: str) -> None:
    """Raise TooOften where this would be one child more than this person may look at."""
    many, among = lately(reading, child, person.name, f"dashboard {UNLIMITED}")
    if many >= MOST_CHILDREN and not among:
        log.warning("Somebody looked at too many children, as %s of %s.", person.role, person.la)
        raise TooOften
