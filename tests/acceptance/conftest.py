"""A topic set and a store of their own on the real services, for an invented authority."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from joinedup.commands.demo_run import Demonstration
from schemas.topics import TopicSet
from stack import LocalStack


@pytest.fixture
def shown(stack: LocalStack, tmp_path: Path) -> Iterator[Demonstration]:
    """The whole pipeline, its topics and its store made when it is prepared."""
    topics = TopicSet(f"t{secrets.token_hex(4)}.", 4)
    store = f"t{secrets.token_hex(4)}"
    yield Demonstration(stack, topics, store, tmp_path)
    stack.delete_topic_set(topics)
    stack.drop_store(store)
