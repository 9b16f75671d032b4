"""The whole platform as processes on live topics, its dashboard, and a mail server beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
from kafka import KafkaConsumer, TopicPartition
from typer.testing import CliRunner

from joinedup.main import app
from producers.control import STREAMING, join_source
from producers.event import Event, Identifier, Source, new_event
from producers.publisher import Publisher
from producers.results import Accepted
from producers.settings import read_settings
from schemas.catalogue import event_types
from schemas.topics import TopicSet
from stack.environment import write_environment
from stack.kafka import options_of
from tests.integration.browser.failing_join import MENDED
from tests.otlp import OtlpReceiver
from tests.unit.consumers.notifier.servers import LOGIN, MailServer

LA = "330"
SCHOOL = Source("trust7", "mis")
HOSPITAL = Source("trust9", "epr")
AGENCIES = {SCHOOL: "education", HOSPITAL: "health"}
RUN = ("-m", "joinedup.start", "run", "--log-json")
PROCESSES = ("intake", "join", "relay", "notifier", "sealer")
FAILING_JOIN = ("-m", "tests.integration.browser.failing_join")
WAIT_SECONDS = 300
RECIPIENTS = f"""
[authorities.{LA}]
fallback = ["lead"]

[authorities.{LA}.recipients.lead]
email = "lead@example.org"
urgent_by = ["email"]
others_by = ["email"]
hours = {{ opens = 00:00:00, closes = 00:00:00, days = "every" }}

[authorities.{LA}.teams.all]
duties = ["*"]
recipients = ["lead"]
"""


@dataclass
class Platform:
    """The five processes of the platform; the agencies' systems publish to Kafka."""

    folder: Path
    topics: TopicSet
    environment: Callable[[str], dict[str, str]]
    owner: str
    mail: MailServer
    watching: OtlpReceiver
    address: str = ""
    password: str = ""
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def own_file(self, source: Source) -> Path:
        """Return the settings file that `joinedup source add` wrote for a source."""
        return self.folder / "sources" / source.organisation / f"{source.system}.env"

    def let_in(self, source: Source, agency: str) -> None:
        """Let a system in as a source of this authority, with a Kafka user of its own."""
        file = self.folder / "admin.env"
        sources = {"JOINEDUP_SOURCES_FILE": str(self.folder / "sources.json")}
        write_environment(file, self.environment("admin") | sources)
        who = ("--organisation", source.organisation, "--system", source.system)
        command = ["source", "add", *who, "--agency", agency, "--la", LA, "--env-file", str(file)]
        said = CliRunner().invoke(app, command)
        assert said.exit_code == 0, said.output

    def start(self) -> None:
        """Start the processes."""
        recipients = self.folder / "recipients.toml"
        recipients.write_text(RECIPIENTS)
        recipients.chmod(0o600)
        more: Mapping[str, Mapping[str, str]] = {
            "intake": {"JOINEDUP_SOURCES_FILE": str(self.folder / "sources.json")},
            "join": {MENDED: str(self._mended)},
            "notifier": {
                "JOINEDUP_RECIPIENTS_FILE": str(recipients),
                "JOINEDUP_DASHBOARD_URL": "https://joinedup.example.gov.uk",
                "JOINEDUP_SMTP_HOST": "127.0.0.1",
                "JOINEDUP_SMTP_PORT": str(self.mail.port),
                "JOINEDUP_SMTP_USERNAME": LOGIN[0],
                "JOINEDUP_SMTP_PASSWORD": LOGIN[1],
                "JOINEDUP_SMTP_FROM": "joinedup@example.gov.uk",
                "JOINEDUP_SMTP_CA_FILE": str(self.mail.ca_file),
            },
        }
        for name in PROCESSES:
            told = self.environment(name) | self.watching.environment | dict(more.get(name, {}))
            arguments = FAILING_JOIN if name == "join" else (*RUN, name)
            command = [sys.executable, *arguments]
            with self.log_of(name).open("wb") as log:
                started = subprocess.Popen(command, env=os.environ | told, stderr=log)
            self.running.append(started)

    def log_of(self, name: str) -> Path:
        """Return the file of what a process logs."""
        return self.folder / f"{name}.log"

    def logs(self) -> list[Path]:
        """Return the files of what the processes log."""
        return sorted(self.folder.glob("*.log"))

    def every(self, query: str, *given: Any) -> list[str]:
        """Return the first column of each row that a query gives now."""
        with psycopg.connect(self.owner) as store:
            return [row[0] for row in store.execute(query.encode(), given)]

    def mend(self) -> None:
        """Let the join take in from now on what it failed on (``failing_join``)."""
        self._mended.touch()

    @property
    def _mended(self) -> Path:
        return self.folder / "mended"

    def end(self) -> None:
        """End the processes."""
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(WAIT_SECONDS)

    def publish(self, source: Source, *events: Event) -> None:
        """Publish these to Kafka as their source does; each is accepted."""
        with Publisher(read_settings(self.own_file(source))) as publisher:
            for one in events:
                assert isinstance(publisher.publish(one), Accepted)

    def wait_for(self, query: str, *given: Any) -> Any:
        """Return the one value that a query gives, once it gives one."""
        deadline = time.monotonic() + WAIT_SECONDS
        with psycopg.connect(self.owner, autocommit=True) as store:
            while True:
                row = store.execute(query.encode(), given).fetchone()
                if row is not None and row[0] is not None:
                    return row[0]
                assert time.monotonic() < deadline, query
                time.sleep(0.05)

    def decided(self) -> bytes:
        """Return every byte that stands on the decisions topic for this authority."""
        where = TopicPartition(self.topics.decisions, self.topics.partition_of(LA))
        consumer = KafkaConsumer(**options_of(self.environment("intake")), group_id=None)
        consumer.assign([where])
        end = consumer.end_offsets([where])[where]
        consumer.seek_to_beginning(where)
        found: list[bytes] = []
        while consumer.position(where) < end:
            for records in consumer.poll(timeout_ms=200).values():
                found += [one.value for one in records]
        consumer.close()
        return b"".join(found)


