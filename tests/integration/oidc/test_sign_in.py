"""Signing in with a real Keycloak: who comes in, as what, and what no answer of another lets in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from lxml import html
from playwright.sync_api import Route
from starlette.testclient import TestClient

from dashboard.app import COOKIE
from dashboard.oidc.login import ASKED, LEAVING
from dashboard.oidc.settings import OidcSettings
from dashboard.settings import DashboardSettings
from joinedup.commands.dashboard import built_with_provider
from tests.chromium import PHONE, headless, violations
from tests.unit.dashboard.frontend import archive

BASE = "http://127.0.0.1"
SECRET = "00" * 32
PASSWORD = "a password for tests"
SETTINGS: dict[str, Any] = {
    "database_url": "postgresql://127.0.0.1:1/none",
    "keys_database_url": "postgresql://127.0.0.1:1/none",
    "master_key": SECRET,
    "pseudonym_key": SECRET,
    "session_key": SECRET,
    "public_url": BASE,
}


def dashboard(issuer: str, folder: Path, **changed: Any) -> FastAPI:
    given = {
        "issuer": issuer,
        "client_id": "joinedup-dashboard",
        "client_secret": "a secret for tests",
    }
    settings = DashboardSettings.model_validate(SETTINGS)
    oidc = OidcSettings.model_validate(given | changed)
    return built_with_provider(settings, oidc, archive(folder), ["999", "330"])


@pytest.fixture
def client(issuer: str, tmp_path: Path) -> TestClient:
    """A browser at the dashboard."""
    return TestClient(dashboard(issuer, tmp_path), base_url=BASE, follow_redirects=False)


@pytest.fixture
def at_provider() -> Iterator[httpx.Client]:
    """The same person's browser at the provider."""
    with httpx.Client(trust_env=False, timeout=60) as found:

        def takes_loopback_for_secure(response: httpx.Response) -> None:
            """As browsers do: its cookies are for HTTPS, or this machine."""
            for cookie in found.cookies.jar:
                cookie.secure = False

        found.event_hooks = {"response": [takes_loopback_for_secure]}
        yield found


def proved(client: TestClient, at_provider: httpx.Client, name: str) -> str:
    """Prove at the provider who one is; return where it sends one back to."""
    way = client.get("/sign-in/start").headers["location"]
    page = at_provider.get(way)
    (form,) = html.fromstring(page.text).xpath("//form[@id='kc-form-login']/@action")
    answer = at_provider.post(str(form), data={"username": name, "password": PASSWORD})
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def come_in(client: TestClient, at_provider: httpx.Client, name: str) -> Any:
    """Sign in, and return the page that the provider's answer leads to."""
    return client.get(proved(client, at_provider, name))


def token_on(client: TestClient, path: str) -> str:
    page = html.fromstring(client.get(path).text)
    return str(page.xpath("//form//input[@name='form_token']/@value")[0])


def onward(page: Any) -> str:
    (said,) = html.fromstring(page.text).xpath("//meta[@http-equiv='refresh']/@content")
    return str(said).removeprefix("0; url=")


def who(client: TestClient) -> str:
    page = html.fromstring(client.get("/find").text)
    return " ".join(page.xpath("string(//*[@class='app-banner__who'])").split())


def test_a_lead_comes_in_with_the_role_and_the_authority_that_the_provider_gives(
    client: TestClient, at_provider: httpx.Client
) -> None:
    assert client.get("/queue").headers["location"] == "/sign-in"
    before = client.cookies[COOKIE]
    page = come_in(client, at_provider, "a.lead")
    assert page.status_code == 200 and onward(page) == "/queue", "where they were going"
    assert who(client).startswith("a.lead, safeguarding lead, local authority 999")
    assert client.cookies[COOKIE] != before
    assert ASKED not in client.cookies


def test_the_way_to_the_provider_asks_by_code_with_pkce_state_and_nonce(
    client: TestClient,
) -> None:
    answer = client.get("/sign-in/start")
    asked = httpx.URL(answer.headers["location"]).params
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert all(len(asked[name]) >= 32 for name in ("state", "nonce", "code_challenge"))
    again = httpx.URL(client.get("/sign-in/start").headers["location"]).params
    assert all(asked[name] != again[name] for name in ("state", "nonce", "code_challenge"))
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/sign-in" in cookie


def test_the_form_token_of_before_is_worth_nothing_in_the_session(
    client: TestClient, at_provider: httpx.Client
) -> None:
    come_in(client, at_provider, "a.lead")
    first = token_on(client, "/find")
    client.post("/sign-out", data={"form_token": first})
    come_in(client, at_provider_again(at_provider), "a.lead")
    assert client.post("/sign-out", data={"form_token": first}).status_code == 403


