"""Where the dashboard may listen, with which login."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from dashboard.local_login import NotLoopback
from dashboard.oidc.settings import OidcSettings
from dashboard.settings import DashboardSettings
from joinedup.commands import dashboard
from joinedup.commands.dashboard import built_with_provider, oidc_settings_of, require_reachable
from tests.unit.dashboard.frontend import archive

PUBLIC = "https://joinedup.example"
OIDC = OidcSettings.model_validate(
    {"issuer": "https://id.example", "client_id": "us", "client_secret": "s"}
)
TLS = Path("dashboard.pem")


def settings(public_url: str = "") -> DashboardSettings:
    given = dict.fromkeys(("database_url", "keys_database_url"), "postgresql://127.0.0.1:1/none")
    keys = dict.fromkeys(("master_key", "pseudonym_key"), "00" * 32)
    return DashboardSettings.model_validate({**given, **keys, "public_url": public_url})


def test_the_local_login_listens_to_this_machine_alone() -> None:
    require_reachable("127.0.0.1", settings(), None, None)
    with pytest.raises(NotLoopback):
        require_reachable("0.0.0.0", settings(PUBLIC), None, TLS)


@pytest.mark.parametrize(
    ("host", "public_url", "tls"),
    [
        ("0.0.0.0", PUBLIC, None),
        ("0.0.0.0", "http://127.0.0.1:8321", TLS),
        ("0.0.0.0", "", TLS),
        ("127.0.0.1", "", TLS),
    ],
)
def test_a_provider_s_login_is_reached_from_elsewhere_over_https_alone(
    host: str, public_url: str, tls: Path | None
) -> None:
    require_reachable("0.0.0.0", settings(PUBLIC), OIDC, TLS)
    require_reachable("127.0.0.1", settings("http://127.0.0.1:8321"), OIDC, None)
    with pytest.raises(dashboard._NotInOrder):
        require_reachable(host, settings(public_url), OIDC, tls)


def test_a_provider_that_is_named_in_part_is_a_fault_and_no_local_login(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("")
    assert oidc_settings_of(file) is None
    file.write_text("JOINEDUP_OIDC_ISSUER=https://id.example\n")
    with pytest.raises(dashboard._NotInOrder, match="JOINEDUP_OIDC_CLIENT_ID"):
        oidc_settings_of(file)


def test_over_https_cookies_are_for_https_alone_and_browsers_are_told_so(tmp_path: Path) -> None:
    app = built_with_provider(settings(PUBLIC), OIDC, archive(tmp_path), ["999"])
    client: Any = TestClient(app, base_url=PUBLIC)
    answer = client.get("/sign-in")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("__host-joinedup=") and "; secure" in cookie
    assert "path=/;" in cookie and "domain" not in cookie, "else browsers take none of this name"
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert client.get("/sign-in", headers={"host": "evil.example"}).status_code == 400


def test_over_https_what_was_asked_of_the_provider_is_kept_in_a_cookie_for_https_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = built_with_provider(settings(PUBLIC), OIDC, archive(tmp_path), ["999"])
    said = {"issuer": OIDC.issuer, "authorization_endpoint": f"{OIDC.issuer}/authorize"}
    monkeypatch.setattr(app.state.parts.login._provider, "_get", lambda _address: said)
    client: Any = TestClient(app, base_url=PUBLIC, follow_redirects=False)
    answer = client.get("/sign-in/start")
    assert answer.headers["location"].startswith(f"{OIDC.issuer}/authorize?")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("__secure-joinedup-asked=") and "; secure" in cookie
    asked = parse_qs(urlsplit(answer.headers["location"]).query)["state"][0]
    for given in ("state=guessed", f"state={asked}&iss=https://elsewhere.example"):
        page = client.get(f"/sign-in/answer?code=x&{given}")
        assert page.status_code == 401 and "not one that was begun here" in page.text


def test_no_form_of_ours_signs_anybody_in_with_a_provider(tmp_path: Path) -> None:
    app = built_with_provider(settings(PUBLIC), OIDC, archive(tmp_path), ["999"])
    client: Any = TestClient(app, base_url=PUBLIC, follow_redirects=False)
    token = client.get("/sign-in").text
    assert "password" not in token
    assert client.get("/sign-in/as").headers["location"] == "/sign-in"
    assert client.get("/sign-in/answer?code=x&state=").status_code == 401
    assert client.get("/sign-in/answer").status_code == 401
