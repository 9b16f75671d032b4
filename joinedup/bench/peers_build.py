"""Builds the comparison programs where they are wanted: they are no part of what is installed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from stack.artefacts import read_lock, sha256_of
from stack.claims import only_one
from stack.errors import ProgramMissing, StackError

PROGRAMS = Path(__file__).resolve().parents[2] / "benchmarks"
_JAVA = PROGRAMS / "kafka_streams"
_LOCK = PROGRAMS / "requirements.lock"
_JARS = _JAVA / "jars.lock"
_OLDEST_JAVA = "17"
_SETTINGS = (
    "<settings><mirrors><mirror><id>given</id><mirrorOf>*</mirrorOf><url>{}</url></mirror>"
    "</mirrors></settings>"
)


def python_with_peers(folder: Path) -> Path:
    """Return the Python of an environment that has what the comparison programs need.

    It is made by their own lock, in this folder, where that was never done or the lock changed.
    Raises ProgramMissing, saying what to do.
    """
    environment, python = folder / "venv", folder / "venv" / "bin" / "python"
    folder.mkdir(parents=True, exist_ok=True)
    with only_one(folder / "lock"):
        if not _is_made(environment, _digest(_LOCK)):
            shutil.rmtree(environment, ignore_errors=True)
            _done([sys.executable, "-m", "venv", str(environment)], "make an environment")
            install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            hashed = ["--require-hashes", "-r", str(_LOCK)]
            _done([str(python), *install, *hashed], "install benchmarks/requirements.lock")
            _mark(environment, _digest(_LOCK))
    return python


def java_command(folder: Path, repository: str | None) -> list[str]:
    """Return what runs the Kafka Streams program, which is built in this folder if need be.

    repository: the base address of a Maven mirror; None means what Maven itself knows. Raises
    ProgramMissing where there is no JDK or Maven, or nothing could be fetched, and StackError where
    what Maven fetched is not what is locked.
    """
    java, maven = shutil.which("java"), shutil.which("mvn")
    if java is None or maven is None or shutil.which("javac") is None:
        raise ProgramMissing(
            f"The Kafka Streams program is built by Maven with a JDK of Java {_OLDEST_JAVA} or "
            "later: put java, javac and mvn on the PATH, or leave it out with --peer."
        )
    built = folder / "kafka_streams"
    sources = _digest(*sorted(one for one in _JAVA.rglob("*") if one.is_file()))
    folder.mkdir(parents=True, exist_ok=True)
    with only_one(folder / "lock"):
        if not _is_made(built / "target", sources):
            _build(maven, built, repository)
            _mark(built / "target", sources)
    target = built / "target"
    class_path = f"{target / 'comparison.jar'}:{target / 'libs'}/*"
    return [java, "-Xmx1g", "-cp", class_path, "joinedup.benchmarks.Main"]


def _build(maven: str, built: Path, repository: str | None) -> None:
    shutil.rmtree(built, ignore_errors=True)
    shutil.copytree(_JAVA, built)
    command = [maven, "--quiet", "--batch-mode", "--file", str(built / "pom.xml"), "package"]
    if repository:
        settings = built / "settings.xml"
        settings.write_text(_SETTINGS.format(repository), "utf-8")
        command += ["--settings", str(settings)]
    _done(command, "build benchmarks/kafka_streams")
    locked = {one.file_name: one.sha256 for one in read_lock(_JARS)}
    found = {one.name: sha256_of(one) for one in (built / "target" / "libs").iterdir()}
    if found != locked:
        differing = ", ".join(sorted({name for name, _ in locked.items() ^ found.items()}))
        raise StackError(
            f"What Maven fetched is not what {_JARS.name} names ({differing}): check the "
            "repository it came from, then try again."
        )


def require_programs() -> None:
    """Raise ProgramMissing where the comparison programs are not there at all."""
    if not _LOCK.exists():
        raise ProgramMissing(
            "The comparison programs are not part of the installed package: run joinedup bench in "
            "a checkout of the repository."
        )


def _digest(*files: Path) -> str:
    hashed = hashlib.sha256()
    for file in files:
        hashed.update(file.name.encode() + b"\0" + file.read_bytes())
    return hashed.hexdigest()


def _is_made(folder: Path, digest: str) -> bool:
    mark = folder / "made-from"
    return mark.is_file() and mark.read_text("utf-8") == digest


def _mark(folder: Path, digest: str) -> None:
    (folder / "made-from").write_text(digest, "utf-8")


def _done(command: Sequence[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ProgramMissing(
            f"Could not {what} ({said[0] if said else 'it said nothing'}): check the network, then "
            "run the command again."
        )
