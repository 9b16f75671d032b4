"""What processor time a process and the services of the stack have used so far."""

from __future__ import annotations

import psutil

from stack import LocalStack, processes
from stack.layout import KAFKA, POSTGRESQL


def processor_seconds(process: psutil.Process) -> float:
    """Return the processor seconds that a process has spent; what has ended spent none since."""
    try:
        return float(sum(process.cpu_times()[:2]))
    except psutil.NoSuchProcess:
        return 0.0


def services_seconds(stack: LocalStack) -> dict[str, float]:
    """Return those of Kafka and PostgreSQL with all their processes, by service."""
    spent = {}
    watched = stack.layout.watched()
    for name in (KAFKA, POSTGRESQL):
        found = processes.find(watched[name].pid_file)
        if found is not None:
            every = (found, *found.children(recursive=True))
            spent[watched[name].service] = sum(map(processor_seconds, every))
    return spent
