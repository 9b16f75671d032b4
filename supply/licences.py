"""Under which licence each part is, and whether that licence is one that is allowed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from supply.parts import ROOT, Part

FILE = ROOT / "infra" / "licences.toml"
_UNSAID = "UNKNOWN"


@dataclass(frozen=True, kw_only=True)
class Licensed:
    """A part and the SPDX expression of its licence; wrong is a sentence where it has none."""

    part: Part
    licence: str
    wrong: str = ""


@dataclass(frozen=True, kw_only=True)
class Licences:
    """What infra/licences.toml says, and what the installed packages say of themselves."""

    allowed: Mapping[str, str]
    names: Mapping[str, str]
    stated: Mapping[str, Mapping[str, str]]
    installed: Mapping[str, str]

    def judge(self, parts: Iterable[Part]) -> tuple[Licensed, ...]:
        """Return each part with its licence, or with the sentence that says what to do."""
        return tuple(self._judged(part) for part in parts)

    def _judged(self, part: Part) -> Licensed:
        found = self._found(part)
        if not found or found == _UNSAID:
            return Licensed(part=part, licence="", wrong=_unsaid(part))
        licence = self.names.get(found, found)
        new = [one for one in ids_of(licence) if one not in self.allowed]
        wrong = _new(part, " and ".join(new)) if new else ""
        return Licensed(part=part, licence=licence, wrong=wrong)

    def _found(self, part: Part) -> str | None:
        stated = self.stated.get(part.purl.type, {})
        by_name = stated.get(part.name) or stated.get(part.purl.namespace or "")
        return by_name or (self.installed.get(part.name) if part.purl.type == "pypi" else None)


def licences(file: Path = FILE) -> Licences:
    """Return what the file says, beside what is installed in this environment."""
    said = tomllib.loads(file.read_text("utf-8"))
    return Licences(
        allowed=said["allowed"],
        names=said["names"],
        stated=said["stated"],
        installed=_installed(),
    )


def ids_of(expression: str) -> list[str]:
    """Return the licences that an SPDX expression names, with their exceptions."""
    bare = expression.replace("(", " ").replace(")", " ")
    return [one.strip() for one in re.split(r" (?:AND|OR) ", bare)]


def _installed() -> dict[str, str]:
    command = [
        sys.executable,
        "-m",
        "piplicenses",
        "--from=mixed",
        "--format=json",
        "--with-system",
    ]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return {_normalised(one["Name"]): one["License"] for one in json.loads(said)}


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _unsaid(part: Part) -> str:
    return (
        f"{part.name} {part.version} does not say under which licence it is, or is not installed "
        f"here: read it where the package is published, and write its SPDX name under "
        f"[stated.{part.purl.type}] in infra/licences.toml."
    )


def _new(part: Part, licence: str) -> str:
    return (
        f"{part.name} {part.version} is under {licence}, which infra/licences.toml does not allow: "
        "read what it asks of us and of those who deploy; then write it under [allowed] with that "
        "(or under [names], where it is another name of an allowed one), or do without the package."
    )
