"""Who gets a token, and when one is good no more."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
from itsdangerous import URLSafeTimedSerializer

from gateway.clients import ClientsInvalid, CurrentClients, read_file
from gateway.clients_file import entrust, renew_gateway_key
from gateway.tokens import Tokens
from producers.sources_file import StillRenewing
from schemas.sources import SourceRegistry, SourcesInvalid
from tests.unit.gateway.conftest import LA, SCHOOL, Gateway

FORM = {"grant_type": "client_credentials"}


def renewed(gateway: Gateway) -> str:
    who = {"organisation": "trust7", "system": "mis", "agency": "education"}
    found = entrust(gateway.file, gateway.sources, **who, local_authorities=[LA], renew=True)
    return str(found)


def test_a_client_gets_a_token_by_basic_or_by_the_form(gateway: Gateway) -> None:
    secret = gateway.secrets[SCHOOL]
    basic = gateway.http.post("/token", data=FORM, auth=(SCHOOL, secret))
    form = gateway.http.post("/token", data={**FORM, "client_id": SCHOOL, "client_secret": secret})
    for answer in (basic, form):
        assert answer.status_code == 200
        assert answer.json()["token_type"] == "Bearer" and answer.json()["expires_in"] == 600
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", [SCHOOL, "trust7/unknown", ""])
def test_a_wrong_secret_and_an_unknown_client_look_alike(gateway: Gateway, name: str) -> None:
    answer = gateway.http.post("/token", data=FORM, auth=(name, "00" * 32))
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_a_wrong_secret_is_in_the_log_without_who_sent_it_or_what(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(6):
        gateway.http.post("/token", data=FORM, auth=("trust7/a-typed-secret", "b-secret"))
    said = [one.getMessage() for one in caplog.records if one.name == "gateway.entrance"]
    assert said == ["A client's secret was refused."] * 5, "no line for who is held back"
    assert not any(one in caplog.text for one in ("trust7", "typed", "b-secret"))


def test_another_grant_is_refused(gateway: Gateway) -> None:
    answer = gateway.http.post("/token", data={"grant_type": "password"})
    assert (answer.status_code, answer.json()) == (400, {"error": "unsupported_grant_type"})


def test_whoever_tries_secrets_is_slowed_down(gateway: Gateway) -> None:
    tried = [gateway.http.post("/token", data=FORM, auth=("a/b", "x")) for _ in range(6)]
    assert [one.status_code for one in tried] == [401] * 5 + [429]
    assert tried[-1].headers["retry-after"] == "1"
    gateway.clock.seconds += 1
    assert gateway.http.post("/token", data=FORM, auth=("a/b", "x")).status_code == 401


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer forged.token.here", "Basic YTpi"])
def test_without_a_good_token_nothing_is_taken(gateway: Gateway, given: str) -> None:
    answer = gateway.http.post("/events", json={}, headers={"Authorization": given})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_ends_with_its_time_and_with_the_secret_that_it_came_of(gateway: Gateway) -> None:
    clients = CurrentClients(gateway.file)
    tokens = Tokens(clients)
    old = tokens.issue(SCHOOL, gateway.secrets[SCHOOL])
    assert old is not None
    found = tokens.client(old)
    assert found is not None and found.name == SCHOOL
    assert Tokens(clients, seconds=-1).client(old) is None
    secret = renewed(gateway)
    assert tokens.client(old) is None
    assert tokens.issue(SCHOOL, gateway.secrets[SCHOOL]) is None
    assert tokens.issue(SCHOOL, secret) is not None


def test_a_token_of_another_key_is_forged(gateway: Gateway) -> None:
    forged = URLSafeTimedSerializer(b"another key").dumps([SCHOOL, "0" * 16])
    assert Tokens(CurrentClients(gateway.file)).client(str(forged)) is None


def test_the_file_holds_no_secret_of_a_client_and_only_its_owner_reads_it(
    gateway: Gateway,
) -> None:
    assert stat.S_IMODE(gateway.file.stat().st_mode) == 0o600
    text = gateway.file.read_text()
    assert not [secret for secret in gateway.secrets.values() if secret in text]
    source = SourceRegistry.load(gateway.sources).lookup("trust7", "mis")
    assert source is not None and source.key.hex() not in text
    assert read_file(gateway.file).key not in repr(read_file(gateway.file))


def test_intake_takes_the_gateways_key_for_what_is_entrusted_to_it_alone(
    gateway: Gateway,
) -> None:
    entries = json.loads(gateway.sources.read_text())
    entries["sources"].append({**entries["sources"][0], "system": "own", "gateway": False})
    registry = SourceRegistry.parse(json.dumps(entries))
    key = bytes.fromhex(read_file(gateway.file).key)
    entrusted, other = registry.lookup("trust7", "mis"), registry.lookup("trust7", "own")
    assert entrusted is not None and key in entrusted.keys_at(0)
    assert other is not None and key not in other.keys_at(0)


def test_what_people_decide_is_entrusted_to_no_gateway(gateway: Gateway) -> None:
    entries = json.loads(gateway.sources.read_text())
    entries["sources"][0]["agency"] = "governance"
    with pytest.raises(SourcesInvalid, match="does not go through the gateway"):
        SourceRegistry.parse(json.dumps(entries))


def test_the_former_key_of_the_gateway_is_good_until_its_moment(gateway: Gateway) -> None:
    former = bytes.fromhex(read_file(gateway.file).key)
    until = datetime(2026, 1, 1, tzinfo=UTC)
    now = until - timedelta(hours=1)
    renew_gateway_key(gateway.file, gateway.sources, until=until, now=now)
    present = bytes.fromhex(read_file(gateway.file).key)
    source = SourceRegistry.load(gateway.sources).lookup("trust7", "mis")
    moment = int(until.timestamp() * 1000)
    assert source is not None and present != former
    assert source.keys_at(moment - 1) == (source.key, present, former)
    assert source.keys_at(moment) == (source.key, present)
    with pytest.raises(StillRenewing, match="still good until"):
        renew_gateway_key(gateway.file, gateway.sources, until=until + timedelta(hours=72), now=now)
    assert bytes.fromhex(read_file(gateway.file).key) == present


def test_a_file_that_is_not_in_order_changes_nothing_while_it_runs(gateway: Gateway) -> None:
    clients = CurrentClients(gateway.file)
    gateway.file.write_text("{")
    assert clients.client(SCHOOL) is not None
    with pytest.raises(ClientsInvalid, match="not in order"):
        CurrentClients(gateway.file)
