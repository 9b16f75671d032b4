"""What a block costs the store, counted and not timed: neither grows with its records.

The bounds are what was counted when they were written, and a tenth.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.pq import PipelineStatus

from consumers.join.inputs import Input
from consumers.join.partition import PartitionJoin
from consumers.store.loading import Connection
from consumers.store.sealed import FactSeal
from stack import LocalStack
from tests.contract.store.shelves import TOKENS, AnyKeys
from tests.unit.journey.invented import a_year

FIRST, BLOCK, LARGE = 400, 400, 1_000
MOST_STATEMENTS = 21
MOST_WAITED_FOR = 5


class Counted:
    """How often PostgreSQL was asked, and how often its answer was waited for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.statements = self.waited_for = 0
        execute, copy = psycopg.Cursor.execute, psycopg.Cursor.copy
        monkeypatch.setattr(psycopg.Cursor, "execute", self._counting(execute))
        monkeypatch.setattr(psycopg.Cursor, "copy", self._counting(copy))

    def _counting(self, asked: Any) -> Any:
        def counted(cursor: psycopg.Cursor[Any], *given: Any, **named: Any) -> Any:
            self.statements += 1
            self.waited_for += cursor.connection.pgconn.pipeline_status == PipelineStatus.OFF
            return asked(cursor, *given, **named)

        return counted


def begun(connection: Connection) -> tuple[PartitionJoin, Iterator[Input]]:
    """Return a join that has taken a first block, and what comes next."""
    year = enumerate(a_year(6))
    inputs = (Input(offset, event.kappa, event) for offset, event in year)
    join = PartitionJoin(connection, 0, "a test", FactSeal(AnyKeys(), TOKENS))
    join.apply(list(islice(inputs, FIRST)))
    return join, inputs


def test_a_block_of_many_records_takes_as_many_statements_as_one_of_few(
    join_connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    join, inputs = begun(join_connection)
    counted = Counted(monkeypatch)
    for size in (BLOCK, LARGE):
        before = counted.statements
        join.apply(list(islice(inputs, size)))
        assert 0 < counted.statements - before <= MOST_STATEMENTS


def test_what_is_written_is_sent_at_once_and_waited_for_together(
    join_connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    join, inputs = begun(join_connection)
    counted = Counted(monkeypatch)
    join.apply(list(islice(inputs, BLOCK)))
    assert 0 < counted.waited_for <= MOST_WAITED_FOR < counted.statements


def test_a_statement_that_fails_among_those_sent_at_once_is_named_and_undoes_the_block(
    join_connection: Connection, stack: LocalStack, store: str
) -> None:
    with psycopg.connect(make_conninfo(stack.superuser_address(), dbname=store)) as owner:
        owner.execute("ALTER TABLE records ADD CONSTRAINT nothing_fits CHECK (false) NOT VALID")
    year = enumerate(a_year(1))
    inputs = [Input(offset, event.kappa, event) for offset, event in year]
    join = PartitionJoin(join_connection, 0, "a test", FactSeal(AnyKeys(), TOKENS))
    with pytest.raises(psycopg.errors.CheckViolation):
        join.apply(inputs)
    rows = join_connection.execute(
        "SELECT (SELECT count(*) FROM timeline), (SELECT next_offset FROM partition_state)"
    ).fetchone()
    assert rows == (0, 0)
