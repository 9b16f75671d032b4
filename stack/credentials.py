"""Passwords and keys of the local stack: invented once, in a file that only its owner reads."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.receipts import receipt_key

LOCAL_PUBLISHER = "publisher"
"""Who sends an invented authority's events: on topic sets with a prefix, never on the live one."""

KAFKA_SERVERS = ("broker", "controller")
KAFKA_PRINCIPALS = (
    *("admin", "intake", "join", "relay", "reader", "auditor", "sealer", "notifier"),
    *("gateway", "matcher"),
)
"""One for each process; each agency's system gets its own from `joinedup source add`."""

_KAFKA_USERS = (*KAFKA_SERVERS, *KAFKA_PRINCIPALS, LOCAL_PUBLISHER)
POSTGRESQL_ROLES = (
    *("owner", "intake", "join", "relay", "reader", "dashboard", "auditor", "sealer"),
    *("notifier", "registry", "backup", "eraser", "receipts", "matcher"),
)
KEYS = ("pseudonym", "master", "signing", "backup")


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Every secret of one stack; none of them shows in a traceback."""

    kafka: Mapping[str, str] = field(repr=False)
    postgresql: Mapping[str, str] = field(repr=False)
    keys: Mapping[str, str] = field(repr=False)

    @classmethod
    def invent(cls) -> Credentials:
        """Return new random passwords, and keys of 32 bytes in hex."""
        return cls(
            kafka={name: _password() for name in _KAFKA_USERS},
            postgresql={name: _password() for name in ("postgres", *POSTGRESQL_ROLES)},
            keys={name: secrets.token_hex(32) for name in KEYS},
        )

    @property
    def public_key(self) -> str:
        """The key with which anybody can check what the signing key signed; hex, no secret."""
        signing = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.keys["signing"]))
        return signing.public_key().public_bytes_raw().hex()

    @property
    def receipt_key(self) -> str:
        """The key by which events are found in receipts; it follows from the pseudonym key; hex."""
        return receipt_key(bytes.fromhex(self.keys["pseudonym"])).hex()

    @classmethod
    def load_or_invent(cls, file: Path) -> Credentials:
        """Return the credentials in the file, to which those that it lacks are written first."""
        kept = json.loads(file.read_text()) if file.exists() else {}
        whole = {
            kind: {**made, **kept.get(kind, {})} for kind, made in asdict(cls.invent()).items()
        }
        if whole != kept:
            write_private(file, json.dumps(whole, indent=1))
        return cls(**whole)

    def with_new_passwords(self) -> Credentials:
        """Return the same, with another password for each process of the platform.

        What stays: the servers' own, the administrators' by which the others are changed, the
        registry's, which keeps its connections, and the keys, under which data are sealed.
        """
        kafka = {name: _password() for name in (*KAFKA_PRINCIPALS, LOCAL_PUBLISHER)}
        postgresql = {name: _password() for name in POSTGRESQL_ROLES}
        kept = ("admin", "registry")
        return replace(
            self,
            kafka={**self.kafka, **_without(kafka, kept)},
            postgresql={**self.postgresql, **_without(postgresql, kept)},
        )

    def with_master_key(self, text: str) -> Credentials:
        """Return the same with this for master key: hex, and while it is renewed that before."""
        return replace(self, keys={**self.keys, "master": text})

    def write(self, file: Path) -> None:
        """Write all of it to a file that only its owner reads."""
        write_private(file, json.dumps(asdict(self), indent=1))


def _without(passwords: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    return {name: password for name, password in passwords.items() if name not in names}


def _password() -> str:
    return secrets.token_hex(24)


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, at once or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = file.with_name(file.name + ".part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
    partial.replace(file)
