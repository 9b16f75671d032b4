"""What opening a record costs, counted and not timed: it is decoded once."""

from __future__ import annotations

from typing import Any

import pytest

from consumers.join.inputs import Opener, key_ids, parse_all
from schemas.codec import Codec
from tests.unit.consumers.join.test_inputs import KEY, a_sealed_review
from tests.unit.consumers.messages import TOKENS, codec


def test_a_record_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded, decode = 0, Codec.decode

    def counted(self: Codec, wire: bytes) -> Any:
        nonlocal decoded
        decoded += 1
        return decode(self, wire)

    parsed = parse_all([a_sealed_review() for _ in range(3)])
    monkeypatch.setattr(Codec, "decode", counted)
    Opener(codec(), TOKENS).open(parsed, dict.fromkeys(key_ids(parsed), KEY))
    assert decoded == 3
