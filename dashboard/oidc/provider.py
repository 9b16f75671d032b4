"""The OpenID Connect provider: where it sends people, and whether what it says of them is true."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx2
import msgspec
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from dashboard.oidc.settings import OidcSettings
from dashboard.oidc.strength import asked_for

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
"""Signatures that only the provider can make: none by a secret that we hold too."""

_TIMEOUT_SECONDS = 10
_KEPT_SECONDS = 3600
_LEEWAY_SECONDS = 30
_KEYS_KEPT_SECONDS = 60


class NotProved(Exception):
    """The provider did not prove who somebody is; the text is the kind of fault and no more."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What one sign-in asked of the provider, by which its answer is known to be to that."""

    state: str
    nonce: str
    verifier: str
    going: str = ""


class Proved(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider says of who signed in, and the token in which it said so."""

    claims: Mapping[str, Any]
    id_token: str


class Provider:
    """One provider, asked over HTTP; what it publishes of itself is kept for an hour."""

    def __init__(self, settings: OidcSettings, redirect_uri: str) -> None:
        """Take the settings and the address to which it sends people back; asks nothing yet."""
        self._settings = settings
        self._redirect_uri = redirect_uri
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._read_at = 0.0
        self._keys_at = 0.0

    def address_for(self, asked: Asked) -> str:
        """Return the address at which somebody proves who they are; raises NotProved."""
        with self._client() as client:
            address, _state = client.create_authorization_url(
                self.metadata()["authorization_endpoint"],
                state=asked.state,
                code_verifier=asked.verifier,
                nonce=asked.nonce,
                **asked_for(self._settings),
            )
        return str(address)

    def proved(self, asked: Asked, code: str) -> Proved:
        """Return what the provider says of who brought this code; raises NotProved."""
        try:
            with self._client() as client:
                token = client.fetch_token(
                    self.metadata()["token_endpoint"],
                    code=code,
                    grant_type="authorization_code",
                    code_verifier=asked.verifier,
                )
            return self._verified(asked, token)
        except (OAuthError, JoseError, httpx2.HTTPError, KeyError, ValueError) as fault:
            raise NotProved(type(fault).__name__) from None

    def address_to_leave(self, id_token: str, back_to: str) -> str:
        """Return where somebody signs out of the provider too; empty where it has no such place."""
        place = self.metadata().get("end_session_endpoint")
        if not place:
            return ""
        said = {"client_id": self._settings.client_id, "post_logout_redirect_uri": back_to}
        if id_token:
            said["id_token_hint"] = id_token
        return f"{place}?{urlencode(said)}"

    def metadata(self) -> Mapping[str, Any]:
        """Return what the provider publishes of itself; raises NotProved."""
        with self._lock:
            if not self._metadata or time.monotonic() > self._read_at + _KEPT_SECONDS:
                found = self._get(f"{self._settings.issuer}/.well-known/openid-configuration")
                if str(found.get("issuer", "")).rstrip("/") != self._settings.issuer:
                    raise NotProved("another issuer")
                self._metadata, self._keys, self._read_at = found, None, time.monotonic()
            return self._metadata

    def claims_of(self, token: str, audience: str) -> Mapping[str, Any]:
        """Return the claims of an access token for this audience; raises NotProved."""
        rules = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self.metadata()["issuer"]},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
        )
        try:
            claims = self._decoded(token).claims
            rules.validate(claims)
        except (JoseError, ValueError) as fault:
            raise NotProved(type(fault).__name__) from None
        return claims

    def _decoded(self, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, self._key_set(), algorithms=ALGORITHMS)
        except InvalidKeyIdError:  # the provider signs with a newer key than we know
            self._forget_keys()
            return jwt.decode(token, self._key_set(), algorithms=ALGORITHMS)

    def _forget_keys(self) -> None:
        """Ask for the keys again; not more than once a minute, whatever keys tokens name."""
        with self._lock:
            if time.monotonic() > self._keys_at + _KEYS_KEPT_SECONDS:
                self._keys = None

    def _verified(self, asked: Asked, token: Mapping[str, Any]) -> Proved:
        said = self._decoded(token["id_token"])
        options = {
            "iss": {"essential": True, "value": self.metadata()["issuer"]},
            "aud": {"essential": True, "value": self._settings.client_id},
            "nonce": {"essential": True, "value": asked.nonce},
        }
        beside = {
            "nonce": asked.nonce,
            "client_id": self._settings.client_id,
            "access_token": token.get("access_token"),
        }
        claims = CodeIDToken(said.claims, said.header, options, beside)
        claims.validate(leeway=_LEEWAY_SECONDS)
        return Proved(claims=dict(claims), id_token=token["id_token"])

    def _key_set(self) -> KeySet:
        address = self.metadata()["jwks_uri"]
        with self._lock:
            if self._keys is None:
                self._keys = KeySet.import_key_set(self._get(address))
                self._keys_at = time.monotonic()
            return self._keys

    def _get(self, address: str) -> Any:
        try:
            with httpx2.Client(timeout=_TIMEOUT_SECONDS) as client:
                return client.get(address).raise_for_status().json()
        except (httpx2.HTTPError, ValueError) as fault:
            raise NotProved(type(fault).__name__) from None

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret.get_secret_value(),
            scope=self._settings.scope,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=_TIMEOUT_SECONDS,
        )
