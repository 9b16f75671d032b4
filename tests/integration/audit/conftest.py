"""A year of two authorities: journeyed, joined by a process that was killed on the way, told."""

from __future__ import annotations

import json
import secrets
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from heapq import merge
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo
from typer.testing import CliRunner

from consumers.migrations import STORE, migrate
from joinedup.main import app
from journey.moments import day_of
from schemas.catalogue import event_types
from schemas.registry import Registry
from schemas.topics import TopicSet
from stack import LocalStack
from tests.integration.join.acting import acted
from tests.integration.join.stories import DAYS, FIRST_DAY, Told, moment_of, stories
from tests.integration.join.workbench import Workbench
from tests.integration.replay import replayed

LARGE, SMALL = "999", "330"
EVENTS = {LARGE: 2_200, SMALL: 200}
CHILDREN = {LARGE: 60, SMALL: 8}
DAY = 86_400_000


@pytest.fixture(scope="session")
def year(stack: LocalStack) -> Iterator[Workbench]:
    """The year, told; tests that change it put it back."""
    registry = Registry(stack.environment("registry")["JOINEDUP_REGISTRY_URL"])
    registry.register_all(event_types().values())
    registry.close()
    topics = TopicSet(f"t{secrets.token_hex(4)}.", 4)
    store = f"t{secrets.token_hex(4)}"
    stack.create_topic_set(topics, simulated=True)
    stack.create_store(store)
    migrate(stack.owner_address(store))
    migrate(stack.owner_address(f"{store}_keys"), STORE / "keys")
    bench = Workbench(
        topics,
        lambda process: stack.environment(process, topics.prefix, store),
        make_conninfo(stack._superuser(), dbname=store),
    )
    try:
        years = [stories(la, CHILDREN[la], events) for la, events in EVENTS.items()]
        bench.write(merge(*years, key=lambda one: one.kappa))
        bench.write(people_act(bench))
        for la in EVENTS:
            bench.tick(la, moment_of(FIRST_DAY) + (DAYS + 60) * DAY)
        bench.publish()
        assert bench.join("before-commit:1") == -signal.SIGKILL
        assert bench.join() == 0
        yield bench
    finally:
        bench.close()
        stack.delete_topic_set(topics)
        stack.drop_store(store)


def people_act(bench: Workbench) -> Iterator[Told]:
    """Yield what leads of the small authority do about its alerts, sensible or not."""
    told = [json.loads(body) for _, body, _ in replayed(bench.inputs(SMALL))]
    last = {one["alert_id"]: one for one in told if one["local_authority"] == SMALL}
    is_open = [one for one in last.values() if one["status"] == "OPEN" and one["anchor"]]
    first, second, third = is_open[:3]
    moment = moment_of(FIRST_DAY) + (DAYS + 50) * DAY
    until = day_of(moment) + timedelta(days=3)
    yield acted(first, "SNOOZE", moment, SMALL, until=until, reason="MEETING_IS_BOOKED")
    yield acted(second, "ASSIGN", moment + 1, SMALL, recipient="a.lead")
    yield acted({**second, "number": 99}, "ACKNOWLEDGE", moment + 2, SMALL, until=until)
    yield acted(third, "SEEN", moment + 3, SMALL)


Run = Callable[..., str]


@pytest.fixture
def run(year: Workbench) -> Run:
    """Runs a command as the auditor and returns what it prints."""

    def run(*arguments: str, code: int = 0, process: str = "auditor", **changed: str) -> str:
        environment = {**year.environment(process), "COLUMNS": "160", **changed}
        result = CliRunner().invoke(app, list(arguments), env=environment)
        assert result.exit_code == code, result.output
        return result.stdout if code == 0 or result.stdout else result.stderr

    return run


def as_json(printed: str) -> Any:
    """Return what a command printed as JSON."""
    return json.loads(printed)
