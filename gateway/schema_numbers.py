"""Which number stands for which schema, asked of the registry once and then remembered."""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol

from gateway.limits import Limit
from schemas.bounded import is_bounded
from schemas.canonical import fingerprint_of
from schemas.catalogue import event_type
from schemas.history import kept_versions
from schemas.registry import UnknownSchema

_LARGEST = 2**32 - 1
"""Of four bytes."""


class Registry(Protocol):
    """What numbers the schemas: schemas.registry.Registry."""

    def number_of(self, full_name: str, schema: dict[str, Any]) -> int:
        """Return the number of a schema of this type; raises UnknownSchema."""

    def schema(self, schema_id: int) -> dict[str, Any]:
        """Return the schema of this number; raises UnknownSchema."""

    def close(self) -> None:
        """Close the connections."""


class SchemaNumbers:
    """Our schemas by number, and the number of each of their versions.

    Raises UnknownSchema for what the registry does not have, RegistryError where it is away.
    """

    def __init__(self, registry: Registry, limit: Limit) -> None:
        """Take the registry, and how often one address may ask."""
        self._registry = registry
        self._limit = limit
        self._numbers: dict[tuple[str, int], int] = {}

    def wait(self, address: str) -> int:
        """Return 0, or the whole seconds for which this address is to wait first."""
        return self._limit.wait(address)

    def schema(self, number: int) -> dict[str, Any]:
        """Return the schema of this number."""
        if not 0 <= number <= _LARGEST:
            raise UnknownSchema("No number on the wire is so large.")
        return self._registry.schema(number)

    def number(self, full_name: str, version: int) -> int:
        """Return the number of a version of a type; the first is 1."""
        known = self._numbers.get((full_name, version))
        if known is None:
            known = self._registry.number_of(full_name, kept_versions(full_name)[version - 1])
            self._numbers[full_name, version] = known
        return known

    def close(self) -> None:
        """Close the connections."""
        self._registry.close()


def fingerprints(full_name: str) -> tuple[str, ...]:
    """Return the fingerprint of each kept version of a type, the oldest first; none for no type.

    The name may be anything that somebody sent.
    """
    return _fingerprints(full_name) if event_type(full_name) else ()


@cache
def _fingerprints(full_name: str) -> tuple[str, ...]:
    return tuple(map(fingerprint_of, kept_versions(full_name)))


def version_like(full_name: str, schema: Any) -> int | None:
    """Return the newest version of a type that lays bytes out as this schema does, or None.

    The schema may be anything that somebody sent.
    """
    try:
        if not (isinstance(schema, dict) and is_bounded(schema)):
            return None
        found = fingerprint_of(schema)
    except Exception:  # whatever is wrong with it, it is not one of ours
        return None
    known = fingerprints(full_name)
    return len(known) - known[::-1].index(found) if found in known else None
