"""The JSON API: the same reads for the same people, asked over every route of its own document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from dashboard.access import ROUTES
from dashboard.answers import ANSWERS, Problem
from dashboard.local_login import LocalLogin
from dashboard.people import Person
from dashboard.roles import Role
from joinedup.commands import bench_pages
from joinedup.commands.demo_pages import served_here
from tests.integration.dashboard.browser import Browser, alerts_on
from tests.integration.dashboard.conftest import OURS, THEIRS, BrowserOf
from tests.integration.dashboard.test_pages import alerts_of, child_of, looks
from tests.integration.join.workbench import Workbench

SAID = {"act": "ESCALATE", "number": 1, "reason": "OTHER"}


def every_route(browser: Browser, child: str, alert: str) -> Iterator[tuple[str, str]]:
    """Yield method and path of every route of the document, about this child and alert."""
    document = browser.client.get("/api/openapi.json").json()
    for shape, methods in document["paths"].items():
        for method in methods:
            yield method.upper(), shape.replace("{child}", child).replace("{alert_id}", alert)


def ask(browser: Browser, method: str, path: str, token: str = "") -> Any:
    if method == "GET":
        return browser.client.get(path, follow_redirects=False)
    return browser.client.post(path, json=SAID, headers={"X-Form-Token": token})


def token_of(browser: Browser) -> str:
    return str(browser.client.get("/api/me").json()["form_token"])


def test_the_document_has_every_route_of_the_api_and_no_page(lead: Browser) -> None:
    listed = {f"{method} {path}" for method, path in every_route(lead, "{child}", "{alert_id}")}
    of_api = {name for name in ROUTES if "/api/" in name} - {"GET /api/openapi.json"}
    assert listed == of_api and len(listed) >= 7


def test_a_lead_of_one_authority_reaches_nothing_of_another_over_any_route(
    filled: Workbench, browser_of: BrowserOf
) -> None:
    child, alert = child_of(filled, THEIRS), str(alerts_of(filled, THEIRS)[0]["alert_id"])
    ours, theirs = browser_of(OURS), browser_of(THEIRS)
    before, token, refused = len(looks(filled)), token_of(ours), 0
    for method, path in every_route(ours, child, alert):
        answer = ask(ours, method, path, token)
        assert child not in answer.text and alert not in answer.text, path
        if child in path or alert in path:
            assert answer.status_code == 404, path
            refused += 1
    assert refused == 4 and len(looks(filled)) == before, "nothing was looked at"
    for method, path in every_route(theirs, child, alert):
        if method == "GET":
            assert ask(theirs, method, path).status_code == 200, path


def test_nobody_who_is_not_signed_in_is_told_anything(filled: Workbench, lead: Browser) -> None:
    child, alert = child_of(filled, OURS), str(alerts_of(filled, OURS)[0]["alert_id"])
    routes = list(every_route(lead, child, alert))
    lead.client.cookies.clear()
    for method, path in routes:
        answer = ask(lead, method, path)
        assert answer.status_code in (401, 403), path
        told = msgspec.json.decode(answer.content, type=Problem)
        assert told.status == answer.status_code and child not in answer.text


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
    filled: Workbench, lead: Browser
) -> None:
    document = lead.client.get("/api/openapi.json").json()
    schemas, asked = document["components"]["schemas"], 0
    child = child_of(filled, OURS)
    alert = next(one["alert_id"] for one in alerts_of(filled, OURS) if one["child"] == child)
    for shape, methods in document["paths"].items():
        for method, said in methods.items():
            status, kind = ANSWERS[f"{method.upper()} {shape}"]
            (media,) = said["responses"][str(status)]["content"].values()
            described = schemas[media["schema"]["$ref"].rpartition("/")[2]]
            assert described["title"] == kind.__name__ and described["properties"]
            if method == "get":
                path = shape.replace("{child}", child).replace("{alert_id}", str(alert))
                answer = lead.client.get(path)
                assert answer.status_code == status, path
                # The document is made of these types: what does not fit one is refused here.
                assert msgspec.json.decode(answer.content, type=kind)
                assert set(answer.json()) == set(described["properties"]), path
                asked += 1
    assert asked == 11 and not references(document) - {f"#/components/schemas/{n}" for n in schemas}


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


def test_an_act_without_the_token_of_its_session_is_refused(
    filled: Workbench, lead: Browser
) -> None:
    path = f"/api/alerts/{alerts_of(filled, OURS)[0]['alert_id']}/actions"
    for token in ("", "guessed"):
        assert ask(lead, "POST", path, token).status_code == 403
    assert "Nobody can act here." in str(ask(lead, "POST", path, token_of(lead)).json()["fields"])


def test_what_a_page_asks_by_itself_tells_of_news_and_prolongs_no_session(
    filled: Workbench, lead: Browser
) -> None:
    answer = lead.client.get("/api/news")
    assert "set-cookie" not in answer.headers
    page = lead.page("/queue")
    assert page.xpath("//*[@id='alerts']/@data-told") == [answer.json()["told"]]
    assert page.xpath("//a[normalize-space()='Look again']/@href") == ["/queue?"]


def test_the_benchmark_of_pages_fills_a_store_and_finds_all_its_pages(
    filled: Workbench, served: tuple[FastAPI, LocalLogin]
) -> None:
    """The last of this module: the store has more rows after."""
    before = filled.one("SELECT count(*) FROM alerts WHERE la = %s", OURS)
    bench_pages.fill(filled.owner, 300)
    assert filled.one("SELECT count(*) FROM alerts WHERE la = %s", OURS) >= before + 300
    app, login = served
    with served_here(app) as port:
        asked = bench_pages.signed_in(f"http://127.0.0.1:{port}", login.password)
        kinds = bench_pages.paths_on(filled.owner)
        times = [bench_pages.timed(asked, kind, paths, 2) for kind, paths in kinds.items()]
    assert len(times) == len(kinds) and all(0 < one.half <= one.most for one in times)
