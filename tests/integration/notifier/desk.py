"""A topic set and a store on which alerts are told, and the recipients of its authorities."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from prometheus_client import CollectorRegistry

from consumers.notifier.metrics import NotifierMetrics
from consumers.notifier.service import NotifierService
from consumers.notifier.settings import NotifierSettings
from journey.moments import LONDON
from schemas.codec import Codec
from schemas.registry import Registry
from schemas.topics import TopicSet, key_of
from stack.kafka import options_of
from tests.integration.join.workbench import REPOSITORY, WAIT_SECONDS
from tests.integration.process import FAIL_AT
from tests.unit.consumers.notifier.servers import LOGIN, MailServer, NotifyServer, WebhookServer
from tests.unit.schemas.examples import a_record

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ALERT = "joinedup.alerts.AlertTransition"


def at(text: str) -> int:
    """Return a moment of London as ms since 1970 UTC."""
    return round(datetime.fromisoformat(text).replace(tzinfo=LONDON).timestamp() * 1000)


class Desk:
    """Publishes transitions as the relay does, runs the notifier, and sees what came of it."""

    def __init__(
        self,
        topics: TopicSet,
        environment: Callable[[str], dict[str, str]],
        owner: str,
        folder: Path,
        servers: tuple[MailServer, NotifyServer, WebhookServer],
    ) -> None:
        self.topics = topics
        self.environment = environment
        self.owner = owner
        self.mail, self.notify, self.hooks = servers
        self.file = folder / "recipients.toml"
        self.clock_file = folder / "clock"
        self._authorities: dict[str, str] = {}
        self._registry = Registry(environment("relay")["JOINEDUP_REGISTRY_URL"])
        self.codec = Codec(self._registry)
        self._producer = KafkaProducer(**options_of(environment("relay")), acks="all")

    def close(self) -> None:
        self._producer.close()
        self._registry.close()

    def recipients(self, la: str, text: str) -> None:
        """Write who is told in this authority, beside the others."""
        self._authorities[la] = text
        self.file.write_text("\n".join(self._authorities.values()))

    def told(self, la: str, **changed: Any) -> str:
        """Publish a transition; return the id of its alert."""
        record = a_record(
            "AlertTransition",
            **{
                "alert_id": str(uuid.uuid4()),
                "local_authority": la,
                "child": "4d53cr3t-child-key",
                "duty": "AP_EXIT_PLAN_MISSING",
                "kind": "OPENED",
                "number": 1,
                "severity": "critical",
                "continues": None,
                **changed,
            },
        )
        self._producer.send(
            self.topics.alerts,
            key=key_of(la),
            value=self.codec.encode(ALERT, record),
            partition=self.topics.partition_of(la),
        ).get(WAIT_SECONDS)
        return str(record["alert_id"])

    def variables(self) -> dict[str, str]:
        """Return the environment of the notifier."""
        return {
            **self.environment("notifier"),
            "JOINEDUP_RECIPIENTS_FILE": str(self.file),
            "JOINEDUP_DASHBOARD_URL": "https://joinedup.example.gov.uk",
            "JOINEDUP_SMTP_HOST": "127.0.0.1",
            "JOINEDUP_SMTP_PORT": str(self.mail.port),
            "JOINEDUP_SMTP_USERNAME": LOGIN[0],
            "JOINEDUP_SMTP_PASSWORD": LOGIN[1],
            "JOINEDUP_SMTP_FROM": "joinedup@example.gov.uk",
            "JOINEDUP_SMTP_CA_FILE": str(self.mail.ca_file),
            "JOINEDUP_NOTIFY_URL": self.notify.address,
            "JOINEDUP_NOTIFY_API_KEY": self.notify.api_key,
            "JOINEDUP_NOTIFY_EMAIL_TEMPLATE": "f33517ff-2a88-4f6e-b855-c550268ce08a",
            "JOINEDUP_NOTIFY_TEXT_TEMPLATE": "e9ff8cb2-8b3b-4a17-bd6c-54bd3c6b9d33",
            "JOINEDUP_WEBHOOK_SECRETS": json.dumps(
                {f"{la}/system": SECRET for la in self._authorities}
            ),
        }

    def tell(self, moment: int, *, ask_after: float = 5.0) -> None:
        """Run a notifier in this process until nothing is to leave at this moment.

        ask_after: seconds after which a channel is first asked what became of a message.
        """
        values = {
            name.removeprefix("JOINEDUP_").lower(): value
            for name, value in self.variables().items()
        }
        values["webhook_secrets"] = json.loads(values["webhook_secrets"])
        settings = NotifierSettings(**values)  # type: ignore[arg-type]

        async def told() -> None:
            service = NotifierService(
                settings,
                until_end=True,
                clock=lambda: moment,
                metrics=NotifierMetrics(CollectorRegistry()),
                ask_after=ask_after,
            )
            await service.work()

        asyncio.run(told())

    def start(self, failpoint: str = "", *, until_end: bool = True) -> subprocess.Popen[bytes]:
        """Start a notifier that ends when nothing is to leave, or dies at this point."""
        options = ["--until-end"] if until_end else []
        return subprocess.Popen(
            [sys.executable, "-m", "tests.integration.process", "notifier", *options],
            env=os.environ | self.variables() | {FAIL_AT: failpoint},
            cwd=REPOSITORY,
        )

    def run(self, failpoint: str = "") -> int:
        """Run a notifier process to its end and return its exit code."""
        return self.start(failpoint).wait(timeout=WAIT_SECONDS)

    def rows(self, query: str, *given: Any) -> list[tuple[Any, ...]]:
        """Return rows of the store as a superuser sees them."""
        with psycopg.connect(self.owner) as connection:
            return connection.execute(query.encode(), given).fetchall()

    def wait_until_told(self, alert: str) -> None:
        """Return once somebody was told of the alert."""
        self.wait_for(
            "SELECT FROM delivery_states WHERE alert_id = %s AND step = 'DELIVERED'", alert
        )

    def wait_for(self, query: str, *given: Any) -> None:
        """Return once the store has such a row."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not self.rows(query, *given):
            assert time.monotonic() < deadline, f"never found: {query}"
            time.sleep(0.05)

    def change(self, statement: str, *given: Any) -> None:
        """Change the store as a superuser."""
        with psycopg.connect(self.owner) as connection:
            connection.execute(statement.encode(), given)

    def steps(self, la: str) -> list[tuple[str, str, str, str | None]]:
        """Return recipient, channel, step and reason of each step, as the store keeps them."""
        return [
            (one["recipient"], one["channel"], one["step"], one["reason"])
            for (one,) in self.rows(
                "SELECT body::json FROM deliveries WHERE la = %s ORDER BY id", la
            )
        ]

    def on_topic(self, la: str) -> list[tuple[int, Mapping[str, Any]]]:
        """Return the committed steps of an authority, each with its offset on the topic."""
        place = TopicPartition(self.topics.deliveries, self.topics.partition_of(la))
        consumer = KafkaConsumer(
            **options_of(self.environment("notifier")), isolation_level="read_committed"
        )
        consumer.assign([place])
        end = consumer.end_offsets([place])[place]
        consumer.seek_to_beginning(place)
        found: list[tuple[int, Mapping[str, Any]]] = []
        while consumer.position(place) < end:
            for records in consumer.poll(timeout_ms=200).values():
                found += [(one.offset, self.codec.decode(one.value).record) for one in records]
        consumer.close()
        return [(offset, one) for offset, one in found if one["local_authority"] == la]
