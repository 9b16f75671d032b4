"""The systems that may use the gateway: their names, hashes of secrets, and for whom they speak."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import msgspec

from producers.speakers import Speaker

log = logging.getLogger(__name__)

_Seen = tuple[int, int, int]


class ClientsInvalid(Exception):
    """The gateway's file cannot be used; the sentence says what to do."""


class Client(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One system as the gateway knows it.

    local_authorities: codes of those that it may speak for.
    secret: hex SHA-256 of its client secret, which is 32 random bytes and kept nowhere here.
    issued_as: what another issuer of access tokens calls it; empty where none may speak for it.
    """

    organisation: str
    system: str
    agency: str
    local_authorities: tuple[str, ...]
    secret: str
    issued_as: str = ""

    @property
    def name(self) -> str:
        """The client id: ``organisation/system``."""
        return f"{self.organisation}/{self.system}"

    def knows(self, secret: str) -> bool:
        """Whether this is its secret, compared in constant time."""
        return hmac.compare_digest(hash_of(secret), self.secret)


class GatewayFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The gateway's one file: hex keys that sign messages and tokens, and its clients."""

    key: str
    token_key: str
    clients: tuple[Client, ...] = ()

    def __repr__(self) -> str:
        """Return how many clients there are, and no key."""
        return f"GatewayFile({len(self.clients)} clients)"


def hash_of(secret: str) -> str:
    """Return the hex SHA-256 of a client secret; it is random, so nothing slower is needed."""
    return sha256(secret.encode()).hexdigest()


def read_file(file: Path) -> GatewayFile:
    """Return what the gateway's file holds; raises ClientsInvalid."""
    try:
        found = msgspec.json.decode(file.read_bytes(), type=GatewayFile)
        for key in (found.key, found.token_key):
            if len(bytes.fromhex(key)) < 16:
                raise ValueError
    except OSError as fault:
        raise ClientsInvalid(
            f"The gateway's file {file} cannot be read ({fault.strerror}): set "
            "JOINEDUP_GATEWAY_FILE, or let a system in with joinedup source add --http."
        ) from None
    except (msgspec.MsgspecError, ValueError):
        raise ClientsInvalid(
            f"The gateway's file {file} is not in order: write it with joinedup source add --http."
        ) from None
    return found


class CurrentClients:
    """The gateway's file as it is at this moment: systems let in, renewed or removed meanwhile.

    A file that is not in order changes nothing: the last good one stands, and the log says so.
    Also the publisher's ``Speakers``: it signs with the gateway's key for these systems alone.
    """

    def __init__(self, file: Path) -> None:
        """Read the file; raises ClientsInvalid where it cannot be used."""
        self._file = file
        self._seen = _stamp(file)
        self._take(read_file(file))

    def client(self, name: str) -> Client | None:
        """Return the client of this id, ``organisation/system``, or None where there is none."""
        self._look()
        return self._clients.get(name)

    def issued(self, name: str) -> Client | None:
        """Return the client that the other issuer calls so, or None where there is none."""
        self._look()
        return self._issued.get(name)

    def speaker(self, organisation: str, system: str) -> Speaker | None:
        """Return the system as the publisher needs it, or None where it is no client."""
        found = self.client(f"{organisation}/{system}")
        if found is None:
            return None
        return Speaker(found.agency, frozenset(found.local_authorities), self._key)

    @property
    def token_key(self) -> bytes:
        """The key that signs access tokens."""
        self._look()
        return self._token_key

    def _look(self) -> None:
        stamp = _stamp(self._file)
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            self._take(read_file(self._file))
        except ClientsInvalid as fault:
            log.error("The clients stay as they were: %s", fault)
        else:
            log.info("The gateway's file was read again: %d clients.", len(self._clients))

    def _take(self, found: GatewayFile) -> None:
        self._key = bytes.fromhex(found.key)
        self._token_key = bytes.fromhex(found.token_key)
        self._clients = by_name(found.clients)
        self._issued = {one.issued_as: one for one in found.clients if one.issued_as}


def by_name(clients: Iterable[Client]) -> dict[str, Client]:
    """Return the clients by their ids."""
    return {client.name: client for client in clients}


def _stamp(file: Path) -> _Seen | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
