"""The canonical form of a schema: what of it decides how bytes are read."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from fastavro.schema import to_parsing_canonical_form


def fingerprint_of(schema: dict[str, Any]) -> str:
    """Return the hex SHA-256 of the parsing canonical form.

    Equal fingerprints mean an equal layout of bytes, whichever registry numbered the schema.
    """
    canonical: str = to_parsing_canonical_form(schema)
    return sha256(canonical.encode("utf-8")).hexdigest()
