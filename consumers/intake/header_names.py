"""Header names that are no UTF-8: Kafka takes them from anybody, and aiokafka stops at them.

A record that no consumer gets past would hold up its partition for good, so such a name is read
with its bytes written out (``\\xff``). aiokafka has no setting for it: its reader is replaced.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

_LENGTH = struct.Struct(">i")
_LENGTH_AT, _FRAME = 8, 12  # as in every message format: base offset, length, the rest


def read_any_header_name() -> None:
    """Let the consumers of this process read every header name; once or again is the same."""
    fetcher.MemoryRecords = AnyNameRecords


class _Written(bytearray):
    """Bytes whose every slice decodes."""

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        return _Written(found) if isinstance(at, slice) else found

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return super().decode(encoding, "backslashreplace")


class _AnyNameBatch(_DefaultRecordBatchPy):  # type: ignore[misc]  # final to type checkers only
    """A batch read slowly, with any header name."""

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        content: bytearray = self._buffer  # type: ignore[has-type]  # aiokafka does not say
        self._buffer = _Written(content)


class _Batch:
    """A batch as the fetcher uses it, read fast where that can be done."""

    def __init__(self, fast: Any, raw: memoryview) -> None:
        self._fast = fast
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fast, name)

    def __next__(self) -> Any:
        return next(self._fast)

    def __iter__(self) -> Iterator[Any]:
        try:
            return iter(list(self._fast))
        except UnicodeDecodeError:
            return iter(_AnyNameBatch(self._raw))


class AnyNameRecords:
    """What one fetch brought of a partition (as ``aiokafka.record.memory_records`` has it)."""

    def __init__(self, content: bytes) -> None:
        """Take the bytes as the broker sent them."""
        self._fast: Any = MemoryRecords(content)
        self._rest = memoryview(content)

    def size_in_bytes(self) -> int:
        """Return the size of all batches."""
        return int(self._fast.size_in_bytes())

    def has_next(self) -> bool:
        """Return whether another batch follows whole."""
        return bool(self._fast.has_next())

    def next_batch(self) -> _Batch | None:
        """Return the next batch; None after the last."""
        fast = self._fast.next_batch()
        if fast is None:
            return None
        end = _FRAME + _LENGTH.unpack_from(self._rest, _LENGTH_AT)[0]
        raw, self._rest = self._rest[:end], self._rest[end:]
        return _Batch(fast, raw)
