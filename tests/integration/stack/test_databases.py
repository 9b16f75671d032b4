"""Each role enters the databases that its work needs, and no other."""

from __future__ import annotations

from pathlib import Path
from ssl import TLSVersion

import psycopg
import pytest

from stack import LocalStack
from stack.certificates import Certificates
from stack.environment import PROCESSES
from tests.tls import NOT_AGREED, WEAK, spoken


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
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(stack.address(role, f"{store}_keys"))


def test_a_wrong_password_is_refused(stack: LocalStack, store: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(stack.address("join", store), password="guess")


def test_who_does_not_speak_tls_is_refused(stack: LocalStack, store: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        psycopg.connect(stack.address("join", store), sslmode="disable")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_postgresql_speaks_tls_1_2_and_1_3_with_a_new_key_for_each_connection_and_no_other(
    stack: LocalStack,
) -> None:
    at = (stack.ports.postgresql, stack.layout.certificates.authority)
    for version, name in ((TLSVersion.TLSv1_2, "TLSv1.2"), (TLSVersion.TLSv1_3, "TLSv1.3")):
        assert spoken(*at, version, postgresql=True)[0] == name
    for old in (TLSVersion.TLSv1, TLSVersion.TLSv1_1):
        with pytest.raises(NOT_AGREED):
            spoken(*at, old, postgresql=True)
    for weak in WEAK:
        with pytest.raises(NOT_AGREED):
            spoken(*at, TLSVersion.TLSv1_2, weak, postgresql=True)


def test_a_client_refuses_a_server_that_its_authority_did_not_certify(
    stack: LocalStack, store: str, tmp_path: Path
) -> None:
    stranger = Certificates(folder=tmp_path)
    stranger.server("stranger", ("127.0.0.1",))
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        psycopg.connect(stack.address("join", store), sslrootcert=str(stranger.authority))


def test_a_dropped_store_is_gone_even_while_somebody_reads_it(stack: LocalStack) -> None:
    stack.create_store("dropped")
    with psycopg.connect(stack.owner_address("dropped")) as connection:
        stack.drop_store("dropped")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(stack.owner_address("dropped"))
