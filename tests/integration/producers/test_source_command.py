"""A system that is added gets a Kafka user of its own, which can do nothing but what it must."""

import stat

import pytest
import typer
from typer.testing import CliRunner

from joinedup.commands import publish, sources
from producers.publisher import Publisher
from producers.results import Accepted
from producers.settings import read_settings
from schemas.signature import verify
from schemas.sources import SourceRegistry
from stack.environment import read_environment, write_environment

ADD = ("source", "add", "--la", "330")


@pytest.fixture
def operator(stack, registered, live_topic_set, tmp_path):
    """The operator's settings file, with a sources file of this test."""
    environment = stack.environment(
        "admin", live_topic_set.prefix, partitions=live_topic_set.partitions, simulated=False
    )
    file = tmp_path / "admin.env"
    own = {"JOINEDUP_SOURCES_FILE": str(tmp_path / "sources.json")}
    write_environment(file, environment | own)
    return file


@pytest.fixture
def run():
    app = typer.Typer()
    publish.register(app)
    sources.register(app)
    return lambda *arguments: CliRunner().invoke(app, list(map(str, arguments)))


@pytest.fixture
def added(run, operator, tmp_path):
    """Adds a system and gives its own settings file."""

    def add(organisation, system, agency):
        names = ("--organisation", organisation, "--system", system, "--agency", agency)
        said = run(*ADD, *names, "--env-file", operator)
        assert said.exit_code == 0, said.output
        return tmp_path / "sources" / organisation / f"{system}.env"

    return add


@pytest.fixture
def reviews(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text("CHILD,DOB,REVIEW,REVIEW_CODE\nC1,,01/05/2025,PN1\n")
    return path


def test_its_settings_file_is_all_that_it_needs_to_publish(run, added, reviews):
    own = added("la330", "casework", "social-care")
    assert stat.S_IMODE(own.stat().st_mode) == 0o600
    result = run("publish", reviews, "--la", "330", "--env-file", own)
    assert result.exit_code == 0, result.output
    assert run("heartbeat", "--la", "330", "--env-file", own).exit_code == 0


def test_its_settings_hold_its_own_secrets_and_nobody_elses(added, tmp_path):
    own = read_environment(added("la330", "casework", "social-care"))
    other = read_environment(added("trust1", "epr", "health"))
    found = SourceRegistry.load(tmp_path / "sources.json").lookup("la330", "casework")
    assert own["JOINEDUP_SOURCE_KEY"] == found.key.hex()
    assert own["JOINEDUP_KAFKA_USERNAME"] == "la330/casework"
    assert own["JOINEDUP_KAFKA_PASSWORD"] != other["JOINEDUP_KAFKA_PASSWORD"]
    assert "JOINEDUP_SOURCES_FILE" not in own


def test_with_its_user_nothing_can_be_written_on_another_agencys_topic(run, added, reviews):
    other = added("trust1", "epr", "health")
    own = read_environment(added("la330", "casework", "social-care"))
    names = ("KAFKA_USERNAME", "KAFKA_PASSWORD")
    stolen = {f"JOINEDUP_{name}": read_environment(other)[f"JOINEDUP_{name}"] for name in names}
    write_environment(other, own | stolen | {"JOINEDUP_DELIVERY_SECONDS": "3"})
    result = run("publish", reviews, "--la", "330", "--env-file", other)
    assert result.exit_code == 3
    assert "does not let this name write" in " ".join(result.output.split())


def test_the_operator_of_the_machine_publishes_as_the_source_and_for_its_authorities_only(
    run, added, operator, reviews, monkeypatch
):
    added("la330", "casework", "social-care")
    for name, value in read_environment(operator).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("JOINEDUP_KAFKA_USERNAME", "nobody at all")
    assert run("publish", reviews, "--la", "330").exit_code == 0
    names = ("--organisation", "la330", "--system", "casework")
    refused = run("publish", reviews, "--la", "331", *names)
    assert refused.exit_code == 3
    assert "an authority for which this source may speak" in " ".join(refused.output.split())


def test_added_again_it_keeps_key_and_password(added):
    first = read_environment(added("la330", "casework", "social-care"))
    assert read_environment(added("la330", "casework", "social-care")) == first


def test_who_is_not_the_operator_can_add_nobody(run, stack, live_topic_set, tmp_path):
    environment = stack.environment("publisher", live_topic_set.prefix)
    file = tmp_path / "publisher.env"
    write_environment(file, environment | {"JOINEDUP_SOURCES_FILE": str(tmp_path / "s.json")})
    names = ("--organisation", "a", "--system", "b", "--agency", "health")
    said = run(*ADD, *names, "--env-file", file)
    assert said.exit_code == 2
    assert "Kafka refused to make the users a/b: only the operator may" in said.output


def test_key_and_password_are_renewed_while_events_flow_and_none_is_lost(
    run, added, operator, review, live_topic_set, read_topic, tmp_path
):
    own = added("la330", "casework", "social-care")
    results = []
    with Publisher(read_settings(own)) as before:
        results += before.publish_many(review(number) for number in range(50))
        renewing = ("source", "renew", "--organisation", "la330", "--system", "casework")
        said = run(*renewing, "--password", "--env-file", operator)
        assert said.exit_code == 0, said.output
        results += before.publish_many(review(number) for number in range(50, 100))
    with Publisher(read_settings(own)) as after:
        results += after.publish_many(review(number) for number in range(100, 150))
    assert all(isinstance(result, Accepted) for result in results)
    messages = read_topic(live_topic_set.social_care, live_topic_set.partition_of("330"))
    assert len(messages) == 150
    source = SourceRegistry.load(tmp_path / "sources.json").lookup("la330", "casework")
    assert {key_of(source, message) for message in messages} == {source.key, source.former_key}
    assert all(
        key_of(source, message) in source.keys_at(message.timestamp()[1]) for message in messages
    )


def test_the_old_password_ends_at_once(run, added, operator, reviews, tmp_path):
    own = added("la330", "casework", "social-care")
    old = tmp_path / "old.env"
    write_environment(old, read_environment(own) | {"JOINEDUP_DELIVERY_SECONDS": "3"})
    run(
        *("source", "renew", "--organisation", "la330", "--system", "casework"),
        *("--password", "--env-file", operator),
    )
    assert run("publish", reviews, "--la", "330", "--env-file", old).exit_code == 3
    assert run("publish", reviews, "--la", "330", "--env-file", own).exit_code == 0


def key_of(source, message):
    """The key that signed this message, of the two that its source has."""
    headers = dict(message.headers())
    for key in (source.key, source.former_key):
        name = headers["ce_type"].decode()
        if verify(key, "330", name, message.value(), headers["x-sig"]):
            return key
    return None