def at_provider_again(at_provider: httpx.Client) -> httpx.Client:
    at_provider.cookies.clear()
    return at_provider


def assert_readable(client: TestClient, place: str) -> None:
    """Look at a page of this session in a real browser: WCAG 2.2 AA forbids nothing on it."""

    def answered(route: Route) -> None:
        answer = client.get(urlsplit(route.request.url).path)
        kind = {"content-type": answer.headers["content-type"]}
        route.fulfill(status=answer.status_code, headers=kind, body=answer.content)

    with headless() as browser:
        page = browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
        page.route("**/*", answered)
        page.goto(f"{BASE}{place}")
        assert page.locator("h1").count() == 1 and violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_who_may_be_several_chooses_one(client: TestClient, at_provider: httpx.Client) -> None:
    page = come_in(client, at_provider, "two.hats")
    assert onward(page) == "/sign-in/as"
    assert client.get("/queue").headers["location"] == "/sign-in", "nobody is signed in yet"
    come_in(client, at_provider_again(at_provider), "two.hats")
    labels = [
        " ".join(str(one).split())
        for one in html.fromstring(client.get("/sign-in/as").text).xpath("//label/text()")
    ]
    assert labels == [
        "Safeguarding lead, local authority 999",
        "Manager, local authority 999",
        "Safeguarding lead, local authority 330",
        "Manager, local authority 330",
    ], "and not of one that is not served here"
    assert_readable(client, "/sign-in/as")
    token = token_on(client, "/sign-in/as")
    for wrong in ("", "4", "-1", "x"):
        said = {"form_token": token, "choice": wrong}
        assert client.post("/sign-in/as", data=said).status_code == 422
    assert client.post("/sign-in/as", data={"form_token": token, "choice": "3"}).is_redirect
    assert "manager, local authority 330" in who(client)
    assert client.get("/sign-in/as").headers["location"] == "/sign-in", "once"


def test_who_proved_it_less_strongly_or_less_lately_than_is_asked_does_not_come_in(
    issuer: str, tmp_path: Path, at_provider: httpx.Client
) -> None:
    def asking(**asked: Any) -> TestClient:
        app = dashboard(issuer, tmp_path, **asked)
        return TestClient(app, base_url=BASE, follow_redirects=False)

    enough = asking(acr="1", max_age_seconds=300)
    way = httpx.URL(enough.get("/sign-in/start").headers["location"]).params
    assert (way["acr_values"], way["max_age"]) == ("1", "300")
    assert come_in(enough, at_provider, "a.lead").status_code == 200
    for asked in ({"acr": "gold"}, {"amr": "mfa"}):
        more = asking(**asked)
        at_provider.cookies.clear()
        page = come_in(more, at_provider, "a.lead")
        assert page.status_code == 401 and "second factor" in page.text, asked
        assert more.get("/queue").headers["location"] == "/sign-in"


def test_an_officer_comes_in_for_their_agency(
    client: TestClient, at_provider: httpx.Client
) -> None:
    come_in(client, at_provider, "a.nurse")
    assert "agency officer of health, local authority 999" in who(client)
    assert client.get("/queue").status_code == 403


def test_who_was_given_no_role_is_told_so_and_has_no_session(
    client: TestClient, at_provider: httpx.Client
) -> None:
    page = come_in(client, at_provider, "nobody.yet")
    assert page.status_code == 401 and "nobody has given you a role" in page.text
    assert client.get("/find").headers["location"] == "/sign-in"


def test_an_answer_lets_in_no_other_browser_and_no_one_twice(
    issuer: str, tmp_path: Path, client: TestClient, at_provider: httpx.Client
) -> None:
    back = proved(client, at_provider, "a.lead")
    other = TestClient(client.app, base_url=BASE, follow_redirects=False)
    assert other.get(back).status_code == 401
    other.get("/sign-in/start")
    assert other.get(back).status_code == 401, "it asked something else"
    assert client.get(re.sub("state=[^&]*", "state=", back)).status_code == 401
    elsewhere = re.sub("&iss=[^&]*", "", back) + "&iss=https://elsewhere.example"
    assert client.get(elsewhere).status_code == 401
    assert client.get(back).status_code == 200
    assert client.get(back).status_code == 401, "the code is used up, and so is what was asked"


