"""What was told, held against what follows from journeys: byte by byte, each difference named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from consumers.replay.erasures import Erasures
from consumers.store.alerts import body_of
from journey.places import Place
from journey.transition import ENGINE_VERSION, Transition

Key = tuple[str, str, int]
"""(local authority, alert id, number within the alert)."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A transition as it is kept: its columns, its audited bytes and the chain value beside it.

    body: empty where it was erased; then erasure is the id of the erasure that emptied it.
    """

    la: str
    sequence: int
    alert_id: str
    number: int
    body: str
    chain: str
    erasure: str | None = None

    @property
    def key(self) -> Key:
        """Which transition this is, wherever it stands."""
        return (self.la, self.alert_id, self.number)


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """How far the join had come with a partition: its next offset, and the last sequence told.

    told_ahead: how many transitions it had told beyond that, of the record at its next offset.
    """

    next_offset: int
    sequence: int
    told_ahead: int = 0


class Fault(StrEnum):
    """In what the kept transitions differ from those that follow from journeys."""

    MISSING = "not kept"
    UNFOUNDED = "does not follow"
    CHANGED = "other bytes"
    BROKEN_CHAIN = "chain broken"
    ORDER = "other order"
    SHOWN = "shown otherwise"
    UNPROVED = "emptied, unproved"
    NOT_ERASED = "proved, not emptied"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One difference, with both sides as they are.

    sequence: in the partition, of the kept side if there is one. kept, replayed: the audited
    text of each, None where there is none. events: ids of the events that either side names.
    older_engine: the engine version of the kept side where it is not that of this release.
    """

    fault: Fault
    la: str
    alert_id: str
    number: int
    sequence: int
    kept: str | None = None
    replayed: str | None = None
    events: tuple[str, ...] = ()
    older_engine: str | None = None


class _Replayed(NamedTuple):
    transition: Transition
    body: str


