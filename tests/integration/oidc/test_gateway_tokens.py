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
OF_THE_COMMON_TYPE = "a-system"
"""A client whose access tokens have the type JWT, as Keycloak makes them unless told otherwise."""


@pytest.fixture
def at_provider() -> Iterator[httpx.Client]:
    """A system that gets its tokens from the provider."""
    with httpx.Client(trust_env=False, timeout=60) as found:
        yield found


def tokens(at_provider: httpx.Client, issuer: str, client: str = CLIENT) -> dict[str, str]:
    """Return the access token and the ID token that the provider gives a client."""
    asked = {"grant_type": "client_credentials", "scope": "openid"}
    auth = (client, "a secret for tests")
    answer = at_provider.post(f"{issuer}/protocol/openid-connect/token", data=asked, auth=auth)
    assert answer.status_code == 200, answer.text
    said: dict[str, str] = answer.json()
    return said


def test_a_system_with_a_token_of_the_provider_publishes_as_whom_the_operator_said(
    gateway: Gateway, issuer: str, at_provider: httpx.Client
) -> None:
    let_in(gateway, "mis", CLIENT)
    trusted = Trusted(issuer=issuer, audience="joinedup-gateway")
    given = tokens(at_provider, issuer)["access_token"]
    answer = events(gateway, Issuer(trusted, time.monotonic), given)
    assert answer.status_code == 202, answer.text
    assert gateway.broker.kept[0].record["source"] == {"organisation": "trust7", "system": "mis"}
    elsewhere = Trusted(issuer=issuer, audience="another-gateway")
    refused = events(gateway, Issuer(elsewhere, time.monotonic), given)
    assert refused.status_code == 401, "it is for another gateway"


def test_tokens_of_the_common_type_are_told_by_their_claim_and_an_id_token_is_refused(
    issuer: str, at_provider: httpx.Client
) -> None:
    given = tokens(at_provider, issuer, OF_THE_COMMON_TYPE)
    by_type = Issuer(Trusted(issuer=issuer, audience="joinedup-api"), time.monotonic)
    assert by_type.client_of(given["access_token"]) is None
    assert told_by_claim(issuer, "joinedup-api").client_of(given["access_token"]) is not None
    assert told_by_claim(issuer, OF_THE_COMMON_TYPE).client_of(given["id_token"]) is None


def told_by_claim(issuer: str, audience: str) -> Issuer:
    trusted = Trusted(
        issuer=issuer,
        audience=audience,
        client_claim="azp",
        token_type="JWT",
        token_mark=("typ", "Bearer"),
    )
    return Issuer(trusted, time.monotonic)
