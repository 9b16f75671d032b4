"""The manifests for Kubernetes are what its schemas take, and say what docker-compose.yml says."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from stack import deployment
from stack.credentials import Credentials

REPOSITORY = Path(__file__).resolve().parents[3]
FOLDER = REPOSITORY / "infra" / "kubernetes"
VERSION = "1.34"


class _NothingTwice(yaml.SafeLoader):
    """Refuses a key that is written twice, as Kubernetes does."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key) for key, _value in node.value]
        assert len(keys) == len(set(keys)), f"{node.start_mark}: a key is written twice: {keys}"
        return super().construct_mapping(node, deep)


FILES = {
    file.name: list(yaml.load_all(file.read_text(), _NothingTwice))
    for file in sorted(FOLDER.glob("*.yaml"))
}
KUSTOMIZATION: dict[str, Any] = FILES.pop("kustomization.yaml")[0]
MANIFESTS: list[dict[str, Any]] = [one for file in FILES.values() for one in file]
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
GIVEN = {"kafka", "postgresql"}
"""What a cluster gets from an operator or a provider: docs/adr/0039."""
HERE = {
    name: one
    for name, one in COMPOSE["services"].items()
    if name not in GIVEN and (one["image"].startswith("joinedup:") or name == "registry")
}
OURS = sorted(name for name, one in HERE.items() if one["image"].startswith("joinedup:"))
ONCE = {"setup", "schemas"}
STAY = sorted(set(HERE) - ONCE)
PROBES = dict.fromkeys(("startupProbe", "livenessProbe", "readinessProbe"), "/live")
ANSWERED = re.findall(
    r'"(/\w+)": \("\w+", not_\w+\)', (REPOSITORY / "joinedup/watched/port.py").read_text()
)
"""What a process answers on the port of its numbers, beside these."""
ONLY_HERE = {
    *("POSTGRESQL_PASSWORD", "POSTGRESQL_ADDRESS"),
    *(f"QUARKUS_MANAGEMENT_SSL_CERTIFICATE_{one}" for one in ("FILES", "KEY_FILES")),
}
"""What the addresses of databases are put together of; and a node asks a pod's health over TLS."""
ONLY_IN_COMPOSE = {"QUARKUS_MANAGEMENT_HOST"}
"""A container asks its own health, on its own loopback."""


@pytest.fixture(scope="module", autouse=True)
def _schemas_are_read_once() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "kubernetes_validate.utils.schema_contents",
            cache(kubernetes_validate.utils.schema_contents),
        )
        yield


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in MANIFESTS if one["kind"] == kind}


CONFIGURED = {name: one["data"] for name, one in of_kind("ConfigMap").items()}
WORK = {**of_kind("Deployment"), **of_kind("Job")}
POLICIES = of_kind("NetworkPolicy")


def pod_of(name: str) -> dict[str, Any]:
    return WORK[name]["spec"]["template"]["spec"]


def container_of(name: str) -> dict[str, Any]:
    (container,) = pod_of(name)["containers"]
    return container


def given_to(name: str) -> dict[str, str]:
    """Return each variable of a process with its value, or where that comes from."""
    found: dict[str, str] = {}
    for one in container_of(name).get("envFrom", []):
        if "configMapRef" in one:
            found |= CONFIGURED[one["configMapRef"]["name"]]
    for one in container_of(name).get("env", []):
        found[one["name"]] = one["value"] if "value" in one else referred(**one["valueFrom"])
    return found


def referred(**where: dict[str, Any]) -> str:
    """Return what a reference gives, of a secret its key."""
    ((kind, reference),) = where.items()
    if kind == "configMapKeyRef" and reference["name"] in CONFIGURED:
        return str(CONFIGURED[reference["name"]][reference["key"]])
    return f"from {reference['key']}"


def secrets_of(name: str) -> set[str]:
    """Return the keys of the invented secrets that a process refers to."""
    references = [one["valueFrom"] for one in container_of(name)["env"] if "valueFrom" in one]
    return {
        one["secretKeyRef"]["key"]
        for one in references
        if one.get("secretKeyRef", {}).get("name") == "joinedup-secrets"
    }


def chosen_by(policy: str) -> set[str]:
    """Return the processes whose pods a policy is about."""
    return matched(POLICIES[policy]["spec"]["podSelector"])


def matched(selector: dict[str, Any]) -> set[str]:
    for one in selector.get("matchExpressions", []):
        assert one["key"] == "app.kubernetes.io/name" and one["operator"] == "In"
        return set(one["values"])
    return set(WORK)


@pytest.mark.parametrize("file", FILES)
def test_each_manifest_is_one_that_kubernetes_takes(file: str) -> None:
    for manifest in FILES[file]:
        kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_a_word_that_kubernetes_does_not_know_would_be_found() -> None:
    wrong = deepcopy(of_kind("Deployment")["join"])
    wrong["spec"]["template"]["spec"]["containers"][0]["securitycontext"] = {}
    with pytest.raises(kubernetes_validate.ValidationError, match="securitycontext"):
        kubernetes_validate.validate(wrong, VERSION, strict=True)


