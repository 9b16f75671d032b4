"""A header name that is no UTF-8 stops nobody: it is read with its bytes written out."""

from __future__ import annotations

from typing import Any

import pytest
from aiokafka.record.default_records import DefaultRecordBatch, _DefaultRecordBatchBuilderPy

from consumers.intake.header_names import AnyNameRecords


class Raw(str):
    """A text that is written as bytes that no text has."""

    def encode(self, *_: object) -> bytes:  # type: ignore[override]
        return b"\xff-name"


def batch(*names: str, codec: int = 0) -> bytes:
    """Return a batch with a record for each header name."""
    made = _DefaultRecordBatchBuilderPy(2, codec, 0, -1, -1, 0, 1 << 20)
    for offset, name in enumerate(names):
        added = made.append(offset, 1000 + offset, b"330", b"value", [(name, b"1")])
        assert added is not None
    return bytes(made.build())


def read(content: bytes) -> list[list[Any]]:
    records, found = AnyNameRecords(content), []
    assert records.size_in_bytes() == len(content)
    while records.has_next():
        one = records.next_batch()
        assert one is not None and one.validate_crc()
        found.append(list(one))
    assert records.next_batch() is None
    return found


@pytest.mark.parametrize("codec", [0, DefaultRecordBatch.CODEC_GZIP])
def test_every_record_of_a_batch_is_read_with_any_name(codec: int) -> None:
    ((first, second),) = read(batch("plain", Raw("x"), codec=codec))
    assert first.headers == [("plain", b"1")]
    assert second.headers == [("\\xff-name", b"1")]
    assert (second.offset, second.timestamp, second.key, second.value) == (
        1,
        1001,
        b"330",
        b"value",
    )


def test_other_batches_are_read_as_they_always_were() -> None:
    found = read(batch("a") + batch(Raw("x")) + batch("é", "c"))
    assert [[one.headers[0][0] for one in records] for records in found] == [
        ["a"],
        ["\\xff-name"],
        ["é", "c"],
    ]
