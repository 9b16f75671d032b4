"""The same machine over the same journeys in memory: what an undisturbed run would tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from consumers.join.inputs import Input, Opener, Raw, key_ids, parse_all
from consumers.sealing import LeafKey
from consumers.store.alerts import body_of
from journey.cluster import Gap
from journey.duties import DUTIES
from journey.duties.duty import Duty
from journey.events import Event
from journey.machine import Machine
from journey.shelf import MemoryShelf

Row = tuple[Any, ...]


def opened(raws: Iterable[Raw], opener: Opener, keys: Mapping[str, LeafKey]) -> list[Input]:
    """Return the records, opened."""
    return opener.open(parse_all(raws), keys)


def keys_of(raws: Iterable[Raw]) -> set[str]:
    """Return the ids of the keys that opening these takes."""
    return key_ids(parse_all(raws))


def replayed(inputs: Iterable[Input], duties: Iterable[Duty] = DUTIES) -> list[Row]:
    """Return the transitions of one partition as the store keeps them: sequence, body, chain."""
    machine = Machine(MemoryShelf(), duties=duties)
    told = [t for one in inputs for t in _taken(machine, one)]
    return [(t.sequence, body_of(t), t.chain) for t in told]


def _taken(machine: Machine, one: Input) -> list[Any]:
    if isinstance(one.content, Event):
        return machine.record(one.content).transitions
    if isinstance(one.content, Gap):
        return machine.gap(one.content)
    return machine.tick(one.content) if isinstance(one.content, int) else []
