"""An export checked with nothing but a public key: every row that was touched is named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from consumers.audit.checkpoint import CHAINS, NO_ROW, NOT_SIGNED, READS, TRANSITIONS, Checkpoint
from consumers.audit.evidence import (
    CHECKPOINTS,
    FORMAT,
    PROOFS,
    Evidence,
    Proof,
    Row,
    file_of,
)
from consumers.replay.comparing import next_chain
from consumers.signed_folder import MANIFEST, SIGNATURE, signed_manifest

T = TypeVar("T")
_Place = tuple[str, int, int]
"""(authority or nothing, partition or 0, number) by which the rows of a file are in order."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it was: in which file, at which row (or ``-``), and what."""

    file: str
    row: str
    what: str


class Verification(msgspec.Struct, kw_only=True):
    """What a check came to: rows and checkpoints looked at, and all that was found wrong.

    checkpoints: of the export, and of the files that were given beside it.
    erased: how many of the rows are empty because their child was erased, as a proof says.
    """

    rows: int = 0
    erased: int = 0
    checkpoints: int = 0
    findings: list[Finding] = []


def verify(folder: Path, public_key: bytes, beside: Sequence[Path] = ()) -> Verification:
    """Check an export: its signature, its files, every link of every chain, every checkpoint.

    beside: files of checkpoints from elsewhere, as of their topic or of an earlier export, by which
    rows are missed that were cut off together with every checkpoint after them.
    """
    return _Verifying(folder, public_key).run(beside)


