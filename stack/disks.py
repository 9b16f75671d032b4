"""Whether a folder is on a disk that this machine encrypts, as Linux shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

_ENCRYPTED = "CRYPT-"
"""How the id of a device of dm-crypt begins (LUKS and plain); others say LVM- or such."""
_ESCAPED = re.compile(r"\\([0-7]{3})")


class Disk(StrEnum):
    """What can be said of the disk below a folder."""

    ENCRYPTED = "encrypted"
    IN_CLEAR = "not encrypted by this machine"
    UNSEEN = "cannot be seen from here"


class _Mount(NamedTuple):
    where: Path
    device: str
    source: str


def disk_of(folder: Path, system: Path = Path("/")) -> Disk:
    """Return what this machine does with what is written into a folder.

    A drive or a host that encrypts by itself is not seen. system: where /proc and /sys are.
    """
    device = _device_of(folder.resolve(), system)
    if device is None:
        return Disk.UNSEEN
    return Disk.ENCRYPTED if _is_encrypted(device) else Disk.IN_CLEAR


def _device_of(folder: Path, system: Path) -> Path | None:
    """Return the block device below a folder, as a folder of /sys; None where there is none."""
    # Of two mounts on one place the later one is seen.
    above = [one for one in _mounts(system) if folder.is_relative_to(one.where)]
    if not above:
        return None
    mount = max(reversed(above), key=lambda one: len(one.where.parts))
    # Some file systems, such as btrfs, have a number of their own and name their device.
    named = system / "sys/class/block" / Path(mount.source).resolve().name
    found = (system / "sys/dev/block" / mount.device, named)
    return next((one for one in found if mount.source and one.is_dir()), None)


def _mounts(system: Path) -> Iterator[_Mount]:
    file = system / "proc/self/mountinfo"
    for line in file.read_text().splitlines() if file.exists() else ():
        place, _, what = line.partition(" - ")
        fields, (_, source, *_) = place.split(), what.split()
        where = _ESCAPED.sub(lambda octal: chr(int(octal.group(1), 8)), fields[4])
        yield _Mount(Path(where), fields[2], source if source.startswith("/") else "")


def _is_encrypted(device: Path) -> bool:
    """Return whether a device, or each of those that it is made of, is of dm-crypt."""
    kind = device / "dm/uuid"
    if kind.exists() and kind.read_text().startswith(_ENCRYPTED):
        return True
    made_of = list((device / "slaves").iterdir()) if (device / "slaves").is_dir() else []
    return bool(made_of) and all(map(_is_encrypted, made_of))
