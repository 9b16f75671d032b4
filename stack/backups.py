"""Backups of PostgreSQL: a copy of the whole server, its log since then, and the way back."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from stack.accounts import give
from stack.credentials import write_private
from stack.databases import role_name
from stack.errors import StackError
from stack.ports import LOOPBACK
from stack.postgresql import PostgreSQL, verified_by
from stack.processes import find

ROLE = "backup"
_NAME = "%Y-%m-%dT%H%M%SZ"
_LOG = re.compile(r"[0-9A-F]{24}|[0-9A-F]{8}\.history")


def begun_at(name: str) -> datetime:
    """Return the moment (UTC) at which a backup of this name was begun."""
    return datetime.strptime(name, _NAME).replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Backups:
    """The backups of one server, each a folder named by the UTC moment at which it was begun."""

    server: PostgreSQL
    folder: Path
    password: str = field(repr=False)
    key: bytes = field(repr=False)
    """Signs each backup's manifest, so that no other can be put in its place."""

    def all(self) -> list[str]:
        """Return the names of the backups that are whole, the oldest first."""
        found = self.folder.glob("*Z/backup_manifest")
        return sorted(manifest.parent.name for manifest in found)

    def newest(self, until: datetime | None = None) -> str:
        """Return the name of the newest backup begun before a moment; raises StackError."""
        named = self.all()
        if until is not None:
            named = [name for name in named if name < until.astimezone(UTC).strftime(_NAME)]
        if not named:
            raise StackError("There is no such backup: make one with joinedup backup.")
        return named[-1]

    def take(self, *, keep: int) -> str:
        """Copy the server while it runs, check the copy, and return its name.

        keep: how many backups stay; older ones go, with the log that only they needed. From the
        first backup on the server keeps its log, so that any later moment can be restored.
        Raises StackError where the copy cannot be made or is not whole.
        """
        self._keep_log()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = datetime.now(UTC).strftime(_NAME)
        partial = self.folder / f"{name}.part"
        shutil.rmtree(partial, ignore_errors=True)
        try:
            self._run("pg_basebackup", f"--dbname={self._address}", f"--pgdata={partial}", *_HOW)
            self._run("pg_verifybackup", "--quiet", str(partial))
        except StackError:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        write_private(self._signature(name), self._signed(name, partial) + "\n")
        partial.replace(self.folder / name)
        self._drop_old(keep)
        return name

    def restore(
        self, name: str, *, until: datetime | None = None, is_signed: bool = True
    ) -> Path | None:
        """Put a backup in the place of the data, to be brought up to a moment at the next start.

        until: the last moment whose commits are kept; without it, all that the log holds. The
        data that were there are kept: return where, or None where there were none. is_signed:
        False lets in one that this installation did not sign. Raises StackError while the server
        runs, and for a backup that there is not, is not whole, or was not signed so.
        """
        if name not in self.all():
            raise StackError(f"There is no backup {name}: give one of {', '.join(self.all())}.")
        if find(self.server.watched.pid_file) is not None:
            raise StackError("PostgreSQL is running: stop it with joinedup down, then try again.")
        if is_signed:
            self._require_signature(name)
        self._require_whole(name)
        data, partial = self.server.data, self.server.folder / "restored"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(self.folder / name, partial, symlinks=True)
        self._take_along(data / "pg_wal", partial / "pg_wal")
        self._say_how_far(partial, until)
        _give_all(self.server, partial)
        before = self.server.folder / f"data-before-{datetime.now(UTC).strftime(_NAME)}"
        kept = data.replace(before) if data.exists() else None
        partial.replace(data)
        return kept

    def _require_whole(self, name: str) -> None:
        try:
            self._run("pg_verifybackup", "--quiet", str(self.folder / name))
        except StackError as fault:
            raise StackError(f"Backup {name} is not whole any more: restore another.") from fault

    def _require_signature(self, name: str) -> None:
        file = self._signature(name)
        said = file.read_text("ascii", "replace").strip() if file.exists() else ""
        if not hmac.compare_digest(said.encode(), self._signed(name, self.folder / name).encode()):
            raise StackError(
                f"Backup {name} was not signed by this installation, or was changed since: look"
                " where it comes from. If you know, and one made before backups were signed is"
                " such a one, restore it with --unsigned."
            )

    def _signed(self, name: str, backup: Path) -> str:
        """Return the signature of a backup's name and manifest, which has each file's hash."""
        manifest = (backup / "backup_manifest").read_bytes()
        return hmac.new(self.key, name.encode() + b"\n" + manifest, hashlib.sha256).hexdigest()

    def _signature(self, name: str) -> Path:
        # Beside the copy: within, it would be a file that the manifest does not name.
        return self.folder / f"{name}.sig"

    def _keep_log(self) -> None:
        log = self.server.log_archive
        if not log.exists():
            log.mkdir(mode=0o700)
            give(self.server.account, log)

    def _take_along(self, old: Path, new: Path) -> None:
        """What the lost server had written last, and not yet put aside, is not to be lost too."""
        for segment in old.glob("*") if old.exists() else ():
            archived = self.server.log_archive / f"{segment.name}.gz"
            if _LOG.fullmatch(segment.name) and not archived.exists():
                shutil.copy2(segment, new / segment.name)

    def _say_how_far(self, data: Path, until: datetime | None) -> None:
        log = self.server.log_archive
        lines = [f'restore_command = \'gzip -cd "{log}/%f.gz" > "%p"\'']
        lines.append("recovery_target_timeline = 'latest'")
        if until is not None:
            lines.append(f"recovery_target_time = '{until.astimezone(UTC).isoformat()}'")
            lines.append("recovery_target_action = 'promote'")
        write_private(data / "postgresql.auto.conf", "\n".join(lines) + "\n")
        (data / "recovery.signal").touch()

    def _drop_old(self, keep: int) -> None:
        names = self.all()
        for name in names[: -max(1, keep)]:
            shutil.rmtree(self.folder / name)
            self._signature(name).unlink(missing_ok=True)
        label = (self.folder / self.all()[0] / "backup_label").read_text()
        needed = re.search(r"file ([0-9A-F]{24})", label)
        for segment in self.server.log_archive.glob("*.gz"):
            # The first eight digits are the timeline, which a restore changes.
            if needed and segment.name[8:24] < needed.group(1)[8:]:
                segment.unlink()

    @property
    def _address(self) -> str:
        server = self.server
        address = f"postgresql://{role_name(ROLE)}@{LOOPBACK}:{server.port}/"
        return f"{address}?{verified_by(server.authority)}" if server.authority else address

    def _run(self, program: str, *arguments: str) -> None:
        path = self.server.programs.folder / program
        if not path.exists():
            raise StackError(
                f"This PostgreSQL came without {program}: install its client programs."
            )
        done = subprocess.run(
            [str(path), *arguments],
            env={**os.environ, "PGPASSWORD": self.password},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            said = [line for line in done.stderr.splitlines() if line.strip()]
            raise StackError(
                f"{program} failed ({said[-1] if said else 'no output'}): see that PostgreSQL runs "
                f"(joinedup status) and that there is room in {self.folder}."
            )


_HOW = (
    "--format=plain",
    "--wal-method=stream",
    "--checkpoint=fast",
    "--manifest-checksums=SHA256",
    "--no-password",
)


def _give_all(server: PostgreSQL, folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            give(server.account, path)
    folder.chmod(0o700)
