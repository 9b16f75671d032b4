"""What an archive says of itself, signed: its files with their hashes, schemas and versions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from consumers.errors import BrokenPromise
from consumers.signed_folder import MANIFEST, signed_manifest

FORMAT = 1
JOURNEYS, ALERTS = "journeys", "alerts"
_BLOCK = 1 << 20


class ArchivedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One partition of one topic as a file.

    name: below the archive's folder. topic: without the set's prefix. next_offset: after the last
    record that the topic had. kappa: known time of the first and last record, ms since 1970 UTC.
    sha256: of the file, hex. size: in bytes.
    """

    name: str
    topic: str
    partition: int
    records: int
    next_offset: int
    kappa: tuple[int, int]
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The content of manifest.json.

    made_at: ISO moment at which it was begun, by the clock of whoever made it: what came before
    it is in the archive. prefix, partitions: of the topic set.
    engine, rules: the versions of the release that made it. told_by: every (engine, rules) that
    the archived alerts name. schemas: by the registry's id, every schema that it had.
    """

    format: int = FORMAT
    made_at: str
    prefix: str
    partitions: int
    engine: str
    rules: str
    told_by: tuple[tuple[str, str], ...]
    files: tuple[ArchivedFile, ...]
    schemas: dict[str, Any]


def read_manifest(folder: Path, public_key: bytes) -> Manifest:
    """Return the manifest; raises BrokenPromise where it is not as it was signed."""
    try:
        content = signed_manifest(folder, public_key)
    except OSError as missing:
        raise BrokenPromise(
            f"{folder} is no archive: {Path(str(missing.filename)).name} cannot be read."
        ) from None
    if content is None:
        raise BrokenPromise(
            f"{MANIFEST} is not as it was signed, or the public key is not that of the signer."
        )
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError:
        raise BrokenPromise(f"{MANIFEST} is in a newer format: use the newer release.") from None
    if manifest.format != FORMAT:
        raise BrokenPromise(f"{MANIFEST} is in format {manifest.format}: use the newer release.")
    return manifest


def check_files(folder: Path, files: Iterable[ArchivedFile]) -> None:
    """Raise BrokenPromise that names the file where one is missing or not as it was signed."""
    for one in files:
        path = folder / one.name
        if not path.is_file():
            raise BrokenPromise(f"{one.name} is missing from the archive.")
        if sha256_of(path) != one.sha256:
            raise BrokenPromise(
                f"{one.name} is not as it was signed: {path.stat().st_size} bytes instead of"
                f" {one.size}, or other ones. Fetch the archive again."
            )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, hex."""
    hashed = hashlib.sha256()
    with path.open("rb") as opened:
        while block := opened.read(_BLOCK):
            hashed.update(block)
    return hashed.hexdigest()
