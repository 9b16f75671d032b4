"""Access tokens of another issuer: JWTs as RFC 9068 has them, by the keys that it publishes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import httpx2
import msgspec
from authlib.oauth2.rfc9068.claims import JWTAccessTokenClaims
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

log = logging.getLogger(__name__)
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
"""Signatures that only the issuer can make."""
ACCESS_TOKEN = "at+jwt"
"""The type that RFC 9068 gives an access token, and no other token has."""
_ID_TOKENS_OWN = frozenset(("nonce", "at_hash", "c_hash"))
_IN_ID_TOKENS_TOO = frozenset(("iss", "sub", "aud", "exp", "iat", "nbf", "azp", "tid", "ver"))
_TIMEOUT_SECONDS = 10
_KEPT_SECONDS = 3600
_SELDOM_SECONDS = 60
"""How long keys are kept at least: a token under an invented key must not make us ask each time."""
_AGAIN_SECONDS = 10
_LEEWAY_SECONDS = 30
_MOST_CHARACTERS = 8192


class IssuerAway(Exception):
    """The issuer's keys are not known and cannot be fetched now."""


class TrustedInvalid(Exception):
    """What is said of an issuer does not tell its access tokens from others; names the setting."""


class Trusted(msgspec.Struct, frozen=True, kw_only=True):
    """Whose tokens are taken; raises TrustedInvalid where an ID token could pass for one.

    issuer: its address, as its tokens name it. audience: what it calls this gateway; a token that
    is not for it is not taken. client_claim: which of a token's claims names the client.
    token_type: what the header of its access tokens says that they are. token_mark: a claim and
    its value that all of them have and no ID token has; needed where their type does not tell.
    """

    issuer: str
    audience: str
    client_claim: str = "client_id"
    token_type: str = ACCESS_TOKEN
    token_mark: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        """Hold the type and the mark to each other."""
        if self.token_mark is None and not self.type_tells:
            raise TrustedInvalid(
                "Set JOINEDUP_ISSUER_TOKEN_MARK to a claim that access tokens of this issuer have"
                " and its ID tokens have not, such as idtyp=app: their type does not tell them."
            )
        if self.token_mark is not None and self.token_mark[0] in _IN_ID_TOKENS_TOO:
            raise TrustedInvalid(
                f"JOINEDUP_ISSUER_TOKEN_MARK names {self.token_mark[0]}, which is in ID tokens too:"
                " name a claim that only access tokens have, such as idtyp=app."
            )

    @property
    def type_tells(self) -> bool:
        """Return whether the type alone says that a token is an access token."""
        return _short(self.token_type) == ACCESS_TOKEN

    def refuses(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
        """Return whether a token that says this of itself is no access token, as this issuer's are.

        An ID token is signed with the same keys, and may be for an audience of the same name.
        """
        if _short(str(header.get("typ", ""))) != _short(self.token_type):
            return True
        if not self.type_tells and not _ID_TOKENS_OWN.isdisjoint(claims):
            return True
        return self.token_mark is not None and not _says(claims, *self.token_mark)


class Issuer:
    """One issuer, asked over HTTP for its keys alone; they are kept for an hour."""

    def __init__(self, trusted: Trusted, clock: Callable[[], float]) -> None:
        """Take whose tokens are taken, and a clock in seconds; asks nothing yet."""
        self._trusted = trusted
        self._clock = clock
        self._lock = Lock()
        self._keys: KeySet | None = None
        self._read_at = self._asked_at = float("-inf")

    def client_of(self, token: str) -> str | None:
        """Return the issuer's name of the client whose token this is, None where it is not good.

        Raises IssuerAway.
        """
        if len(token) > _MOST_CHARACTERS:
            return None
        try:
            claims = self._claims(token)
        except (JoseError, ValueError, TypeError, AttributeError):
            return None
        found = claims.get(self._trusted.client_claim)
        return found if isinstance(found, str) and found else None

    def _claims(self, token: str) -> Mapping[str, Any]:
        try:
            said = jwt.decode(token, self._key_set(_KEPT_SECONDS), algorithms=ALGORITHMS)
        except InvalidKeyIdError:  # the issuer signs with a newer key than we know
            said = jwt.decode(token, self._key_set(_SELDOM_SECONDS), algorithms=ALGORITHMS)
        if self._trusted.refuses(said.header, said.claims):
            raise ValueError("no access token")
        options: dict[str, Any] = {
            "iss": {"essential": True, "value": self._trusted.issuer},
            "aud": {"essential": True, "value": self._trusted.audience},
            "exp": {"essential": True},
            "iat": {"essential": True},
            "sub": {"essential": True},
        }
        # Without the header: what it says of the type was looked at above.
        claims = JWTAccessTokenClaims(said.claims, {}, options)
        claims.validate(leeway=_LEEWAY_SECONDS)
        return dict(claims)

    def _key_set(self, at_most: float) -> KeySet:
        """Return the keys, asked for anew where they are older than so many seconds."""
        with self._lock:
            now = self._clock()
            if now > self._read_at + at_most and now > self._asked_at + _AGAIN_SECONDS:
                self._asked_at = now
                try:
                    self._keys, self._read_at = self._fetched(), now
                except (httpx2.HTTPError, JoseError, KeyError, ValueError, TypeError) as fault:
                    log.error("The issuer's keys cannot be read: %s", type(fault).__name__)
            if self._keys is None:
                raise IssuerAway
            return self._keys

    def _fetched(self) -> KeySet:
        with httpx2.Client(timeout=_TIMEOUT_SECONDS) as client:
            address = f"{self._trusted.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = client.get(address).raise_for_status().json()
            if found["issuer"] != self._trusted.issuer:
                raise ValueError("another issuer")
            return KeySet.import_key_set(client.get(found["jwks_uri"]).raise_for_status().json())


def _short(media_type: str) -> str:
    """Return a token's type as RFC 7515 lets it be written: in small letters, without the tree."""
    return media_type.lower().removeprefix("application/")


def _says(claims: Mapping[str, Any], name: str, value: str) -> bool:
    found = claims.get(name)
    return value in found if isinstance(found, list) else found == value
