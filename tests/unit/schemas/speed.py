"""How long one event takes: ``python -m tests.unit.schemas.speed`` prints microseconds."""

from __future__ import annotations

from collections.abc import Callable
from timeit import repeat

from schemas.catalogue import event_types
from schemas.codec import Codec
from schemas.headers import event_headers
from schemas.identifiers import check
from schemas.registry import MemoryRegistry
from schemas.signature import sign, verify
from schemas.validation import problems
from tests.unit.schemas.examples import a_record

ROUNDS, TIMES = 5, 20_000


def microseconds(work: Callable[[], object]) -> float:
    """Return the best time of one call."""
    return min(repeat(work, number=TIMES, repeat=ROUNDS)) / TIMES * 1e6


def main() -> None:
    """Print the time of each step that intake or a producer takes with one event."""
    one, codec = event_types()["ApPlacementEnded"], Codec(MemoryRegistry())
    record, key = a_record(one), b"k" * 32
    value = codec.encode(one.full_name, record)
    signature = sign(key, "999", one.full_name, value)
    steps: dict[str, Callable[[], object]] = {
        "encode": lambda: codec.encode(one.full_name, record),
        "decode": lambda: codec.decode(value),
        "validate": lambda: problems(one.full_name, record),
        "sign": lambda: sign(key, "999", one.full_name, value),
        "verify": lambda: verify(key, "999", one.full_name, value, signature),
        "headers": lambda: event_headers(one, record, one.fingerprint, signature),
        "check an NHS number": lambda: check("NHS", "9990000018"),
        "check a UPN": lambda: check("UPN", "K330400125001"),
    }
    for name, work in steps.items():
        print(f"{name:20} {microseconds(work):6.2f} µs")


if __name__ == "__main__":
    main()
