"""An export of the audit tables: alerts, who was told and who looked; signed as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from consumers.audit.checkpoint import CHAINS, TRANSITIONS, Checkpoint
from consumers.signed_folder import new_folder, write_manifest
from consumers.signing import Signer

FORMAT = 1
CHECKPOINTS, PROOFS = "checkpoints", "proofs"

_TRANSITIONS = """
SELECT la, partition, sequence, alert_id::text, number, body, chain FROM alert_transitions
WHERE %(la)s::text IS NULL OR la = %(la)s ORDER BY partition, sequence
"""
_SEALED = """
SELECT la, 0, number, '', 0, body, chain FROM sealed_{}
WHERE %(la)s::text IS NULL OR la = %(la)s ORDER BY la, number
"""
_CHECKPOINTS = """
SELECT chain, la, number, head, at, signature FROM checkpoints
WHERE %(la)s::text IS NULL OR la = %(la)s ORDER BY chain, la, number
"""

_PROOFS = """
SELECT la, partition, sequence, alert_id::text, number, before, chain, erasure FROM erased_places
WHERE %(la)s::text IS NULL OR la = %(la)s ORDER BY partition, sequence
"""

_QUERIES = {
    **{chain: _SEALED.format(chain) for chain in CHAINS},
    TRANSITIONS: _TRANSITIONS,
    CHECKPOINTS: _CHECKPOINTS,
    PROOFS: _PROOFS,
}

Asked = Callable[[str], Iterator[tuple[Any, ...]]]
"""Yields the rows of a chain, or of the checkpoints, in their order."""


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of a chain: a transition; or another, which has no partition and no alert beside it.

    sequence: of the partition for a transition, of the authority for the others. body: audited
    text, empty where the transition was told of a child who was erased since.
    """

    la: str
    partition: int
    sequence: int
    alert_id: str
    number: int
    body: str
    chain: str


class Proof(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The place of a transition that was emptied by an erasure, and the erasure's id.

    before, chain: the authority's chain value before it and at it.
    """

    la: str
    partition: int
    sequence: int
    alert_id: str
    number: int
    before: str
    chain: str
    erasure: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of an export's manifest.json.

    made_at: ISO moment at which it was begun, by the clock of whoever made it: what was signed
    before it is in the export. la: the one authority exported, None for all. heads: the last chain
    value of each chain, by ``chain/authority``. rows, sha256: of each file, by its name.
    """

    format: int
    made_at: str
    la: str | None
    heads: Mapping[str, str]
    rows: Mapping[str, int]
    sha256: Mapping[str, str]


def file_of(name: str) -> str:
    """Return the name of the file of a chain, or of the checkpoints: one JSON object a line."""
    return f"{name}.jsonl"


def export(dsn: str, folder: Path, la: str | None, signer: Signer) -> Evidence:
    """Write the audit tables as they are at one moment into a folder that does not exist yet.

    Raises ConsumerError where the folder is there or cannot be written, psycopg.Error where the
    store does not answer.
    """
    with (
        new_folder(folder) as partial,
        psycopg.connect(dsn, connect_timeout=5, application_name="sealer") as connection,
    ):
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return write_evidence(partial, la, _asking(connection, la), signer)


def write_evidence(folder: Path, la: str | None, asked: Asked, signer: Signer) -> Evidence:
    """Write an export of what is asked for into this folder, and return what was signed."""
    evidence = _Exporting(folder, asked).write(la)
    write_manifest(folder, evidence, signer)
    return evidence


def _asking(connection: psycopg.Connection[Any], la: str | None) -> Asked:
    def asked(name: str) -> Iterator[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            yield from cursor.stream(_QUERIES[name].encode(), {"la": la})

    return asked


class _Exporting:
    def __init__(self, folder: Path, asked: Asked) -> None:
        self._folder = folder
        self._asked = asked
        self._heads: dict[str, str] = {}
        self._rows: dict[str, int] = {}
        self._sha256: dict[str, str] = {}

    def write(self, la: str | None) -> Evidence:
        made_at = datetime.now(UTC)  # before the moment as of which all of it is read
        for chain in CHAINS:
            self._file(file_of(chain), self._chain(chain))
        self._file(file_of(CHECKPOINTS), (_checkpoint(*row) for row in self._asked(CHECKPOINTS)))
        self._file(file_of(PROOFS), (_proof(*row) for row in self._asked(PROOFS)))
        return Evidence(
            format=FORMAT,
            made_at=made_at.isoformat(timespec="seconds"),
            la=la,
            heads=self._heads,
            rows=self._rows,
            sha256=self._sha256,
        )

    def _chain(self, chain: str) -> Iterator[Row]:
        for la, partition, sequence, alert_id, number, body, value in self._asked(chain):
            self._heads[f"{chain}/{la}"] = value
            yield Row(
                la=la,
                partition=partition,
                sequence=sequence,
                alert_id=alert_id,
                number=number,
                body=body,
                chain=value,
            )

    def _file(self, name: str, rows: Iterable[msgspec.Struct]) -> None:
        hashed, count = hashlib.sha256(), 0
        with (self._folder / name).open("wb") as lines:
            for row in rows:
                line = msgspec.json.encode(row, order="sorted") + b"\n"
                hashed.update(line)
                lines.write(line)
                count += 1
        self._rows[name], self._sha256[name] = count, hashed.hexdigest()


def _checkpoint(chain: str, la: str, number: int, head: str, at: int, signature: str) -> Checkpoint:
    return Checkpoint(
        chain=chain, local_authority=la, number=number, head=head, at=at, signature=signature
    )


def _proof(
    la: str,
    partition: int,
    sequence: int,
    alert_id: str,
    number: int,
    before: str,
    chain: str,
    erasure: str,
) -> Proof:
    return Proof(
        la=la,
        partition=partition,
        sequence=sequence,
        alert_id=alert_id,
        number=number,
        before=before,
        chain=chain,
        erasure=erasure,
    )
