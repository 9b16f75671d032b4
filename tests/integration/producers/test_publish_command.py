import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from joinedup.commands import publish, sources
from producers.delivery import WINDOW
from producers.sources_file import add_source
from tests.integration.foreign import foreign_reader
from tests.ports import free_ports

DATA = Path(__file__).parents[4] / "shared" / "data"


@pytest.fixture
def env_file(settings, tmp_path):
    add_source(
        settings.sources_file,
        organisation="trust1",
        system="epr",
        agency="health",
        local_authorities=["330"],
    )
    lines = [
        f"JOINEDUP_KAFKA_BOOTSTRAP={settings.kafka_bootstrap}",
        f"JOINEDUP_KAFKA_SECURITY={settings.kafka_security}",
        f"JOINEDUP_KAFKA_CA_FILE={settings.kafka_ca_file}",
        f"JOINEDUP_KAFKA_USERNAME={settings.kafka_username}",
        f"JOINEDUP_KAFKA_PASSWORD={settings.kafka_password.get_secret_value()}",
        f"JOINEDUP_REGISTRY_URL={settings.registry_url}",
        f"JOINEDUP_TOPIC_PREFIX={settings.topic_prefix}",
        f"JOINEDUP_PARTITIONS={settings.partitions}",
        f"JOINEDUP_SOURCES_FILE={settings.sources_file}",
    ]
    file = tmp_path / "publisher.env"
    file.write_text("\n".join(lines))
    return file


@pytest.fixture
def run(env_file):
    app = typer.Typer()
    publish.register(app)
    sources.register(app)

    def running(*arguments):
        given = [*map(str, arguments), "--env-file", str(env_file)]
        return CliRunner().invoke(app, given)

    return running


def types(messages):
    return [dict(one.headers())["ce_type"].decode().rpartition(".")[2] for one in messages]


def test_a_looked_after_return_is_one_batch_on_the_topic(run, tmp_path, live_topic_set, read_topic):
    path = tmp_path / "reviews.csv"
    path.write_text("CHILD,DOB,REVIEW,REVIEW_CODE\nC1,,01/05/2025,PN1\n")
    result = run("publish", path, "--la", "330")
    assert result.exit_code == 0, result.output
    assert "Accepted by the broker: 1." in result.output
    messages = read_topic(live_topic_set.social_care, live_topic_set.partition_of("330"))
    assert types(messages) == ["SourceJoined", "BatchOpened", "LacReviewHeld", "BatchCompleted"]


def test_the_real_looked_after_return_arrives_whole(run, live_topic_set, read_topic):
    folder = DATA / "ssda903" / "dev" / "csv"
    if not folder.exists():
        pytest.skip("the shared data is absent: no ../shared/data/ssda903/dev/csv")
    result = run("publish", folder, "--la", "330", "--extracted-at", "2026-11-23T12:00:00")
    assert result.exit_code == 1
    assert "Accepted by the broker: 18,713. Refused: 433. Undelivered: 0." in result.output
    messages = read_topic(live_topic_set.social_care, live_topic_set.partition_of("330"))
    assert len(messages) == 18_713 + 3
    assert len({dict(one.headers())["ce_id"] for one in messages}) == 18_713 + 3


def test_a_heartbeat_is_on_the_topic(run, live_topic_set, read_topic):
    result = run("heartbeat", "--la", "330", "--organisation", "la330", "--system", "casework")
    assert result.exit_code == 0, result.output
    messages = read_topic(live_topic_set.social_care, live_topic_set.partition_of("330"))
    assert types(messages) == ["SourceHeartbeat"]


