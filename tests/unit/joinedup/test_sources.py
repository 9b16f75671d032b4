"""A system's own settings: what it is given, by the addresses at which it reaches us."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from joinedup.commands import sources
from joinedup.commands.sources import Seen, settings_of
from joinedup.commands.speaking import own_settings
from producers.event import Source
from producers.settings import PublisherSettings
from producers.sources_file import add_source
from schemas.signature import own_key, sign, verify
from schemas.sources import Source as RegisteredSource
from schemas.sources import SourceRegistry
from stack.environment import read_environment, write_environment

OPERATOR = PublisherSettings(
    kafka_bootstrap="127.0.0.1:9092",
    kafka_security="SASL_SSL",
    kafka_ca_file=Path("/operator/ca.pem"),
    registry_url="http://127.0.0.1:8081/apis/ccompat/v7",
)


SOURCE = RegisteredSource(
    organisation="trust7",
    system="mis",
    agency="education",
    local_authorities=frozenset({"330"}),
    key=b"k" * 32,
)


def given(tmp_path: Path, seen: Seen) -> PublisherSettings:
    """Return the settings as the system's process reads them."""
    file = tmp_path / "sources.json"
    who = {"organisation": "trust7", "system": "mis", "agency": "education"}
    add_source(file, **who, local_authorities=["330"])
    source = SourceRegistry.load(file).lookup("trust7", "mis")
    assert source is not None
    values = settings_of(OPERATOR, source, "secret", seen)
    named = {name.removeprefix("JOINEDUP_").lower(): value for name, value in values.items()}
    return PublisherSettings.model_validate(named)


def test_a_system_on_this_machine_reaches_broker_and_registry_as_we_do(tmp_path: Path) -> None:
    found = given(tmp_path, Seen())
    assert found.kafka_bootstrap == OPERATOR.kafka_bootstrap
    assert found.registry_url == OPERATOR.registry_url
    assert found.registry_ca_file is None, "it is asked in clear, on this machine"


def test_a_system_elsewhere_is_given_the_broker_and_the_gateway(tmp_path: Path) -> None:
    seen = Seen("kafka.example:19092", "https://gateway.example:8322/registry")
    found = given(tmp_path, seen)
    assert (found.kafka_bootstrap, found.registry_url) == seen
    assert found.registry_ca_file == OPERATOR.kafka_ca_file


def test_a_system_that_is_added_again_keeps_the_addresses_that_it_was_given() -> None:
    before = {
        "JOINEDUP_KAFKA_BOOTSTRAP": "kafka.example:19092",
        "JOINEDUP_REGISTRY_URL": "https://gateway.example:8322/registry",
    }
    assert Seen().or_as(before) == tuple(before.values())
    assert Seen("other.example:19092").or_as(before)[0] == "other.example:19092"


def test_a_system_makes_a_key_of_which_the_operator_has_the_public_half_alone(
    tmp_path: Path,
) -> None:
    file, app = tmp_path / "mis.env", typer.Typer()
    write_environment(file, {"JOINEDUP_SYSTEM": "mis", "JOINEDUP_SOURCE_KEY": "ab" * 32})
    sources.register(app)
    said = CliRunner().invoke(app, ["source", "own-key", str(file)])
    assert said.exit_code == 0, said.output
    kept, public = read_environment(file), said.stdout.split()[-1]
    assert (kept["JOINEDUP_SYSTEM"], file.stat().st_mode & 0o777) == ("mis", 0o600)
    private = bytes.fromhex(kept["JOINEDUP_SOURCE_KEY"])
    assert verify(bytes.fromhex(public), "330", "n", b"v", sign(private, "330", "n", b"v"))
    assert kept["JOINEDUP_SOURCE_KEY"] not in said.output
    source = replace(SOURCE, key=bytes.fromhex(public))
    assert "JOINEDUP_SOURCE_KEY" not in settings_of(OPERATOR, source, "secret", Seen())


@pytest.fixture
def renewing(tmp_path: Path) -> tuple[Path, Path]:
    """The operator's settings and the copy of a system's own, which share its key."""
    shared = tmp_path / "sources.json"
    named = {"organisation": "trust7", "system": "mis", "agency": "education"}
    add_source(shared, **named, local_authorities=["330"])
    key = next(iter(SourceRegistry.load(shared))).key.hex()
    copy = tmp_path / "sources" / "trust7" / "mis.env"
    write_environment(copy, {"JOINEDUP_SYSTEM": "mis", "JOINEDUP_SOURCE_KEY": key})
    operator = tmp_path / "admin.env"
    values = {
        "JOINEDUP_KAFKA_BOOTSTRAP": "127.0.0.1:9",
        "JOINEDUP_REGISTRY_URL": "http://127.0.0.1:9",
        "JOINEDUP_SOURCES_FILE": str(shared),
    }
    write_environment(operator, values)
    return operator, copy


def renew(operator: Path, *arguments: str) -> str:
    app = typer.Typer()
    sources.register(app)
    named = ["--organisation", "trust7", "--system", "mis", "--env-file", str(operator)]
    done = CliRunner().invoke(app, ["source", "renew", *named, *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_who_gives_its_own_key_is_not_told_to_put_an_older_one_over_it(
    renewing: tuple[Path, Path],
) -> None:
    operator, copy = renewing
    private, public = own_key()
    said = renew(operator, "--public-key", public.hex())
    assert "keeps the settings that it has" in said and "Give its team" not in said
    assert "JOINEDUP_SOURCE_KEY" not in read_environment(copy), "what is left is of before"

    write_environment(copy, {"JOINEDUP_SOURCE_KEY": private.hex()})
    renew(operator, "--public-key", own_key()[1].hex(), "--overlap-hours", "0")
    assert read_environment(copy) == {"JOINEDUP_SOURCE_KEY": private.hex()}, "it has no other copy"
    assert f"Give its team the new settings: {copy}." in renew(operator, "--overlap-hours", "0")
    assert read_environment(copy)["JOINEDUP_SOURCE_KEY"] != private.hex()


def test_an_address_of_this_machine_is_the_one_at_which_we_are_now() -> None:
    before = {
        "JOINEDUP_KAFKA_BOOTSTRAP": "127.0.0.1:9092",
        "JOINEDUP_REGISTRY_URL": "http://localhost:8081/apis/ccompat/v7",
    }
    assert Seen().or_as(before) == Seen().or_as({}) == Seen()


def test_a_certificate_that_is_not_there_is_said_at_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as ended:
        own_settings(OPERATOR, Source("trust7", "mis"), None)
    assert ended.value.exit_code == 2
    assert "There is no file /operator/ca.pem" in capsys.readouterr().err
