"""Folders that are handed to others: written whole or not at all, with a signed manifest."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from consumers.errors import ConsumerError
from consumers.signing import Signer, is_signed

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yield where to write; when the block ends well, the folder is there under its own name.

    Its owner alone can enter it.

    Raises ConsumerError where the folder is there already, or cannot be written.
    """
    if folder.exists():
        raise ConsumerError(f"{folder} is there already: name a folder that is not.")
    partial = folder.with_name(folder.name + ".part")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True, mode=0o700)
        yield partial
        partial.rename(folder)
    except OSError as failure:
        raise ConsumerError(
            f"{folder} cannot be written ({failure.strerror}): make room, or name another."
        ) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_manifest(folder: Path, manifest: msgspec.Struct, signer: Signer) -> None:
    """Write the manifest as RFC 8785 JSON, and its signature."""
    content = msgspec.json.encode(manifest, order="sorted")
    (folder / MANIFEST).write_bytes(content)
    (folder / SIGNATURE).write_text(signer.sign(content).hex() + "\n")


def signed_manifest(folder: Path, public_key: bytes) -> bytes | None:
    """Return the manifest's bytes; None where they are not as they were signed.

    Raises OSError where the manifest or its signature cannot be read, SettingsError where the
    public key is none.
    """
    content = (folder / MANIFEST).read_bytes()
    try:
        signature = bytes.fromhex((folder / SIGNATURE).read_text("ascii", "replace"))
    except ValueError:
        return None
    return content if is_signed(content, signature, public_key) else None
