"""The page that an operator follows names commands, files and tests that there are."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from joinedup.main import app
from tests.unit.docs.test_security_pages import what_is_wrong

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
PAGE = DOCS / "operations.md"
TEXT = PAGE.read_text("utf-8")
TYPED = [
    line
    for block in re.findall(r"^```console\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    for line in re.findall(r"^\$ (.*)$", block, re.MULTILINE)
]
INLINE = re.findall(r"`((?:joinedup|make|docker compose|kubectl) [^`]+)`", TEXT)
MADE = {"ca.pem", "sources.json", "recipients.toml", "gateway.json", "dashboard.env", ".env"}
"""What an operator writes, or a command on the page makes."""


def commands_in(line: str) -> list[str]:
    """Return the commands of a line of a shell, loops and pipes taken apart."""
    parts = re.split(r"\s*(?:&&|\||;|\bdo\b|>>?)\s*", line.replace("&", "&&"))
    return [one for one in parts if re.match(r"(?:joinedup|make|docker compose|kubectl) ", one)]


GIVEN = sorted({one for line in (*TYPED, *INLINE) for one in commands_in(line)})


def of_ours(command: str) -> str:
    words = shlex.split(command)[1:]
    found: Any = typer.main.get_command(app)
    while hasattr(found, "commands") and words:
        if words[0] not in found.commands:
            return f"there is no command {words[0]}"
        found = found.commands[words.pop(0)]
    options = {
        name for one in getattr(found, "params", []) for name in (*one.opts, *one.secondary_opts)
    }
    unknown = {word for word in words if word.startswith("--")} - options
    return f"it knows no {', '.join(sorted(unknown))}" if unknown else ""


def of_docker(command: str) -> str:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    profiles = {name for one in services.values() for name in one.get("profiles", [])}
    words = shlex.split(command)[2:]
    named = {after for word, after in pairwise(words) if word == "--profile"}
    restarted = set(words[words.index("restart") + 1 :]) if "restart" in words else set()
    wrong = (named - profiles) | (restarted - set(services))
    return f"there is no {', '.join(sorted(wrong))}" if wrong else ""


def of_kubernetes(command: str) -> str:
    folder = ROOT / "infra" / "kubernetes"
    referred = "".join(file.read_text() for file in folder.glob("*.yaml"))
    for file in re.findall(r"-[fk] (infra/\S+)", command):
        if not (ROOT / file).exists():
            return f"there is no {file}"
    for kind, name in re.findall(r"create (?:secret generic|(configmap)) (\S+)", command):
        if not re.search(rf"(?:name|secretName): {re.escape(name)}(?![\w-])", referred):
            return f"no manifest refers to the {kind or 'secret'} {name}"
    for job in re.findall(r"job/(\w+)", command):
        if not (folder / f"{job}.yaml").exists():
            return f"there is no job {job}"
    for label in re.findall(r"label namespace \S+ (\S+)=", command):
        if label not in referred:
            return f"no policy asks for {label}"
    return ""


def of_make(command: str) -> str:
    return what_is_wrong(command)


OF = {"joinedup": of_ours, "make": of_make, "docker": of_docker, "kubectl": of_kubernetes}


@pytest.mark.parametrize("command", GIVEN)
def test_every_command_on_the_page_can_be_given(command: str) -> None:
    assert OF[command.split(" ")[0]](command) == ""


def test_a_command_that_there_is_not_would_be_found() -> None:
    assert commands_in("for one in a b; do joinedup run $one --nothing & done") == [
        "joinedup run $one --nothing"
    ]
    assert of_ours("joinedup nothing") and of_ours("joinedup source nothing")
    assert of_ours("joinedup up --nothing") == "it knows no --nothing"
    assert of_docker("docker compose --profile nothing up") and of_docker(
        "docker compose restart x"
    )
    assert of_kubernetes("kubectl apply -f infra/kubernetes/nothing.yaml")
    assert of_kubernetes("kubectl create secret generic nothing") and of_make("make nothing")


def test_every_key_that_a_secret_is_made_with_is_the_one_that_is_mounted() -> None:
    manifests = "".join(file.read_text() for file in (ROOT / "infra/kubernetes").glob("*.yaml"))
    keys = re.findall(r"--from-file=(?:([\w.]+)=)?(\S+)", "\n".join(TYPED))
    assert len(keys) > 4
    for key, file in keys:
        assert Path(file).name in {
            *MADE,
            "gateway.pem",
            "dashboard.pem",
            "registry.pem",
            "metrics.pem",
        }
        assert re.search(rf"/{re.escape(key or file)}\b", manifests), key or file


def test_every_test_and_file_that_is_named_is_there() -> None:
    named = set(re.findall(r"`((?:tests|infra)/[\w/.-]+(?:::\w+)?)`", TEXT))
    assert len(named) > 15
    there = {one for one in named if (ROOT / one).is_dir()}
    assert [wrong for one in sorted(named - there) if (wrong := what_is_wrong(one))] == []


def test_every_section_says_what_shows_it() -> None:
    for section in re.split(r"^## ", TEXT, flags=re.M)[1:]:
        title = section.splitlines()[0]
        assert "*Shown by*" in section, title


def test_every_link_leads_to_a_page_and_a_heading() -> None:
    for target, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", TEXT):
        file = DOCS / (target or PAGE.name)
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.MULTILINE)
            known = {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}
            assert anchor in known, f"{target}#{anchor}"


def test_the_page_is_found_from_the_readme_and_the_architecture() -> None:
    assert "](docs/operations.md)" in (ROOT / "README.md").read_text()
    assert "](operations.md)" in (DOCS / "architecture.md").read_text()
