"""Who reaches what: every role, of this authority and of another, on every route there is."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterator
from io import StringIO

import psycopg
import pytest
from fastapi import FastAPI
from lxml import html
from starlette.testclient import TestClient

from consumers.store.identities import doubts
from consumers.store.keys import KeysOnRequest
from consumers.store.reading import reading
from consumers.store.sealed import FactSeal
from consumers.wrapping import Wrapping
from dashboard.access import ANYBODY, ROUTES
from dashboard.child import Line
from dashboard.figures import BY
from dashboard.local_login import LocalLogin
from dashboard.roles import Role
from journey.words import day_text
from schemas.catalogue import event_types
from tests.integration.dashboard.browser import TOKEN, Browser, alerts_on, text_of
from tests.integration.dashboard.conftest import OURS, THEIRS, BrowserOf
from tests.integration.dashboard.test_glass import break_glass, seen_once_of
from tests.integration.dashboard.test_pages import (
    alerts_of,
    assert_readable,
    child_of,
    looks,
)
from tests.integration.dashboard.troubles import CLINICAL, REFERRAL, UPN
from tests.integration.join.stories import FIRST_DAY, nhs_number
from tests.integration.join.workbench import Workbench

AGENCY = {Role.OFFICER: "education"}
CHECKED = [
    name
    for name, audience in ROUTES.items()
    if audience != ANYBODY and not name.startswith("POST /api/")  # test_api.py asks these
]
SHAPES = ("{child}", "{alert_id}", "{broken_id}", "{park}", "{name}")
OF_DASHBOARD = (
    *("timeline", "alerts", "alert_transitions", "reviews", "parked", "reads"),
    *("break_glass", "searches", "delivery_states"),
)


@pytest.fixture(params=Role)
def role(request: pytest.FixtureRequest) -> Role:
    """Each role in turn."""
    return Role(request.param)


def signed_in(browser_of: BrowserOf, la: str, role: Role) -> Browser:
    return browser_of(la, role, AGENCY.get(role, ""))


@pytest.fixture(scope="module")
def broken(filled: Workbench, served: tuple[FastAPI, LocalLogin]) -> dict[str, str]:
    """Of each authority a look without a known need."""
    return {la: broken_of(filled, served, la) for la in (OURS, THEIRS)}


def broken_of(filled: Workbench, served: tuple[FastAPI, LocalLogin], la: str) -> str:
    """Break the glass in this authority; return the id under which that is on record."""
    lead = Browser(TestClient(served[0], base_url="http://127.0.0.1"), served[1].password)
    lead.sign_in(la, name="in.a.hurry")
    break_glass(lead, seen_once_of(filled, la))
    rows = filled.rows("SELECT id::text FROM break_glass WHERE la = %s", la)
    return str(rows[-1][0])


def park_of(filled: Workbench, la: str) -> str:
    """The record that a child's other records wait behind."""
    query = "SELECT encode(record, 'hex') FROM parked WHERE la = %s ORDER BY number LIMIT 1"
    return str(filled.one(query, la))


def doubt_of(filled: Workbench, la: str) -> str:
    """What is in doubt in this authority, by its name."""
    environment = filled.environment("join")
    keys = KeysOnRequest(
        environment["JOINEDUP_KEYS_DATABASE_URL"],
        Wrapping.of(environment["JOINEDUP_MASTER_KEY"]),
    )
    with reading(filled.environment("reader")["JOINEDUP_DATABASE_URL"], la) as store:
        return doubts(store, FactSeal(keys, filled.tokens))[0].name


def asked(browser: Browser, name: str, *places: str) -> tuple[str, int, str]:
    """Ask for a route with child, alert and broken glass in their places: path, status, page."""
    method, _, path = name.partition(" ")
    for shape, place in zip(SHAPES, places, strict=True):
        path = path.replace(shape, place)
    child = places[0]
    page = browser.client.get("/sign-in").text
    token = page.partition(f'name="{TOKEN}" value="')[2].partition('"')[0]
    form = {TOKEN: token, "scheme": "KEY", "value": child} if method == "POST" else None
    answer = browser.client.request(method, path, data=form)
    return path, answer.status_code, answer.text


