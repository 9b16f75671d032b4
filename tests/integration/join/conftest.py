"""The join on real services."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg.conninfo import make_conninfo

from schemas.catalogue import event_types
from schemas.registry import Registry
from schemas.topics import TopicSet
from stack import LocalStack
from tests.integration.join.workbench import Workbench


@pytest.fixture(scope="session", autouse=True)
def _registered(stack: LocalStack) -> None:
    registry = Registry(stack.environment("registry")["JOINEDUP_REGISTRY_URL"])
    registry.register_all(event_types().values())
    registry.close()


@pytest.fixture
def bench(stack: LocalStack, topic_set: TopicSet, store: str) -> Iterator[Workbench]:
    """A topic set and a store of their own."""
    found = Workbench(
        topic_set,
        lambda process: stack.environment(process, topic_set.prefix, store),
        make_conninfo(stack._superuser(), dbname=store),
    )
    yield found
    found.close()
