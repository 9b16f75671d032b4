"""Proofs of erasure, as they stand on journeys: which places are an erased child's."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from consumers.join.inputs import Parsed
from consumers.store.erasures import Proved
from journey.acting import Effect
from journey.attending import Deed
from journey.cluster import ERASURE_PROVED
from journey.events import Event
from journey.places import Place


def is_proof(one: Parsed, la: str | None) -> bool:
    """Return whether the record, still unopened, is a proof of erasure of this authority, or any.

    Intake writes none that was not signed by a source that may decide for the authority.
    """
    return one.record.name == ERASURE_PROVED and la in (None, one.record.la)


def proved(event: Event) -> Iterator[Proved]:
    """Yield the places that a proof names."""
    for place in event.data.get("places") or ():
        yield Proved(
            event.text("erasure") or "",
            Place(
                sequence=place["sequence"],
                la=event.la,
                alert_id=place["alert_id"],
                number=place["number"],
                before=place["before"].hex(),
                chain=place["chain"].hex(),
            ),
        )


def came_to(event: Event) -> Iterator[tuple[Deed, Effect]]:
    """Yield what actions about the erased child's alerts came to, as a proof says."""
    for one in event.data.get("acts") or ():
        yield (event.la, one["action"]), Effect(one["effect"])


class Erasures:
    """The proved places of a partition, until the kept transitions have been held to them.

    keeps: what stood in them may still be kept, or be missing, as where it was published.
    """

    def __init__(self, places: Iterable[Place], *, keeps: bool = False) -> None:
        """Take the places."""
        self.keeps = keeps
        ordered = sorted(places, key=lambda one: one.sequence)
        self._left = {(one.la, one.alert_id, one.number): one for one in ordered}
        self._ahead = deque(ordered)

    def of(self, key: tuple[str, str, int], sequence: int) -> Place | None:
        """Return the place of this transition, where a proof names it as it stands; once.

        key: local authority, alert id, number within the alert.
        """
        found = self._left.get(key)
        if found is None or found.sequence != sequence:
            return None
        return self._left.pop(key)

    def passed_before(self, sequence: int) -> Iterator[Place]:
        """Yield the places before this sequence of which nothing is kept, where that may be."""
        while self.keeps and self._ahead and self._ahead[0].sequence < sequence:
            place = self._ahead.popleft()
            if self._left.pop((place.la, place.alert_id, place.number), None) is not None:
                yield place

    def left(self) -> list[Place]:
        """Return the places in which nothing was found, where something has to be."""
        return [] if self.keeps else list(self._left.values())