@pytest.mark.parametrize("name", CHECKED)
def test_a_route_answers_the_roles_that_are_named_for_it_and_refuses_all_others(
    filled: Workbench, broken: dict[str, str], browser_of: BrowserOf, role: Role, name: str
) -> None:
    child = child_of(filled, OURS)
    alert = str(next(one["alert_id"] for one in alerts_of(filled, OURS) if one["child"] == child))
    before = len(looks(filled))
    places = (child, alert, broken[OURS], park_of(filled, OURS), doubt_of(filled, OURS))
    path, status, page = asked(signed_in(browser_of, OURS, role), name, *places)
    if role in ROUTES[name]:
        # A form that says nothing is refused as one; what another agency owes is no officer's.
        assert status in (200, 422) or (role is Role.OFFICER and status == 404 and alert in path)
        if "/api/" not in path and not path.endswith("/export"):
            assert_readable(html.fromstring(page), path)
    else:
        assert status == 403 and child[:8] not in page
        assert len(looks(filled)) == before, "nothing was looked at"


def test_nobody_of_one_authority_reaches_anything_of_another_by_any_route(
    filled: Workbench, broken: dict[str, str], browser_of: BrowserOf, role: Role
) -> None:
    child, alert = child_of(filled, THEIRS), str(alerts_of(filled, THEIRS)[0]["alert_id"])
    places = (child, alert, broken[THEIRS], park_of(filled, THEIRS), doubt_of(filled, THEIRS))
    ours = signed_in(browser_of, OURS, role)
    before = len(looks(filled))
    for name in CHECKED:
        path, status, page = asked(ours, name, *places)
        if any(one in path for one in places):
            assert status in (403, 404), name
        assert child[:8] not in page.replace(f'value="{child}"', "") and alert not in page, name
        assert broken[THEIRS] not in page, name
    assert len(looks(filled)) == before, "nothing was looked at"


def test_a_lead_finds_nothing_of_another_authority_by_key_or_queue(
    filled: Workbench, lead: Browser
) -> None:
    said = {"scheme": "KEY", "value": child_of(filled, THEIRS)}
    assert lead.submit("/find", "/find", said).status_code == 422
    assert set(alerts_on(lead.page("/queue?state=all"))).isdisjoint(
        str(one["alert_id"]) for one in alerts_of(filled, THEIRS, None)
    )


def test_an_officer_is_shown_the_facts_of_their_own_agency_alone(
    filled: Workbench, browser_of: BrowserOf
) -> None:
    child = child_of(filled, OURS)
    whole = browser_of(OURS).page(f"/children/{child}")
    agencies = {
        str(one).strip() for one in whole.xpath("//ol//strong[contains(@class,'tag')]/text()")
    }
    assert len(agencies & {"Education", "Health", "Social care"}) > 1
    own = browser_of(OURS, "officer", "health").page(f"/children/{child}")
    assert {t.strip() for t in own.xpath("//ol//strong[contains(@class,'tag')]/text()")} == {
        "Health"
    }
    why = text_of(browser_of(OURS, "officer", "health").page(f"/children/{child}/why"))
    for said in (text_of(own), why):
        assert "(education)" not in said and "(social care)" not in said


