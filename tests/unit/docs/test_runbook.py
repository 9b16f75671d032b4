"""Rules, runbook and code agree: each rule is of numbers that are there, and says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import typer.main
import yaml
from prometheus_client import CollectorRegistry

from consumers.audit.metrics import SealerMetrics
from consumers.intake.metrics import IntakeMetrics
from consumers.join.metrics import JoinMetrics
from consumers.notifier.delivery import Step
from consumers.notifier.metrics import NotifierMetrics
from consumers.relay.metrics import RelayMetrics
from dashboard.metrics import DashboardMetrics
from gateway import metrics as of_the_gateway
from joinedup.main import app

REPOSITORY = Path(__file__).resolve().parents[3]
PROMETHEUS = REPOSITORY / "infra" / "prometheus"
RULES: list[dict[str, Any]] = yaml.safe_load((PROMETHEUS / "rules.yml").read_text())["groups"][0][
    "rules"
]
PAGE = (REPOSITORY / "docs" / "runbook.md").read_text()
SUFFIXES = ("", "_total", "_created", "_bucket", "_sum", "_count")
OF_PROMETHEUS = {"up"}


def shown() -> Iterator[str]:
    """Yield each name under which a process of the platform shows a number."""
    registry = CollectorRegistry()
    for metrics in (
        *(IntakeMetrics, JoinMetrics, RelayMetrics, SealerMetrics),
        *(NotifierMetrics, DashboardMetrics),
    ):
        metrics(registry)
    registry.register(of_the_gateway.ACCEPTED)
    registry.register(of_the_gateway.ANSWERED)
    for one in registry.collect():
        yield from (one.name + suffix for suffix in SUFFIXES)


def names_in(expression: str) -> set[str]:
    """Return the metrics that an expression asks for; raises ValueError where it is no PromQL."""
    promql_parser.parse(expression)
    return set(re.findall(r"\b(?:joinedup_\w+|up)\b(?=[\s{)\[]|$)", expression))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_asks_only_for_numbers_that_a_process_shows(rule: dict[str, Any]) -> None:
    asked = names_in(rule["expr"])
    assert asked and asked <= set(shown()) | OF_PROMETHEUS
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_a_name_that_nobody_shows_would_be_found() -> None:
    assert names_in("time() - max by (partition) (joinedup_nothing) > 1") == {"joinedup_nothing"}
    with pytest.raises(ValueError):
        names_in("sum by (partition) joinedup_join_parked_records >")


def test_a_step_that_a_rule_counts_is_a_step_of_deliveries() -> None:
    named = {step for rule in RULES for step in re.findall(r'step="(\w+)"', rule["expr"])}
    assert named and named <= {str(one) for one in Step}


def test_each_rule_has_its_part_of_the_runbook_and_each_part_its_rule() -> None:
    assert re.findall(r"^## (\w+)$", PAGE, re.M) == [rule["alert"] for rule in RULES]


def test_what_the_runbook_has_typed_can_be_typed() -> None:
    root = typer.main.get_command(app)
    for words in re.findall(r"`joinedup\s([a-z -]+)`", PAGE):
        command: Any = root
        for word in words.split():
            if word.startswith("--"):
                assert any(word in one.opts for one in command.params), words
                continue
            assert word in command.commands, words
            command = command.commands[word]


def test_prometheus_asks_every_process_that_compose_runs() -> None:
    services = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]
    ours = {
        name
        for name, one in services.items()
        if "JOINEDUP_METRICS_PORT" in one.get("environment", {}) and "healthcheck" in one
    }
    found = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    targets = [
        target
        for job in found["scrape_configs"]
        for static in job["static_configs"]
        for target in static["targets"]
    ]
    assert sorted(targets) == sorted(f"{name}:9100" for name in ours)
    assert found["rule_files"] == ["rules.yml"]
