"""The agenda: what is in memory counts before what is stored."""

from __future__ import annotations

import random
from datetime import timedelta

import msgspec
import pytest

from consumers.store import agenda as agenda_module
from consumers.store.agenda import Agenda, Wish
from journey.cluster import CaseState, Cluster, Stage
from journey.duties.duty import Case
from journey.moments import DAY, day_of, deadline
from journey.shelf import Due

LA = "999"
CLUSTER = "c1" * 16


class Table:
    """The stored agenda, as a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[Wish, str]] = {}
        self.asked = 0

    def after(self, wake: int, alert_id: str, limit: int) -> list[Due]:
        self.asked += 1
        found = [
            Due(wish.wake, alert, LA, cluster)
            for alert, (wish, cluster) in self.rows.items()
            if wish.wake is not None and (wish.wake, alert) > (wake, alert_id)
        ]
        return sorted(found)[:limit]

    def take(self, agenda: Agenda) -> None:
        """Store the agenda's changes."""
        for (_, alert), change in agenda.changed.items():
            if change is None:
                self.rows.pop(alert, None)
            else:
                self.rows[alert] = change
        agenda.written()


def a_cluster(**wakes: int | None) -> Cluster:
    """Return a cluster with a case to be looked at at each of these moments; None: waiting."""
    case = Case(anchor="a", due=day_of(0), arithmetic="at once", because=())
    cases = {
        alert: CaseState(
            duty="D", child="c", case=case, known_at=0, wake=wake, waiting=wake is None
        )
        for alert, wake in wakes.items()
    }
    return Cluster(id=CLUSTER, la=LA, cases=cases)


def test_a_case_moved_in_memory_is_not_found_at_its_stored_moment() -> None:
    table = Table()
    table.rows = {"a": (Wish(10, False), CLUSTER), "b": (Wish(20, False), CLUSTER)}
    agenda = Agenda(table, 100)
    before = {"a": Wish(10, False), "b": Wish(20, False)}
    agenda.note(a_cluster(a=30, b=20), before)
    assert agenda.first() == Due(20, "b", LA, CLUSTER)


def test_what_begins_to_wait_is_known_from_when_it_was_looked_up() -> None:
    agenda, cluster = Agenda(Table(), 100), a_cluster(a=5)
    assert agenda.waits(LA) is None
    before, known = agenda.note(cluster, {}), agenda.look_up_waits(LA)
    assert agenda.waits(LA) is known
    cluster.cases["a"].waiting = True
    agenda.note(cluster, before)
    assert list(known.release(lambda duty, rules: 10**15)) == [[CLUSTER]]


def test_a_case_that_is_due_on_another_day_waits_for_that_day() -> None:
    agenda, cluster = Agenda(Table(), 100), a_cluster(a=5)
    state, known = cluster.cases["a"], agenda.look_up_waits(LA)
    state.waiting = True
    before = agenda.note(cluster, {})
    state.case = msgspec.structs.replace(state.case, due=day_of(0) + timedelta(days=9))
    agenda.note(cluster, before)
    reached = deadline(day_of(0))
    assert list(known.release(lambda duty, rules: reached)) == [[CLUSTER]]
    assert list(known.release(lambda duty, rules: reached + 9 * DAY)) == [[CLUSTER]]


def test_a_closed_case_and_one_that_nobody_watches_wait_for_no_day() -> None:
    agenda = Agenda(Table(), 100)
    known = agenda.look_up_waits(LA)
    cluster = a_cluster(a=None)
    wish = agenda.note(cluster, {})["a"]
    assert (wish.waiting, wish.days) == (True, ())
    closed = a_cluster(b=7)
    closed.cases["b"].waiting, closed.cases["b"].stage = True, Stage.CLOSED
    assert not agenda.note(closed, {})["b"].waiting
    assert list(known.release(lambda duty, rules: 10**15)) == []


def test_moments_that_are_soon_stay_in_order() -> None:
    agenda = Agenda(Table(), 100)
    agenda.note(a_cluster(a=3, b=1, c=2, d=9), {})
    assert [due.alert_id for due in agenda.soon(9, until=3)] == ["b", "c", "a"]
    assert agenda.first() == Due(1, "b", LA, CLUSTER)


@pytest.mark.parametrize("seed", range(20))
def test_moments_are_the_same_however_little_is_held_in_memory(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agenda_module, "CHUNK", 3)
    chance = random.Random(seed)
    table, truth, wishes = Table(), dict[str, int](), dict[str, Wish]()
    agenda = Agenda(table, 6)
    for _ in range(200):
        alert = f"{chance.randrange(30):02}"
        truth[alert] = chance.randrange(1000)
        if chance.random() < 0.3:
            del truth[alert]
        cluster = a_cluster(**truth)
        if chance.random() < 0.5:
            wishes = agenda.note(cluster, wishes)
        else:
            # No other case changed, so naming this one alone must be as good.
            agenda.renew(cluster, wishes, [alert])
        if chance.random() < 0.4:
            table.take(agenda)
        first = min(((wake, alert) for alert, wake in truth.items()), default=None)
        due = agenda.first()
        assert (due and (due.wake, due.alert_id)) == first
