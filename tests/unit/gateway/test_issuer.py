"""Tokens of another issuer: whose are taken, and none that is of another kind, time or place."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import typer
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from gateway.clients import ClientsInvalid
from gateway.clients_file import entrust
from gateway.issuer import Issuer, IssuerAway, Trusted, TrustedInvalid
from gateway.wiring import Parts
from joinedup.commands.gateway import issuer_of
from tests.unit.gateway.conftest import LA, SCHOOL, Clock, Gateway

AUDIENCE, AS = "joinedup-gateway", "trust-seven"
LONG_AGO, FAR_AHEAD = 1_000_000_000, 4_000_000_000
"""Moments, s since 1970 UTC, that stay so however long it is until a test runs."""


class Provider:
    """An issuer on loopback: its keys, and tokens that it signs."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_away = False
        self.keys = [self._new("1")]
        outer = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += self.path.endswith("/keys")
                if outer.is_away:
                    self.send_error(503)
                    return
                body = json.dumps(outer.published(self.path)).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def published(self, path: str) -> dict[str, Any]:
        if path.endswith("/keys"):
            return KeySet(self.keys).as_dict(private=False)
        return {"issuer": self.address, "jwks_uri": f"{self.address}/keys"}

    def renew(self) -> None:
        """Sign with a new key, and publish no other."""
        self.keys = [self._new(f"{len(self.keys) + 1}")]

    def token(self, *, typ: str | None = "at+jwt", **changed: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": [AUDIENCE, "account"],
            "exp": now + 60,
            "iat": now,
            "sub": "a service account",
            "client_id": AS,
            **changed,
        }
        header = {"alg": "ES256", "kid": self.keys[0].kid}
        held = {name: value for name, value in claims.items() if value is not None}
        return str(jwt.encode(header | ({"typ": typ} if typ else {}), held, self.keys[0]))

    @staticmethod
    def _new(name: str) -> ECKey:
        return ECKey.generate_key("P-256", {"kid": name, "use": "sig"})


@pytest.fixture
def provider() -> Iterator[Provider]:
    found = Provider()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer(provider: Provider, clock: Clock) -> Issuer:
    return Issuer(Trusted(issuer=provider.address, audience=AUDIENCE), clock)


def test_a_token_of_the_issuer_for_this_gateway_names_its_client(
    provider: Provider, issuer: Issuer
) -> None:
    assert issuer.client_of(provider.token()) == AS
    assert issuer.client_of(provider.token(aud=AUDIENCE)) == AS
    assert provider.asked == 1, "the keys are kept"


@pytest.mark.parametrize(
    "changed",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"iss": "https://issuer.example"},
        {"aud": "account"},
        {"aud": None},
        {"exp": LONG_AGO},
        {"exp": None},
        {"sub": None},
        {"nbf": FAR_AHEAD},
        {"client_id": None},
        {"client_id": ["trust-seven"]},
    ],
)
def test_a_token_of_another_kind_place_or_time_is_not_taken(
    provider: Provider, issuer: Issuer, changed: dict[str, Any]
) -> None:
    assert issuer.client_of(provider.token(**changed)) is None


def as_entra(provider: Provider, **changed: Any) -> str:
    """Return an app-only access token as Entra ID v2.0 makes them: of the type of any JWT."""
    said = {"client_id": None, "azp": AS, "azpacr": "1", "idtyp": "app", "ver": "2.0"}
    return provider.token(**{"typ": "JWT", "aud": AUDIENCE, **said, **changed})


@pytest.fixture
def entra(provider: Provider, clock: Clock) -> Issuer:
    """An issuer whose access tokens are told by a claim, as their type does not tell them."""
    trusted = Trusted(
        issuer=provider.address,
        audience=AUDIENCE,
        client_claim="azp",
        token_type="JWT",
        token_mark=("idtyp", "app"),
    )
    return Issuer(trusted, clock)


def test_access_tokens_of_the_common_type_are_told_by_the_claim_that_only_they_have(
    provider: Provider, entra: Issuer
) -> None:
    assert entra.client_of(as_entra(provider)) == AS
    assert entra.client_of(as_entra(provider, idtyp=["device", "app"])) == AS


@pytest.mark.parametrize(
    "changed",
    [
        {"idtyp": None},
        {"idtyp": "user"},
        {"idtyp": {"app": True}},
        {"nonce": "n"},
        {"at_hash": "h"},
        {"typ": "at+jwt"},
        {"aud": "another-gateway"},
        {"exp": LONG_AGO},
        {"iss": "https://login.example/another/v2.0"},
        {"azp": None},
    ],
)
def test_an_id_token_or_one_of_a_person_is_not_taken_where_the_type_does_not_tell(
    provider: Provider, entra: Issuer, changed: dict[str, Any]
) -> None:
    assert entra.client_of(as_entra(provider, **changed)) is None


