"""People's actions on the shelf: each is held to its alert, and alerts nobody attends to come up.

It begins for a local authority with the first action that anybody records there. Before that
nobody works with its alerts here, and what follows from its records is what always followed.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from typing import NamedTuple

from journey.acting import Action, Effect, Found, act, action_of
from journey.cluster import CaseState, Cluster, Stage
from journey.duties.duty import UNLIMITED, Duty
from journey.events import Event
from journey.settling import Change
from journey.shelf import Authority, Shelf
from journey.silence import SOURCE_SILENT
from journey.standing import Standing, at, ended, next_moment, told_afresh
from journey.telling import alert_id, following, severity_at
from journey.transition import Kind

Deed = tuple[str, str]
"""An action: (local authority, event id)."""


class Acted(NamedTuple):
    """An action, and what it came to; position: where its record stands in journeys."""

    la: str
    action: Action
    effect: Effect
    position: int


class Stood(NamedTuple):
    """How an alert stands with people from this moment (ms UTC) on."""

    la: str
    alert_id: str
    standing: Standing
    kappa: int


class Overdue(NamedTuple):
    """When the alert on a silent source changes by itself; ordered by (moment, alert id)."""

    wake: int
    name: str
    la: str
    source: str


class Attending:
    """What people did about the alerts of one partition, and what became of those left alone."""

    def __init__(
        self,
        shelf: Shelf,
        judge: Callable[[str, CaseState], Duty],
        effects: Mapping[Deed, Effect],
    ) -> None:
        """Work on this shelf; judge: returns the duty that judges a case of an authority.

        effects: what actions came to whose alerts are there no more, as proofs of erasure say.
        """
        self._effects = effects
        self._shelf = shelf
        self._judge = judge
        self._acted: list[Acted] = []
        self._stood: dict[tuple[str, str], Stood] = {}
        self._silences: list[Overdue] = []
        for authority in shelf.authorities():
            for source in authority.silences:
                self._watch(authority, source)

    def acted(self) -> list[Acted]:
        """Return the actions taken since this was asked last, in order."""
        acted, self._acted = self._acted, []
        return acted

    def stood(self) -> list[Stood]:
        """Return how those alerts stand now whose standing changed since this was asked last."""
        stood, self._stood = list(self._stood.values()), {}
        return stood

    def act(self, event: Event, position: int) -> None:
        """Take an action; one that cannot be taken is kept, with why, and changes nothing."""
        if event.retracted:
            return
        self._begin(event.la, event.kappa)
        action = action_of(event)
        take = self._on_source if action.source else self._on_child
        effect = take(event.la, action)
        if effect is Effect.NOT_THERE:
            effect = self._effects.get((event.la, action.event_id), effect)
        self._acted.append(Acted(event.la, action, effect, position))

    def told(self, la: str, change: Change, state: CaseState, duty: Duty, as_of: int) -> bool:
        """Let an alert stand as it does once this is told; return whether its moments changed."""
        if not self._shelf.authority(la).attended:
            return False
        before = state.standing
        if state.stage is Stage.WARNED:
            return False  # whoever takes on what is only warned of has it when it is missed
        if state.stage is not Stage.OPEN:
            after = ended(before) if before else None
        elif change.kind in (Kind.OPENED, Kind.REOPENED):
            # What was never told and stands already goes on with another alert.
            heir = before is not None and not state.number
            after = before if heir else told_afresh(before, as_of, severity_at(duty, state))
        elif change.kind is Kind.REASSIGNED or (
            change.kind is Kind.ESCALATED and before is not None and before.aside is not None
        ):
            after = told_afresh(before, as_of, severity_at(duty, state))
        else:
            return False
        self._stand(la, change.alert_id, state, after, as_of, quietly=before is None)
        return True

    def passed(self, la: str, name: str, state: CaseState, duty: Duty, moment: int) -> list[Kind]:
        """Return what is told of an open alert at this moment (ms UTC) because of how it stands."""
        if state.standing is None:
            return []
        kinds, standing = at(state.standing, moment, severity_at(duty, state))
        if kinds:
            self._stand(la, name, state, standing, moment)
        return kinds

    # Sources that are silent: their alerts are the authority's, in no cluster

    def first(self) -> Overdue | None:
        """Return the first moment at which an alert on a silent source changes by itself."""
        while self._silences:
            first = self._silences[0]
            state = self._shelf.authority(first.la).silences.get(first.source)
            # The source may have been heard and be silent again: then that is another alert.
            if state is not None and _named(state) == first.name:
                if next_moment(state.standing) == first.wake:
                    return first
            heapq.heappop(self._silences)
        return None

    def overdue(self, turn: Overdue) -> tuple[CaseState, list[Kind]]:
        """Let the moment of an alert on a silent source pass; return what is told of it."""
        authority = self._shelf.authority(turn.la)
        state = authority.silences[turn.source]
        kinds = self.passed(turn.la, turn.name, state, SOURCE_SILENT, turn.wake)
        self._shelf.file_authority(authority)
        self._watch(authority, turn.source)
        return state, kinds

    def silence(self, la: str, source: str, name: str, state: CaseState, told: Kind) -> None:
        """Let the alert on a source stand as it does once it is opened or resolved."""
        authority = self._shelf.authority(la)
        moment = state.known_at
        if authority.attended and told is Kind.OPENED:
            standing = told_afresh(None, moment, SOURCE_SILENT.severity)
            self._stand(la, name, state, standing, moment, quietly=True)
            self._watch(authority, source)
        elif state.standing is not None:
            self._stand(la, name, state, ended(state.standing), moment)

    def _watch(self, authority: Authority, source: str) -> None:
        state = authority.silences[source]
        moment = next_moment(state.standing)
        if moment is not None:
            heapq.heappush(self._silences, Overdue(moment, _named(state), authority.la, source))

    # Actions

    def _begin(self, la: str, kappa: int) -> None:
        """With the first action of an authority: from now on its open alerts are to be attended."""
        authority = self._shelf.authority(la)
        if authority.attended:
            return
        authority.attended = kappa
        for source, state in authority.silences.items():
            state.standing = told_afresh(None, kappa, SOURCE_SILENT.severity)
            self._watch(authority, source)
        self._shelf.file_authority(authority)
        for name in sorted({*self._shelf.since(la, UNLIMITED), *self._shelf.parked(la)}):
            self._begin_with(self._shelf.get(la, name), kappa)

    def _begin_with(self, cluster: Cluster, kappa: int) -> None:
        is_open = [state for state in cluster.cases.values() if state.stage is Stage.OPEN]
        for state in is_open:
            severity = severity_at(self._judge(cluster.la, state), state)
            state.standing = told_afresh(None, kappa, severity)
            _wake(state, kappa)
        if is_open:
            self._shelf.file(cluster)

    def _on_source(self, la: str, action: Action) -> Effect:
        authority = self._shelf.authority(la)
        state = authority.silences.get(action.source)
        if state is None or _named(state) != action.alert_id:
            return act(action, None)[0]
        effect = self._take(la, action, state, SOURCE_SILENT)
        self._shelf.file_authority(authority)
        self._watch(authority, action.source)
        return effect

    def _on_child(self, la: str, action: Action) -> Effect:
        for cluster in self._shelf.find(la, [action.anchor] if action.anchor else []):
            state = cluster.cases.get(action.alert_id)
            if state is not None:
                effect = self._take(la, action, state, self._judge(la, state))
                self._shelf.file(cluster)
                return effect
        return act(action, None)[0]

    def _take(self, la: str, action: Action, state: CaseState, duty: Duty) -> Effect:
        stage, severity = state.stage, severity_at(duty, state)
        found = Found(
            state.number, stage is Stage.OPEN, stage is Stage.WARNED, severity, state.standing
        )
        effect, standing = act(action, found)
        if effect.changed_something:
            self._stand(la, action.alert_id, state, standing, action.kappa)
        return effect

    def _stand(
        self,
        la: str,
        name: str,
        state: CaseState,
        standing: Standing | None,
        kappa: int,
        *,
        quietly: bool = False,
    ) -> None:
        """Let an alert stand so; quietly: nobody has done anything about it, so nobody is told."""
        state.standing = standing
        if state.stage is Stage.OPEN:
            _wake(state, kappa)
        if standing is not None and not quietly:
            self._stood[la, name] = Stood(la, name, standing, kappa)


def _wake(state: CaseState, kappa: int) -> None:
    """Look again when the case next changes by itself; a look that is due already stays."""
    if state.wake is None or state.wake > kappa:
        state.wake = following(state)


def _named(state: CaseState) -> str:
    return alert_id(SOURCE_SILENT.id, state.case.anchor, state.case.period)
