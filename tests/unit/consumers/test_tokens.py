"""Tokens stand for what may not be kept in the clear."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from consumers.tokens import Tokens

KEY = b"a pseudonym key for tests"


def test_a_token_is_the_first_half_of_an_hmac_of_the_parts() -> None:
    whole = hmac.new(KEY, b"record\x1f330\x1fschool\x1fmis\x1f17", hashlib.sha256).digest()
    assert Tokens(KEY).record("330", "school", "mis", "17") == whole[:16].hex()


def test_parts_do_not_run_into_each_other() -> None:
    tokens = Tokens(KEY)
    assert tokens.of("ab", "c") != tokens.of("a", "bc")


def test_one_value_gives_other_tokens_for_other_uses() -> None:
    tokens = Tokens(KEY)
    made = [tokens.leaf("330", "x"), tokens.identifier("330", "x", ""), tokens.key_id("330")]
    assert len(set(made)) == len(made)


def test_another_key_gives_another_token() -> None:
    assert Tokens(KEY).key_id("leaf") != Tokens(KEY[::-1]).key_id("leaf")


def test_a_short_key_is_refused_without_being_shown() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes") as refused:
        Tokens(b"short")
    assert "short'" not in str(refused.value)
