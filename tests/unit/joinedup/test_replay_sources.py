"""What a command that checks signatures says of a public key that is none."""

from __future__ import annotations

import pytest

from consumers.errors import SettingsError
from joinedup.commands.replay_sources import public_key


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "Set JOINEDUP_PUBLIC_KEY to the signer's public key"),
        ("zz", "as 64 hexadecimal digits"),
        ("abcd", "as 64 hexadecimal digits"),
        ("zz" * 32, "as 64 hexadecimal digits"),
    ],
)
def test_a_public_key_that_is_none_is_said_in_a_sentence(given: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        public_key(given)


def test_a_public_key_is_read_from_hexadecimal() -> None:
    assert public_key("0a" * 32) == b"\x0a" * 32