def test_a_key_that_is_written_twice_would_be_found() -> None:
    with pytest.raises(AssertionError, match="written twice"):
        yaml.load("a: 1\nb: 2\na: 3", _NothingTwice)


def test_every_file_is_applied() -> None:
    assert sorted(KUSTOMIZATION["resources"]) == sorted(FILES)


def test_each_process_of_compose_runs_and_nothing_else() -> None:
    assert set(of_kind("Deployment")) == set(STAY)
    assert set(of_kind("Job")) == ONCE
    assert not of_kind("StatefulSet") and not of_kind("CronJob") and not of_kind("DaemonSet")


@pytest.mark.parametrize("name", sorted(HERE))
def test_a_process_runs_the_same_image_with_the_same_words(name: str) -> None:
    # By which digest an image is held is said here by an overlay's `images`.
    assert container_of(name)["image"] == HERE[name]["image"].partition("${")[0]
    words = [re.sub(r".*/", "", one) for one in container_of(name).get("args", [])]
    assert words == [re.sub(r".*/", "", one) for one in HERE[name].get("command", [])]


@pytest.mark.parametrize("name", sorted(set(HERE) - {"setup"}))
def test_a_process_is_told_what_compose_tells_it(name: str) -> None:
    told = {n: one for n, one in HERE[name]["environment"].items() if n not in ONLY_IN_COMPOSE}
    given = given_to(name)
    assert set(given) - ONLY_HERE == set(told)
    files = {"DATABASE_URL", "_FILE", "DATASOURCE_URL"}
    for variable, value in told.items():
        if "${" not in value and not any(variable.endswith(one) for one in files):
            assert given[variable] == value, variable


@pytest.mark.parametrize("name", STAY)
def test_a_process_enters_the_databases_of_its_role_alone_over_verified_tls(name: str) -> None:
    for variable, value in HERE[name]["environment"].items():
        if variable.endswith(("DATABASE_URL", "DATASOURCE_URL")):
            there = given_to(name)[variable]
            there = there.replace("$(POSTGRESQL_ADDRESS)", "postgresql:5432")
            key = [one for one in secrets_of(name) if one.startswith("POSTGRESQL_")]
            there = there.replace("$(POSTGRESQL_PASSWORD)", f"${{{key[0]}}}")
            assert there == re.sub(r":\?[^}]+\}", "}", value)


@pytest.mark.parametrize("name", sorted(set(HERE) - ONCE))
def test_a_process_refers_to_the_secrets_that_compose_gives_it_and_to_no_other(name: str) -> None:
    text = yaml.safe_dump(HERE[name]["environment"], width=10_000)
    assert secrets_of(name) == set(re.findall(r"\$\{([A-Z_]+):\?", text))
    assert secrets_of(name) <= {one for one, _ in deployment.variables(Credentials.invent())}


@pytest.mark.parametrize("name", STAY)
def test_what_an_operator_may_add_in_a_file_comes_from_an_optional_secret(name: str) -> None:
    files = HERE[name].get("env_file", [])
    # Of two that name a variable the last counts: what a file says of addresses is another side's.
    references = [one["secretRef"] for one in container_of(name).get("envFrom", [])[:-1]]
    assert len(references) == len(files)
    assert all(one["optional"] for one in references)


def test_only_what_makes_users_has_every_secret_and_it_ends() -> None:
    wholes = {
        name
        for name in WORK
        for one in container_of(name).get("envFrom", [])
        if one.get("secretRef", {}).get("name") == "joinedup-secrets"
    }
    assert wholes == {"setup"}


def test_the_manifests_hold_no_secret() -> None:
    assert not of_kind("Secret")
    for name in WORK:
        for one in container_of(name).get("env", []):
            if re.search(r"PASSWORD|_KEY$", one["name"]):
                assert "secretKeyRef" in one["valueFrom"], one["name"]
            if "URL" in one["name"]:
                assert not re.search(r"://[^/]*:[^$/]*@", one.get("value", "")), one["name"]


@pytest.mark.parametrize("name", sorted(HERE))
def test_a_pod_is_nobody_writes_nothing_and_gains_nothing(name: str) -> None:
    pod, security = pod_of(name), container_of(name)["securityContext"]
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert security == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    assert not [one for one in pod["volumes"] if "hostPath" in one]


@pytest.mark.parametrize("name", sorted(HERE))
def test_a_pod_has_an_account_of_its_own_that_asks_kubernetes_nothing(name: str) -> None:
    assert pod_of(name)["serviceAccountName"] == name
    assert pod_of(name)["automountServiceAccountToken"] is False
    assert of_kind("ServiceAccount")[name]["automountServiceAccountToken"] is False
    assert not of_kind("RoleBinding") and not of_kind("ClusterRoleBinding")


