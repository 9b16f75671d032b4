"""Every page in a real browser: WCAG 2.2 AA forbids nothing on it, and it fits a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page
from starlette.testclient import TestClient

from dashboard.access import ROUTES
from dashboard.local_login import LocalLogin
from dashboard.roles import Role
from joinedup.commands.demo_pages import served_here
from tests.chromium import DESKTOP, PHONE, WAIT_MS, headless, sign_in, violations
from tests.integration.dashboard.browser import Browser as FormBrowser
from tests.integration.dashboard.conftest import OURS
from tests.integration.dashboard.test_glass import break_glass, one_of, seen_once_of
from tests.integration.dashboard.test_pages import alerts_of, child_of
from tests.integration.dashboard.test_roles import doubt_of, park_of
from tests.integration.join.workbench import Workbench

PageOf = Callable[[str], Page]
NOT_PAGES = {"GET /", "GET /static/{version}/{name}", "GET /sign-in/start", "GET /sign-in/answer"}
SHOWN_ELSEWHERE = {"GET /sign-in/as"}
"""It needs a provider: its test is in tests/integration/oidc."""
BY_ROLE = {
    "GET /reads": "auditor",
    "GET /break-glass": "manager",
    "GET /break-glass/{broken_id}": "manager",
    "GET /figures": "manager",
}
"""Who is shown a page that a lead is not."""


@pytest.fixture(scope="module")
def places(filled: Workbench, served: tuple[FastAPI, LocalLogin]) -> dict[str, str]:
    """What stands in the addresses; somebody broke the glass of a child for it."""
    app, login = served
    curious = FormBrowser(TestClient(app, base_url="http://127.0.0.1"), login.password)
    curious.sign_in(OURS, "lead", "", "to.be.looked.at")
    break_glass(curious, seen_once_of(filled, OURS))
    child = child_of(filled, OURS)
    alert = next(str(one["alert_id"]) for one in alerts_of(filled, OURS) if one["child"] == child)
    return {
        "{child}/break-glass": f"{seen_once_of(filled, OURS)}/break-glass",
        "{child}": child,
        "{alert_id}": alert,
        "/break-glass/{broken_id}": one_of(filled, "to.be.looked.at"),
        "{park}": park_of(filled, OURS),
        "{name}": doubt_of(filled, OURS),
    }


@pytest.fixture(scope="module")
def browser(places: dict[str, str]) -> Iterator[Browser]:
    """The browser, begun when all that the store holds is there."""
    with headless() as found:
        yield found


@pytest.fixture(scope="module")
def page_of(browser: Browser, served: tuple[FastAPI, LocalLogin]) -> Iterator[PageOf]:
    """Gives the page of somebody in this role, who is signed in once."""
    app, login = served
    opened: dict[str, Page] = {}
    with served_here(app) as port:
        address = f"http://127.0.0.1:{port}"

        def page(role: str) -> Page:
            if role not in opened:
                context = browser.new_context(viewport=DESKTOP, base_url=address)  # type: ignore[arg-type]
                context.set_default_timeout(WAIT_MS)
                opened[role] = context.new_page()
                if role:
                    name = f"a.{role}"
                    said = {"name": name, "la": OURS, "role": role, "teams": "to-delivered send"}
                    sign_in(opened[role], address, login.password, **said)
            return opened[role]

        yield page


def pages() -> list[str]:
    """Every page by its route."""
    gets = [name for name in ROUTES if name.startswith("GET ") and "/api/" not in name]
    return [name for name in gets if name not in NOT_PAGES | SHOWN_ELSEWHERE]


def address_of(name: str, places: dict[str, str]) -> str:
    path = name.removeprefix("GET ")
    for shape, place in places.items():
        path = path.replace(shape, place)
    return path


@pytest.mark.parametrize("name", pages())
def test_a_page_meets_wcag_and_fits_a_phone(
    page_of: PageOf, places: dict[str, str], name: str
) -> None:
    assert name in BY_ROLE or name == "GET /sign-in" or Role.LEAD in ROUTES[name]
    role = "" if name == "GET /sign-in" else BY_ROLE.get(name, "lead")
    page = page_of(role)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    answer = page.goto(address_of(name, places))
    assert answer is not None and answer.status == 200
    assert page.locator("h1").count() == 1
    assert violations(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"], "it is scrolled sideways"
    assert page.evaluate("document.body.classList.contains('govuk-frontend-supported')")


def test_on_a_phone_an_alert_is_seen_before_the_filter_is_opened_and_without_script(
    browser: Browser, served: tuple[FastAPI, LocalLogin]
) -> None:
    app, login = served
    with served_here(app) as port:
        address = f"http://127.0.0.1:{port}"
        context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
        page = context.new_page()
        sign_in(page, address, login.password, name="on.a.phone", la=OURS, role="lead")
        page.goto(f"{address}/queue")
        top = page.locator(".app-alert").first.bounding_box()
        assert top is not None and top["y"] < PHONE["height"]
        assert not page.locator("#duty").is_visible()
        page.locator(".app-filters summary").click()
        assert page.locator("#duty").is_visible()
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        page.goto(f"{address}/queue")
        assert page.locator("#duty").is_visible()
        context.close()


def test_what_wcag_forbids_is_found(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<html lang='en'><title>Page</title><main><h1>Page</h1><img src='x'></main>")
    assert [one["rule"] for one in violations(page)] == ["image-alt"]
    page.close()
