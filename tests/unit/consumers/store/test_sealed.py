"""Facts as bytes, and sealed under the key of their leaf."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.errors import BrokenPromise
from consumers.sealing import ERASED, LeafKey
from consumers.store.sealed import FactSeal, packed, unpacked
from consumers.tokens import Tokens
from journey.events import Event
from tests.unit.journey.streams import event, upn

TOKENS = Tokens(b"a pseudonym key for tests")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=9) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
FACT = event(
    "ApPlacementStarted",
    5,
    "record",
    identifiers=(upn("1"),),
    date_of_birth=date(2010, 1, 2),
    data={"start_on": date(2025, 9, 3), "provider": "p"},
)


class KeyStore:
    """A key for each id, of which one may be shredded."""

    def __init__(self, shredded: str = "") -> None:
        self.shredded = shredded

    def get(self, key_ids: Iterable[str]) -> Mapping[str, LeafKey]:
        return {k: ERASED if k == self.shredded else k.encode() * 2 for k in key_ids}


def a_seal(shredded: str = "") -> FactSeal:
    """Return a seal that has the fact's key ready."""
    seal = FactSeal(KeyStore(TOKENS.key_id(shredded)), TOKENS)
    seal.ready([FACT.leaf])
    return seal


def closed(seal: FactSeal) -> bytes:
    sealed = seal.close(FACT, FACT.leaf)
    assert sealed is not None
    return sealed


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_a_fact_comes_back_with_its_dates(data: dict[str, Any]) -> None:
    fact = msgspec.structs.replace(FACT, data=data)
    assert unpacked(packed(fact)) == fact


def test_a_sealed_fact_opens_under_its_leaf_s_key_and_holds_nothing_readable() -> None:
    sealed = closed(a_seal())
    assert a_seal().open(FACT.la, FACT.leaf, sealed) == FACT
    assert b"ApPlacement" not in sealed


def test_sealing_is_deterministic() -> None:
    assert closed(a_seal()) == closed(a_seal())


def test_a_fact_does_not_open_for_another_authority() -> None:
    with pytest.raises(BrokenPromise, match="does not open"):
        a_seal().open("330", FACT.leaf, closed(a_seal()))


def test_a_fact_of_a_shredded_leaf_neither_closes_nor_opens() -> None:
    sealed = closed(a_seal())
    shredded = a_seal(FACT.leaf)
    assert shredded.close(FACT, FACT.leaf) is None
    assert shredded.open(FACT.la, FACT.leaf, sealed) is None


def test_a_leaf_without_a_key_is_a_broken_promise() -> None:
    class Nothing:
        def get(self, key_ids: Iterable[str]) -> Mapping[str, LeafKey]:
            return {}

    seal = FactSeal(Nothing(), TOKENS)
    seal.ready([FACT.leaf])
    fact: Event = FACT
    with pytest.raises(BrokenPromise, match="PSEUDONYM_KEY"):
        seal.close(fact, fact.leaf)
