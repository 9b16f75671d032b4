"""Fixtures of every ring: real services on free ports, and fresh topics and stores on them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql

from consumers.migrations import STORE, migrate
from schemas.topics import TopicSet
from stack import LocalStack
from stack.databases import KEYS_SUFFIX, role_name
from stack.errors import ProgramMissing
from tests.ports import free_ports

if TYPE_CHECKING:
    from tests.scheduling import ByShared

REPOSITORY = Path(__file__).resolve().parents[1]
PARTITIONS = 4

# How long an example takes is for a benchmark to say: on a busy machine it would fail a right test.
settings.register_profile(
    "untimed", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")

MakeTopicSet = Callable[..., TopicSet]
MakeStore = Callable[[], str]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByShared | None:
    """Return what hands files out to several workers, where they are asked for file by file."""
    if config.getoption("dist") != "loadfile":
        return None
    from tests.scheduling import ByShared  # not there where nobody has xdist

    return ByShared(config, log)


@pytest.fixture(scope="session")
def cache() -> Path:
    """The fetched programs of this checkout, so that tests fetch nothing that is there."""
    return REPOSITORY / ".local" / "cache"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[LocalStack]:
    """Real Kafka, registry and PostgreSQL for the whole session, gone without trace after it."""
    services = LocalStack(
        tmp_path_factory.mktemp("stack"), free_ports(with_proxy=True), cache=cache
    )
    try:
        services.up()
    except ProgramMissing as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"THE SERVICES CANNOT BE STARTED HERE: {missing}")
    yield services
    services.down(erase=True)


@pytest.fixture
def make_topic_set(stack: LocalStack) -> Iterator[MakeTopicSet]:
    """Creates topic sets with a prefix of their own; they are deleted after the test."""
    made: list[TopicSet] = []

    def make(*, simulated: bool = True, partitions: int = PARTITIONS) -> TopicSet:
        topic_set = TopicSet(f"t{secrets.token_hex(4)}.", partitions)
        stack.create_topic_set(topic_set, simulated=simulated)
        made.append(topic_set)
        return topic_set

    yield make
    for topic_set in made:
        stack.delete_topic_set(topic_set)


@pytest.fixture
def topic_set(make_topic_set: MakeTopicSet) -> TopicSet:
    """Fresh topics whose records carry their own time, as a simulated set's do."""
    return make_topic_set(simulated=True)


@pytest.fixture
def live_topic_set(make_topic_set: MakeTopicSet) -> TopicSet:
    """Fresh topics whose inputs are stamped by the broker, as a live set's are."""
    return make_topic_set(simulated=False)


@pytest.fixture(scope="session")
def migrated(stack: LocalStack) -> str:
    """A store, and its leaf keys, that is migrated once and copied for each test."""
    name = f"t{secrets.token_hex(4)}"
    stack.create_store(name)
    migrate(stack.owner_address(name))
    migrate(stack.owner_address(f"{name}{KEYS_SUFFIX}"), STORE / "keys")
    return name


@pytest.fixture
def make_store(stack: LocalStack, migrated: str) -> Iterator[MakeStore]:
    """Creates a migrated store and its leaf keys, and gives its name; dropped after the test."""
    made: list[str] = []

    def make() -> str:
        name = f"t{secrets.token_hex(4)}"
        made.append(name)
        with psycopg.connect(stack.superuser_address(), autocommit=True) as connection:
            for end in ("", KEYS_SUFFIX):
                databases = map(sql.Identifier, (name + end, role_name("owner"), migrated + end))
                query = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(*databases)
                connection.execute(query)
        stack.create_store(name)  # who may enter a database is not copied with it
        return name

    yield make
    for name in made:
        stack.drop_store(name)


@pytest.fixture
def store(make_store: MakeStore) -> str:
    """The name of a fresh store, for `stack.environment(process, prefix, store)`."""
    return make_store()
