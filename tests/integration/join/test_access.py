"""Who may see and change what in the store."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from consumers.store.loading import Connection
from consumers.store.reading import Reading, reading
from tests.integration.join.stories import DAYS, FIRST_DAY, moment_of, nhs_numbers, stories
from tests.integration.join.workbench import Workbench

OURS, THEIRS = "999", "330"
CHILDREN = 10
_GUARDED = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'la'
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
  AND has_table_privilege(%s, c.oid, 'SELECT')
"""
FOR_PEOPLE = ("reader", "dashboard")
"""The processes that read for whoever asks, in the authority that they name."""


@pytest.fixture
def filled(bench: Workbench) -> Workbench:
    """A store with two authorities, alerts in both."""
    for la in (OURS, THEIRS):
        bench.write(stories(la, CHILDREN, 150))
        bench.tick(la, moment_of(FIRST_DAY) + (DAYS + 60) * 86_400_000)
        owner = bench.partition_join(la)
        owner.apply(bench.inputs(la)[owner.next_offset :])
    return bench


@pytest.fixture(params=FOR_PEOPLE)
def role(request: pytest.FixtureRequest) -> str:
    """A process that reads for people."""
    return str(request.param)


@pytest.fixture
def reader(filled: Workbench, role: str) -> Iterator[Connection]:
    """A connection of such a process, which has said nothing of itself yet."""
    with psycopg.connect(filled.environment(role)["JOINEDUP_DATABASE_URL"]) as connection:
        yield connection


def guarded_in(bench: Workbench, role: str) -> set[str]:
    """Every table and view with rows of authorities that it may open, by the catalogue."""
    return {table for (table,) in bench.rows(_GUARDED, f"joinedup_{role}")}


def say(connection: Connection, la: str, role: str = "lead") -> None:
    connection.execute(
        "SELECT set_config('joinedup.la', %s, true), set_config('joinedup.role', %s, true)",
        [la, role],
    )


def test_a_reader_of_one_authority_sees_no_row_of_another(
    filled: Workbench, reader: Connection, role: str
) -> None:
    say(reader, OURS)
    guarded = guarded_in(filled, role)
    assert {"timeline", "alerts", "leaves"} <= guarded
    for table in guarded:
        seen = {row[0] for row in reader.execute(f"SELECT la FROM {table}".encode())}
        assert seen <= {OURS}
        assert bool(seen) == bool(filled.one(f"SELECT count(*) FROM {table}")), table


def test_a_reader_who_has_not_said_who_it_is_sees_nothing(reader: Connection) -> None:
    assert reader.execute("SELECT count(*) FROM timeline").fetchone() == (0,)
    say(reader, OURS, "anybody")
    assert reader.execute("SELECT count(*) FROM timeline").fetchone() == (0,)


def test_a_reader_gets_the_leaf_keys_of_no_other_authority(filled: Workbench, role: str) -> None:
    address = filled.environment(role)["JOINEDUP_KEYS_DATABASE_URL"]
    query = b"SELECT la, count(*) FROM leaf_keys GROUP BY la"
    with psycopg.connect(address) as keys:
        assert keys.execute(query).fetchall() == []
        say(keys, OURS)
        assert [la for la, _ in keys.execute(query)] == [OURS]
    with psycopg.connect(filled.environment("join")["JOINEDUP_KEYS_DATABASE_URL"]) as keys:
        assert {la for la, _ in keys.execute(query)} == {OURS, THEIRS}


def test_what_a_reader_said_of_itself_ends_with_its_transaction(reader: Connection) -> None:
    say(reader, OURS)
    reader.commit()
    assert reader.execute("SELECT count(*) FROM timeline").fetchone() == (0,)


def test_a_reader_cannot_write(filled: Workbench, reader: Connection, role: str) -> None:
    say(reader, OURS)
    for table in guarded_in(filled, role):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET la = '998'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), reader.transaction():
                reader.execute(statement.encode())


def test_the_join_cannot_change_the_timeline_nor_take_a_transition_out_of_its_chain(
    filled: Workbench,
) -> None:
    forbidden = (
        "UPDATE timeline SET kappa = 0",
        "DELETE FROM alert_transitions",
        "UPDATE alert_transitions SET chain = ''",
        "UPDATE alert_transitions SET sequence = sequence + 1",
        "DELETE FROM erased_places",
    )
    with psycopg.connect(filled.environment("join")["JOINEDUP_DATABASE_URL"]) as connection:
        for statement in forbidden:
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement.encode())


def test_the_join_can_empty_a_transition_only_as_an_erasure_that_must_have_a_proof(
    filled: Workbench,
) -> None:
    with psycopg.connect(filled.environment("join")["JOINEDUP_DATABASE_URL"]) as connection:
        with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
            connection.execute("UPDATE alert_transitions SET body = ''")


def test_the_relay_sees_transitions_of_all_authorities_and_no_timeline(filled: Workbench) -> None:
    with psycopg.connect(filled.environment("relay")["JOINEDUP_DATABASE_URL"]) as connection:
        found = connection.execute("SELECT count(DISTINCT la) FROM alert_transitions").fetchone()
        assert found == (2,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM timeline")


def test_no_identifier_and_no_birth_is_readable_in_the_store(filled: Workbench) -> None:
    tables = filled.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    secrets = (*nhs_numbers(CHILDREN), "2010-01-")
    for (table,) in tables:
        for (row,) in filled.rows(f"SELECT t::text FROM {table} t"):
            for secret in secrets:  # as text, and as bytes are shown
                assert secret not in row and secret.encode().hex() not in row, table


def test_a_child_is_read_whole_by_its_key(filled: Workbench) -> None:
    with reading(filled.environment("reader")["JOINEDUP_DATABASE_URL"], OURS) as store:
        alerts = store.alerts()
        assert alerts
        key = alerts[0]["child"]
        agencies = {moment.agency for moment in store.timeline(key)}
        assert agencies == {"education", "health", "social-care"}
        assert _all_evidence(store, key)


def _all_evidence(store: Reading, key: str) -> bool:
    """Return True where each event that the child's alerts name is on its timeline."""
    named = {event for alert in store.alerts(child=key) for event in alert["because"]}
    return store.evidence([key], named).keys() == named
