"""Who may sign in where, and what a page never does before that."""

from __future__ import annotations

import json
import logging
import re
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from itsdangerous import TimestampSigner
from lxml import html
from starlette.testclient import TestClient

from dashboard.app import COOKIE
from dashboard.bounded import MOST_BYTES
from dashboard.ended import Ended, NotTheirName
from dashboard.local_login import NotLoopback
from dashboard.loopback import is_loopback
from dashboard.settings import DashboardSettings
from dashboard.signing import session_signer, timed_serializer
from joinedup.commands.dashboard import built
from tests.unit.dashboard.frontend import archive

SECRET = "00" * 32
SESSION_KEY = "11" * 32
TEMPLATES = Path(__file__).resolve().parents[3] / "dashboard" / "templates"


@pytest.fixture
def settings() -> DashboardSettings:
    """Settings that name a store which is not there: no page of this file may ask it."""
    return DashboardSettings.model_validate(
        {
            "database_url": "postgresql://127.0.0.1:1/none",
            "keys_database_url": "postgresql://127.0.0.1:1/none",
            "master_key": SECRET,
            "pseudonym_key": SECRET,
            "session_key": SESSION_KEY,
        }
    )


@pytest.fixture
def password(client: TestClient) -> str:
    login = client.app.state.parts.login  # type: ignore[attr-defined]
    return str(login.password)


@pytest.fixture
def client(settings: DashboardSettings, tmp_path: Path) -> Iterator[TestClient]:
    app, _login = built(settings, archive(tmp_path), "127.0.0.1", ["999", "330"])
    yield TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


def token(client: TestClient) -> str:
    page = html.fromstring(client.get("/sign-in").text)
    (found,) = set(page.xpath("//form//input[@type='hidden']/@value"))
    return str(found)


def sign_in(client: TestClient, **given: str) -> int:
    form = {"form_token": token(client), "name": "a.lead", "la": "999", **given}
    return client.post("/sign-in", data=form).status_code


def test_the_password_of_the_local_login_has_128_bits(password: str) -> None:
    assert len(b64decode(password + "==", b"-_")) == 16


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "dashboard.example", ""])
def test_the_local_login_refuses_an_address_that_others_can_reach(
    settings: DashboardSettings, tmp_path: Path, host: str
) -> None:
    with pytest.raises(NotLoopback, match=r"listen on 127\.0\.0\.1"):
        built(settings, archive(tmp_path), host, ["999"])


def test_an_address_of_this_machine_alone_is_taken() -> None:
    assert all(is_loopback(one) for one in ("127.0.0.1", "127.9.9.9", "::1", "localhost"))


@pytest.mark.parametrize(
    "given",
    [
        {"password": "wrong"},
        {"password": ""},
        {"name": "Robert'); DROP TABLE"},
        {"name": ""},
        {"la": "331"},
        {"la": ""},
        {"role": "root"},
        {"role": "officer"},
        {"role": "officer", "agency": "police"},
        {"agency": "health"},
    ],
)
def test_nobody_signs_in_without_all_that_it_takes(
    client: TestClient, password: str, given: dict[str, str]
) -> None:
    assert sign_in(client, **{"password": password, **given}) == 401
    assert client.get("/queue").headers["location"] == "/sign-in"


