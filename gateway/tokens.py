"""Access tokens: short-lived, signed, and good while their client keeps its secret."""

from __future__ import annotations

from hashlib import sha256

from itsdangerous import BadSignature, URLSafeTimedSerializer

from gateway.clients import Client, CurrentClients

SECONDS = 600
_SALT = "joinedup gateway access token"


class Tokens:
    """Issues and checks access tokens; none is kept, so any process of the gateway knows them."""

    def __init__(self, clients: CurrentClients, seconds: int = SECONDS) -> None:
        """Take the clients, and for how many seconds a token is good."""
        self._clients = clients
        self.seconds = seconds

    def issue(self, name: str, secret: str) -> str | None:
        """Return a token for the client of this id, or None where the secret is not its own."""
        client = self._clients.client(name)
        if client is None or not client.knows(secret):
            return None
        issued: str = self._signer().dumps([client.name, _mark(client)])
        return issued

    def client(self, token: str) -> Client | None:
        """Return whose token this is, or None where it is forged, too old or its secret renewed."""
        try:
            found = self._signer().loads(token, max_age=self.seconds)
        except BadSignature:  # which a token that is too old is, too
            return None
        client = self._clients.client(found[0])
        return client if client is not None and _mark(client) == found[1] else None

    def _signer(self) -> URLSafeTimedSerializer:
        arguments = {"digest_method": sha256, "key_derivation": "hmac"}
        return URLSafeTimedSerializer(self._clients.token_key, salt=_SALT, signer_kwargs=arguments)


def _mark(client: Client) -> str:
    """Return what changes with the client's secret and tells nothing of it."""
    return sha256(client.secret.encode()).hexdigest()[:16]