@pytest.mark.parametrize("name", STAY)
def test_a_process_that_stays_is_watched_and_one_at_a_time_goes(name: str) -> None:
    ports = {one["name"]: one["containerPort"] for one in container_of(name)["ports"]}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container_of(name)[probe]["httpGet"]["port"] in ports
        assert container_of(name)[probe]["httpGet"]["scheme"] == "HTTPS"
    if name in OURS:
        asked = {probe: container_of(name)[probe]["httpGet"]["path"] for probe in PROBES}
        # Old pages, which say that they are, serve a lead better than none.
        ready = "/live" if name == "dashboard" else "/ready"
        assert asked == {**PROBES, "readinessProbe": ready} and set(asked.values()) <= set(ANSWERED)
    budget = of_kind("PodDisruptionBudget")[name]["spec"]
    assert budget["maxUnavailable"] == 1
    for selector in (budget["selector"], WORK[name]["spec"]["selector"]):
        assert selector["matchLabels"] == {"app.kubernetes.io/name": name}
    labels = WORK[name]["spec"]["template"]["metadata"]["labels"]
    assert labels["app.kubernetes.io/name"] == name
    assert labels["app.kubernetes.io/part-of"] == "joinedup"


def test_memory_is_asked_for_as_it_was_measured() -> None:
    page = (REPOSITORY / "docs" / "reliability.md").read_text()
    (head, rows) = re.findall(
        r"^\| events \| children \|(.*)\|\n\|[-|]+\n((?:\|.*\n)+)", page, re.M
    )[0]
    processes = [one.split(",")[0].strip() for one in head.split("|")]
    measured: dict[str, int] = {}
    for row in rows.splitlines():
        for name, cell in zip(processes, row.split("|")[3:], strict=False):
            if cell.strip().isdigit():
                measured[name] = max(measured.get(name, 0), int(cell))
    assert set(measured) == {"intake", "join", "relay", "notifier", "sealer"}
    for name, most in measured.items():
        resources = container_of(name)["resources"]
        assert mebibytes(resources["requests"]) >= most, name
        assert mebibytes(resources["limits"]) >= 2 * most, name
        assert "cpu" not in resources["limits"], "an alert that is held back is late"


def mebibytes(resources: dict[str, str]) -> int:
    return int(resources["memory"].removesuffix("Mi"))


def test_nothing_is_let_through_that_is_not_named() -> None:
    first = POLICIES["nothing-else"]["spec"]
    assert first == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_who_has_a_user_at_a_server_reaches_it_and_nobody_else() -> None:
    variables = {name: set(given_to(name)) for name in set(HERE) - {"setup"}}
    # The dashboard's user is in the file of its own source.
    on_kafka = {n for n, one in variables.items() if "JOINEDUP_KAFKA_BOOTSTRAP" in one}
    in_postgresql = {
        n for n, one in variables.items() if "POSTGRESQL_PASSWORD" in one or n == "registry"
    }
    of_registry = {n for n, one in variables.items() if "JOINEDUP_REGISTRY_URL" in one}
    assert chosen_by("to-kafka") == on_kafka | {"setup"}
    assert chosen_by("to-postgresql") == in_postgresql | {"setup"}
    assert chosen_by("to-registry") == of_registry
    traced = {n for n, one in variables.items() if "OTEL_EXPORTER_OTLP_ENDPOINT" in one}
    assert chosen_by("to-collector") == traced
    (ingress,) = POLICIES["registry"]["spec"]["ingress"]
    assert matched(ingress["from"][0]["podSelector"]) == of_registry


def test_a_policy_names_the_port_of_its_server() -> None:
    servers = CONFIGURED["joinedup-servers"]
    assert servers["KAFKA_ADDRESS"] == CONFIGURED["joinedup-platform"]["JOINEDUP_KAFKA_BOOTSTRAP"]
    for policy, address in (
        ("to-kafka", servers["KAFKA_ADDRESS"]),
        ("to-postgresql", servers["POSTGRESQL_ADDRESS"]),
    ):
        ((rule,),) = [one["ports"] for one in POLICIES[policy]["spec"]["egress"]]
        assert str(rule["port"]) == address.rpartition(":")[2]


def test_only_what_listens_over_tls_is_reached_from_outside() -> None:
    outside = chosen_by("from-outside")
    assert outside == {name for name in HERE if "--tls" in container_of(name).get("args", [])}
    assert chosen_by("metrics") == set(OURS) - ONCE
    assert set(of_kind("Service")) == outside | {"registry"}
    assert all(
        one["spec"].get("type", "ClusterIP") == "ClusterIP" for one in of_kind("Service").values()
    )


def test_the_servers_are_those_that_setup_makes_users_at() -> None:
    servers = CONFIGURED["joinedup-servers"]
    assert servers == {
        "KAFKA_ADDRESS": deployment.KAFKA_ADDRESS,
        "POSTGRESQL_ADDRESS": deployment.POSTGRESQL_ADDRESS,
    }
