"""The notifier on real services, with a mail server, GOV.UK Notify and a receiver of webhooks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from psycopg.conninfo import make_conninfo

from consumers.migrations import migrate
from schemas.catalogue import event_types
from schemas.registry import Registry
from schemas.topics import TopicSet
from stack import LocalStack
from tests.integration.notifier.desk import Desk
from tests.unit.consumers.notifier.servers import MailServer, NotifyServer, WebhookServer


@pytest.fixture(scope="module")
def desk(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A topic set, a store and the servers; each test has an authority of its own there."""
    registry = Registry(stack.environment("registry")["JOINEDUP_REGISTRY_URL"])
    registry.register_all(event_types().values())
    registry.close()
    topics = TopicSet(f"t{secrets.token_hex(4)}.", 4)
    store = f"t{secrets.token_hex(4)}"
    stack.create_topic_set(topics, simulated=True)
    stack.create_store(store)
    migrate(stack.owner_address(store))
    folder = tmp_path_factory.mktemp("notifier")
    with MailServer(folder) as mail, NotifyServer() as notify, WebhookServer() as hooks:
        found = Desk(
            topics,
            lambda process: stack.environment(process, topics.prefix, store),
            make_conninfo(stack._superuser(), dbname=store),
            folder,
            (mail, notify, hooks),
        )
        yield found
        found.close()
    stack.delete_topic_set(topics)
    stack.drop_store(store)
