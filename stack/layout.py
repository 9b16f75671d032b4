"""Where the local stack keeps what, below its one folder."""

from __future__ import annotations

import signal
from dataclasses import dataclass, replace
from pathlib import Path

from stack.certificates import Certificates
from stack.processes import Watched

INFRA = Path(__file__).resolve().parents[1] / "infra"

POSTGRESQL = "postgresql"
KAFKA = "kafka"
REGISTRY = "registry"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Paths below the root; only the cache may be elsewhere, shared by several stacks."""

    root: Path
    cache: Path

    @property
    def secrets(self) -> Path:
        """Return the file of passwords and keys."""
        return self.root / "secrets" / "credentials.json"

    @property
    def sources(self) -> Path:
        """Return the file of the sources that may speak, with their signing keys."""
        return self.root / "secrets" / "sources.json"

    @property
    def gateway(self) -> Path:
        """Return the file of the HTTP gateway's keys and clients."""
        return self.root / "secrets" / "gateway.json"

    @property
    def recipients(self) -> Path:
        """Return the file of who is told of alerts; whoever runs the notifier writes it."""
        return self.root / "recipients.toml"

    @property
    def certificates(self) -> Certificates:
        """Return the certificates of the servers, and the authority they are of."""
        return Certificates(folder=self.root / "tls")

    @property
    def backups(self) -> Path:
        """Return the folder of PostgreSQL's backups."""
        return self.root / "backups"

    @property
    def record(self) -> Path:
        """Return the file that says which ports and versions the stack was started with."""
        return self.root / "stack.json"

    def environment(self, process: str) -> Path:
        """Return the env file of a process."""
        return self.root / "env" / f"{process}.env"

    def data(self, name: str) -> Path:
        """Return the folder of a service's data."""
        return self.root / name

    def watched(self) -> dict[str, Watched]:
        """Return the services in the order in which they start."""
        return {
            POSTGRESQL: self._watched(POSTGRESQL, "PostgreSQL", signal.SIGINT),
            KAFKA: self._watched(KAFKA, "Kafka", signal.SIGTERM),
            REGISTRY: self._watched(REGISTRY, "Schema registry", signal.SIGTERM),
        }

    def _watched(self, name: str, service: str, stop_signal: signal.Signals) -> Watched:
        return Watched(
            service=service,
            pid_file=self.root / "run" / f"{name}.pid",
            log=self.root / "logs" / f"{name}.log",
            stop_signal=stop_signal,
        )

    def watched_to_erase(self) -> dict[str, Watched]:
        """Return the same to be ended at once, with nothing written that is to be erased anyway.

        PostgreSQL alone gets the time to give back its shared memory.
        """
        return {
            name: replace(
                watched, stop_signal=signal.SIGQUIT if name == POSTGRESQL else signal.SIGKILL
            )
            for name, watched in self.watched().items()
        }

    def create(self) -> None:
        """Create the folders that everything else is put into."""
        for folder in ("run", "logs", "env", "secrets", KAFKA):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        (self.root / "secrets").chmod(0o700)
