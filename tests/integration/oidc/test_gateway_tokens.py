"""Tokens of a real Keycloak at the gateway: by client credentials, as RFC 9068 has them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from gateway.issuer import Issuer, Trusted
from tests.unit.gateway.conftest import Gateway, gateway
from tests.unit.gateway.test_issuer import events, let_in

__all__ = ["gateway"]
CLIENT = "trust-seven"


@pytest.fixture
def at_provider() -> Iterator[httpx.Client]:
    """A system that gets its tokens from the provider."""
    with httpx.Client(trust_env=False, timeout=60, auth=(CLIENT, "a secret for tests")) as found:
        yield found


def token(at_provider: httpx.Client, issuer: str) -> str:
    asked = {"grant_type": "client_credentials"}
    answer = at_provider.post(f"{issuer}/protocol/openid-connect/token", data=asked)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def test_a_system_with_a_token_of_the_provider_publishes_as_whom_the_operator_said(
    gateway: Gateway, issuer: str, at_provider: httpx.Client
) -> None:
    let_in(gateway, "mis", CLIENT)
    trusted = Trusted(issuer=issuer, audience="joinedup-gateway")
    given = token(at_provider, issuer)
    answer = events(gateway, Issuer(trusted, time.monotonic), given)
    assert answer.status_code == 202, answer.text
    assert gateway.broker.kept[0].record["source"] == {"organisation": "trust7", "system": "mis"}
    elsewhere = Trusted(issuer=issuer, audience="another-gateway")
    refused = events(gateway, Issuer(elsewhere, time.monotonic), given)
    assert refused.status_code == 401, "it is for another gateway"
