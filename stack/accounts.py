"""The unprivileged account that PostgreSQL runs under when we are root, which it refuses to be."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError

_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user of this machine with no rights of its own."""

    name: str
    uid: int
    gid: int


def unprivileged() -> Account | None:
    """Return the account to run PostgreSQL under, or None when we are not root and it may be us."""
    if os.geteuid() != 0:
        return None
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise StackError(
        "PostgreSQL cannot run as root and this machine has neither a postgres nor a nobody user: "
        "run the command as an ordinary user."
    )


def can_enter(account: Account, folder: Path) -> bool:
    """Return whether the account may reach and enter this existing folder."""
    check = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
        cwd="/",
        stderr=subprocess.DEVNULL,
        user=account.uid,
        group=account.gid,
        extra_groups=(),
        check=False,
    )
    return check.returncode == 0


def give(account: Account | None, path: Path) -> None:
    """Make the account the owner of a file or folder; do nothing when it is us."""
    if account is not None:
        shutil.chown(path, account.uid, account.gid)
