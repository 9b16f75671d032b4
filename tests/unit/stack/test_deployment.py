"""Who makes users and databases is told in a sentence which server did not let it."""

from __future__ import annotations

import pytest

from stack import deployment
from stack.credentials import Credentials
from stack.errors import StackError


def test_a_server_that_lets_nobody_in_is_named_with_its_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deployment, "_set_up_kafka", lambda *_: None)
    invented = Credentials.invent()
    with pytest.raises(StackError, match=r"^PostgreSQL at 127\.0\.0\.1:1 does not let") as told:
        deployment.set_up(invented, "127.0.0.1:1", "127.0.0.1:1")
    assert invented.postgresql["postgres"] not in str(told.value)


def test_the_owner_s_address_is_that_of_the_server_that_is_given() -> None:
    address = deployment.owner_address(Credentials.invent(), "joinedup", "db.example:6432")
    assert "@db.example:6432/joinedup?sslmode=verify-full" in address
