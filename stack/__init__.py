"""The local stack: real Kafka, schema registry and PostgreSQL as child processes on loopback."""

from __future__ import annotations

from stack.errors import StackError
from stack.local import LocalStack
from stack.ports import Ports
from stack.services import Service, State

__all__ = ["LocalStack", "Ports", "Service", "StackError", "State"]
