"""The JSON API: the same reads for the same people, asked over every route of its own document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from dashboard.access import ROUTES
from dashboard.answers import Problem
from dashboard.document import ANSWERS
from dashboard.local_login import LocalLogin
from dashboard.people import Person
from dashboard.roles import Role
from joinedup.bench import pages
from joinedup.commands.demo_pages import served_here
from tests.integration.dashboard.browser import Browser, alerts_on
from tests.integration.dashboard.conftest import OURS, THEIRS, BrowserOf
from tests.integration.dashboard.test_pages import alerts_of, child_of, looks
from tests.integration.dashboard.test_roles import broken_of, doubt_of, park_of
from tests.integration.documents import by, hold, operations
from tests.integration.join.workbench import Workbench

SAID = {"act": "ESCALATE", "number": 1, "reason": "OTHER"}
WHY = {"code": "CONTACT", "words": "The head teacher rang about the child"}
SPEAKERS = (Role.LEAD, Role.MANAGER, Role.AUDITOR)
"""Between them they may ask for every route of the API."""


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """What the routes are asked about: all of one authority."""

    child: str
    alert_id: str
    broken_id: str
    park: str
    name: str

    def at(self, path: str) -> str:
        """Return a path of the document with these in their places."""
        return path.format(**msgspec.structs.asdict(self))

    def said(self, path: str) -> dict[str, Any]:
        """Return what an act at this path of the document says, in order but for whose it is."""
        return {
            "/api/alerts/{alert_id}/actions": SAID,
            "/api/identity/{name}": {"same_as": "NOT_SAME", "reason": "OTHER"},
            "/api/children/{child}/identity": {"records": ["00"], "reason": "OTHER"},
            "/api/parked": {"reason": "release", "park": self.park},
            "/api/children/{child}/break-glass": WHY,
            "/api/break-glass/{broken_id}": {"verdict": "FOLLOW_UP"},
            "/api/find": {"scheme": "KEY", "value": self.child},
        }[path]

    def __iter__(self) -> Iterator[str]:
        """Yield each."""
        return iter(msgspec.structs.astuple(self))


@pytest.fixture(scope="module")
def places(filled: Workbench, served: tuple[FastAPI, LocalLogin]) -> dict[str, Places]:
    """Of each authority a child, an alert of it, a look, and what waits or is in doubt."""
    found = {}
    for la in (OURS, THEIRS):
        child = child_of(filled, la)
        alerts = [one["alert_id"] for one in alerts_of(filled, la) if one["child"] == child]
        found[la] = Places(
            child=child,
            alert_id=str(alerts[0]),
            broken_id=broken_of(filled, served, la),
            park=park_of(filled, la),
            name=doubt_of(filled, la),
        )
    return found


def every_route(browser: Browser) -> Iterator[tuple[str, str]]:
    """Yield method and path of every route of the document."""
    document = browser.client.get("/api/openapi.json").json()
    for path, methods in document["paths"].items():
        for method in methods:
            yield method.upper(), path


def ask(browser: Browser, method: str, path: str, places: Places, token: str = "") -> Any:
    at = places.at(path)
    if method == "GET":
        return browser.client.get(at, follow_redirects=False)
    said = places.said(path)
    return browser.client.post(at, json=said, headers={"X-Form-Token": token})


def token_of(browser: Browser) -> str:
    return str(browser.client.get("/api/me").json()["form_token"])


def test_the_document_has_every_route_of_the_api_and_no_page(lead: Browser) -> None:
    listed = {f"{method} {path}" for method, path in every_route(lead)}
    of_api = {name for name in ROUTES if "/api/" in name} - {"GET /api/openapi.json"}
    assert listed == of_api and len(listed) >= 27


@pytest.mark.parametrize("role", SPEAKERS)
def test_nobody_of_one_authority_reaches_anything_of_another_over_any_route(
    filled: Workbench, places: dict[str, Places], browser_of: BrowserOf, role: Role
) -> None:
    of_them, ours, theirs = places[THEIRS], browser_of(OURS, role), browser_of(THEIRS, role)
    before, token = len(looks(filled)), token_of(ours)
    for method, path in every_route(ours):
        may_ask = role in ROUTES[f"{method} {path}"]
        answer = ask(ours, method, path, of_them, token)
        assert not any(one in answer.text for one in of_them), path
        if not may_ask:
            assert answer.status_code == 403, path
        elif "{" in path or (path == "/api/parked" and method == "POST"):
            assert answer.status_code == 404, path
    assert len(looks(filled)) == before, "nothing was looked at"
    for method, path in every_route(theirs):
        if method == "GET" and role in ROUTES[f"{method} {path}"]:
            assert ask(theirs, method, path, of_them).status_code == 200, path


def test_between_them_those_who_were_asked_for_reach_every_route() -> None:
    assert all(ROUTES[name].intersection(SPEAKERS) for name in ROUTES if "/api/" in name)


def test_nobody_who_is_not_signed_in_is_told_anything(
    places: dict[str, Places], lead: Browser
) -> None:
    routes = list(every_route(lead))
    lead.client.cookies.clear()
    for method, path in routes:
        answer = ask(lead, method, path, places[OURS])
        assert answer.status_code in (401, 403), path
        told = msgspec.json.decode(answer.content, type=Problem)
        assert told.status == answer.status_code
        assert not any(one in answer.text for one in places[OURS])


def test_it_says_what_the_pages_say(filled: Workbench, lead: Browser) -> None:
    found, path = [], "/api/alerts"
    while path:
        page = lead.client.get(path).json()
        found += [one["alert_id"] for one in page["alerts"]]
        path = page["next"] or ""
    assert found == [str(one["alert_id"]) for one in alerts_of(filled, OURS)]
    assert found[:20] == alerts_on(lead.page("/queue"))
    child = child_of(filled, OURS)
    shown = lead.client.get(f"/api/children/{child}").json()
    assert {one["alert_id"] for one in shown["open"]} <= set(found)
    assert shown["timeline"] and shown["records"]
    alert = lead.client.get(f"/api/alerts/{found[0]}").json()
    assert alert["alert"]["missing"] and alert["told"]
    duty = alert["alert"]["duty"]
    why = lead.client.get(f"/api/children/{child}/why?duty={duty}&on=2025-10-01").json()
    assert {one["duty"] for one in why["duties"]} <= {duty} and why["on"] == "2025-10-01"


def test_each_look_is_on_record_as_it_is_from_a_page(filled: Workbench, lead: Browser) -> None:
    child, before = child_of(filled, OURS), len(looks(filled))
    lead.client.get(f"/api/children/{child}")
    assert looks(filled)[before:] == [
        (OURS, child, "a.lead", "lead", "dashboard child", "safeguarding")
    ]


@pytest.mark.parametrize("path", ["/api/alerts?state=x", "/api/alerts/x", "/api/children/x"])
def test_what_is_not_in_order_is_said_and_not_repeated(lead: Browser, path: str) -> None:
    answer = lead.client.get(path)
    assert answer.status_code in (404, 422)
    assert msgspec.json.decode(answer.content, type=Problem).status == answer.status_code
    assert answer.headers["content-type"] == "application/problem+json"


def test_every_answer_is_of_the_type_that_the_document_gives(
    places: dict[str, Places], browser_of: BrowserOf
) -> None:
    speakers = {role: browser_of(OURS, role) for role in SPEAKERS}
    document = speakers[Role.LEAD].client.get("/api/openapi.json").json()
    schemas, asked = document["components"]["schemas"], 0
    for shape, methods in document["paths"].items():
        for method, said in methods.items():
            name = f"{method.upper()} {shape}"
            status, kind = ANSWERS[name]
            (media,) = said["responses"][str(status)]["content"].values()
            described = schemas[media["schema"]["$ref"].rpartition("/")[2]]
            assert described["title"] == kind.__name__ and described["properties"]
            if method == "get":
                browser = next(one for role, one in speakers.items() if role in ROUTES[name])
                answer = ask(browser, "GET", shape, places[OURS])
                assert answer.status_code == status, name
                # The document is made of these types: what does not fit one is refused here.
                assert msgspec.json.decode(answer.content, type=kind)
                assert set(answer.json()) == set(described["properties"]), name
                asked += 1
    assert asked == 20 and not references(document) - {f"#/components/schemas/{n}" for n in schemas}


def references(said: Any) -> set[str]:
    """Return every reference of a document."""
    inner = said.values() if isinstance(said, dict) else said if isinstance(said, list) else ()
    own = {said["$ref"]} if isinstance(said, dict) and isinstance(said.get("$ref"), str) else set()
    return own.union(*map(references, inner))


class ByName:
    """Takes a name for the token of a lead of our authority."""

    def people(self, token: str) -> tuple[Person, ...]:
        return (Person(name=token, la=OURS, role=Role.LEAD),)


def test_who_asks_by_a_token_is_on_record_and_held_to_the_same(
    filled: Workbench, served: tuple[FastAPI, LocalLogin]
) -> None:
    app, _login = served
    parts, child = app.state.parts, child_of(filled, OURS)
    app.state.parts = msgspec.structs.replace(parts, bearer=ByName())
    try:
        system = TestClient(app, base_url="http://127.0.0.1")
        system.headers["Authorization"] = "Bearer a-system"
        before = len(looks(filled))
        assert system.get(f"/api/children/{child}").status_code == 200
        assert looks(filled)[before:] == [
            (OURS, child, "a-system", "lead", "dashboard child", "safeguarding")
        ]
        assert system.get(f"/api/children/{child_of(filled, THEIRS)}").status_code == 404
        path = f"/api/alerts/{alerts_of(filled, OURS)[0]['alert_id']}/actions"
        assert "Nobody can act here." in str(system.post(path, json=SAID).json()["fields"])
        assert not system.cookies
        assert system.get("/queue", follow_redirects=False).status_code == 303, "a page is none"
    finally:
        app.state.parts = parts


def test_no_act_without_the_token_of_its_session_is_done(
    places: dict[str, Places], browser_of: BrowserOf
) -> None:
    manager = browser_of(OURS, "manager")
    acts = [path for method, path in every_route(manager) if method == "POST"]
    assert len(acts) == 7
    for path in acts:
        for token in ("", "guessed"):
            assert ask(manager, "POST", path, places[OURS], token).status_code == 403, path
    for path in ("/api/alerts/{alert_id}/actions", "/api/identity/{name}", "/api/parked"):
        answer = ask(manager, "POST", path, places[OURS], token_of(manager))
        assert "Nobody can act here." in str(answer.json()["fields"]), path


def test_what_a_page_asks_by_itself_tells_of_news_and_prolongs_no_session(
    filled: Workbench, lead: Browser
) -> None:
    answer = lead.client.get("/api/news")
    assert "set-cookie" not in answer.headers
    page = lead.page("/queue")
    assert page.xpath("//*[@id='alerts']/@data-told") == [answer.json()["told"]]
    assert page.xpath("//a[normalize-space()='Look again']/@href") == ["/queue?"]


def test_no_question_that_fits_the_document_or_not_is_a_fault_or_answered_otherwise(
    places: dict[str, Places], browser_of: BrowserOf
) -> None:
    speakers = {role: browser_of(OURS, role) for role in SPEAKERS}
    known = msgspec.structs.asdict(places[OURS])
    document = speakers[Role.LEAD].client.get("/api/openapi.json").json()
    asked = {}
    for operation in operations(document):
        browser = next(one for role, one in speakers.items() if role in ROUTES[operation.label])
        send = by(browser.client, {"X-Form-Token": token_of(browser)})
        asked[operation.label] = hold(operation, send, known)
    assert set(asked) == set(ANSWERS) and all(asked.values())


def test_the_benchmark_of_pages_fills_a_store_and_finds_all_its_pages(
    filled: Workbench, served: tuple[FastAPI, LocalLogin]
) -> None:
    """The last of this module: the store has more rows after."""
    before = filled.one("SELECT count(*) FROM alerts WHERE la = %s", OURS)
    pages.fill(filled.owner, 300, 300)
    assert filled.one("SELECT count(*) FROM alerts WHERE la = %s", OURS) >= before + 300
    app, login = served
    with served_here(app) as port:
        asked = pages.signed_in(f"http://127.0.0.1:{port}", login.password)
        kinds = pages.paths_on(filled.owner)
        times = [pages.timed(asked, kind, paths, 2) for kind, paths in kinds.items()]
    assert len(times) == len(kinds) and all(0 < one.half <= one.most for one in times)
