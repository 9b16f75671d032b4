"""Rules, runbook and code agree: each rule is of numbers that are there, and says what to do."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import typer.main
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.samples import Sample

from consumers.intake.metrics import IntakeMetrics
from consumers.notifier.delivery import Step
from consumers.notifier.metrics import NotifierMetrics
from dashboard import metrics as of_the_dashboard
from dashboard.access import ROUTES
from dashboard.faults import IN_THE_API, ON_A_PAGE
from dashboard.last_resort import SAID
from dashboard.metrics import DashboardMetrics
from gateway import metrics as of_the_gateway
from gateway.problems import TITLES
from joinedup.main import app
from joinedup.watched.document import every_metric
from schemas.refusals import REASONS

REPOSITORY = Path(__file__).resolve().parents[3]
PROMETHEUS = REPOSITORY / "infra" / "prometheus"
GROUPS: list[dict[str, Any]] = yaml.safe_load((PROMETHEUS / "rules.yml").read_text())["groups"]
RULES: list[dict[str, Any]] = GROUPS[0]["rules"]
RECORDED: list[dict[str, Any]] = GROUPS[1]["rules"]
PAGE = (REPOSITORY / "docs" / "runbook.md").read_text()
OF_PROMETHEUS = {"up"}


def shown() -> Iterator[str]:
    """Yield each name under which a process of the platform shows a number."""
    for one in every_metric():
        of_a_histogram = ("_bucket", "_sum", "_count") if one.kind == "histogram" else ("",)
        yield from (one.name + suffix for suffix in of_a_histogram)


def names_in(expression: str) -> set[str]:
    """Return the metrics that an expression asks for; raises ValueError where it is no PromQL."""
    promql_parser.parse(expression)
    return set(re.findall(r"\b(?:joinedup_\w+|up)\b(?=[\s{)\[]|$)", expression))


def test_what_is_recorded_is_of_numbers_that_a_process_shows() -> None:
    for rule in RECORDED:
        asked = names_in(rule["expr"])
        assert asked and asked <= set(shown()), rule
    behind = {(rule["record"], rule["labels"]["process"]) for rule in RECORDED}
    assert len(behind) == len(RECORDED) > 10


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_asks_only_for_numbers_that_a_process_shows(rule: dict[str, Any]) -> None:
    asked = names_in(rule["expr"])
    assert asked and asked <= set(shown()) | OF_PROMETHEUS
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_a_name_that_nobody_shows_would_be_found() -> None:
    assert names_in("time() - max by (partition) (joinedup_nothing) > 1") == {"joinedup_nothing"}
    with pytest.raises(ValueError):
        names_in("sum by (partition) joinedup_join_parked_records >")


RISING = [
    found
    for rule in RULES
    for found in re.findall(r"increase\((\w+)(?:{(\w+)(=~?)\"(.+?)\"})?\[", rule["expr"])
]


@pytest.mark.parametrize(("name", "label", "picks", "wanted"), RISING)
def test_what_a_rule_waits_to_see_rise_is_shown_before_it_does(
    name: str, label: str, picks: str, wanted: str
) -> None:
    wanted = wanted if picks == "=~" else re.escape(wanted)
    shown_at_once = [
        one.labels
        for one in at_the_start()
        if one.name == name and re.fullmatch(wanted, one.labels.get(label, ""))
    ]
    assert shown_at_once, "of a number that begins at 1 Prometheus sees no rise"


def at_the_start() -> Iterator[Sample]:
    """Yield what the processes that these rules are about show before anything happens."""
    registry = CollectorRegistry()
    IntakeMetrics(registry), NotifierMetrics(registry), DashboardMetrics(registry)
    for metric in (*registry.collect(), *of_the_gateway.ANSWERED.collect()):
        yield from metric.samples


def shown_of(name: str, label: str) -> set[str]:
    return {one.labels[label] for one in at_the_start() if one.name == name}


def test_each_reason_kind_of_page_and_failure_is_shown_before_it_is_met() -> None:
    assert shown_of("joinedup_intake_refused_total", "reason") == {*REASONS}
    pages = {declared.partition(" ")[2] for declared in ROUTES}
    assert shown_of("joinedup_dashboard_answers_total", "route") == pages | {"none"}
    failing = {one for one in TITLES if one >= 500}
    assert failing == set(of_the_gateway.FAILURES) == set(of_the_dashboard.FAILURES)
    said = {*ON_A_PAGE.values(), *IN_THE_API.values(), SAID}
    assert {one.status for one in said if one.status >= 500} == set(of_the_dashboard.FAILURES)


def test_a_step_that_a_rule_counts_is_a_step_of_deliveries() -> None:
    named = {step for rule in RULES for step in re.findall(r'step="(\w+)"', rule["expr"])}
    assert named and named <= {str(one) for one in Step}


def test_the_rules_judge_invented_numbers_as_prometheus_own_tool_says() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not on the PATH: Debian's package prometheus has it")
    command = [promtool, "test", "rules", "rules_test.yml"]
    said = subprocess.run(command, cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


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
    for job in found["scrape_configs"]:
        assert (job["scheme"], list(job["tls_config"])) == ("https", ["ca_file"])
    mounted = services["prometheus"]["volumes"]
    assert "./tls/ca.pem:/run/joinedup/ca.pem:ro" in mounted
    assert sorted(targets) == sorted(f"{name}:9100" for name in ours)
    assert found["rule_files"] == ["rules.yml"]
