"""Sealed bytes open under their key with what is bound to them, and not otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.sealing import ERASED, OVERHEAD_BYTES, Unsealable, seal, unseal

KEY = bytes(range(64))
BOUND = [b"330", b"joinedup.health.HealthDischarged"]


@given(value=st.binary(), bound=st.lists(st.binary(min_size=1), max_size=4))
def test_what_is_sealed_opens_as_it_was(value: bytes, bound: list[bytes]) -> None:
    sealed = seal(KEY, value, bound)
    assert unseal(KEY, sealed, bound) == value
    assert len(sealed) == len(value) + OVERHEAD_BYTES


def test_the_same_bytes_give_the_same_sealed_bytes() -> None:
    assert seal(KEY, b"event", BOUND) == seal(KEY, b"event", BOUND)


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_changed_bit_is_noticed(at: int, bit: int) -> None:
    sealed = bytearray(seal(KEY, b"an event of some length", BOUND))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(Unsealable):
        unseal(KEY, bytes(sealed), BOUND)


@pytest.mark.parametrize("bound", [[], BOUND[:1], BOUND[::-1], [b"331", BOUND[1]]])
def test_bytes_do_not_open_beside_other_words(bound: list[bytes]) -> None:
    with pytest.raises(Unsealable):
        unseal(KEY, seal(KEY, b"event", BOUND), bound)


def test_bytes_do_not_open_under_another_key() -> None:
    with pytest.raises(Unsealable) as refused:
        unseal(bytes(64), seal(KEY, b"the-secret", BOUND), BOUND)
    assert "the-secret" not in str(refused.value)


def test_too_few_bytes_to_be_sealed_are_noticed() -> None:
    with pytest.raises(Unsealable):
        unseal(KEY, b"short", BOUND)


def test_an_erased_key_says_so_and_nothing_else() -> None:
    assert repr(ERASED) == "ERASED"
