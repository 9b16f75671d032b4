"""The loopback ports that the local stack listens on."""

from __future__ import annotations

import random
import socket
from dataclasses import dataclass

from stack.errors import StackError

LOOPBACK = "127.0.0.1"

# Below the range from which the kernel takes the ports of outgoing connections, so that a free
# port is not taken between being found and being listened on.
CHOICES = range(20_000, 32_000)


@dataclass(frozen=True, kw_only=True)
class Ports:
    """One port for each listener of the stack; the defaults are those of `joinedup up`.

    proxied: where Kafka listens for those who come through a proxy, 0 for nowhere; proxy: the
    port of that proxy, to which Kafka sends them back, since a client goes where Kafka tells it.
    """

    kafka: int = 19092
    controller: int = 19093
    registry: int = 18080
    management: int = 19000
    postgresql: int = 15432
    proxied: int = 0
    proxy: int = 0

    @classmethod
    def free(cls, *, with_proxy: bool = False, among: range = CHOICES) -> Ports:
        """Return ports that nothing listens on at this moment; with_proxy: those two as well."""
        candidates = random.sample(among, 200)
        found = [port for port in candidates if is_free(port)][:7]
        if len(found) < 7:
            raise StackError("There are not seven free ports on this machine: stop some servers.")
        return cls(
            kafka=found[0],
            controller=found[1],
            registry=found[2],
            management=found[3],
            postgresql=found[4],
            proxied=found[5] if with_proxy else 0,
            proxy=found[6] if with_proxy else 0,
        )

    def of(self, service: str) -> dict[str, int]:
        """Return the ports of a service, by the option that chooses each; its main one first."""
        return {
            "kafka": {"--kafka-port": self.kafka, "--controller-port": self.controller},
            "registry": {
                "--registry-port": self.registry,
                "--management-port": self.management,
            },
            "postgresql": {"--postgresql-port": self.postgresql},
        }[service]


def is_free(port: int) -> bool:
    """Return whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def require_free(service: str, port: int, option: str) -> None:
    """Raise StackError if something else listens on the port that this service needs."""
    if not is_free(port):
        raise StackError(
            f"{service} needs port {port}, which another program is using: stop that program, "
            f"or choose another port with {option}."
        )
