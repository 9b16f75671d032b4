"""What a replay reads, and what a command says of a public key that is none."""

from __future__ import annotations

import gc
from contextlib import nullcontext
from typing import Any

import pytest

from consumers.errors import SettingsError
from consumers.garbage import OBJECTS_BETWEEN_LOOKS
from joinedup.commands import replay_sources
from joinedup.commands.replay_sources import Origin, public_key


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


def test_while_it_is_read_garbage_is_looked_for_as_seldom_as_in_a_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replay_sources, "from_kafka", lambda settings: nullcontext())
    nothing: Any = None
    before = gc.get_threshold()
    with Origin(nothing).opened():
        assert gc.get_threshold()[0] == OBJECTS_BETWEEN_LOOKS
    assert gc.get_threshold() == before
