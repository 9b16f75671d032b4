"""The join's machine over one partition of journeys, in memory: what follows from the records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from consumers.join.inputs import Input, Opener, Parsed, Raw, key_ids, parse_all
from consumers.replay.attended import Attended
from consumers.replay.erasures import came_to, is_proof, proved
from consumers.replay.journeys import Journeys
from consumers.replay.shields import Shields, is_shield
from consumers.sealing import Erased
from consumers.store.erasures import Proved
from consumers.store.sealed import Keys
from journey.acting import Effect
from journey.attending import Deed
from journey.cluster import ERASURE_PROVED, Gap
from journey.erasing import Erasing
from journey.events import Event
from journey.ghost import Ghost
from journey.journeys import Journeys as AtHand
from journey.machine import Machine, Result
from journey.places import Places
from journey.rulebook import Supposed
from journey.shelf import MemoryShelf
from journey.shield import SHIELD_DECIDED
from journey.transition import Transition

AT_HAND = 400_000
"""Facts of children kept at hand: more than a join's, as a replay holds all of them anyway."""
_OF_NOTE = (ERASURE_PROVED.encode(), SHIELD_DECIDED.encode())
NO_LA = ""
"""Of a tick or a position: of every local authority of its partition."""


class Counts(msgspec.Struct, kw_only=True):
    """What a replay has taken.

    read: records of journeys. own: of these, those of a local authority, which ticks and intake's
    positions are not. events: those about a child. erased: those whose leaf's
    key is shredded. parked: those that the core cannot take. transitions: what was told.
    until: the known time (ms since 1970 UTC) of the last record, 0 where there is none.
    """

    read: int = 0
    own: int = 0
    events: int = 0
    erased: int = 0
    parked: int = 0
    transitions: int = 0
    until: int = 0


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What to replay: one local authority or all; up to a moment (ms since 1970 UTC) or the end."""

    la: str | None = None
    moment: int | None = None

    def holds(self, one: Parsed) -> bool:
        """Return whether the record is of what is replayed, whatever its time."""
        return self.la is None or one.record.la in (self.la, NO_LA)

    def is_past(self, one: Parsed) -> bool:
        """Return whether the record became known after the moment."""
        return self.moment is not None and one.record.kappa > self.moment


class Beforehand(NamedTuple):
    """What was erased of a partition, as proofs say, and what of it is shielded.

    effects: what people's actions about the alerts of erased children came to.
    """

    proofs: Sequence[Proved] = ()
    shields: Shields = Shields()
    effects: Mapping[Deed, Effect] = {}


class Reader:
    """Reads and opens the records of journeys that are in a scope."""

    def __init__(self, journeys: Journeys, opener: Opener, keys: Keys) -> None:
        """Take where the records and the keys come from."""
        self._journeys = journeys
        self._opener = opener
        self._keys = keys

    def beforehand(self, partition: int, la: str | None = None) -> Beforehand:
        """Return what a replay of this partition has to know from its start.

        It is read to its end: whatever stands in the way of a replay of its beginning, the proof
        of it came later; and what is shielded by now is shown at no earlier moment either.
        """
        until = self._journeys.ends().get(partition, 0)
        proofs, shields = list[Proved](), list[Event]()
        effects = dict[Deed, Effect]()
        for raws in self._journeys.batches(partition, until) if until else ():
            parsed = parse_all(filter(_may_be_of_note, raws))
            mine = [one for one in parsed if is_proof(one, la) or is_shield(one, la)]
            keys = self._keys.get(key_ids(mine)) if mine else {}
            for one in self._opener.open(mine, keys):
                if isinstance(one.content, Event):
                    proofs += proved(one.content)
                    effects |= came_to(one.content)
                    if one.content.type == SHIELD_DECIDED:
                        shields.append(one.content)
        return Beforehand(proofs, Shields(shields), effects)

    def inputs(self, partition: int, until: int, scope: Scope) -> Iterator[list[Input]]:
        """Yield the inputs below this offset, batch by batch, as far as the scope goes."""
        for raws in self._journeys.batches(partition, until):
            parsed, is_last = _within(raws, scope)
            keys = self._keys.get(key_ids(parsed))
            yield self._opener.open(parsed, keys)
            if is_last:
                return


def _may_be_of_note(raw: Raw) -> bool:
    """Return whether a record, not even parsed, may be one to know of beforehand: few are."""
    return any(name == "type" and content.endswith(_OF_NOTE) for name, content in raw.headers)


def _within(raws: Iterable[Raw], scope: Scope) -> tuple[list[Parsed], bool]:
    parsed = parse_all(raws)
    known = [one for one in parsed if not scope.is_past(one)]
    return [one for one in known if scope.holds(one)], len(known) < len(parsed)


class PartitionReplay:
    """One partition replayed: what it told so far, and the state of every child in memory."""

    def __init__(
        self,
        counts: Counts,
        supposed: Supposed | None = None,
        places: Places | None = None,
        attended: Attended | None = None,
        effects: Mapping[Deed, Effect] | None = None,
    ) -> None:
        """Start with nothing known; what is taken is added to the counts.

        supposed: rules to be judged by instead of those that were published.
        places: those of erased transitions, in which nobody else is told.
        attended: takes what people did, and how alerts stand with them.
        effects: what actions about alerts that are there no more came to.
        """
        self._attended = attended
        self.shelf = MemoryShelf()
        self._machine = Machine(
            self.shelf,
            supposed=supposed,
            places=places,
            journeys=AtHand(AT_HAND),
            effects=effects,
        )
        self._counts = counts

    def take(self, inputs: Iterable[Input]) -> Iterator[Transition]:
        """Yield the transitions that follow from these inputs, in order."""
        for one in inputs:
            self._counts.read += 1
            self._counts.until = max(self._counts.until, one.kappa)
            yield from self._counted(self._taken(one))
            self._note(one)

    def reach(self, moment: int) -> Iterator[Transition]:
        """Yield what follows when this moment (ms since 1970 UTC) has passed."""
        yield from self._counted(self._machine.tick(moment))

    def _taken(self, one: Input) -> list[Transition]:
        content = one.content
        self._counts.own += content is not None and not isinstance(content, int)
        if isinstance(content, Event):
            told = self._machine.record(content, one.offset)
            if told.erasing is not None:
                self._note(one, erased=told.erasing)
            self._counts.events += bool(content.leaf)
            self._counts.parked += told.result is Result.PARKED
            self._counts.erased += told.result is Result.ERASED
            return told.transitions
        if isinstance(content, Gap):
            return self._machine.gap(content)
        if isinstance(content, int):
            return self._machine.tick(content)
        if isinstance(content, Ghost | Erased):
            self._counts.events += 1
            self._counts.erased += 1
        return self._machine.ghost(content, one.offset) if isinstance(content, Ghost) else []

    def _note(self, one: Input, erased: Erasing | None = None) -> None:
        """Note what people did and how alerts stand now; what is erased stands no more."""
        acted, stood = self._machine.acted(), self._machine.stood()
        if self._attended is not None:
            self._attended.take(acted, stood, one.offset, one.kappa)
            if erased is not None:
                self._attended.forget(erased.order.la, erased.alerts)

    def _counted(self, transitions: list[Transition]) -> list[Transition]:
        self._counts.transitions += len(transitions)
        return transitions
