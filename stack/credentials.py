"""Passwords and keys of the local stack: invented once, in a file that only its owner reads."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

AGENCY_PUBLISHERS = (
    "education-publisher",
    "health-publisher",
    "social-care-publisher",
    "decisions-publisher",
)
"""One for each agency's systems: it writes on its own agency's topic and on no other."""

LOCAL_PUBLISHER = "publisher"
"""What the person at this machine publishes as: files of any agency, into any input topic."""

KAFKA_SERVERS = ("broker", "controller")
KAFKA_PRINCIPALS = (
    "admin",
    "intake",
    "join",
    "relay",
    "reader",
    LOCAL_PUBLISHER,
    *AGENCY_PUBLISHERS,
)
POSTGRESQL_ROLES = ("owner", "intake", "join", "relay", "reader", "registry")
KEYS = ("pseudonym", "master")


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
            kafka={name: _password() for name in (*KAFKA_SERVERS, *KAFKA_PRINCIPALS)},
            postgresql={name: _password() for name in ("postgres", *POSTGRESQL_ROLES)},
            keys={name: secrets.token_hex(32) for name in KEYS},
        )

    @classmethod
    def load_or_invent(cls, file: Path) -> Credentials:
        """Return the credentials in the file, which is written first if it is not there."""
        if not file.exists():
            fresh = cls.invent()
            document = {"kafka": fresh.kafka, "postgresql": fresh.postgresql, "keys": fresh.keys}
            write_private(file, json.dumps(document, indent=1))
        return cls(**json.loads(file.read_text()))


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
