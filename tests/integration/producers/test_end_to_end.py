"""The whole path on a live topic set: a test event, and a program that is none of ours."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from consumers.migrations import STORE, migrate
from joinedup.main import app
from producers.control import heartbeat, join_source
from producers.event import Event, Identifier, Source, new_event
from producers.publisher import Publisher
from producers.results import Accepted
from producers.settings import read_settings
from schemas.topics import TopicSet
from stack import LocalStack
from stack.environment import read_environment, write_environment

RUN = ("-m", "joinedup.start")
REPOSITORY = Path(__file__).resolve().parents[3]
EXAMPLE = REPOSITORY / "docs" / "examples" / "publish.mjs"
WAIT_SECONDS = 120
SCHOOL = ("--organisation", "trust7", "--system", "mis")


@dataclass
class Platform:
    """Intake, join, relay and gateway as processes on topics and a store of their own."""

    folder: Path
    port: int
    metrics: dict[str, int] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def file(self, process: str) -> Path:
        """Return the settings file of a process."""
        return self.folder / f"{process}.env"

    def start(self, name: str, *command: str) -> None:
        """Start a process of ours with its own settings."""
        arguments = [sys.executable, *RUN, *command, "--env-file", str(self.file(name))]
        self.running[name] = subprocess.Popen(arguments)

    def end(self) -> None:
        """End every process."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        for process in self.running.values():
            process.wait(WAIT_SECONDS)