def joins(source: Source) -> Event:
    """Return that a source joins the authority."""
    known = event_types()
    types = [name for name, one in known.items() if one.agency == AGENCIES[source]]
    return join_source(
        local_authority=LA,
        source=source,
        agency=AGENCIES[source],
        event_types=types,
        at=datetime.now(UTC),
        mode=STREAMING,
    )


def placed(number: int, upn: str, *, born: date | None = None) -> Event:
    """Return that a pupil's placement began today, before its provider confirmed: an alert."""
    return new_event(
        "ApPlacementStarted",
        local_authority=LA,
        source=SCHOOL,
        source_record_id=f"placement/{number}",
        revision=1,
        recorded_at=datetime.now(UTC),
        identifiers=[Identifier("MIS_ID", f"P{number}"), Identifier("UPN", upn)],
        date_of_birth=born,
        start_on=datetime.now(UTC).date(),
        provider="ap-1",
    )


def confirmed(number: int, upn: str) -> Event:
    """Return that the provider of that placement confirmed today: the alert's end."""
    return new_event(
        "ProviderSafeguardingConfirmed",
        local_authority=LA,
        source=SCHOOL,
        source_record_id=f"confirmed/{number}",
        revision=1,
        recorded_at=datetime.now(UTC),
        identifiers=[Identifier("MIS_ID", f"P{number}"), Identifier("UPN", upn)],
        confirmed_on=datetime.now(UTC).date(),
        provider="ap-1",
    )


def seen(number: int, upn: str) -> Event:
    """Return that a patient was seen today, which makes nobody involved."""
    return new_event(
        "HealthContactHeld",
        local_authority=LA,
        source=HOSPITAL,
        source_record_id=f"contact/{number}",
        revision=1,
        recorded_at=datetime.now(UTC),
        identifiers=[Identifier("HEALTH_LOCAL_ID", f"H{number}"), Identifier("UPN", upn)],
        held_on=datetime.now(UTC).date(),
    )


def referred(number: int, upn: str, *, born: date | None = None) -> Event:
    """Return that a patient was referred today."""
    return new_event(
        "HealthReferralReceived",
        local_authority=LA,
        source=HOSPITAL,
        source_record_id=f"referral/{number}",
        revision=1,
        recorded_at=datetime.now(UTC),
        identifiers=[Identifier("HEALTH_LOCAL_ID", f"H{number}"), Identifier("UPN", upn)],
        date_of_birth=born,
        received_on=datetime.now(UTC).date(),
    )


def discharged(number: int, upn: str) -> Event:
    """Return that a patient was discharged today: what ``failing_join`` fails on."""
    return new_event(
        "HealthDischarged",
        local_authority=LA,
        source=HOSPITAL,
        source_record_id=f"discharge/{number}",
        revision=1,
        recorded_at=datetime.now(UTC),
        identifiers=[Identifier("HEALTH_LOCAL_ID", f"H{number}"), Identifier("UPN", upn)],
        discharged_on=datetime.now(UTC).date(),
    )
