"""Runs one target under libFuzzer, in a process of its own, and keeps what breaks a promise."""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import atheris

from tests.fuzz.mutations import HOSTILE

INSTRUMENTED = (
    "consumers",
    "gateway",
    "joinedup",
    "journey",
    "producers",
    "schemas",
    "fastavro",
    "tomllib",
)
_LONGEST = 40_000
_HANGS_SECONDS = 60
"""Of one input; machines that do other work too are slow, and what hangs hangs for ever."""
_MEGABYTES = 1024
_WORD = 60
"""The longest word that libFuzzer's dictionary takes, nearly."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How long a target runs: seconds or runs, whichever ends first. seed: 0 for a new one."""

    seconds: int
    runs: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """The folders of one target: inputs that reach new code, findings; and the file of its log."""

    corpus: Path
    findings: Path
    log: Path


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a run of a target came to."""

    runs: int
    edges: int
    corpus: int


def fuzz(check: Callable[[bytes], None], seeds: list[bytes], place: Place, bounds: Bounds) -> None:
    """Run the check until the bounds; does not return, since libFuzzer ends the process."""
    for folder in (place.corpus, place.findings):
        folder.mkdir(parents=True, exist_ok=True)
    _log_to(place.log)
    for number, one in enumerate(seeds):
        (place.corpus / f"seed-{number:03}").write_bytes(one)
    words = place.log.with_suffix(".words")
    words.write_text("".join(_word(one) for one in HOSTILE if len(one) <= _WORD))
    arguments = {
        "max_total_time": bounds.seconds,
        "runs": bounds.runs,
        "seed": bounds.seed,
        "max_len": _LONGEST,
        "timeout": _HANGS_SECONDS,
        "rss_limit_mb": _MEGABYTES,
        "dict": words,
        "artifact_prefix": f"{place.findings}/",
        "print_final_stats": 1,
    }
    told = [f"-{name}={value}" for name, value in arguments.items()]
    atheris.Setup(["guided", str(place.corpus), *told], _keeping(check, place.findings))
    atheris.Fuzz()


def _log_to(file: Path) -> None:
    with file.open("wb") as opened:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(opened.fileno(), stream.fileno())


def _word(content: bytes) -> str:
    return f'"{"".join(f"{chr(92)}x{byte:02x}" for byte in content)}"\n'


def _keeping(check: Callable[[bytes], None], findings: Path) -> Callable[[bytes], None]:
    """Return the check as one that keeps the first input of each failure, and goes on."""
    known: set[tuple[str, int, str]] = set()

    def kept(data: bytes) -> None:
        try:
            check(data)
        except Exception as fault:
            last = traceback.extract_tb(fault.__traceback__)[-1]
            at = (last.filename, last.lineno or 0, type(fault).__name__)
            if at not in known:
                known.add(at)
                file = findings / f"broken-{sha256(data).hexdigest()[:12]}"
                file.write_bytes(data)
                traceback.print_exc()

    return kept


def figures(place: Place) -> Figures:
    """Return what the log of a run says of it."""
    log = place.log.read_text(errors="replace")
    reached = re.findall(r"^#(\d+)\s.*cov: (\d+) ft: \d+ corp: (\d+)", log, re.M)
    counted = re.findall(r"number_of_executed_units: (\d+)", log)
    last = reached[-1] if reached else ("0", "0", "0")
    runs = counted[-1] if counted else last[0]
    return Figures(runs=int(runs), edges=int(last[1]), corpus=int(last[2]))