@pytest.fixture(scope="module")
def platform(
    stack: LocalStack, registered: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("platform")
    topics, store = TopicSet(f"t{secrets.token_hex(4)}.", 4), f"t{secrets.token_hex(4)}"
    stack.create_topic_set(topics, simulated=False)
    stack.create_store(store)
    migrate(stack.owner_address(store))
    migrate(stack.owner_address(f"{store}_keys"), STORE / "keys")
    made = Platform(folder, free_port())
    own = {
        "JOINEDUP_SOURCES_FILE": str(folder / "sources.json"),
        "JOINEDUP_GATEWAY_FILE": str(folder / "gateway.json"),
    }
    for process in ("admin", "intake", "join", "relay", "reader", "gateway"):
        told = stack.environment(process, topics.prefix, store, partitions=4, simulated=False)
        if process in ("intake", "join", "relay", "gateway"):
            made.metrics[process] = free_port()
            told["JOINEDUP_METRICS_PORT"] = str(made.metrics[process])
        write_environment(made.file(process), told | own)
    add = ("source", "add", *SCHOOL, "--agency", "education", "--la", "330")
    for more in ((), ("--http",)):
        said = CliRunner().invoke(app, [*add, *more, "--env-file", str(made.file("admin"))])
        assert said.exit_code == 0, said.output
    for process in ("intake", "join", "relay"):
        made.start(process, "run", process)
    made.start("gateway", "gateway", "--port", str(made.port))
    yield made
    made.end()
    stack.delete_topic_set(topics)
    stack.drop_store(store)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def ping(platform: Platform, *more: str) -> tuple[int, str]:
    own = platform.folder / "sources" / "trust7" / "mis.env"
    files = ("--reader-env", str(platform.file("reader")), "--env-file", str(own))
    where = ("--gateway-env", str(platform.file("gateway")))
    said = CliRunner().invoke(app, ["ping", "--la", "330", *files, *where, *more])
    return said.exit_code, said.output


def test_a_test_event_comes_through_every_stage(platform: Platform) -> None:
    code, output = ping(platform, "--json", "--timeout", str(WAIT_SECONDS))
    assert code == 0, output
    stages = [one["name"] for one in json.loads(output)["stages"]]
    assert stages == ["publish", "intake", "join", "relay"]
    code, output = ping(platform)
    assert code == 0 and "The path works from end to end" in output


@pytest.mark.parametrize(
    ("process", "name"),
    [
        ("intake", "joinedup_intake_known_time_seconds"),
        ("join", "joinedup_join_known_time_seconds"),
        ("relay", "joinedup_relay_caught_up_seconds"),
    ],
)
def test_each_process_shows_that_it_comes_up_to_the_present(
    platform: Platform, process: str, name: str
) -> None:
    no_rule_fires_after = time.time() - 120  # ticks come each minute

    def shown() -> list[float]:
        """Return what every partition shows, or a process that has none."""
        text = httpx.get(f"http://127.0.0.1:{platform.metrics[process]}/metrics").text
        return [
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name
        ]

    wanted = 1 if process == "relay" else 4
    wait_for(lambda: len(found := shown()) == wanted and min(found) > no_rule_fires_after)


@pytest.mark.parametrize("process", ["intake", "join", "relay", "gateway"])
def test_each_process_comes_to_say_that_it_is_ready(platform: Platform, process: str) -> None:
    def said(path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{platform.metrics[process]}{path}")

    wait_for(lambda: said("/ready").status_code == 200)
    assert said("/ready").json() == {"ready": True, "reasons": []}
    assert said("/live").json() == {"live": True, "reasons": []}


def test_a_test_event_says_which_stage_stands_still(platform: Platform) -> None:
    join = platform.running["join"]
    join.send_signal(signal.SIGSTOP)
    try:
        code, output = ping(platform, "--timeout", "3")
    finally:
        join.send_signal(signal.SIGCONT)
    assert code == 1
    assert "join: it did not come through in 3 s: see that `joinedup run join` runs" in output


def test_a_program_in_another_language_publishes_what_the_platform_accepts(
    platform: Platform,
) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not on the PATH")
    secret = read_environment(platform.folder / "sources" / "trust7" / "mis.http.env")
    gateway = f"http://127.0.0.1:{platform.port}"
    told = os.environ | secret | {"JOINEDUP_GATEWAY_URL": gateway}
    said = subprocess.run(
        [node, str(EXAMPLE)], env=told, capture_output=True, text=True, check=False, timeout=120
    )
    assert said.returncode == 0, said.stderr
    event_id = said.stdout.split()[1]
    who = (secret["JOINEDUP_GATEWAY_CLIENT_ID"], secret["JOINEDUP_GATEWAY_CLIENT_SECRET"])
    with httpx.Client(base_url=gateway, timeout=30) as client:
        form = {"grant_type": "client_credentials"}
        token = client.post("/token", data=form, auth=who).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        asked = f"/events/{event_id}"
        wait_for(lambda: client.get(asked).json().get("outcome") == "timeline")
    again = subprocess.run([node, str(EXAMPLE)], env=told, capture_output=True, check=False)
    assert again.returncode == 0


def shown() -> list[Event]:
    """Events by which a publisher shows all that is asked of it."""
    source, now = Source("trust7", "mis"), datetime.now(UTC)

    def review(revision: int, *, retracted: bool = False) -> Event:
        return new_event(
            "ApReviewHeld",
            local_authority="330",
            source=source,
            source_record_id="conformance/1",
            revision=revision,
            recorded_at=now,
            identifiers=[Identifier("UPN", "K330400125001")],
            retracted=retracted,
            held_on=date(2026, 10, 16),
        )

    joins = join_source(
        local_authority="330",
        source=source,
        agency="education",
        event_types=["ApReviewHeld"],
        at=now,
    )
    beat = heartbeat(local_authority="330", source=source, complete_to=now)
    return [joins, review(1), review(1), review(2), review(3, retracted=True), beat]


def test_a_publisher_on_kafka_conforms(platform: Platform) -> None:
    arguments = ("--kafka", "--agency", "education", "--la", "330", *SCHOOL, "--minutes", "2")
    command = [sys.executable, "-u", *RUN, "conformance", *arguments]
    command += ["--env-file", str(platform.file("intake"))]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    assert "Publish as trust7/mis for 330" in run.stdout.readline()
    own = platform.folder / "sources" / "trust7" / "mis.env"
    with Publisher(read_settings(own)) as publisher:
        results = list(publisher.publish_many(shown()))
    assert all(isinstance(one, Accepted) for one in results)
    told = run.stdout.read()
    assert run.wait(WAIT_SECONDS) == 0, told
    assert told.endswith("All of it was shown: the publisher conforms.\n")
