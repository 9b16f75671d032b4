"""Fuzzes towards code that no input has reached: ``python -m tests.fuzz.guided``.

Prints a table of what was run, and the command that runs each finding again. What is imported
before the targets is not watched, so that the targets are imported late.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.guided.engine import Bounds, Place
    from tests.fuzz.guided.targets import Target

FOLDER = Path(__file__).parents[3] / ".local" / "fuzz"
UNGUIDED = (
    "Atheris is not installed, so nothing is fuzzed towards new code: it is made for Linux on"
    " x86-64, up to Python 3.13. The fuzz tests of make test need none of it."
)
NO_REAL_FILES = "There is no ../shared/data: what is made here is all that the targets begin with."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the targets that are asked for, or one input again; return 1 where a promise broke."""
    given = _asked(arguments)
    if given.replay:
        return _replay(*given.replay)
    if find_spec("atheris") is None:
        print(UNGUIDED)
        return 0
    every = _instrumented()
    chosen = [one for one in every.values() if any(word in one.name for word in given.only)]
    if not chosen:
        print(f"No target has such a name: there are {', '.join(every)}.", file=sys.stderr)
        return 2
    from tests.fuzz.seeds import DATA

    if not DATA.exists():
        print(NO_REAL_FILES)
    return _run(chosen, given)


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz.guided", description=__doc__)
    asked.add_argument("--only", nargs="+", default=[""], help="targets whose names hold one of")
    asked.add_argument("--seconds", type=int, default=60, help="for each target")
    asked.add_argument("--runs", type=int, default=-1, help="end a target after so many")
    asked.add_argument("--seed", type=int, default=0, help="0 for another one each time")
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="targets at once")
    asked.add_argument(
        "--folder", type=Path, default=FOLDER, help="keeps the findings, and inputs for next time"
    )
    asked.add_argument("--replay", nargs=2, metavar=("TARGET", "FILE"), help="run one input again")
    return asked.parse_args(arguments)


def _replay(name: str, file: str) -> int:
    from tests.fuzz.guided.targets import targets

    with targets()[name].opened() as check:
        check(Path(file).read_bytes())
    print("No promise is broken.")
    return 0


def _instrumented() -> dict[str, Target]:
    """Return the targets, with every branch of the code under test counted."""
    import atheris

    from tests.fuzz.guided.engine import INSTRUMENTED

    with _hushed(), atheris.instrument_imports(include=list(INSTRUMENTED)):
        from tests.fuzz.guided.targets import targets
    return targets()


@contextmanager
def _hushed() -> Iterator[None]:
    """Pass over a line for each module, which is no one's to read."""
    told, sys.stderr = sys.stderr, Path(os.devnull).open("w")
    try:
        yield
    finally:
        sys.stderr.close()
        sys.stderr = told


def _run(chosen: list[Target], given: argparse.Namespace) -> int:
    from tests.fuzz.guided.engine import Bounds

    bounds = Bounds(seconds=given.seconds, runs=given.runs, seed=given.seed)
    places = {one.name: _place(given.folder, one.name) for one in chosen}
    print("| target | runs | edges | corpus | findings |\n|---|---:|---:|---:|---:|", flush=True)
    found: list[str] = []
    for name in _each(chosen, places, bounds, given.jobs):
        found += _told(name, places[name])
    print("\n" + "\n".join(found or ["No promise was broken."]))
    return 1 if found else 0


def _place(folder: Path, name: str) -> Place:
    from tests.fuzz.guided.engine import Place

    own = folder / name.replace(":", "-").replace("/", "-")
    own.mkdir(parents=True, exist_ok=True)
    return Place(corpus=own / "corpus", findings=own / "findings", log=own / "log")


def _each(
    chosen: list[Target], places: dict[str, Place], bounds: Bounds, jobs: int
) -> Iterator[str]:
    """Yield the name of each target when it has ended; so many run at once."""
    waiting, running = list(chosen), dict[int, tuple[str, ForkProcess]]()
    while waiting or running:
        while waiting and len(running) < jobs:
            target = waiting.pop(0)
            process = get_context("fork").Process(
                target=_fuzz, args=(target, places[target.name], bounds)
            )
            process.start()
            running[process.sentinel] = (target.name, process)
        for sentinel in wait(list(running)):
            assert isinstance(sentinel, int)
            name, process = running.pop(sentinel)
            process.join()
            yield name


def _fuzz(target: Target, place: Place, bounds: Bounds) -> None:
    from tests.fuzz.guided.engine import fuzz

    with target.opened() as check:
        fuzz(check, target.seeds(), place, bounds)


def _told(name: str, place: Place) -> list[str]:
    """Print a target's row, and return the command that runs each of its findings again."""
    from tests.fuzz.guided.engine import figures

    findings = sorted(place.findings.glob("*"))
    made = figures(place)
    print(
        f"| `{name}` | {made.runs:,} | {made.edges:,} | {made.corpus:,} | {len(findings)} |",
        flush=True,
    )
    command = f"{sys.executable} -m tests.fuzz.guided --replay {name}"
    said = [f"{command} {file}" for file in findings]
    return said if made.runs else [*said, f"{name} did not run: see {place.log}."]


if __name__ == "__main__":
    sys.exit(main())
