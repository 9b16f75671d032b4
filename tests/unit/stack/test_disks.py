"""What is said of a disk: encrypted only where this machine's own devices show it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from joinedup.main import app
from stack.disks import Disk, disk_of

MOUNTS = """\
20 1 254:0 / / rw - ext4 /dev/vda rw
21 20 253:1 / {at}/luks rw shared:1 - ext4 /dev/mapper/data rw
22 20 253:2 / {at}/lvm rw - xfs /dev/mapper/group-volume rw
23 20 253:3 / {at}/half rw - xfs /dev/mapper/group-half rw
24 20 0:50 / {at}/btrfs rw - btrfs /dev/dm-1 rw
25 20 0:51 / {at}/memory rw - tmpfs tmpfs rw
26 20 0:52 / {at}/with\\040space rw - overlay overlay rw
"""


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A machine with a disk in clear, one of LUKS, and volumes that lie on the one or both."""
    at = tmp_path / "data"
    for name in ("luks", "lvm/kafka", "half", "btrfs", "memory", "with space", "plain"):
        (at / name).mkdir(parents=True)
    devices = tmp_path / "sys/dev/block"
    ids = {"254:0": "", "253:1": "CRYPT-LUKS2-0c2f-data", "253:2": "LVM-aa", "253:3": "LVM-bb"}
    for number, uuid in ids.items():
        (devices / number / "slaves").mkdir(parents=True)
        if uuid:
            (devices / number / "dm").mkdir()
            (devices / number / "dm/uuid").write_text(f"{uuid}\n")
    for whole, part in (("253:2", "253:1"), ("253:3", "253:1"), ("253:3", "254:0")):
        (devices / whole / "slaves" / part).symlink_to(devices / part)
    (tmp_path / "sys/class/block").mkdir(parents=True)
    (tmp_path / "sys/class/block/dm-1").symlink_to(devices / "253:1")
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/mountinfo").write_text(MOUNTS.format(at=at))
    return tmp_path


@pytest.mark.parametrize(
    ("folder", "disk"),
    [
        ("luks", Disk.ENCRYPTED),
        ("lvm/kafka", Disk.ENCRYPTED),
        ("btrfs", Disk.ENCRYPTED),
        ("plain", Disk.IN_CLEAR),
        ("half", Disk.IN_CLEAR),
        ("memory", Disk.UNSEEN),
        ("with space", Disk.UNSEEN),
    ],
)
def test_a_disk_is_encrypted_where_all_that_it_is_made_of_is(
    system: Path, folder: str, disk: Disk
) -> None:
    assert disk_of(system / "data" / folder, system) is disk


def test_where_nothing_shows_it_is_said_and_is_no_success(tmp_path: Path) -> None:
    assert disk_of(tmp_path, tmp_path / "nowhere") is Disk.UNSEEN


def test_the_command_says_it_of_each_folder_and_ends_with_success_where_all_are_encrypted(
    system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("joinedup.commands.disks.disk_of", lambda folder: disk_of(folder, system))
    folders = [str(system / "data" / name) for name in ("luks", "plain")]
    told = CliRunner().invoke(app, ["disks", *folders])
    assert told.exit_code == 1 and "plain: not encrypted by this machine." in told.stdout
    assert "Encrypt these disks" in told.stderr
    assert CliRunner().invoke(app, ["disks", folders[0]]).exit_code == 0
    empty = CliRunner().invoke(app, ["disks", "--root", str(system / "empty")])
    assert empty.exit_code == 1 and "nothing in" in empty.stderr
