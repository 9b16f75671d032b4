"""A lower alert is held while a higher one is open on the same episode of the same child.

Only what nobody has been told of is held: a warning that was told turns into its alert, and an
alert that is open stays so when a higher one joins it.
"""

from __future__ import annotations

from collections.abc import Iterator

from journey.cluster import CaseState, Cluster, Stage
from journey.moments import deadline
from journey.telling import first_look


def is_held(cluster: Cluster, name: str) -> bool:
    """Return True where the case of this alert id is held by an alert that is open."""
    return any(other.stage is Stage.OPEN for _, other in _higher(cluster, cluster.cases[name]))


def holders(cluster: Cluster, name: str, moment: int) -> list[str]:
    """Return the alert ids of those that would hold it and are to be looked at now (ms UTC)."""
    higher = _higher(cluster, cluster.cases[name])
    return sorted(other for other, state in higher if state.wake == moment)


def hold_back(state: CaseState) -> None:
    """Hold a case until it is let go, or ceases to be owed by itself."""
    state.held, state.waiting = True, False
    state.wake = deadline(state.case.ends_on) if state.case.ends_on else None


def let_go(cluster: Cluster, moment: int) -> bool:
    """Look again from this moment (ms UTC) at what nothing holds any more; return if there was."""
    freed = [s for name, s in cluster.cases.items() if s.held and not is_held(cluster, name)]
    for state in freed:
        state.held, state.wake = False, max(first_look(state), moment)
    return bool(freed)


def _higher(cluster: Cluster, state: CaseState) -> Iterator[tuple[str, CaseState]]:
    """Yield the cases whose alert would hold this one, each with its alert id."""
    if state.stage is not Stage.PENDING or not state.case.held_by:
        return
    for name, other in cluster.cases.items():
        of_one_episode = (other.child, other.case.anchor) == (state.child, state.case.anchor)
        if of_one_episode and other.duty in state.case.held_by:
            yield name, other
