"""Compose, the local stack and the code name the same versions, topics and variables."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from consumers.notifier.settings import NotifierSettings
from consumers.settings import (
    AuditorSettings,
    IntakeSettings,
    JoinSettings,
    MatcherSettings,
    RelaySettings,
    SealerSettings,
    Settings,
)
from dashboard.settings import DashboardSettings
from gateway.settings import GatewaySettings
from joinedup.commands.dashboard_recording import ORGANISATION, SYSTEM
from joinedup.commands.read import ReaderSettings
from joinedup.commands.sources import operator_settings, settings_file_of
from producers.settings import PublisherSettings
from schemas.topics import TopicSet
from stack import LocalStack, Ports, deployment, postgresql, registry, versions
from stack.access import grants
from stack.artefacts import read_lock
from stack.credentials import KAFKA_PRINCIPALS, LOCAL_PUBLISHER, Credentials
from stack.environment import PROCESSES, write_environment
from stack.kafka import SINGLE_NODE
from stack.postgresql import SETTINGS as POSTGRESQL_SETTINGS
from stack.postgresql import verified_by

REPOSITORY = Path(__file__).resolve().parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("intake", "join", "relay", "sealer", "notifier")
WITH_GATEWAY = (*OURS, "gateway")
SETTINGS: dict[str, type[Any]] = {
    "intake": IntakeSettings,
    "join": JoinSettings,
    "relay": RelaySettings,
    "reader": ReaderSettings,
    "dashboard": DashboardSettings,
    LOCAL_PUBLISHER: PublisherSettings,
    "auditor": AuditorSettings,
    "sealer": SealerSettings,
    "gateway": GatewaySettings,
    "notifier": NotifierSettings,
    "matcher": MatcherSettings,
}
SECRET = re.compile(r"^\$\{[A-Z_]+:\?[^}]+\}$")


@pytest.mark.parametrize(
    "name",
    [one for one in POSTGRESQL_SETTINGS if one.startswith(("tcp_", "archive_"))],
)
def test_the_container_of_postgresql_has_the_settings_of_the_local_stack(name: str) -> None:
    script = (REPOSITORY / "infra" / "docker" / "start-postgresql.sh").read_text()
    assert f"-c {name}={POSTGRESQL_SETTINGS[name]}" in script


@pytest.fixture
def local_stack(tmp_path: Path) -> LocalStack:
    return LocalStack(tmp_path, Ports())


def as_fields(names: Any) -> set[str]:
    return {name.removeprefix("JOINEDUP_").lower() for name in names}


def test_compose_runs_the_versions_of_the_local_stack() -> None:
    images = {
        name: SERVICES[name]["image"].partition("$")[0]
        for name in ("kafka", "registry", "postgresql")
    }
    assert images == {
        "kafka": f"apache/kafka:{versions.KAFKA}",
        "registry": f"apicurio/apicurio-registry:{versions.REGISTRY}",
        "postgresql": f"postgres:{versions.POSTGRESQL}",
    }


def test_the_lock_holds_the_versions_of_the_local_stack() -> None:
    locked = [entry.coordinate for entry in read_lock(REPOSITORY / "infra" / "jars.lock")]
    kafka = {line.rpartition(":")[2] for line in locked if line.startswith("org.apache.kafka:")}
    apicurio = {line.rpartition(":")[2] for line in locked if line.startswith("io.apicurio:")}
    assert kafka == {versions.KAFKA}
    assert apicurio == {versions.REGISTRY}


def test_every_process_of_ours_has_its_service() -> None:
    assert [SERVICES[name]["command"] for name in OURS] == [["run", name] for name in OURS]
    assert SERVICES["gateway"]["command"][0] == "gateway"


def test_the_gateway_listens_beyond_its_container_over_tls_alone() -> None:
    assert "--tls" in SERVICES["gateway"]["command"]


def test_the_dashboard_listens_over_tls_alone_and_its_pages_are_in_the_image() -> None:
    command = SERVICES["dashboard"]["command"]
    assert command[0] == "dashboard" and "--tls" in command
    pages = command[command.index("--root") + 1]
    dockerfile = (REPOSITORY / "infra" / "docker" / "Dockerfile").read_text()
    assert f"fetched(Path('{pages}/cache'), None)" in dockerfile


def test_compose_tells_the_dashboard_what_the_local_stack_tells_it(local_stack: LocalStack) -> None:
    told = SERVICES["dashboard"]["environment"]
    # What it publishes with, but as whom, is told to all; as whom stands in its source's own file.
    platform = set(COMPOSE["x-platform"])
    assert set(told) == set(local_stack.environment("dashboard")) | platform
    assert {name: told[name] for name in platform} == COMPOSE["x-platform"]
    written = settings_file_of(Path("sources.json"), ORGANISATION, SYSTEM)
    assert SERVICES["dashboard"]["env_file"] == [
        {"path": "./dashboard.env", "required": False},
        {"path": f"./{written}", "required": False},
    ]


def test_who_runs_the_containers_lets_systems_in_with_their_secrets(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    invented = Credentials.invent()
    write_environment(file, dict(deployment.variables(invented)))
    file.write_text(f"# kept by the operations team\n\n{file.read_text()}JOINEDUP_USER=1000:1000\n")
    found = operator_settings(file)
    host, _, port = found.kafka_bootstrap.partition(":")
    assert host in deployment.SERVERS["kafka"]
    assert f"127.0.0.1:{port}:{port}" in SERVICES["kafka"]["ports"]
    assert found.kafka_username == "admin" and found.kafka_password is not None
    assert found.kafka_password.get_secret_value() == invented.kafka["admin"]
    assert found.kafka_ca_file == tmp_path / "tls" / "ca.pem"
    assert found.sources_file == tmp_path / "sources.json"
    (published,) = SERVICES["registry"]["ports"]
    assert published == "127.0.0.1:18443:8443" and "localhost" in deployment.SERVERS["registry"]
    assert found.registry_url == "https://localhost:18443/apis/ccompat/v7"
    assert found.registry_ca_file == found.kafka_ca_file
    assert found.topics == TopicSet()


def test_the_image_holds_every_package_of_ours() -> None:
    dockerfile = (REPOSITORY / "infra" / "docker" / "Dockerfile").read_text()
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert [one for one in packages if f"COPY {one} {one}\n" not in dockerfile] == []


def test_whatever_the_image_copies_is_sent_to_its_build() -> None:
    dockerfile = (REPOSITORY / "infra" / "docker" / "Dockerfile").read_text()
    copied = " ".join(re.findall(r"^COPY (.+) \S+$", dockerfile, re.M)).split()
    everything, *sent = (REPOSITORY / ".dockerignore").read_text().splitlines()
    assert everything == "*" and len(copied) > 10
    assert [one for one in copied if f"!{one.split('/')[0]}" not in sent] == []


_THE_OPERATORS_OWN = ("JOINEDUP_METRICS_", "JOINEDUP_ISSUER", "OTEL_")
"""What is empty or nowhere until an operator says it."""


@pytest.mark.parametrize("process", WITH_GATEWAY)
def test_compose_tells_a_process_what_the_local_stack_tells_it(
    local_stack: LocalStack, process: str
) -> None:
    told = SERVICES[process]["environment"]
    fixed = {name for name in told if not name.startswith(_THE_OPERATORS_OWN)}
    assert fixed == set(local_stack.environment(process))


@pytest.mark.parametrize("process", SETTINGS)
def test_a_process_is_told_all_that_its_settings_require_and_nothing_they_do_not_know(
    local_stack: LocalStack, process: str
) -> None:
    fields = SETTINGS[process].model_fields
    told = as_fields(local_stack.environment(process))
    required = {name for name, field in fields.items() if field.is_required()}
    assert required <= told
    # A reader needs no broker yet; its Kafka user is for programs that follow the alerts.
    beside = {"reader": set(Settings.model_fields), "dashboard": {"registry_url"}}
    assert told <= set(fields) | beside.get(process, set())


@pytest.mark.parametrize("process", WITH_GATEWAY)
def test_compose_runs_on_the_live_topics_in_their_number_of_partitions(process: str) -> None:
    environment = SERVICES[process]["environment"]
    live = TopicSet()
    assert environment["JOINEDUP_TOPIC_PREFIX"] == live.prefix
    assert environment["JOINEDUP_PARTITIONS"] == str(live.partitions)
    assert environment["JOINEDUP_SIMULATED"] == "false"


def test_the_container_of_kafka_is_configured_as_the_local_node_is() -> None:
    text = (REPOSITORY / "infra" / "docker" / "kafka.properties").read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    settings = dict(line.split("=", 1) for line in lines)
    assert {name: settings.get(name) for name in SINGLE_NODE} == dict(SINGLE_NODE)


def test_the_container_of_postgresql_speaks_the_tls_that_the_local_one_does() -> None:
    script = (REPOSITORY / "infra" / "docker" / "start-postgresql.sh").read_text()
    assert " $tls " in script
    for name, value in postgresql.TLS.items():
        assert f"-c {name}={value}" in script


def test_the_container_of_the_registry_stores_as_the_local_one_does() -> None:
    environment = SERVICES["registry"]["environment"]
    assert {name: environment.get(name) for name in registry.STORAGE} == registry.STORAGE


def test_the_registry_is_asked_over_tls_alone_by_who_verifies_it() -> None:
    said = SERVICES["registry"]["environment"]
    assert said["QUARKUS_HTTP_INSECURE_REQUESTS"] == "disabled"
    assert said["QUARKUS_HTTP_SSL_PROTOCOLS"] == SINGLE_NODE["ssl.enabled.protocols"]
    spoken = said["QUARKUS_HTTP_SSL_CIPHER_SUITES"].split(",")
    assert sorted(spoken) == sorted(SINGLE_NODE["ssl.cipher.suites"].split(","))
    file = said["QUARKUS_HTTP_SSL_CERTIFICATE_FILES"]
    assert file == said["QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES"]
    assert f"./tls/registry.pem:{file}:ro" in SERVICES["registry"]["volumes"]
    for name in ("schemas", *deployment.WATCHED):
        asking = SERVICES[name]["environment"]
        assert asking["JOINEDUP_REGISTRY_URL"] == "https://registry:8443/apis/ccompat/v7"
        assert asking["JOINEDUP_KAFKA_CA_FILE"] == str(deployment.CA_FILE)
        assert f"./tls/ca.pem:{deployment.CA_FILE}:ro" in SERVICES[name]["volumes"]


def test_nobody_asks_a_registry_without_the_authority_that_may_certify_it() -> None:
    asking = [
        (file, line)
        for package in ("joinedup", "consumers", "producers")
        for file in (REPOSITORY / package).rglob("*.py")
        for line in re.findall(
            r"\bRegistry\(\s*(?:self\._)?settings\.registry_url[^)]*\)", file.read_text()
        )
    ]
    assert len(asking) > 10
    assert [file for file, line in asking if "registry_ca_file" not in line] == []


def test_every_service_that_stays_has_a_health_check() -> None:
    once = {"setup", "schemas"}
    assert {name for name in SERVICES if "healthcheck" not in SERVICES[name]} == once


def test_data_live_in_named_volumes() -> None:
    named = {
        volume.split(":")[0]
        for name in ("grafana", "kafka", "postgresql", "prometheus")
        for volume in SERVICES[name]["volumes"]
        if not volume.startswith(".")
    }
    assert named == set(COMPOSE["volumes"])


def test_each_server_has_the_certificate_that_is_made_for_it() -> None:
    for server, hosts in deployment.SERVERS.items():
        assert server in hosts, "the name by which the other containers call it"
        mounted = [volume.split(":")[0] for volume in SERVICES[server]["volumes"]]
        assert f"./tls/{server}.pem" in mounted


@pytest.mark.parametrize("process", deployment.WATCHED)
def test_a_process_shows_its_numbers_over_tls_by_the_certificate_that_names_it(
    process: str,
) -> None:
    file = SERVICES[process]["environment"]["JOINEDUP_METRICS_TLS"]
    assert f"./tls/{deployment.METRICS}.pem:{file}:ro" in SERVICES[process]["volumes"]


@pytest.mark.parametrize("process", WITH_GATEWAY)
def test_a_process_verifies_the_servers_it_speaks_to(process: str) -> None:
    environment = SERVICES[process]["environment"]
    assert f"./tls/ca.pem:{deployment.CA_FILE}:ro" in SERVICES[process]["volumes"]
    assert environment["JOINEDUP_KAFKA_SECURITY"] == "SASL_SSL"
    assert environment["JOINEDUP_KAFKA_CA_FILE"] == str(deployment.CA_FILE)
    for name, value in environment.items():
        if "DATABASE_URL" in name:
            assert value.endswith("?" + verified_by(deployment.CA_FILE)), name


def test_a_process_of_ours_can_gain_no_rights_and_write_nothing_in_its_container() -> None:
    ours = [one for one in SERVICES.values() if one["image"].startswith("joinedup:")]
    assert len(ours) > 6
    for service in ours:
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "privileged" not in service and "cap_add" not in service
    assert "\nUSER joinedup\n" in (REPOSITORY / "infra/docker/Dockerfile").read_text()


def test_a_server_that_was_bought_gains_no_rights_and_writes_beside_its_volumes_nothing() -> None:
    bought = {n: one for n, one in SERVICES.items() if not one["image"].startswith("joinedup:")}
    assert set(bought) >= {"kafka", "postgresql", "registry", "prometheus"}
    for service in bought.values():
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "privileged" not in service
    # To be root for as long as it takes to stop being root: PostgreSQL's own start does that.
    assert {name for name, service in bought.items() if "cap_add" in service} == {"postgresql"}
    may = bought["postgresql"]["cap_add"]
    assert may == ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"]


def test_kafka_s_container_logs_to_its_console_alone() -> None:
    said = SERVICES["kafka"]["environment"]
    log4j = said["KAFKA_LOG4J_OPTS"].partition("=")[2]
    assert f"./infra/log4j2.xml:{log4j}:ro" in SERVICES["kafka"]["volumes"]
    assert "File" not in (REPOSITORY / "infra/log4j2.xml").read_text()
    assert "-loggc" not in said["EXTRA_ARGS"]


def test_every_image_that_others_made_takes_its_digest_from_a_variable() -> None:
    images = [one["image"] for one in SERVICES.values() if not one["image"].startswith("joinedup:")]
    dockerfile = (REPOSITORY / "infra" / "docker" / "Dockerfile").read_text()
    bases = re.findall(r"^FROM (\S+)", dockerfile, re.M)
    assert len(images) > 3 and bases
    for image in (*images, *bases):
        assert re.fullmatch(r"[\w./-]+:[\w.-]+\$\{[A-Z_]+_DIGEST\}", image), image
    documented = (REPOSITORY / "docs" / "security.md").read_text()
    text = dockerfile + (REPOSITORY / "docker-compose.yml").read_text()
    for variable in re.findall(r"\$\{(JOINEDUP_[A-Z]+_DIGEST)\}", text):
        assert variable in documented, f"say in docs/security.md how {variable} is looked up"


def test_nothing_listens_beyond_this_machine() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published and all(port.startswith("127.0.0.1:") for port in published)


def test_compose_holds_no_secret() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|_KEY$", name):
                assert SECRET.match(value), name
            if "DATABASE_URL" in name:
                assert re.search(r":\$\{[A-Z_]+:\?[^}]+\}@", value), name


def test_every_variable_that_compose_requires_is_among_the_invented_secrets() -> None:
    text = (REPOSITORY / "docker-compose.yml").read_text()
    required = set(re.findall(r"\$\{([A-Z_]+):\?", text))
    assert required <= {name for name, _ in deployment.variables(Credentials.invent())}


def test_secrets_survive_the_way_through_the_environment() -> None:
    invented = Credentials.invent()
    assert deployment.credentials_from(dict(deployment.variables(invented))) == invented


def test_every_user_with_a_permission_exists_and_is_some_process() -> None:
    users = {grant.user for grant in grants(TopicSet())}
    assert users | {"admin"} == set(KAFKA_PRINCIPALS)
    assert users <= set(PROCESSES)


def test_every_topic_is_written_and_read_by_somebody() -> None:
    topics = TopicSet("x.", 4)
    touched = {grant.name for grant in grants(topics)}
    assert set(topics.all) <= touched
