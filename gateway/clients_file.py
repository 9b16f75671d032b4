"""The gateway's file and the sources file as their operator keeps them: who is entrusted to it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from gateway.clients import (
    Client,
    ClientsInvalid,
    GatewayFile,
    by_name,
    hash_of,
    read_file,
)
from producers.sources_file import former_of, read_document, replace_document

_BYTES = 32


def entrust(
    file: Path,
    sources_file: Path,
    *,
    organisation: str,
    system: str,
    agency: str,
    local_authorities: Sequence[str],
    issued_as: str | None = None,
    renew: bool = False,
) -> str | None:
    """Let a system of the sources file speak through the gateway, for these authorities.

    Return its client secret where it gets one, the first time or with ``renew``; the file keeps a
    hash alone. Intake learns of it first, so that nothing is accepted which it would refuse.
    issued_as: what another issuer of tokens calls it; None leaves that as it is, empty ends it.
    Raises ClientsInvalid and SourcesInvalid where a file is not in order.
    """
    held = read_file(file) if file.exists() else _invented()
    _require_own(held, f"{organisation}/{system}", issued_as)
    _tell_intake(sources_file, held.key, organisation, system)
    name = f"{organisation}/{system}"
    clients = by_name(held.clients)
    known = clients.get(name)
    secret = secrets.token_hex(_BYTES) if renew or known is None else None
    clients[name] = Client(
        organisation=organisation,
        system=system,
        agency=agency,
        local_authorities=tuple(sorted(local_authorities)),
        secret=hash_of(secret) if secret else known.secret if known else "",
        issued_as=(known.issued_as if known else "") if issued_as is None else issued_as,
    )
    _replace(file, msgspec.structs.replace(held, clients=tuple(clients.values())))
    return secret


def _require_own(held: GatewayFile, name: str, issued_as: str | None) -> None:
    if issued_as and any(o.issued_as == issued_as and o.name != name for o in held.clients):
        raise ClientsInvalid(
            f"Another system is {issued_as} already: give each a client of its own at the issuer."
        )


def renew_gateway_key(file: Path, sources_file: Path, *, until: datetime, now: datetime) -> None:
    """Give the gateway a new key, the present one staying good for what is written before a moment.

    Raises ClientsInvalid and SourcesInvalid where a file is not there or not in order, and
    StillRenewing where a key before the present one is still good.
    """
    held = read_file(file)
    renewed = msgspec.structs.replace(held, key=secrets.token_hex(_BYTES))
    document = read_document(sources_file)
    present = {**document.get("gateway", {}), "key": held.key}
    document["gateway"] = {"key": renewed.key, "former_key": former_of(present, until, now)}
    replace_document(sources_file, document)
    _replace(file, renewed)


def _invented() -> GatewayFile:
    return GatewayFile(key=secrets.token_hex(_BYTES), token_key=secrets.token_hex(_BYTES))


def _tell_intake(sources_file: Path, key: str, organisation: str, system: str) -> None:
    document = read_document(sources_file)
    gateway = document.setdefault("gateway", {"key": key})
    gateway["key"] = key
    for entry in document["sources"]:
        if (entry["organisation"], entry["system"]) == (organisation, system):
            entry["gateway"] = True
    replace_document(sources_file, document)


def _replace(file: Path, held: GatewayFile) -> None:
    """Replace the file whole, readable by its owner only."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = file.with_name(file.name + ".part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(msgspec.json.format(msgspec.json.encode(held), indent=1) + b"\n")
    partial.replace(file)