def test_whoever_comes_by_the_name_of_another_account_is_turned_away(
    client: TestClient,
    password: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def is_anothers(*_given: object) -> None:
        raise NotTheirName

    monkeypatch.setattr(Ended, "begin", is_anothers)
    form = {"form_token": token(client), "name": "a.lead", "la": "999", "password": password}
    answer = client.post("/sign-in", data=form)
    assert answer.status_code == 401 and "on record as another account" in answer.text
    assert "another account" in caplog.text and "a.lead" not in caplog.text
    assert client.get("/queue").headers["location"] == "/sign-in"


def test_who_signs_in_is_led_to_the_page_that_they_asked_for(
    client: TestClient, password: str
) -> None:
    child = "/children/4dc7dddb-0000-5000-8000-000000000000"
    assert client.get(child).headers["location"] == "/sign-in"
    form = {"form_token": token(client), "name": "a.lead", "la": "999", "password": password}
    assert client.post("/sign-in", data=form).headers["location"] == child


def test_the_session_is_closed_to_scripts_and_to_other_sites(client: TestClient) -> None:
    said = client.get("/sign-in").headers["set-cookie"].lower()
    assert said.startswith(f"{COOKIE}=") and "httponly" in said and "samesite=strict" in said


def test_a_session_that_somebody_wrote_themselves_is_none(client: TestClient) -> None:
    client.cookies.set(COOKIE, "eyJwZXJzb24iOiB7Im5hbWUiOiAieCIsICJsYSI6ICI5OTkifX0=.x.y")
    assert client.get("/queue").headers["location"] == "/sign-in"


@pytest.mark.parametrize("given", [{}, {"form_token": ""}, {"form_token": "guessed"}])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_a_form_from_elsewhere_is_refused(
    client: TestClient, path: str, given: dict[str, str]
) -> None:
    client.get("/sign-in")
    assert client.post(path, data=given).status_code == 403


def test_signing_out_ends_the_session(client: TestClient, password: str) -> None:
    assert sign_in(client, password=password) == 303
    client.post("/sign-out", data={"form_token": token(client)})
    assert client.get("/queue").headers["location"] == "/sign-in"


def test_a_copy_of_a_session_lets_in_nobody_once_its_owner_signed_out_or_in_again(
    client: TestClient, password: str
) -> None:
    copies = []
    assert sign_in(client, password=password) == 303
    copies.append(client.cookies[COOKIE])
    assert sign_in(client, password=password) == 303
    copies.append(client.cookies[COOKIE])
    client.post("/sign-out", data={"form_token": token(client)})
    for copy in copies:
        client.cookies.clear()
        client.cookies.set(COOKIE, copy)
        assert client.get("/queue").headers["location"] == "/sign-in"


def test_who_signs_out_leaves_nothing_of_the_pages_with_the_browser(
    client: TestClient, password: str
) -> None:
    assert sign_in(client, password=password) == 303
    answer = client.post("/sign-out", data={"form_token": token(client)})
    assert answer.headers["clear-site-data"] == '"cache", "storage"'


def test_a_body_that_no_form_has_is_refused_whoever_sends_it_and_however(
    client: TestClient, password: str
) -> None:
    many = b"a" * MOST_BYTES
    form = {"content-type": "application/x-www-form-urlencoded"}
    for content in (b"name=" + many, iter([b"name=", many])):
        answer = client.post("/sign-in", content=content, headers=form)
        assert answer.status_code == 413 and "too large" in answer.text
    parts = {"content-type": "multipart/form-data; boundary=x"}
    assert client.post("/sign-in", content=many + b"a", headers=parts).status_code == 413
    assert sign_in(client, password=password) == 303
    answer = client.post("/api/find", content=b'"' + many + b'"')
    assert answer.status_code == 413, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_who_came_in_who_did_not_and_who_asked_for_more_is_in_the_log_and_by_no_name(
    client: TestClient, password: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    sign_in(client, name="c.auditor", password="guessed")
    sign_in(client, name="c.auditor", password=password, role="auditor")
    assert client.get("/queue").status_code == 403
    assert "A sign-in was refused: This is not the password" in caplog.text
    assert "Somebody signed in as auditor of authority 999." in caplog.text
    assert "Somebody asked for GET /queue as auditor of authority 999." in caplog.text
    assert "c.auditor" not in caplog.text and "guessed" not in caplog.text


def test_a_page_that_is_asked_for_prolongs_the_session_and_what_a_page_asks_itself_does_not(
    client: TestClient, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sign_in(client, password=password) == 303
    store = client.app.state.parts.store  # type: ignore[attr-defined]

    def away(*_given: object) -> None:
        raise RuntimeError("a store that no page here needs")

    monkeypatch.setattr(store, "reading", away)
    for _ in range(3):  # the first page also changes the session, by the token of its forms
        assert client.get("/queue").headers["set-cookie"].startswith(f"{COOKIE}=")
    assert "set-cookie" not in client.get("/api/news").headers
    asked = client.get("/api/me", headers={"X-Asked-By": "page"})
    assert asked.status_code == 200 and "set-cookie" not in asked.headers
    assert "set-cookie" in client.get("/api/me").headers


def test_another_name_of_this_machine_is_refused(client: TestClient) -> None:
    answer = client.get("/sign-in", headers={"host": "evil.example"})
    assert answer.status_code == 400


def test_every_answer_tells_the_browser_what_it_may_not_do(client: TestClient) -> None:
    for path in ("/sign-in", "/queue", "/nowhere", "/children/x"):
        headers = client.get(path).headers
        assert headers["cache-control"] == "no-store", path
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_no_page_holds_script_or_style_of_its_own(client: TestClient) -> None:
    page = html.fromstring(client.get("/sign-in").text)
    assert page.xpath("//script[not(@src)] | //style | //@style | //@onclick") == []


def test_a_fault_that_nobody_foresaw_shows_a_page_and_tells_the_log_no_more_than_its_class(
    client: TestClient,
    password: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert sign_in(client, password=password) == 303
    store = client.app.state.parts.store  # type: ignore[attr-defined]

    def broken(*_given: object) -> None:
        raise RuntimeError("a child's name")

    monkeypatch.setattr(store, "reading", broken)
    answer = client.get("/queue")
    assert answer.status_code == 500
    assert "fault in the dashboard" in answer.text
    assert "frame-ancestors" in answer.headers["content-security-policy"]
    assert "RuntimeError" in caplog.text and "child's name" not in caplog.text + answer.text


def test_a_session_of_another_release_or_of_no_role_of_ours_is_none(client: TestClient) -> None:
    signer = session_signer(SESSION_KEY)
    for person in ({"name": "a", "la": "999", "role": "root"}, {"name": "a"}, "a", 1):
        said = json.dumps({"person": person, "since": int(time.time())}).encode()
        client.cookies.set(COOKIE, signer.sign(b64encode(said)).decode())
        assert client.get("/queue").headers["location"] == "/sign-in"
        client.cookies.clear()
    fine = {"name": "a", "la": "999", "role": "officer", "agency": "health"}
    said = json.dumps({"person": fine, "since": int(time.time())}).encode()
    client.cookies.set(COOKIE, signer.sign(b64encode(said)).decode())
    assert client.get("/queue").status_code == 403


def test_cookies_are_signed_with_hmac_sha_256_each_for_its_own_use(client: TestClient) -> None:
    fine = {"name": "a", "la": "999", "role": "lead"}
    said = b64encode(json.dumps({"person": fine, "since": int(time.time())}).encode())
    ours = session_signer(SESSION_KEY)
    asked = timed_serializer(SESSION_KEY, "asked").make_signer("asked")
    for signer in (ours, asked):
        assert len(b64decode(signer.get_signature(b"x") + b"==", b"-_")) == 32
    others = (TimestampSigner(SESSION_KEY), TimestampSigner(SESSION_KEY, salt="joinedup session"))
    for other in (*others, asked):
        client.cookies.set(COOKIE, other.sign(said).decode())
        assert client.get("/api/me").status_code == 401
        client.cookies.clear()
    client.cookies.set(COOKIE, ours.sign(said).decode())
    assert client.get("/api/me").status_code == 200


def test_no_answer_opens_itself_to_another_origin(client: TestClient, password: str) -> None:
    assert sign_in(client, password=password) == 303
    elsewhere = {"origin": "https://evil.example"}
    for path in ("/sign-in", "/api/me", "/api/openapi.json", "/nowhere"):
        headers = client.get(path, headers=elsewhere).headers
        assert "access-control-allow-origin" not in headers, path
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "object-src 'none'" in headers["content-security-policy"]
        assert "base-uri 'none'" in headers["content-security-policy"]


def test_trace_is_not_answered(client: TestClient) -> None:
    for path in ("/sign-in", "/queue", "/api/me"):
        answer = client.request("TRACE", path, headers={"cookie": "joinedup=secret"})
        assert answer.status_code in (404, 405) and "secret" not in answer.text


def test_a_password_is_typed_unseen_and_may_be_pasted(client: TestClient) -> None:
    page = html.fromstring(client.get("/sign-in").text)
    (field,) = page.xpath("//input[@name='password']")
    assert field.get("type") == "password"
    assert not {"onpaste", "maxlength", "readonly"} & set(field.keys())


def test_no_session_lasts_beyond_its_time_however_busy(
    client: TestClient, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sign_in(client, password=password) == 303
    begun = time.time()
    for minutes in range(0, 10 * 60, 20):
        monkeypatch.setattr(time, "time", lambda at=begun + minutes * 60: at)
        assert client.get("/find").status_code == 200, minutes
    monkeypatch.setattr(time, "time", lambda: begun + 10 * 3600 + 2)
    assert client.get("/find").headers["location"] == "/sign-in"


def test_a_session_that_nobody_uses_ends_after_half_an_hour(
    client: TestClient, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sign_in(client, password=password) == 303
    kept = client.cookies[COOKIE]
    later = time.time() + 30 * 60 + 2
    monkeypatch.setattr(time, "time", lambda: later)
    client.cookies.clear()
    client.cookies.set(COOKIE, kept)
    assert client.get("/find").headers["location"] == "/sign-in"


def test_every_page_has_the_way_out(client: TestClient, password: str) -> None:
    assert sign_in(client, password=password) == 303
    page = html.fromstring(client.get("/find").text)
    assert page.xpath("//form[@action='/sign-out' and @method='post']//button")
    code = "".join(file.read_text("utf-8") for file in TEMPLATES.parent.rglob("*.py"))
    shown = set(re.findall(r'\.show\(\s*request, "([a-z-]+\.html)"', code))
    assert len(shown) > 15
    for name in shown:
        assert '{% extends "base.html" %}' in (TEMPLATES / name).read_text("utf-8"), name


def test_what_a_value_holds_is_text_on_a_page_and_never_markup(client: TestClient) -> None:
    pages = client.app.state.parts.pages  # type: ignore[attr-defined]
    assert pages._made.autoescape is True
    hostile = "<script>alert(1)</script>\" onload='x"
    shown = pages._made.from_string('<p title="{{ given }}">{{ given }}</p>').render(given=hostile)
    (found,) = html.fragments_fromstring(shown)
    assert found.get("title") == found.text == hostile and len(found) == 0
    every = "".join(file.read_text("utf-8") for file in TEMPLATES.glob("*.html"))
    assert re.findall(r"\{%-?\s*autoescape|\|\s*safe\b", every) == []


def test_nothing_is_kept_in_the_browser_s_own_store() -> None:
    script = (TEMPLATES.parent / "static" / "dashboard.js").read_text("utf-8")
    assert "fetch(" in script, "it is the script that pages have"
    assert re.findall(r"localStorage|sessionStorage|indexedDB|document\.cookie", script) == []
    assert re.findall(r"innerHTML|insertAdjacentHTML|postMessage|\beval\b", script) == []
