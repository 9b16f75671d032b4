"""The real schema registry with all our types in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from schemas.catalogue import event_types
from schemas.registry import Registry
from stack import LocalStack


@pytest.fixture(scope="session")
def registry_url(stack: LocalStack) -> str:
    return stack.environment("registry")["JOINEDUP_REGISTRY_URL"]


@pytest.fixture(scope="session")
def registry(registry_url: str) -> Iterator[Registry]:
    client = Registry(registry_url)
    client.register_all(event_types().values())
    yield client
    client.close()
