"""The signature of a message."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from schemas.signature import OWN_LENGTH, PUBLIC, NotItsOwner, own_key, sign, verify

KEY = b"k" * 32
NAME = "joinedup.health.HealthDischarged"


def test_the_signature_is_the_hmac_of_authority_type_and_value() -> None:
    message = b"330\x1f" + NAME.encode() + b"\x1f" + b"\x00value"
    expected = hmac.new(KEY, message, hashlib.sha256).hexdigest()
    assert sign(KEY, "330", NAME, b"\x00value") == expected


def test_what_was_signed_is_verified_as_text_and_as_a_header() -> None:
    signature = sign(KEY, "330", NAME, b"value")
    assert verify(KEY, "330", NAME, b"value", signature)
    assert verify(KEY, "330", NAME, b"value", signature.encode())


@pytest.mark.parametrize(
    ("key", "authority", "name", "value"),
    [
        (b"j" * 32, "330", NAME, b"value"),
        (KEY, "331", NAME, b"value"),
        (KEY, "330", "joinedup.health.HealthContactHeld", b"value"),
        (KEY, "330", NAME, b"values"),
    ],
)
def test_anything_else_is_not_what_was_signed(
    key: bytes, authority: str, name: str, value: bytes
) -> None:
    assert not verify(key, authority, name, value, sign(KEY, "330", NAME, b"value"))


def test_what_an_own_key_signed_is_held_to_its_public_half_and_nobody_else_can_sign() -> None:
    private, public = own_key()
    signature = sign(private, "330", NAME, b"value")
    assert len(signature) == OWN_LENGTH
    assert verify(public, "330", NAME, b"value", signature.encode())
    assert not verify(public, "330", NAME, b"values", signature)
    assert not verify(own_key()[1], "330", NAME, b"value", signature)
    with pytest.raises(NotItsOwner):
        sign(public, "330", NAME, b"value")
    shared = hmac.new(public, b"330\x1f" + NAME.encode() + b"\x1fvalue", hashlib.sha256).hexdigest()
    assert not verify(public, "330", NAME, b"value", shared), "the public half is no shared key"


@pytest.mark.parametrize("given", ["", "zz", "é", b"\xff", "00" * 64])
def test_a_signature_that_is_none_is_refused_under_a_public_half_too(given: str | bytes) -> None:
    assert not verify(own_key()[1], "330", NAME, b"value", given)


def test_a_public_half_that_is_none_is_a_wrong_key() -> None:
    assert not verify(PUBLIC + b"\xff" * 32, "330", NAME, b"value", "00" * 64)


@pytest.mark.parametrize("given", ["", "zz", "é", b"\xff"])
def test_a_signature_that_is_none_is_refused(given: str | bytes) -> None:
    assert not verify(KEY, "330", NAME, b"value", given)
