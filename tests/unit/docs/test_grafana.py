"""Grafana's dashboards ask for numbers that are there, by labels that they have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import promql_parser
import pytest
import yaml

from joinedup.watched.document import every_metric

REPOSITORY = Path(__file__).resolve().parents[3]
GRAFANA = REPOSITORY / "infra" / "grafana"
BOARDS = {
    file.stem: json.loads(file.read_text()) for file in sorted((GRAFANA / "dashboards").glob("*"))
}
RULES = yaml.safe_load((REPOSITORY / "infra" / "prometheus" / "rules.yml").read_text())
GROUPS: list[dict[str, Any]] = RULES["groups"]
OF_OTHERS = {
    "up": {"job", "instance"},
    "ALERTS": {"alertstate"},
    "process_start_time_seconds": set[str](),
    "process_open_fds": set[str](),
    "process_cpu_seconds_total": set[str](),
    "process_resident_memory_bytes": set[str](),
    "python_gc_collections_total": {"generation"},
}
"""What Prometheus and its client for Python show by themselves."""
OF_A_TARGET = {"instance", "job", "__name__"}


class Asked(NamedTuple):
    """A query of a panel; labels: those that its legend shows."""

    panel: str
    expression: str
    labels: frozenset[str]


def known() -> dict[str, set[str]]:
    """Return the labels of every number that can be asked for, by its name."""
    found: dict[str, set[str]] = {name: set(labels) for name, labels in OF_OTHERS.items()}
    for one in every_metric():
        if one.kind == "histogram":
            found |= {f"{one.name}_{part}": {*one.labels, "le"} for part in ("bucket", "sum")}
        found[one.name] = {*one.labels, *({"version"} if one.kind == "info" else ())}
    for rule in GROUPS[1]["rules"]:
        found[rule["record"]] = {"process"}
    return found


def selected(expression: str) -> Iterator[tuple[str, set[str]]]:
    """Yield each number that an expression asks for, with the labels that it picks by."""
    promql_parser.parse(expression)
    for name, picked in re.findall(
        r"\b(joinedup[\w:]+|up|ALERTS|process_\w+|python_\w+)\b(?:\{([^}]*)\})?(?=[\s)\[]|$)",
        expression,
    ):
        yield name, set(re.findall(r"(\w+)(?:=~|!~|!=|=)", picked))


def asked(board: dict[str, Any]) -> Iterator[Asked]:
    """Yield the queries of a dashboard's panels, with its variables filled in."""
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            expression = target["expr"].replace("$la", "330").replace("$instance", "join:9100")
            shown = frozenset(re.findall(r"{{(\w+)}}", target["legendFormat"]))
            yield Asked(panel["title"], expression, shown)


EVERY = [(name, one) for name, board in BOARDS.items() for one in asked(board)]


@pytest.mark.parametrize(("board", "one"), EVERY, ids=lambda one: str(one)[:60])
def test_a_panel_asks_for_what_is_there(board: str, one: Asked) -> None:
    found = list(selected(one.expression))
    assert found, f"{board}: {one.panel} asks for nothing that is known here"
    grouped = set(re.findall(r"by \(([^)]*)\)", one.expression))
    labels = {label.strip() for listed in grouped for label in listed.split(",")} | one.labels
    for name, picked in found:
        assert name in known(), f"{board}: {one.panel}"
        has = known()[name] | OF_A_TARGET
        assert picked <= has and labels <= has, f"{board}: {one.panel}"


def test_a_label_that_is_not_there_would_be_found() -> None:
    ((name, picked),) = selected('sum(joinedup_alerts{child="x"})')
    assert name == "joinedup_alerts" and not picked <= known()[name]


def test_the_dashboards_are_those_of_the_page_and_each_has_its_own_name() -> None:
    assert set(BOARDS) == {"alerts", "overview", "process", "sources"}
    assert len({board["uid"] for board in BOARDS.values()}) == len(BOARDS)
    for board in BOARDS.values():
        ids = [panel["id"] for panel in board["panels"]]
        assert len(ids) == len(set(ids))
        for panel in board["panels"]:
            place = panel["gridPos"]
            assert place["x"] + place["w"] <= 24


def test_grafana_finds_prometheus_and_the_dashboards_where_compose_puts_them() -> None:
    services = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]
    source = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text())
    assert source["datasources"][0]["url"] == "http://prometheus:9090"
    assert source["datasources"][0]["type"] == "prometheus" and "prometheus" in services
    (provider,) = yaml.safe_load((GRAFANA / "provisioning/dashboards/joinedup.yml").read_text())[
        "providers"
    ]
    mounted = services["grafana"]["volumes"]
    assert f"./infra/grafana/dashboards:{provider['options']['path']}:ro" in mounted
    assert "./infra/grafana/provisioning:/etc/grafana/provisioning:ro" in mounted


def test_nobody_signs_in_to_grafana_and_nobody_changes_anything_there() -> None:
    services = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]
    told = services["grafana"]["environment"]
    assert told["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
    assert told["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"
