"""The join of a release with a fault: it fails for a child that was discharged, until mended.

Run as ``python -m tests.integration.browser.failing_join``. The fault is a duty of its own, so
nothing else of the join is another one.
"""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path

import msgspec

from consumers.join import partition
from joinedup.main import app
from journey.calendars import Calendars
from journey.child import Journey
from journey.duties import DUTIES
from journey.duties.duty import Case
from journey.machine import Machine
from tests.unit.journey.streams import PLAN

MENDED = "TEST_MENDED_FILE"
"""Names the file that is there once the release is mended."""


def _cases(journey: Journey, _: object, calendars: Calendars) -> list[Case]:
    if journey.of("HealthDischarged") and not Path(os.environ[MENDED]).exists():
        raise LookupError
    return []


FAULT = msgspec.structs.replace(
    PLAN, id="FRAGILE", reads=frozenset({"HealthDischarged"}), cases=_cases
)


def main() -> None:
    """Run the join until it is told to stop."""
    made = functools.partial(Machine, duties=(*DUTIES, FAULT))
    partition.Machine = made  # type: ignore[misc, assignment]
    sys.argv = ["joinedup", "run", "join", "--log-json"]
    app()


if __name__ == "__main__":
    main()