@pytest.mark.parametrize("mark", [None, ("ver", "2.0"), ("azp", AS)])
def test_no_issuer_is_trusted_whose_id_tokens_could_pass_for_access_tokens(
    mark: tuple[str, str] | None,
) -> None:
    with pytest.raises(TrustedInvalid, match=r"JOINEDUP_ISSUER_TOKEN_MARK.*such as idtyp=app"):
        Trusted(issuer="https://a", audience=AUDIENCE, token_type="JWT", token_mark=mark)


def test_the_gateway_says_what_its_settings_lack_before_it_starts(
    gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    held = {"issuer": "https://login.example", "issuer_audience": AUDIENCE}
    parts: Parts = gateway.http.app.state.parts  # type: ignore[attr-defined]
    settings = parts.settings.model_copy(update={**held, "issuer_token_type": "JWT"})
    with pytest.raises(typer.Exit):
        issuer_of(settings)
    assert "Set JOINEDUP_ISSUER_TOKEN_MARK to a claim" in capsys.readouterr().err
    assert issuer_of(settings.model_copy(update={"issuer_token_mark": "idtyp=app"})) is not None


def test_a_token_that_another_signed_or_nobody_did_is_not_taken(
    provider: Provider, issuer: Issuer
) -> None:
    forger = Provider()
    forger.address = provider.address
    forged = forger.token()
    forger.server.server_close()
    good = provider.token()
    unsigned = ".".join(map(_part, ({"alg": "none", "typ": "at+jwt"}, {"client_id": AS}))) + "."
    for one in (forged, unsigned, good[:-6] + "AAAAAA", "", "a.b.c", "x" * 9000, good + "." + good):
        assert issuer.client_of(one) is None


def _part(said: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def test_a_new_key_of_the_issuer_is_asked_for_once_a_minute_at_most(
    provider: Provider, issuer: Issuer, clock: Clock
) -> None:
    assert issuer.client_of(provider.token()) == AS
    provider.renew()
    assert issuer.client_of(provider.token()) is None, "too soon"
    assert provider.asked == 1
    clock.seconds += 61
    assert issuer.client_of(provider.token()) == AS
    assert provider.asked == 2


def test_an_issuer_that_does_not_answer_is_not_asked_for_each_request(
    provider: Provider, issuer: Issuer, clock: Clock
) -> None:
    provider.is_away = True
    for _ in range(3):
        with pytest.raises(IssuerAway):
            issuer.client_of(provider.token())
    provider.is_away = False
    clock.seconds += 11
    assert issuer.client_of(provider.token()) == AS


def events(gateway: Gateway, issuer: Issuer, token: str) -> Any:
    old: Parts = gateway.http.app.state.parts  # type: ignore[attr-defined]
    gateway.http.app.state.parts = replace(old, issuer=issuer)  # type: ignore[attr-defined]
    held = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    review = {
        "type": "ApReviewHeld",
        "source_record_id": "r1",
        "revision": 1,
        "identifiers": [{"scheme": "UPN", "value": "K330400125001"}],
        "held_on": "2026-10-16",
    }
    return gateway.http.post("/events", json=review, headers=held)


def test_the_operator_says_whose_client_there_is_which_system_here(
    gateway: Gateway, provider: Provider, issuer: Issuer
) -> None:
    assert events(gateway, issuer, provider.token()).status_code == 401, "nobody said so"
    assert events(gateway, issuer, provider.token(client_id=SCHOOL)).status_code == 401
    let_in(gateway, "mis", AS)
    answer = events(gateway, issuer, provider.token())
    assert answer.status_code == 202, answer.text
    assert gateway.broker.kept[0].record["source"] == {"organisation": "trust7", "system": "mis"}
    assert events(gateway, issuer, gateway.token()).status_code == 202, "and its own token"
    let_in(gateway, "mis", None)
    assert events(gateway, issuer, provider.token()).status_code == 202, "left as it was"
    let_in(gateway, "mis", "")
    assert events(gateway, issuer, provider.token()).status_code == 401


def test_no_two_systems_are_one_client_at_the_issuer(gateway: Gateway) -> None:
    let_in(gateway, "mis", AS)
    with pytest.raises(ClientsInvalid, match="a client of its own at the issuer"):
        entrust(
            gateway.file,
            gateway.sources,
            organisation="rq3",
            system="epr",
            agency="health",
            local_authorities=[LA],
            issued_as=AS,
        )


def test_an_issuer_that_is_away_is_said_and_our_own_tokens_go_on(
    gateway: Gateway, provider: Provider, issuer: Issuer
) -> None:
    provider.is_away = True
    assert events(gateway, issuer, provider.token()).status_code == 503
    assert events(gateway, issuer, gateway.token()).status_code == 202


def let_in(gateway: Gateway, system: str, issued_as: str | None) -> None:
    entrust(
        gateway.file,
        gateway.sources,
        organisation="trust7",
        system=system,
        agency="education",
        local_authorities=[LA],
        issued_as=issued_as,
    )