class _Verifying:
    def __init__(self, folder: Path, public_key: bytes) -> None:
        self._folder = folder
        self._public_key = public_key
        self._result = Verification()
        self._evidence: Evidence | None = None
        self._chains: dict[tuple[str, str, int], str] = {}
        """Chain values by (chain, authority, sequence), as they stand in the rows."""
        self._heads: dict[str, str] = {}
        self._proofs: dict[tuple[int, int], Proof] = {}
        """Those that no row was held to yet, by (partition, sequence)."""

    def run(self, beside: Sequence[Path]) -> Verification:
        self._evidence = self._manifest()
        if self._is_meant_to_have(file_of(PROOFS)):
            self._file(file_of(PROOFS), self._read_proofs)
        for chain in CHAINS:
            if chain in (TRANSITIONS, READS) or self._is_meant_to_have(file_of(chain)):
                self._file(file_of(chain), partial(self._chain, chain))
        own = file_of(CHECKPOINTS)
        self._file(own, partial(self._checkpoints, self._folder / own))
        for path in beside:
            self._checkpoints(path, str(path))
        for proof in self._proofs.values():
            place = f"{proof.la}/{proof.sequence}"
            self._found(file_of(PROOFS), place, "the row that it names is not empty, or not there")
        self._ends()
        return self._result

    def _is_meant_to_have(self, name: str) -> bool:
        """Return whether there is, or has to be, a file that the first releases did not write."""
        is_signed = self._evidence is not None and name in self._evidence.sha256
        return is_signed or (self._folder / name).is_file()

    def _read_proofs(self, name: str) -> None:
        for _, proof in self._lines(name, Proof):
            self._proofs[proof.partition, proof.sequence] = proof

    def _ends(self) -> None:
        """Hold the last row of each chain against the signed one: the end can be cut off unseen."""
        signed = self._evidence.heads if self._evidence else self._heads
        for head in sorted(signed.keys() | self._heads.keys()):
            if signed.get(head) != self._heads.get(head):
                chain, _, la = head.partition("/")
                self._found(file_of(chain), f"{la}/end", "the chain ends elsewhere than was signed")

    def _found(self, file: str, row: str, what: str) -> None:
        self._result.findings.append(Finding(file=file, row=row, what=what))

    def _manifest(self) -> Evidence | None:
        try:
            content = signed_manifest(self._folder, self._public_key)
            evidence = msgspec.json.decode(content, type=Evidence) if content else None
        except (OSError, msgspec.DecodeError):
            evidence = None
        if evidence is None or evidence.format != FORMAT:
            self._found(MANIFEST, "-", f"it or {SIGNATURE} is missing, or not as it was signed")
            return None
        return evidence

    def _file(self, name: str, check: Callable[[str], None]) -> None:
        before = len(self._result.findings)
        path = self._folder / name
        if not path.is_file():
            return self._found(name, "-", "the file is missing")
        check(name)
        if self._evidence is None or len(self._result.findings) > before:
            return
        if hashlib.sha256(path.read_bytes()).hexdigest() != self._evidence.sha256.get(name):
            self._found(name, "-", "the bytes are not those that were signed")

    def _lines(self, name: str, type_: type[T]) -> Iterator[tuple[int, T]]:
        return self._lines_of(self._folder / name, name, type_)

    def _lines_of(self, path: Path, name: str, type_: type[T]) -> Iterator[tuple[int, T]]:
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            try:
                yield number, msgspec.json.decode(line, type=type_)
            except (msgspec.DecodeError, UnicodeDecodeError):
                self._found(name, f"line {number}", "it cannot be read")

    def _chain(self, chain: str, name: str) -> None:
        heads: dict[str, str] = {}
        last = ("", 0, 0)
        for _, row in self._lines(name, Row):
            self._result.rows += 1
            fault = self._fault(chain, row, heads.get(row.la, ""))
            if fault is not None:
                self._found(name, f"{row.la}/{row.sequence}", fault)
            last = self._sequence(chain, name, row, last)
            heads[row.la] = self._chains[chain, row.la, row.sequence] = row.chain
        self._heads |= {f"{chain}/{la}": value for la, value in heads.items()}

    def _fault(self, chain: str, row: Row, before: str) -> str | None:
        """Return what is wrong with a row after this chain value, or None."""
        if chain == TRANSITIONS and not row.body:
            proof = self._proofs.pop((row.partition, row.sequence), None)
            if proof is None:
                return "it was emptied, and no proof of an erasure names it"
            self._result.erased += 1
            named = (proof.la, proof.alert_id, proof.number, proof.before, proof.chain)
            there = (row.la, row.alert_id, row.number, before, row.chain)
            return None if named == there else "it is not what the proof of its erasure says"
        if next_chain(before, row.body) != row.chain:
            return "it does not follow from the row before it"
        return None if _says_so(chain, row) else "its columns are not what its text says"

    def _sequence(self, chain: str, name: str, row: Row, last: _Place) -> _Place:
        """Hold a row's place against the one before it, and return it.

        Transitions of all authorities have no gap in a partition, the others none in an authority.
        """
        here = (
            ("", row.partition, row.sequence) if chain == TRANSITIONS else (row.la, 0, row.sequence)
        )
        before = last[2] if last[:2] == here[:2] else 0
        gapless = chain != TRANSITIONS or (self._evidence is not None and self._evidence.la is None)
        if here <= last or (gapless and row.sequence != before + 1):
            self._found(name, f"{row.la}/{row.sequence}", f"it stands after number {last[2]}")
        return here

    def _checkpoints(self, path: Path, name: str) -> None:
        """Hold the chains against the checkpoints of a file, of the export or from elsewhere."""
        only = self._evidence.la if self._evidence else None
        for number, one in self._lines_of(path, name, Checkpoint):
            if only not in (None, one.local_authority):
                continue
            self._result.checkpoints += 1
            head = self._chains.get((one.chain, one.local_authority, one.number))
            if fault := one.fault(head, self._public_key):
                self._found(name, _place(number, one), self._said(fault, one))

    def _said(self, fault: str, one: Checkpoint) -> str:
        """Return a fault with its file, and what tells rows that were cut off from later ones."""
        if fault == NOT_SIGNED:
            return fault
        said = f"{file_of(one.chain)}: {fault}"
        if fault != NO_ROW:
            return said
        signed_at = datetime.fromtimestamp(one.at / 1000, UTC).isoformat(timespec="seconds")
        made = f"; the export was made {self._evidence.made_at}" if self._evidence else ""
        return f"{said}. This was signed {signed_at}{made}"


def _place(number: int, one: Checkpoint) -> str:
    return f"line {number}: {one.chain} of {one.local_authority}/{one.number}"


def _says_so(chain: str, row: Row) -> bool:
    """Return whether the columns beside the audited text are those that it names."""
    try:
        fields = json.loads(row.body)
    except (ValueError, RecursionError):
        return False
    if not isinstance(fields, dict) or fields.get("local_authority") != row.la:
        return False
    beside = (fields.get("alert_id"), fields.get("number"))
    return chain != TRANSITIONS or beside == (row.alert_id, row.number)