class Comparison:
    """Takes the replayed transitions of one partition in order, beside the kept ones in theirs.

    Holds in memory only what has not found its other side yet.
    """

    def __init__(
        self,
        kept: Iterator[Told],
        *,
        whole: bool,
        erasures: Erasures | None = None,
    ) -> None:
        """Take the kept transitions in sequence; whole: of every local authority.

        erasures: the places that are an erased child's, as proofs say.
        """
        self._kept = kept
        self._erasures = erasures or Erasures(())
        self._whole = whole
        self._waiting_kept: dict[Key, Told] = {}
        self._waiting_replayed: dict[Key, _Replayed] = {}
        self._chains: dict[str, str] = {}
        self._last = 0
        self._furthest = self._replayed_to = 0
        self._apart: set[str] = set()
        self.compared = self.erased = 0
        self.differences: list[Difference] = []

    def add(self, transition: Transition) -> None:
        """Take the next replayed transition."""
        key = (transition.local_authority, transition.alert_id, transition.number)
        self._waiting_replayed[key] = _Replayed(transition, body_of(transition))
        self._replayed_to = transition.sequence
        told = next(self._kept, None)
        if told is not None:
            self._take(told)
        self._match(key)

    def end(self, *, may_lag: bool = False, is_behind: bool = False) -> int:
        """Note what stayed without its other side.

        may_lag: what was told last may not have been kept yet. Returns how many such there are.
        is_behind: what is kept after the last that was replayed is of later records.
        """
        for told in self._kept:
            if is_behind and told.sequence > self._replayed_to:
                break
            self._take(told)
        for told in self._waiting_kept.values():
            if is_behind and told.sequence > self._replayed_to:
                continue
            self._differ(Fault.UNFOUNDED if told.body else Fault.UNPROVED, told, None)
        self.differences += map(_unerased, self._erasures.left())
        late = self._later() if may_lag else {}
        for key, replayed in self._waiting_replayed.items():
            if key not in late:
                self._differ(Fault.MISSING, None, replayed)
        self._waiting_kept, self._waiting_replayed = {}, {}
        self.differences.sort(key=lambda one: (one.sequence, one.la, one.alert_id, one.number))
        return len(late)

    def _later(self) -> dict[Key, _Replayed]:
        """Return what was replayed after the last transition that was found on both sides."""
        return {
            key: one
            for key, one in self._waiting_replayed.items()
            if one.transition.sequence > self._furthest
        }

    def _take(self, told: Told) -> None:
        for one in self._erasures.passed_before(told.sequence):
            self._chains[one.la], self._last = one.chain, one.sequence
        place = self._erasures.of(told.key, told.sequence)
        follows = self._follows(told, place)
        skipped = self._whole and told.sequence != self._last + 1
        if not follows or skipped:
            self._differ(Fault.BROKEN_CHAIN, told, None)
        # What follows is held to what is kept: one broken link is one difference.
        self._chains[told.la], self._last = told.chain, told.sequence
        if place is not None:
            self.erased += 1
            if told.body and not self._erasures.keeps:
                self._differ(Fault.NOT_ERASED, told, None)
        elif told.key in self._waiting_kept:
            self._differ(Fault.UNFOUNDED, told, None)  # a second one of the same number
        else:
            self._waiting_kept[told.key] = told
        self._match(told.key)

    def _follows(self, told: Told, place: Place | None) -> bool:
        """Return whether its chain value follows from the row before, or a proof says that it did.

        An emptied row that no proof names has nothing left from which it could follow.
        """
        before = self._chains.get(told.la, "")
        if told.body:
            return next_chain(before, told.body) == told.chain
        return place is None or (place.before, place.chain) == (before, told.chain)

    def _match(self, key: Key) -> None:
        told, replayed = self._waiting_kept.get(key), self._waiting_replayed.get(key)
        if told is None or replayed is None:
            return
        del self._waiting_kept[key], self._waiting_replayed[key]
        self.compared += 1
        self._furthest = max(self._furthest, replayed.transition.sequence)
        if told.body != replayed.body:
            self._differ(Fault.CHANGED if told.body else Fault.UNPROVED, told, replayed)
        elif told.chain != replayed.transition.chain and told.la not in self._apart:
            self._differ(Fault.ORDER, told, replayed)

    def _differ(self, fault: Fault, told: Told | None, replayed: _Replayed | None) -> None:
        la = told.la if told else replayed.transition.local_authority if replayed else ""
        # From here on the chains of this authority cannot be equal: their bytes are compared.
        self._apart.add(la)
        self.differences.append(_difference(fault, told, replayed))


def _unerased(place: Place) -> Difference:
    return Difference(
        fault=Fault.NOT_ERASED,
        la=place.la,
        alert_id=place.alert_id,
        number=place.number,
        sequence=place.sequence,
    )


def next_chain(previous: str, body: str) -> str:
    """Return the chain value after this audited text (as ``journey.transition.chained``)."""
    return hashlib.sha256((previous + body).encode()).hexdigest()


def _difference(fault: Fault, told: Told | None, replayed: _Replayed | None) -> Difference:
    kept = fields_of(told.body) if told else {}
    transition = replayed.transition if replayed else None
    events = [*kept.get("because", ()), *kept.get("met_by", ())]
    if transition is not None:
        events += [*transition.because, *transition.met_by]
    engine = kept.get("engine")
    return Difference(
        fault=fault,
        la=told.la if told else transition.local_authority if transition else "",
        alert_id=told.alert_id if told else transition.alert_id if transition else "",
        number=told.number if told else transition.number if transition else 0,
        sequence=told.sequence if told else transition.sequence if transition else 0,
        kept=told.body if told else None,
        replayed=replayed.body if replayed else None,
        events=tuple(dict.fromkeys(map(str, events))),
        older_engine=str(engine) if engine not in (None, ENGINE_VERSION) else None,
    )


def fields_of(body: str) -> dict[str, Any]:
    """Return what the text says, or nothing where it was made unreadable."""
    try:
        fields = json.loads(body)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}
