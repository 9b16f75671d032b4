"""The dashboard over a store that the join filled, with two authorities in it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from psycopg.conninfo import make_conninfo
from rich.console import Console
from starlette.testclient import TestClient

from consumers.migrations import STORE, migrate
from dashboard.local_login import LocalLogin
from dashboard.settings import DashboardSettings
from joinedup.commands.dashboard import PAGES_LOCK, built
from journey.rules import RULE_SET, payload_of
from schemas.topics import TopicSet
from stack import LocalStack
from stack.artefacts import Cache
from tests.integration.dashboard.browser import Browser
from tests.integration.dashboard.troubles import make_deliveries, make_troubles
from tests.integration.join.conftest import _registered
from tests.integration.join.stories import (
    DAYS,
    FIRST_DAY,
    Told,
    a_record,
    identifiers,
    moment_of,
    stories,
)
from tests.integration.join.workbench import Workbench
from tests.unit.journey.rule_sets import a_set

__all__ = ["_registered"]

OURS, THEIRS = "999", "330"
CHILDREN, EVENTS = 10, 150
SEEN_ONCE = 700
DAY = 86_400_000

BrowserOf = Callable[..., Browser]


def seen_once(la: str) -> Told:
    """Return all that is known of one child: no involvement lasts, and nothing is owed."""
    whom = {"identifiers": identifiers("health", SEEN_ONCE), "day": FIRST_DAY}
    record = a_record(la, "HealthContactHeld", "health", "seen", held_on=FIRST_DAY, **whom)
    return Told("HealthContactHeld", record, moment_of(FIRST_DAY) + DAYS * DAY)


@pytest.fixture(scope="module")
def filled(stack: LocalStack) -> Iterator[Workbench]:
    """A store with alerts, timelines and sources of two authorities; tests add looks alone."""
    topics = TopicSet(f"t{secrets.token_hex(4)}.", 4)
    stack.create_topic_set(topics, simulated=True)
    name = f"t{secrets.token_hex(4)}"
    stack.create_store(name)
    migrate(stack.owner_address(name))
    migrate(stack.owner_address(f"{name}_keys"), STORE / "keys")
    bench = Workbench(
        topics,
        lambda process: stack.environment(process, topics.prefix, name),
        make_conninfo(stack._superuser(), dbname=name),
    )
    bench.write([staged()])
    for la in (OURS, THEIRS):
        bench.write([*stories(la, CHILDREN, EVENTS), seen_once(la)])
        joined(bench, la)
        make_troubles(bench, la)
        bench.tick(la, moment_of(FIRST_DAY) + (DAYS + 60) * DAY)
        joined(bench, la)
        make_deliveries(bench, la)
    yield bench
    bench.close()
    stack.drop_store(name)
    stack.delete_topic_set(topics)


def joined(bench: Workbench, la: str) -> None:
    """Join what was written of this authority and is not joined yet."""
    owner = bench.partition_join(la)
    owner.apply(bench.inputs(la)[owner.next_offset :])


def staged() -> Told:
    """Our rule set: what lies ahead is warned of long before, what is missed is escalated."""
    rules = a_set(
        "staged",
        FIRST_DAY - timedelta(days=30),
        LAC_REVIEW_NEXT_6_MONTHS={"parameters": {"warn_days": 300}},
        EHC_PLAN_20_WEEKS={"parameters": {"warn_days": 300}},
        AP_EXIT_PLAN_MISSING={"parameters": {"escalate_days": "7 28"}},
    )
    day = FIRST_DAY - timedelta(days=60)
    record = a_record(OURS, RULE_SET, "education", "rules/staged", day=day, **payload_of(rules))
    return Told(RULE_SET, record, moment_of(day))


def settings_for(filled: Workbench) -> DashboardSettings:
    """The settings of a dashboard on this store."""
    given = filled.environment("dashboard")
    values = {name.removeprefix("JOINEDUP_").lower(): value for name, value in given.items()}
    return DashboardSettings.model_validate(values)


def frontend_in(cache: Path) -> Path:
    """The archive of GOV.UK Frontend, fetched where it is not there."""
    frontend = Cache(folder=cache, lock=PAGES_LOCK)
    frontend.fetch(Console(stderr=True))
    return frontend.files()[0]


@pytest.fixture(scope="module")
def served(filled: Workbench, cache: Path) -> Iterator[tuple[FastAPI, LocalLogin]]:
    """The application, started."""
    app, login = built(settings_for(filled), frontend_in(cache), "127.0.0.1", [OURS, THEIRS])
    with TestClient(app):
        yield app, login


@pytest.fixture
def browser_of(served: tuple[FastAPI, LocalLogin]) -> BrowserOf:
    """Gives a browser in which somebody of an authority is signed in; else a lead."""
    app, login = served

    def browser(
        la: str,
        role: str = "lead",
        agency: str = "",
        name: str = "",
        *,
        teams: str = "",
        lands: int = 200,
    ) -> Browser:
        found = Browser(TestClient(app, base_url="http://127.0.0.1"), login.password)
        found.sign_in(la, role, agency, name, teams=teams, lands=lands)
        return found

    return browser


@pytest.fixture
def lead(browser_of: BrowserOf) -> Browser:
    """A lead of our authority."""
    return browser_of(OURS)
