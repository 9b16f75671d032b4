"""Where an installation keeps its master key, its key stores and their backups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from psycopg.conninfo import make_conninfo

from consumers.wrapping import SEPARATOR, Wrapping
from stack import LocalStack, StackError
from stack.backups import begun_at
from stack.credentials import write_private
from stack.databases import KEYS_SUFFIX, role_name
from stack.environment import read_environment
from stack.local import LIVE_STORE
from stack.postgresql import SUPERUSER

POSTGRESQL_FROM_HERE = "localhost:15432"
"""By which this machine reaches the containers' PostgreSQL."""
_VARIABLE = "JOINEDUP_MASTER_KEY"
_LINE = re.compile(rf"(?m)^[ \t]*{_VARIABLE}[ \t]*=.*$")
"""As `read_environment` takes it too, or a key would be believed that stands nowhere."""


class Place(Protocol):
    """An installation, in so far as its master key is concerned."""

    @property
    def secrets(self) -> Path:
        """The file in which the master key stands."""

    def keys(self) -> list[str]:
        """Return the master key and those before it, in hex. Raises StackError."""

    def keep(self, keys: Sequence[str]) -> None:
        """Keep these, the one that wraps first, for every process that is started from now on."""

    def key_stores(self) -> list[str]:
        """Return the names of the databases of leaf keys."""

    def owner_address(self, database: str) -> str:
        """Return the libpq address at which the owner enters a database."""

    def superuser_address(self) -> str:
        """Return the libpq address at which sessions of all roles are seen."""

    def backups_before(self, moment: datetime) -> list[str] | None:
        """Return the backups that were begun before this moment; None where they are not ours."""


class OnThisMachine(NamedTuple):
    """The local stack."""

    stack: LocalStack

    @property
    def secrets(self) -> Path:
        """The file in which the master key stands."""
        return self.stack.layout.secrets

    def keys(self) -> list[str]:
        """Return the master key and those before it, in hex."""
        return self.stack.credentials.keys["master"].split(SEPARATOR)

    def keep(self, keys: Sequence[str]) -> None:
        """Keep these, and write them into the env files."""
        self.stack.set_master_key(SEPARATOR.join(keys))

    def key_stores(self) -> list[str]:
        """Return the names of the databases of leaf keys, of the demo and of tries too."""
        return self.stack.key_stores()

    def owner_address(self, database: str) -> str:
        """Return the libpq address at which the owner enters a database."""
        return self.stack.owner_address(database)

    def superuser_address(self) -> str:
        """Return the libpq address at which sessions of all roles are seen."""
        return self.stack.superuser_address()

    def backups_before(self, moment: datetime) -> list[str]:
        """Return the backups that were begun before this moment."""
        names = self.stack.backups().all()
        return [name for name in names if begun_at(name) <= moment.astimezone(UTC)]


class OfContainers(NamedTuple):
    """The containers, or a cluster, whose secrets stand in a file as `joinedup secrets` prints."""

    env_file: Path
    postgresql: str = POSTGRESQL_FROM_HERE
    database: str = LIVE_STORE + KEYS_SUFFIX

    @property
    def secrets(self) -> Path:
        """The file in which the master key stands."""
        return self.env_file

    def keys(self) -> list[str]:
        """Return the master key and those before it, in hex. Raises StackError."""
        text = self._variable(_VARIABLE)
        try:
            Wrapping.of(text)
        except ValueError:
            raise StackError(
                f"{_VARIABLE} in {self.env_file} is no key: write 64 hexadecimal digits there, as"
                " `joinedup secrets` does, without quotes and with nothing behind them."
            ) from None
        return text.split(SEPARATOR)

    def keep(self, keys: Sequence[str]) -> None:
        """Write these into the line of the file; the rest of it stays as it is."""
        line = f"{_VARIABLE}={SEPARATOR.join(keys)}"
        text = self.env_file.read_text("utf-8")
        write_private(self.env_file, _LINE.sub(line, text))

    def key_stores(self) -> list[str]:
        """Return the name of the one database of leaf keys."""
        return [self.database]

    def owner_address(self, database: str) -> str:
        """Return the libpq address at which the owner enters a database."""
        return self._address("owner", role_name("owner"), database)

    def superuser_address(self) -> str:
        """Return the libpq address at which sessions of all roles are seen."""
        return self._address(SUPERUSER, SUPERUSER, "postgres")

    def backups_before(self, moment: datetime) -> None:
        """Return that they are not ours to see."""

    def _address(self, role: str, user: str, database: str) -> str:
        host, _, port = self.postgresql.rpartition(":")
        return make_conninfo(
            host=host,
            port=port,
            user=user,
            password=self._variable(f"POSTGRESQL_PASSWORD_{role.upper()}"),
            dbname=database,
            sslmode="verify-full",
            sslrootcert=str(self.env_file.absolute().parent / "tls" / "ca.pem"),
            connect_timeout=5,
        )

    def _variable(self, name: str) -> str:
        found = read_environment(self.env_file).get(name)
        if not found:
            raise StackError(f"Set {name} in {self.env_file}, as `joinedup secrets` does.")
        return found
