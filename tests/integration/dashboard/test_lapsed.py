"""Once an agency's agreement has lapsed its officers see nothing, on any page, and in the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import psycopg
import pytest
from fastapi import FastAPI
from markupsafe import escape
from starlette.testclient import TestClient

from dashboard.access import ROUTES, closes
from dashboard.lapsed import HEADING, REFUSED
from dashboard.people import Person
from dashboard.roles import Role
from journey.moments import deadline
from journey.words import day_text
from schemas.agreements import LAPSED, RECORDED, payload_of
from tests.integration.dashboard.browser import Browser
from tests.integration.dashboard.conftest import OURS, THEIRS, BrowserOf
from tests.integration.dashboard.test_pages import alerts_of, child_of
from tests.integration.dashboard.test_roles import SHAPES, asked
from tests.integration.join.stories import DAYS, FIRST_DAY, Told, a_record, moment_of
from tests.integration.join.workbench import Workbench

LAST = FIRST_DAY + timedelta(days=DAYS + 70)
AGREED: dict[str, Any] = {
    "agreement_id": "dsa-7",
    "organisation": "ACADEMY",
    "parties": ["The council", "The school"],
    "agencies": ["EDUCATION"],
    "purposes": ["SAFEGUARDING_AND_WELFARE"],
    "in_force_from": str(FIRST_DAY),
    "in_force_until": str(LAST),
    "signed_on": str(FIRST_DAY),
    "signed_by": ["Head", "Director"],
}
NOWHERE = "00000000-0000-0000-0000-000000000000"
CLOSING = [name for name in ROUTES if closes(name)]
SHOWN = ("timeline", "leaves", "clusters", "records", "alerts", "alert_transitions", "reviews")


def agreed(version: int, moment: int, **changed: Any) -> Told:
    """The record of the agreement, as intake journeys it."""
    payload = payload_of(AGREED | changed)
    record = a_record(OURS, RECORDED, "social-care", f"agreement-{version}", **payload)
    own = {"source_record_id": "agreement/dsa-7", "revision": version}
    return Told(RECORDED, record | own, moment)


def reach(bench: Workbench, moment: int, *told: Told) -> None:
    """Let the join come to this moment."""
    bench.write(told)
    bench.tick(OURS, moment)
    owner = bench.partition_join(OURS)
    owner.apply(bench.inputs(OURS)[owner.next_offset :])


def closed(bench: Workbench, browser: Browser, la: str = OURS) -> list[str]:
    """Return the routes that are closed to somebody for this, asked about a child with an alert."""
    alert = next(one for one in alerts_of(bench, la) if "-" in str(one["child"]))
    places = (str(alert["child"]), str(alert["alert_id"]), *[NOWHERE] * (len(SHAPES) - 2))
    found = {name: asked(browser, name, *places) for name in CLOSING}
    return [
        name
        for name, (_, status, text) in found.items()
        if status == 403 and (LAPSED in text or str(escape(HEADING)) in text)
    ]


def rows_seen(bench: Workbench, agency: str, organisation: str = "") -> int:
    """Return how many rows of children the store shows an officer."""
    with psycopg.connect(bench.environment("dashboard")["JOINEDUP_DATABASE_URL"]) as connection:
        said = {"la": OURS, "role": "officer", "agency": agency, "organisation": organisation}
        for name, value in said.items():
            connection.execute("SELECT set_config(%s, %s, true)", [f"joinedup.{name}", value])
        counted = [
            connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
            for table in SHOWN
        ]
    return sum(row[0] for row in counted if row)


@pytest.fixture(scope="module")
def bound(filled: Workbench) -> Iterator[Workbench]:
    """The store, in which the agreement of education is in force, to the last moment of a day."""
    reach(filled, deadline(LAST) - 1, agreed(1, deadline(LAST) - 2))
    yield filled


def test_to_the_last_moment_of_its_last_day_an_agency_sees_what_is_its_own(
    bound: Workbench, browser_of: BrowserOf
) -> None:
    officer = browser_of(OURS, Role.OFFICER, "education")
    assert closed(bound, officer) == []
    assert rows_seen(bound, "education") > 0
    assert rows_seen(bound, "education", "ACADEMY") > 0


def test_from_the_midnight_after_it_every_page_is_closed_to_it_and_to_nobody_else(
    bound: Workbench, browser_of: BrowserOf
) -> None:
    reach(bound, deadline(LAST))
    before = bound.one("SELECT count(*) FROM reads WHERE purpose = %s", REFUSED)
    officer = browser_of(OURS, Role.OFFICER, "education", "an.officer", lands=403)
    assert closed(bound, officer) == CLOSING
    noted = bound.one("SELECT count(*) FROM reads WHERE purpose = %s", REFUSED) - before
    assert noted == len(CLOSING) + 1  # and the page on which signing in ends
    others = [
        *(browser_of(OURS, role) for role in (Role.LEAD, Role.MANAGER, Role.AUDITOR)),
        browser_of(OURS, Role.OFFICER, "health"),
    ]
    for other in others:
        page = other.client.get("/find")
        assert page.status_code == 200
    assert closed(bound, others[-1]) == []
    assert closed(bound, browser_of(THEIRS, Role.OFFICER, "education"), THEIRS) == []
    assert officer.client.get("/api/me").status_code == 200


def test_it_is_said_why_and_since_when_and_the_refusal_is_on_record(
    bound: Workbench, browser_of: BrowserOf
) -> None:
    officer = browser_of(OURS, Role.OFFICER, "education", "an.officer", lands=403)
    child, since = child_of(bound, OURS), LAST + timedelta(days=1)
    page = officer.client.get(f"/children/{child}")
    assert f"has been in force since {day_text(since)}" in page.text
    answer = officer.client.get(f"/api/children/{child}")
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["reason"]) == (403, "agreement-lapsed")
    assert problem["since"] == str(since)
    noted = bound.rows(
        "SELECT reader, role, child, command FROM reads WHERE purpose = %s"
        " ORDER BY id DESC LIMIT 1",
        REFUSED,
    )
    assert noted == [("an.officer", "officer", child, "dashboard GET /api/children/{child}")]
    looks = browser_of(OURS, Role.AUDITOR).client.get("/reads")
    assert REFUSED in looks.text


class OfTheAgency:
    """Takes any token for one of an officer of the agency."""

    def people(self, token: str) -> tuple[Person, ...]:
        return (Person(name="a-system", la=OURS, role=Role.OFFICER, agency="education"),)


def test_a_program_of_the_agency_is_refused_as_its_officers_are(
    bound: Workbench, browser_of: BrowserOf
) -> None:
    app = browser_of(OURS, Role.OFFICER, "health").client.app
    assert isinstance(app, FastAPI)
    parts = app.state.parts
    app.state.parts = msgspec.structs.replace(parts, bearer=OfTheAgency())
    try:
        system = TestClient(app, base_url="http://127.0.0.1")
        system.headers["Authorization"] = "Bearer x"
        answer = system.get(f"/api/children/{child_of(bound, OURS)}")
    finally:
        app.state.parts = parts
    assert (answer.status_code, answer.json()["reason"]) == (403, "agreement-lapsed")


def test_the_store_itself_shows_the_agency_nothing_any_more(bound: Workbench) -> None:
    assert rows_seen(bound, "education") == rows_seen(bound, "education", "ACADEMY") == 0
    assert rows_seen(bound, "health") > 0
    assert rows_seen(bound, "education", "ANOTHER") > 0


def test_a_renewal_on_record_opens_everything_again(
    bound: Workbench, browser_of: BrowserOf
) -> None:
    later = str(date(LAST.year + 1, 1, 1))
    moment = deadline(LAST) + 1
    reach(bound, moment, agreed(2, moment, in_force_until=later))
    officer = browser_of(OURS, Role.OFFICER, "education")
    assert closed(bound, officer) == []
    assert rows_seen(bound, "education") > 0
    assert moment_of(LAST) < moment
