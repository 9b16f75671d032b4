"""What decides how long each child's record is kept, as the store has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from consumers.store.erasing import held_children
from consumers.store.reading import Reading
from consumers.store.sealed import FactSeal
from journey.moments import day_of
from schemas.catalogue import event_types

_LAST = """
SELECT l.child, t.type, max(t.occurred_on), max(t.kappa)
FROM timeline t JOIN leaves l ON l.la = t.la AND l.leaf = t.leaf
WHERE t.la = %(la)s AND t.type <> ALL(%(of_providers)s) GROUP BY l.child, t.type
"""

_OF_PROVIDERS = [one.name for one in event_types().values() if one.subject == "provider"]

_WAITING = """
SELECT DISTINCT l.child FROM parked p JOIN leaves l ON l.la = p.la AND l.leaf = p.leaf
WHERE p.la = %(la)s
"""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of one child, as far as it decides how long that is kept.

    last: by event type, the valid day of its last event, of replaced and retracted ones too.
    heard: the day (London) on which the last record of it came.
    held: it may not be erased. tied: the other children to whose its records are tied, by key.
    waiting: records of it wait for a person to have them taken again.
    """

    child: str
    last: dict[str, date]
    heard: date
    born: date | None
    held: bool
    tied: tuple[str, ...]
    waiting: bool


def recorded(store: Reading, seal: FactSeal) -> Iterator[Recorded]:
    """Yield what there is of each child of the authority of whom there is any event."""
    last: dict[str, dict[str, date]] = {}
    heard: dict[str, int] = {}
    for child, type_, day, kappa in store.rows(_LAST, of_providers=_OF_PROVIDERS):
        last.setdefault(child, {})[type_] = day
        heard[child] = max(kappa, heard.get(child, 0))
    held = frozenset(held_children(store))
    waiting = frozenset(child for (child,) in store.rows(_WAITING))
    for cluster in store.clusters(seal):
        identity = cluster.identity
        children = sorted(set(identity.children.values()))
        for child in children:
            if child in last:
                yield Recorded(
                    child=child,
                    last=last[child],
                    heard=day_of(heard[child]),
                    born=identity.births.get(child),
                    held=child in held,
                    tied=tuple(other for other in children if other != child),
                    waiting=child in waiting,
                )
