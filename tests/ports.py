"""Free ports of this process of tests, which no other one that runs beside it can take."""

from __future__ import annotations

import os

from stack.ports import CHOICES, Ports

_WORKERS = 8


def free_ports(*, with_proxy: bool = False) -> Ports:
    """Return ports that nothing listens on, from a range that only this worker chooses from.

    A port is found before a server listens on it: two workers would now and then find the same.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS
    return Ports.free(with_proxy=with_proxy, among=CHOICES[worker::_WORKERS])
