"""Makes a store that was lost again, from journeys alone: the join's work, without the join."""

from __future__ import annotations

from collections.abc import Callable

from consumers.join.partition import PartitionJoin
from consumers.replay.journeys import Journeys
from consumers.replay.replaying import Scope
from consumers.replay.run import Reading
from consumers.store.loading import Connection
from consumers.store.sealed import FactSeal

OWNER = "restore"


def restore(
    connection: Connection,
    seal: FactSeal,
    journeys: Journeys,
    reader: Reading,
    watch: Callable[[int], None],
) -> int:
    """Write all that follows from journeys, from where the store stands; return records taken.

    It may be cut short and run again: offset and effect of a batch are one transaction. A join
    that runs on the same store is fenced. watch: takes how many offsets have been passed.
    """
    taken = passed = 0
    for partition, until in sorted(journeys.ends().items()):
        # What was erased since told transitions that nothing tells any more: their places must not
        # be given to others, or what the relay has published would not be what the store says.
        proofs, _, effects = reader.beforehand(partition)
        join = PartitionJoin(connection, partition, OWNER, seal, proofs=proofs, effects=effects)
        for inputs in reader.inputs(partition, until, Scope()):
            new = [one for one in inputs if one.offset >= join.next_offset]
            if new:
                join.apply(new)
                taken += len(new)
                watch(passed + join.next_offset)
        passed += until
    return taken
