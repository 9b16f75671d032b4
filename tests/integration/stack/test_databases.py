"""Each role enters the databases that its work needs, and no other."""

from __future__ import annotations

import psycopg
import pytest

from stack import LocalStack
from stack.environment import PROCESSES
from stack.postgresql import address_of


def test_a_process_can_use_every_database_it_is_told_of(stack: LocalStack, store: str) -> None:
    for process in PROCESSES:
        environment = stack.environment(process, store=store)
        for name in ("JOINEDUP_DATABASE_URL", "JOINEDUP_KEYS_DATABASE_URL"):
            if name in environment:
                with psycopg.connect(environment[name]) as connection:
                    assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("role", ["relay", "registry"])
def test_who_opens_no_sealed_event_cannot_enter_the_key_store(
    stack: LocalStack, store: str, role: str
) -> None:
    password = stack.credentials.postgresql[role]
    address = address_of(stack.ports.postgresql, f"joinedup_{role}", password, f"{store}_keys")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(address)


def test_a_wrong_password_is_refused(stack: LocalStack, store: str) -> None:
    address = address_of(stack.ports.postgresql, "joinedup_join", "guess", store)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address)


def test_a_dropped_store_is_gone_even_while_somebody_reads_it(stack: LocalStack) -> None:
    stack.create_store("dropped")
    with psycopg.connect(stack.owner_address("dropped")) as connection:
        stack.drop_store("dropped")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(stack.owner_address("dropped"))