def test_health_shows_category_and_date_only_on_every_route(
    filled: Workbench, broken: dict[str, str], browser_of: BrowserOf
) -> None:
    kind = "HealthReferralReceived"
    fields = {field.name for field in event_types()[kind].payload}
    assert fields == {*CLINICAL, "received_on"}, "what is new is to be looked for too"
    child, day = child_in(filled, kind, REFERRAL), day_text(FIRST_DAY)
    alert = str(alerts_of(filled, OURS)[0]["alert_id"])
    places = (child, alert, broken[OURS], park_of(filled, OURS), doubt_of(filled, OURS))
    # Each route is asked by who sees the most of those that may, and by the agency's own officer.
    asking = {role: browser_of(OURS, role) for role in (Role.LEAD, Role.MANAGER, Role.AUDITOR)}
    officer = {Role.OFFICER: browser_of(OURS, Role.OFFICER, "health")}
    for name in (name for name in ROUTES if name.startswith("GET ")):
        whole = next(one for role, one in asking.items() if role in ROUTES[name])
        for browser in (whole, *(one for role, one in officer.items() if role in ROUTES[name])):
            path, _status, page = asked(browser, name, *places)
            assert "xq-" not in page.lower(), path
            assert UPN not in page, path
            assert REFERRAL not in page, path
    lead = browser_of(OURS)
    timeline = text_of(
        lead.page(f"/children/{child}").xpath("//ol[contains(@class,'timeline')]")[0]
    )
    assert "Health referral received" in timeline and day in timeline
    (line,) = lead.client.get(f"/api/children/{child}").json()["timeline"]
    assert (line["what"], line["day"]) == ("Health referral received", FIRST_DAY.isoformat())
    assert set(line) == set(Line.__struct_fields__)


def child_in(filled: Workbench, kind: str, record: str) -> str:
    """The child of whom our authority's record of this kind is."""
    event = uuid.uuid5(uuid.NAMESPACE_URL, f"{OURS}/{kind}/{record}")
    query = "SELECT child FROM leaves JOIN timeline USING (la, leaf) WHERE event_id = %s"
    return str(filled.one(query, event))


def test_an_auditor_sees_who_looked_and_what_was_shared_and_no_page_of_a_child(
    filled: Workbench, browser_of: BrowserOf
) -> None:
    child = child_of(filled, OURS)
    browser_of(OURS).page(f"/children/{child}")
    auditor = browser_of(OURS, "auditor")
    listed = text_of(auditor.page(f"/reads?child={child[:8]}&reader=a.lead"))
    assert "a.lead lead" in listed and child[:8] in listed
    found = auditor.submit("/find", "/find", {"scheme": "NHS", "value": nhs_number(3)})
    assert found.url.path.endswith("/sharing") and "No agreement on record" in found.text
    assert looks(filled)[-1][2:] == ("a.auditor", "auditor", "dashboard sharing", "audit")


def test_an_administrator_sees_how_fresh_sources_are_and_no_child(
    browser_of: BrowserOf,
) -> None:
    page = browser_of(OURS, "administrator").page("/")
    assert len(page.xpath("//tbody/tr")) == 3 and "children/" not in str(page.xpath("//@href"))


