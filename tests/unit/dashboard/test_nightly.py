"""Every night each authority is reconciled, and where a store does not answer, again soon."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from typing import Any

import psycopg
import pytest
from prometheus_client import CollectorRegistry

from dashboard import nightly as nightly_
from dashboard.metrics import DashboardMetrics
from dashboard.nightly import AGAIN_SECONDS, NIGHT, Nightly, seconds_until
from dashboard.people import Person


class AStore:
    """A store of alerts that were all seen, which for one authority does not answer at first."""

    def __init__(self, away: int = 0) -> None:
        self.away = away
        self.asked: list[str] = []

    @contextmanager
    def reading(self, person: Person) -> Iterator[Any]:
        self.asked.append(person.la)
        if person.la == "330" and self.away:
            self.away -= 1
            raise psycopg.OperationalError("no such child")
        yield self

    def rows(self, query: str, **_: object) -> list[tuple[Any, ...]]:
        if "FILTER" in query:
            return [(1, 1, 1, 0, 0)]
        return [("a.lead", 1)] if "unnest" in query else []

    def alerts_of(self, rows: object) -> list[Any]:
        return []


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        ("2026-01-10T04:00", 1),
        ("2026-01-10T05:00", 24),
        ("2026-07-10T04:00", 24),
        ("2026-07-10T03:00", 1),
        ("2026-03-28T05:00", 23),
        ("2026-10-24T04:00", 25),
    ],
)
def test_a_night_is_by_the_clock_in_england(now: str, hours: int) -> None:
    assert seconds_until(time(5), moment(now)) == hours * 3600


def test_a_store_that_does_not_answer_is_said_and_asked_again_and_the_others_are_done(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, store, slept = CollectorRegistry(), AStore(away=1), list[float]()
    at = moment("2026-01-10T12:00")
    made = Nightly(["330", "999"], DashboardMetrics(registry), clock=lambda: at)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            raise asyncio.CancelledError

    monkeypatch.setattr(nightly_.asyncio, "sleep", sleep)
    with caplog.at_level("INFO"), pytest.raises(asyncio.CancelledError):
        asyncio.run(made.run(store))
    assert slept == [AGAIN_SECONDS, seconds_until(NIGHT, at)]
    assert store.asked == ["330", "999"] * 2
    assert "Authority 330 is not reconciled tonight: OperationalError" in caplog.messages
    assert "a named person has seen each of 1 open alerts" in caplog.messages[-1]
    assert "no such child" not in caplog.text
    assert registry.get_sample_value("joinedup_dashboard_reconciled_seconds", {"la": "330"}) == at
