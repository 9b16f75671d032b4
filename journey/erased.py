"""A ghost takes its record's place: it is counted in its scope, and what it replaced is taken away.

A ghost stands only while no higher revision of its record can be read; what can be read meanwhile
is lower, and decides nothing. What a readable record of another child said under the same key is
retracted by it, as it was when the ghost could be read.
"""

from __future__ import annotations

import msgspec

from journey.calendars import Calendars
from journey.cluster import nodes_of
from journey.events import Event
from journey.facts import Facts, Taken
from journey.ghost import Ghost
from journey.parking import Arrival
from journey.shelf import Shelf


def take_ghost(
    shelf: Shelf, facts: Facts, ghost: Ghost, calendars: Calendars, position: int
) -> Taken | None:
    """Let the ghost stand where it wins; return what that takes from another child, if anything."""
    kept = shelf.ghost(ghost.la, ghost.record)
    if kept is not None and ghost.rank <= kept.rank:
        _repeat(shelf, kept, ghost)
        return None
    old = _readable(shelf, ghost)
    # Where a ghost stands already, what can be read is lower, or what that ghost took back.
    if kept is None and old is not None and ghost.rank <= (old.revision, old.retracted):
        return None
    taken = None
    if old is not None and not old.retracted:
        gone = _gone(old, ghost)
        arrival = Arrival(gone, ghost.kappa, position)
        taken = facts.take(gone, calendars, nodes_of(gone), arrival)
    shelf.file_ghost(ghost)
    return taken


def _repeat(shelf: Shelf, kept: Ghost, ghost: Ghost) -> None:
    """Note the batch that repeated it, so that its snapshot does not miss it."""
    if ghost.rank == kept.rank and ghost.batch not in (None, kept.batch):
        shelf.file_ghost(msgspec.structs.replace(kept, batch=ghost.batch))


def _readable(shelf: Shelf, ghost: Ghost) -> Event | None:
    for cluster in shelf.find(ghost.la, [ghost.record]):
        if (found := cluster.records.get(ghost.record)) is not None:
            return found
    return None


def _gone(old: Event, ghost: Ghost) -> Event:
    return msgspec.structs.replace(
        old, retracted=True, revision=ghost.revision, kappa=ghost.kappa, batch=ghost.batch
    )
