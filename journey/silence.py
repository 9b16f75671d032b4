"""A source's silence is itself an alert: nobody can tell absence from a broken line."""

from __future__ import annotations

import heapq
from functools import lru_cache
from typing import NamedTuple

from journey.cluster import CaseState, Stage
from journey.duties.duty import About, Basis, Case, Duty, Met, Severity
from journey.moments import HOUR, day_of
from journey.shelf import Authority, Shelf
from journey.sources import Source
from journey.telling import alert_id
from journey.transition import Outcome

SOURCE_SILENT = Duty(
    id="SOURCE_SILENT",
    meaning="A source that has joined sent nothing for longer than it said it would.",
    trigger="the source's last record",
    satisfying="any record of the source",
    clock="the rhythm that the source declared, in hours",
    severity=Severity.HIGH,
    basis=Basis.LOCAL,
    source="the rhythm is the source's own declaration",
    parameters={},
    reads=frozenset(),
    satisfied_by=frozenset(),
    cases=lambda journey, parameters, calendars: (),
    about=About.SOURCE,
    our_default="that silence beyond the declared rhythm is told at all",
)


class Silence(NamedTuple):
    """When a source will have been silent too long; ordered by (moment, source id)."""

    wake: int
    name: str
    la: str
    source: Source


class Silences:
    """The first source that will have been silent for too long.

    A source that is heard moves its moment later, so an entry is a lower bound that is
    put right when its turn comes.
    """

    def __init__(self, shelf: Shelf) -> None:
        """Watch every source that has joined an LA of the shelf."""
        self._shelf = shelf
        self._heap: list[tuple[int, str, str]] = []
        self._listed: set[tuple[str, str]] = set()
        for authority in shelf.authorities():
            for source in authority.sources.values():
                self.heard(authority.la, source)

    def heard(self, la: str, source: Source, *, afresh: bool = False) -> None:
        """List a source that has joined; one that is listed is put right in its turn.

        afresh: its rhythm may be shorter than it was, so the entry that is listed may be late.
        """
        if source.mode and (afresh or (la, source.id) not in self._listed):
            self._listed.add((la, source.id))
            heapq.heappush(self._heap, (source.silent_at, source.id, la))

    def first(self) -> Silence | None:
        """Return the first silence that nothing known so far prevents."""
        while self._heap:
            wake, name, la = self._heap[0]
            authority = self._shelf.authority(la)
            source = authority.sources[name]
            if name not in authority.silences and source.silent_at == wake:
                return Silence(wake, _name(source), la, source)
            heapq.heappop(self._heap)
            self._listed.discard((la, name))
            if name not in authority.silences:
                self.heard(la, source)
        return None

    def open(self, authority: Authority, source: Source) -> tuple[str, CaseState]:
        """Open the silence's case on the LA; return its alert id and state."""
        since = source.silent_at - source.rhythm
        case = Case(
            anchor=source.id,
            period=str(since),
            due=day_of(source.silent_at),
            arithmetic=f"{source.rhythm // HOUR} hours after its last record",
            because=(),
        )
        state = CaseState(
            duty=SOURCE_SILENT.id,
            child=source.id,
            case=case,
            stage=Stage.OPEN,
            known_at=source.silent_at,
        )
        authority.silences = {**authority.silences, source.id: state}
        self._shelf.file_authority(authority)
        return _name(source), state

    def close(
        self, authority: Authority, source: Source, kappa: int
    ) -> tuple[str, CaseState] | None:
        """Close the open case of a source that no longer is silent, if there is one."""
        state = authority.silences.get(source.id)
        if state is None or source.silent_at <= kappa:
            return None
        authority.silences = {k: v for k, v in authority.silences.items() if k != source.id}
        self._shelf.file_authority(authority)
        self.heard(authority.la, source)
        met = Met(on=day_of(kappa))
        state.case = Case(
            anchor=state.case.anchor,
            period=state.case.period,
            due=state.case.due,
            arithmetic=state.case.arithmetic,
            because=(),
            met=met,
        )
        state.outcome = Outcome.MET_LATE
        name = alert_id(SOURCE_SILENT.id, state.case.anchor, state.case.period)
        return name, state


def _name(source: Source) -> str:
    return _named(source.id, source.silent_at - source.rhythm)


@lru_cache(maxsize=1024)  # that of the next to fall silent is asked for with every record
def _named(source: str, since: int) -> str:
    return alert_id(SOURCE_SILENT.id, source, str(since))