def test_a_source_that_may_not_speak_for_the_authority_is_told_so(run, tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text("CHILD,DOB,REVIEW,REVIEW_CODE\nC1,,01/05/2025,PN1\n")
    names = ("--organisation", "la330", "--system", "casework")
    result = run("publish", path, "--la", "331", *names)
    assert result.exit_code == 3
    assert "an authority for which this source may speak" in " ".join(result.output.split())


def test_an_outage_ends_with_exit_code_3(run, env_file, tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text("CHILD,DOB,REVIEW,REVIEW_CODE\nC1,,01/05/2025,PN1\n")
    absent = f"JOINEDUP_KAFKA_BOOTSTRAP=127.0.0.1:{free_ports().kafka}"
    env_file.write_text(f"{env_file.read_text()}\n{absent}\nJOINEDUP_DELIVERY_SECONDS=2")
    result = run("publish", path, "--la", "330")
    assert result.exit_code == 3
    assert "Not delivered" in result.output


def reviews(path, count):
    rows = "".join(
        f"C{number},,{1 + number % 28:02d}/05/2025,PN1\n" for number in range(1, count + 1)
    )
    path.write_text(f"CHILD,DOB,REVIEW,REVIEW_CODE\n{rows}")


KILLED_AT = WINDOW + 500
_PROGRAM = """
import os, signal, typer
from joinedup.commands import publish, sources
from producers.publisher import Publisher

sent, send = 0, Publisher.send

def send_or_die(self, event, **given):
    global sent
    sent += 1
    if sent == {killed_at}:
        os.kill(os.getpid(), signal.SIGKILL)
    send(self, event, **given)

Publisher.send = send_or_die
app = typer.Typer()
publish.register(app)
sources.register(app)
app()
"""


@pytest.fixture
def command(env_file):
    """Run the command as a process of its own, which kills itself with so many events sent."""

    def running(*arguments, killed_at=0):
        program = _PROGRAM.format(killed_at=killed_at)
        line = [sys.executable, "-c", program, *map(str, arguments), "--env-file", str(env_file)]
        return subprocess.run(line, capture_output=True, text=True, check=False)

    return running


def test_a_run_that_was_killed_and_run_again_misses_nothing_and_sends_nothing_twice(
    command, tmp_path, live_topic_set, read_topic
):
    path, report = tmp_path / "reviews.csv", tmp_path / "report.json"
    rows = KILLED_AT + 500
    reviews(path, rows)
    arguments = ("publish", path, "--la", "330", "--report", report)
    assert command(*arguments, killed_at=KILLED_AT).returncode == -signal.SIGKILL
    again = command(*arguments)
    assert again.returncode == 0, again.stderr
    assert "which was cut off" in again.stdout
    place = (live_topic_set.social_care, live_topic_set.partition_of("330"))
    ids = [dict(one.headers())["ce_id"] for one in read_topic(*place)]
    assert len(set(ids)) == rows + 3
    # What the broker had taken when the kill came, and had not said so yet, is sent word for word.
    assert len(ids) - len(set(ids)) <= WINDOW
    told = json.loads(report.read_text())
    assert told["accepted"] == rows
    assert told["compared"]["sent before"] >= KILLED_AT - WINDOW - 1
    assert told["batch_completed"]


def test_the_next_file_declares_what_the_one_before_did_too(
    run, tmp_path, live_topic_set, read_topic, registered
):
    review = {"type": "LacReviewHeld", "source_record_id": "r1", "held_on": "2025-05-01"}
    began = {"type": "BecameLookedAfter", "source_record_id": "b1", "started_on": "2025-05-02"}
    for number, line in enumerate((review, began)):
        child = {"identifiers": [{"scheme": "LA_CHILD_ID", "value": "C1"}]}
        path = tmp_path / f"day{number}.jsonl"
        path.write_text(json.dumps(line | child) + "\n")
        told = run("publish", path, "--la", "330", "--agency", "social-care")
        assert told.exit_code == 0, told.output
    messages = read_topic(live_topic_set.social_care, live_topic_set.partition_of("330"))
    read = foreign_reader(registered)
    declared = [
        read(one.value(), None)["event_types"]
        for one in messages
        if types([one]) == ["SourceJoined"]
    ]
    assert declared == [["LacReviewHeld"], ["BecameLookedAfter", "LacReviewHeld"]]


def test_the_next_file_says_what_is_new_unchanged_and_corrected(run, tmp_path):
    path, report = tmp_path / "reviews.csv", tmp_path / "report.json"
    path.write_text("CHILD,DOB,REVIEW,REVIEW_CODE\nC1,,01/05/2025,PN1\nC2,,01/05/2025,PN1\n")
    assert run("publish", path, "--la", "330").exit_code == 0
    path.write_text(
        "CHILD,DOB,REVIEW,REVIEW_CODE\nC1,,01/05/2025,PN1\nC2,,01/05/2025,PN2\nC3,,01/05/2025,PN1\n"
    )
    rehearsed = run("publish", path, "--la", "330", "--dry-run", "--report", report)
    assert "Valid, none sent: 3." in rehearsed.output
    assert json.loads(report.read_text())["compared"] == {"new": 1, "unchanged": 1, "corrected": 1}
    result = run("publish", path, "--la", "330", "--report", report)
    assert result.exit_code == 0, result.output
    compared = json.loads(report.read_text())["compared"]
    assert compared == {"new": 1, "unchanged": 1, "corrected": 1}
