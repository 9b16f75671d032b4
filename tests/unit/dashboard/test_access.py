"""Every route says who may ask for it, in the code and on the page that people read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import Route

from dashboard import access
from dashboard.access import ANYBODY, ROUTES, SIGNED_IN, Undeclared, may, require_declared
from dashboard.app import ROUTERS
from dashboard.roles import Role

PAGE = Path(__file__).resolve().parents[3] / "docs" / "dashboard.md"
ROW = re.compile(r"^\| `((?:GET|POST) /\S*)` \|(.+)\|$")


def routes() -> list[object]:
    return [route for router in ROUTERS for route in router.routes]


def nothing() -> str:
    return ""


@pytest.fixture
def app() -> FastAPI:
    """The application with its routes and nothing else."""
    found = FastAPI(openapi_url=None)
    for router in ROUTERS:
        found.include_router(router)
    found.add_api_route("/static/{version}/{name}", nothing)
    return found


def test_every_route_is_declared_and_every_declaration_has_its_route(app: FastAPI) -> None:
    require_declared(app.routes)


def test_a_route_that_nobody_is_named_for_is_refused_at_the_start(app: FastAPI) -> None:
    app.add_api_route("/forgotten", nothing)
    with pytest.raises(Undeclared, match="GET /forgotten"):
        require_declared(app.routes)


def test_another_method_of_a_declared_route_is_another_route(app: FastAPI) -> None:
    app.add_api_route("/queue", nothing, methods=["DELETE"])
    with pytest.raises(Undeclared, match="DELETE /queue"):
        require_declared(app.routes)


def test_a_route_that_goes_round_the_check_is_refused(app: FastAPI) -> None:
    app.router.routes.append(Route("/queue", nothing))
    with pytest.raises(Undeclared, match="goes round"):
        require_declared(app.routes)


def test_a_route_under_a_prefix_that_the_check_does_not_see_is_refused(app: FastAPI) -> None:
    router = APIRouter()
    router.add_api_route("/queue", nothing)
    app.include_router(router, prefix="/elsewhere")
    with pytest.raises(Undeclared, match="goes round"):
        require_declared(app.routes)


def test_a_declaration_without_a_route_is_refused(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "ROUTES", {**ROUTES, "GET /gone": SIGNED_IN})
    with pytest.raises(Undeclared, match="GET /gone"):
        require_declared(app.routes)


def test_what_is_not_declared_is_nobody_s() -> None:
    assert not any(may(role, "GET /nowhere") for role in (None, *Role))


def test_only_signing_in_and_style_are_open_to_who_is_not_signed_in() -> None:
    opened = {name for name, audience in ROUTES.items() if None in audience}
    assert all(ROUTES[name] == ANYBODY for name in opened)
    assert all(
        name.split(" ")[1].startswith(("/sign-", "/static")) or name == "GET /" for name in opened
    )


def test_an_auditor_acts_on_nothing() -> None:
    acts = {name for name in ROUTES if name.startswith("POST ") and may(Role.AUDITOR, name)}
    searches, of_themselves = {"POST /find", "POST /api/find"}, {"POST /sessions"}
    others = {name for name in acts if not name.startswith("POST /sign-")}
    assert others == searches | of_themselves


FORMS = {
    *("GET /children/{child}/break-glass", "GET /find", "GET /figures"),
    *("GET /sessions", "POST /sessions"),
}
"""Pages that show a form, or what is taken away by another route; a token has no session."""
ELSEWHERE = {"GET /queue": "GET /api/alerts", "POST /figures/export": "GET /api/figures"}


def test_the_api_has_every_read_and_act_of_the_pages_for_the_same_roles() -> None:
    pages = {
        name
        for name, audience in ROUTES.items()
        if " /api/" not in name and audience != ANYBODY and name not in FORMS
    }
    of_api = {name: ELSEWHERE.get(name, name.replace(" /", " /api/")) for name in pages}
    assert {name: ROUTES.get(other) for name, other in of_api.items()} == {
        name: ROUTES[name] for name in pages
    }


def test_an_administrator_reaches_no_page_of_a_child() -> None:
    assert not any(
        "{child}" in name or "{alert_id}" in name or "find" in name
        for name in ROUTES
        if may(Role.ADMINISTRATOR, name)
    )


def test_the_page_says_of_every_route_who_may_ask_for_it() -> None:
    rows = filter(None, map(ROW.match, PAGE.read_text().splitlines()))
    assert {row[1]: words_of(row[2]) for row in rows} == {
        name: in_words(audience) for name, audience in ROUTES.items()
    }


def words_of(cell: str) -> set[str]:
    return {one.strip() for one in cell.split(",")}


def in_words(audience: access.Audience) -> set[str]:
    return {"anybody"} if None in audience else {str(role) for role in audience if role}
