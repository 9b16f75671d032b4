"""One child as the platform knew it at a moment: facts, alerts, and the versions that judged."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from consumers.replay.replaying import Counts, PartitionReplay, Reader, Scope
from consumers.replay.standing import Standing, Stood, facts_behind
from consumers.store.reading import Moment
from journey.cluster import Cluster
from journey.events import Event


class ChildThen(msgspec.Struct, frozen=True, kw_only=True):
    """What was known of a child, and told, by a moment.

    timeline: the winning revision of each record, in order of the day on which it happened; a
    retraction too. alerts: as they stood, the most severe first. facts: by event id, those that
    the alerts name. judged_by: every (engine, rules) that told one of the alerts.
    """

    timeline: tuple[Moment, ...]
    alerts: tuple[Stood, ...]
    facts: dict[str, Event]
    judged_by: tuple[tuple[str, str], ...]


def child_then(
    reader: Reader, partition: int, until: int, scope: Scope, child: str, leaves: Iterable[str]
) -> ChildThen | None:
    """Return the child of this key by the moment of the scope; None where it was not known yet.

    Of what is shielded by now no detail is in it, whatever was told of it then.
    leaves: tokens by which the child is known now; any of them finds what it was then.
    """
    assert scope.la is not None and scope.moment is not None
    replay, standing = PartitionReplay(Counts()), Standing()
    shields = reader.beforehand(partition, scope.la).shields
    for inputs in reader.inputs(partition, until, scope):
        for transition in replay.take(inputs):
            standing.add(shields.shown(replay.shelf, transition))
    for transition in replay.reach(scope.moment):
        standing.add(shields.shown(replay.shelf, transition))
    clusters = replay.shelf.find(scope.la, leaves)
    cluster = next((one for one in clusters if child in one.identity.anchors), None)
    if cluster is None:
        return None
    alerts = [one for one in standing.alerts() if one.transition.child == child]
    told = [one.transition for one in alerts]
    return ChildThen(
        timeline=tuple(_timeline(cluster, child, shields.leaves(cluster))),
        alerts=tuple(alerts),
        facts=facts_behind(replay.shelf, told),
        judged_by=tuple(sorted({(one.engine, one.rules) for one in told})),
    )


def _timeline(cluster: Cluster, child: str, shielded: frozenset[str]) -> list[Moment]:
    leaves = cluster.identity.leaves_of(child) - shielded
    mine = (event for event in cluster.records.values() if event.leaf in leaves)
    return [
        Moment(
            occurred_on=event.occurred_on,
            kappa=event.kappa,
            type=event.type,
            agency=event.agency,
            event_id=event.event_id,
            revision=event.revision,
            standing="retraction" if event.retracted else "stands",
        )
        for event in sorted(mine, key=lambda one: (one.occurred_on, one.kappa, one.event_id))
    ]
