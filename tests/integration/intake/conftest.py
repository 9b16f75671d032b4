"""Intake on real services: a live and a simulated topic set with a workbench each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.catalogue import event_types
from schemas.registry import Registry
from schemas.topics import TopicSet
from stack import LocalStack
from tests.integration.intake.workbench import Workbench
from tests.unit.consumers.messages import SOURCES


@pytest.fixture(scope="session", autouse=True)
def _registered(stack: LocalStack) -> None:
    registry = Registry(stack.environment("registry")["JOINEDUP_REGISTRY_URL"])
    registry.register_all(event_types().values())
    registry.close()


@pytest.fixture
def live(
    stack: LocalStack, live_topic_set: TopicSet, store: str, tmp_path: Path
) -> Iterator[Workbench]:
    """A live topic set: the broker's append time is the time."""
    bench = _bench(stack, live_topic_set, store, tmp_path, simulated=False)
    yield bench
    bench.close()


@pytest.fixture
def simulated(
    stack: LocalStack, topic_set: TopicSet, store: str, tmp_path: Path
) -> Iterator[Workbench]:
    """A simulated topic set: the records' own time is the time."""
    bench = _bench(stack, topic_set, store, tmp_path, simulated=True)
    yield bench
    bench.close()


def _bench(
    stack: LocalStack, topics: TopicSet, store: str, folder: Path, *, simulated: bool
) -> Workbench:
    return Workbench(
        topics,
        lambda process: stack.environment(
            process, topics.prefix, store, partitions=topics.partitions, simulated=simulated
        ),
        folder,
        SOURCES,
    )