def test_a_token_for_another_sign_in_or_another_client_proves_nobody(
    client: TestClient, at_provider: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = proved(client, at_provider, "a.lead")
    provider = client.app.state.parts.login._provider  # type: ignore[attr-defined]
    verified = provider._verified

    def with_other(**changed: Any) -> Any:
        return lambda asked, token: verified(msgspec.structs.replace(asked, **changed), token)

    monkeypatch.setattr(provider, "_verified", with_other(nonce="of another"))
    page = client.get(back)
    assert page.status_code == 401 and "did not confirm" in page.text


def test_a_token_that_the_provider_did_not_sign_proves_nobody(
    issuer: str, tmp_path: Path, at_provider: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = dashboard(issuer, tmp_path)
    client = TestClient(app, base_url=BASE, follow_redirects=False)
    provider = app.state.parts.login._provider
    verified = provider._verified

    def forged(asked: Any, token: dict[str, Any]) -> Any:
        head, body, signature = token["id_token"].split(".")
        other = "A" if signature[0] != "A" else "B"
        return verified(asked, {**token, "id_token": f"{head}.{body}.{other}{signature[1:]}"})

    monkeypatch.setattr(provider, "_verified", forged)
    assert come_in(client, at_provider, "a.lead").status_code == 401


def test_another_secret_or_another_client_gets_nothing_for_a_code(
    issuer: str, tmp_path: Path, at_provider: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    app = dashboard(issuer, tmp_path, client_secret="guessed")
    client = TestClient(app, base_url=BASE, follow_redirects=False)
    assert come_in(client, at_provider, "a.lead").status_code == 401
    assert "not proved" in caplog.text and "guessed" not in caplog.text


def test_a_provider_that_names_itself_otherwise_is_not_believed(
    issuer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = TestClient(dashboard(issuer, tmp_path), base_url=BASE, follow_redirects=False)
    provider = client.app.state.parts.login._provider  # type: ignore[attr-defined]
    found = provider._get(f"{issuer}/.well-known/openid-configuration")
    other = {**found, "issuer": "https://elsewhere.example"}
    monkeypatch.setattr(provider, "_get", lambda address: other)
    assert "does not answer" in client.get("/sign-in/start").text


def test_signing_out_ends_the_session_here_and_at_the_provider(
    client: TestClient, at_provider: httpx.Client
) -> None:
    come_in(client, at_provider, "a.lead")
    page = client.post("/sign-out", data={"form_token": token_on(client, "/find")})
    out = onward(page)
    assert client.get("/find").headers["location"] == "/sign-in"
    assert LEAVING not in client.cookies
    said = at_provider.get(out)
    assert said.status_code == 302 and said.headers["location"].startswith(BASE + "/sign-in")
    again = at_provider.get(client.get("/sign-in/start").headers["location"])
    assert "kc-form-login" in again.text, "it asks who one is again"


def token_of_a_system(issuer: str) -> str:
    """The access token that a system gets for itself, as no browser and nobody in one."""
    answer = httpx.post(
        f"{issuer}/protocol/openid-connect/token",
        data={"grant_type": "client_credentials"},
        auth=("a-system", "a secret for tests"),
        trust_env=False,
        timeout=60,
    )
    return str(answer.raise_for_status().json()["access_token"])


def test_a_system_asks_the_api_by_a_token_for_it_as_what_its_claims_say(
    issuer: str, tmp_path: Path
) -> None:
    app = dashboard(issuer, tmp_path, api_audience="joinedup-api")
    system = TestClient(app, base_url=BASE, follow_redirects=False)
    token = {"Authorization": f"Bearer {token_of_a_system(issuer)}"}
    answer = system.get("/api/me", headers=token)
    assert answer.status_code == 200, answer.text
    found = {name: answer.json()[name] for name in ("name", "la", "role", "form_token")}
    assert found == {
        "name": "service-account-a-system",
        "la": "330",
        "role": "lead",
        "form_token": "",
    }
    assert "set-cookie" not in answer.headers
    chosen = system.get("/api/me", headers={**token, "X-Joinedup-As": "lead@330"})
    assert chosen.status_code == 200
    other = system.get("/api/me", headers={**token, "X-Joinedup-As": "manager@999"})
    assert other.status_code == 401 and "not of the role" in other.json()["detail"]
    assert system.get("/queue", headers=token).headers["location"] == "/sign-in"


def test_no_token_of_another_audience_or_hand_lets_anybody_in(issuer: str, tmp_path: Path) -> None:
    real = token_of_a_system(issuer)
    head, body, signature = real.split(".")
    forged = f"{head}.{body}.{signature[::-1]}"
    unsigned = f"eyJhbGciOiJub25lIn0.{body}."
    ours = dashboard(issuer, tmp_path, api_audience="joinedup-api")
    theirs = dashboard(issuer, tmp_path, api_audience="another-api")
    none = dashboard(issuer, tmp_path)
    for app, token in (
        *((ours, forged), (ours, unsigned), (ours, ""), (ours, "x")),
        *((theirs, real), (none, real)),
    ):
        answer = TestClient(app, base_url=BASE).get(
            "/api/me", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
    with pytest.raises(ValueError, match="must not be the client id"):
        dashboard(issuer, tmp_path, api_audience="joinedup-dashboard")