@pytest.fixture
def store_of(filled: Workbench) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The store as the process of the dashboard enters it."""
    with psycopg.connect(filled.environment("dashboard")["JOINEDUP_DATABASE_URL"]) as connection:
        yield connection


def test_the_store_itself_holds_each_role_to_what_is_its(
    store_of: psycopg.Connection[tuple[object, ...]], broken: dict[str, str], lead: Browser
) -> None:
    lead.submit("/find", "/find", {"scheme": "KEY", "value": "000000"})
    may = {
        "lead": {"timeline", "alerts", "alert_transitions", "delivery_states"},
        "manager": {"timeline", "alerts", "alert_transitions", "break_glass", "delivery_states"},
        "officer": {"timeline", "alerts", "alert_transitions"},
        "auditor": {"timeline", "reads", "break_glass", "searches", "delivery_states"},
        "administrator": {"delivery_states"},
        "shield-officer": {"timeline", "alerts", "alert_transitions", "delivery_states"},
        "owner": set(),
    }
    for role, expected in may.items():
        say(store_of, role, OURS, "health")
        seen = {name for name in OF_DASHBOARD if count(store_of, name)}
        assert seen - {"reviews", "parked"} == expected, role
        store_of.rollback()


def test_the_store_shows_an_officer_no_fact_of_another_agency(
    store_of: psycopg.Connection[tuple[object, ...]],
) -> None:
    for agency, expected in (("health", {"health"}), ("", set())):
        say(store_of, "officer", OURS, agency)
        rows = store_of.execute("SELECT DISTINCT la, agency FROM timeline").fetchall()
        assert set(rows) == {(OURS, one) for one in expected}
        store_of.rollback()


def test_nobody_is_put_on_record_in_another_s_name(
    store_of: psycopg.Connection[tuple[object, ...]],
) -> None:
    say(store_of, "lead", OURS, "")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        store_of.execute(
            "INSERT INTO reads (la, child, reader, role, command, purpose)"
            " VALUES (%s, 'c', 'somebody.else', 'lead', 'x', 'x')",
            [OURS],
        )


def say(
    connection: psycopg.Connection[tuple[object, ...]], role: str, la: str, agency: str
) -> None:
    for name, value in (("role", role), ("la", la), ("agency", agency), ("reader", "somebody")):
        connection.execute("SELECT set_config(%s, %s, true)", [f"joinedup.{name}", value])


def count(connection: psycopg.Connection[tuple[object, ...]], table: str) -> object:
    row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    return row and row[0]


def test_a_manager_counts_what_was_told_and_takes_it_away_on_record(
    filled: Workbench, browser_of: BrowserOf
) -> None:
    manager = browser_of(OURS, "manager")
    told = filled.one(
        "SELECT count(DISTINCT alert_id) FROM alert_transitions"
        " WHERE la = %s AND body::jsonb->>'kind' = 'OPENED'",
        OURS,
    )
    days = {"first-day": "1", "first-month": "8", "first-year": "2025"}
    days |= {"last-day": "31", "last-month": "7", "last-year": "2026"}
    for by in BY:
        query = "&".join(f"{name}={value}" for name, value in {**days, "by": by}.items())
        page = manager.page(f"/figures?{query}")
        assert_readable(page, by)
        assert f"{told} told;" in text_of(page)
    before = len(filled.rows("SELECT 1 FROM exports"))
    sent = manager.client.get("/api/figures?by=school&first=2025-08-01&last=2026-07-31").json()
    assert {one["name"] for one in sent["rows"]} >= {"ap-1"}
    assert set(sent["all"]["figures"]) >= {"alerts_told", "ended_half_hours"}
    assert {name for one in sent["loads"] for name in one["figures"]} >= {"open", "up_to_7_days"}
    assert manager.client.get("/api/figures?first=2020-01-01").status_code == 422
    answer = manager.submit("/queue", "/figures/export", {**days, "by": "school"})
    table = list(csv.DictReader(StringIO(answer.text)))
    assert table[-1] == {"school_or_provider": "All", **sent["all"]["figures"]}
    assert answer.headers["content-type"].startswith("text/csv")
    assert "school_or_provider,alerts_told" in answer.text and "ap-1" in answer.text
    assert not any(str(one["child"])[:8] in answer.text for one in alerts_of(filled, OURS, None))
    rows = filled.rows("SELECT la, reader, role, what FROM exports ORDER BY id")[before:]
    assert rows == [(OURS, "a.manager", "manager", f"{form} school") for form in ("json", "csv")]
    assert "csv school" in text_of(browser_of(OURS, "auditor").page("/reads"))
    assert "csv school" not in text_of(browser_of(THEIRS, "manager").page("/figures"))


def test_where_an_export_cannot_be_recorded_nothing_leaves(
    filled: Workbench, browser_of: BrowserOf
) -> None:
    manager = browser_of(OURS, "manager")
    with psycopg.connect(filled.owner, autocommit=True) as owner:
        owner.execute("REVOKE INSERT (what) ON exports FROM joinedup_dashboard")
        try:
            answer = manager.submit("/queue", "/figures/export", {"by": "duty"})
        finally:
            owner.execute("GRANT INSERT (what) ON exports TO joinedup_dashboard")
    assert answer.status_code == 503 and "alerts_told" not in answer.text
