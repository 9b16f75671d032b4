"""What a block costs the store, counted and not timed: statements do not grow with its records.

The bounds are what was counted when they were written, and a tenth.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

import psycopg
import pytest

from consumers.join.inputs import Input
from consumers.join.partition import PartitionJoin
from consumers.store.loading import Connection
from consumers.store.sealed import FactSeal
from tests.contract.store.shelves import TOKENS, AnyKeys
from tests.unit.journey.invented import a_year

FIRST, BLOCK, LARGE = 400, 400, 1_000
MOST_STATEMENTS = 21


class Counted:
    """How often PostgreSQL was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.statements = 0
        execute, copy = psycopg.Cursor.execute, psycopg.Cursor.copy
        monkeypatch.setattr(psycopg.Cursor, "execute", self._counting(execute))
        monkeypatch.setattr(psycopg.Cursor, "copy", self._counting(copy))

    def _counting(self, asked: Any) -> Any:
        def counted(*given: Any, **named: Any) -> Any:
            self.statements += 1
            return asked(*given, **named)

        return counted


def test_a_block_of_many_records_takes_as_many_statements_as_one_of_few(
    join_connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = enumerate(a_year(6))
    inputs = (Input(offset, event.kappa, event) for offset, event in year)
    join = PartitionJoin(join_connection, 0, "a test", FactSeal(AnyKeys(), TOKENS))
    join.apply(list(islice(inputs, FIRST)))
    counted = Counted(monkeypatch)
    for size in (BLOCK, LARGE):
        before = counted.statements
        join.apply(list(islice(inputs, size)))
        assert 0 < counted.statements - before <= MOST_STATEMENTS
