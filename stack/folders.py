"""Folders for a server that runs under an account which may not be able to reach ours."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

from stack.accounts import Account, can_enter, give
from stack.errors import StackError
from stack.postgresql import PostgreSQLPrograms

# Every account can reach it, and nothing in it is swept away as temporary.
ELSEWHERE = Path("/var/lib")


def folder_for(account: Account | None, folder: Path) -> Path:
    """Return the folder, made and given to the account.

    Where the account cannot reach it (root's home is closed to others), it is made elsewhere and
    a link is put in its place.
    """
    if not folder.exists():
        folder.unlink(missing_ok=True)
        folder.mkdir(mode=0o700, parents=True)
        give(account, folder)
    if account is None or can_enter(account, folder.resolve()):
        return folder.resolve()
    folder.rmdir()
    reachable = _elsewhere(folder) / folder.name
    reachable.mkdir(mode=0o700, exist_ok=True)
    give(account, reachable)
    folder.symlink_to(reachable)
    return reachable


def programs_for(
    account: Account | None, programs: PostgreSQLPrograms, copy: Path
) -> PostgreSQLPrograms:
    """Return programs that the account can run: these, or a copy of them where it can."""
    if account is None or can_enter(account, programs.folder):
        return programs
    target = folder_for(account, copy) / "installed"
    if not target.exists():
        partial = target.with_name("installed.part")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(programs.folder.parent, partial, symlinks=True)
        partial.replace(target)
    return replace(programs, folder=target / programs.folder.name)


def erase(root: Path) -> None:
    """Remove a stack's folder and what was put elsewhere for it; no other link is followed."""
    shutil.rmtree(_elsewhere_name(root), ignore_errors=True)
    shutil.rmtree(root, ignore_errors=True)


def _elsewhere(folder: Path) -> Path:
    """Return the one folder elsewhere for this root, refusing one that somebody else made."""
    place = _elsewhere_name(folder.parent)
    place.mkdir(mode=0o711, exist_ok=True)
    if place.stat().st_uid != 0 or place.is_symlink():
        raise StackError(
            f"{place} belongs to somebody else: remove it, then run the command again."
        )
    return place


def _elsewhere_name(root: Path) -> Path:
    name = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:12]
    return ELSEWHERE / f"joinedup-{name}"
