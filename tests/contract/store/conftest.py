"""A store, and shelves of both kinds on it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest

from consumers.store.loading import Connection
from tests.contract.store.shelves import Kept, KeptInPostgres

PARTITIONS = count(1)


@pytest.fixture
def join_connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A connection to a fresh store in the role of the join."""
    stack = request.getfixturevalue("stack")
    store = request.getfixturevalue("store")
    address = stack.environment("join", store=store)["JOINEDUP_DATABASE_URL"]
    with psycopg.connect(address) as connection:
        yield connection


@pytest.fixture(params=["memory", "postgresql"])
def kept(request: pytest.FixtureRequest) -> Kept:
    """A shelf, in memory and in PostgreSQL."""
    if request.param == "memory":
        return Kept()
    return KeptInPostgres(request.getfixturevalue("join_connection"), next(PARTITIONS))
