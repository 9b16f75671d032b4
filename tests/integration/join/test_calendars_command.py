"""A calendar, published as a person does, moves what it said beforehand that it would."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from joinedup.commands import calendars
from tests.integration.join.deciding import LA, orders, runner
from tests.integration.join.stories import DAYS, FIRST_DAY, moment_of, stories
from tests.integration.join.workbench import Workbench

KNOWN = moment_of(FIRST_DAY + timedelta(days=DAYS)) + 100
TERMS = """
academic_year = "2025-26"
terms = [
  { first = 2025-09-10, last = 2025-12-12 },
  { first = 2026-01-12, last = 2026-07-10 },
]
closed = [{ first = 2026-02-09, last = 2026-02-27 }, { first = 2026-04-20, last = 2026-05-29 }]
"""


def test_a_calendar_is_published_and_then_nothing_is_left_for_it_to_move(
    bench: Workbench, tmp_path: Path
) -> None:
    run = runner(bench, tmp_path, calendars.register)
    file = tmp_path / "terms.toml"
    file.write_text(TERMS, "utf-8")
    bench.write(stories(LA, 12, 300))
    bench.partition_join(LA).apply(bench.inputs(LA))
    assert "No calendar was published" in run("calendars", "list")

    dry = run("calendars", "publish", str(file), "--dry-run")
    assert "open deadlines move." in dry
    assert "Nothing was published" in dry
    assert "Published." in run("calendars", "publish", str(file))
    (published,) = orders(bench, LA, after=KNOWN)
    assert published.record["counts_again"] is True
    bench.write([published])
    bench.partition_join(LA, "again").apply(bench.inputs(LA))

    assert "No open deadline moves." in run("calendars", "publish", str(file), "--dry-run")
    (listed,) = json.loads(run("calendars", "list", "--json"))["calendars"]
    assert (listed["academic_year"], listed["state"]) == ("2025-26", "counts")
    shown = json.loads(run("calendars", "show", "--year", "2025", "--json"))
    assert shown["counted_by"] == "the authority's own calendar"
    assert shown["terms"][0]["first"] == "2025-09-10"

    assert "published no such calendar" in run("calendars", "withdraw", "--year", "2024-25", code=1)
    assert "open deadlines move." in run("calendars", "withdraw", "--year", "2025-26")
    (_, gone) = orders(bench, LA, after=KNOWN)
    assert gone.record["retracted"] is True
    bench.write([gone])
    bench.partition_join(LA, "once more").apply(bench.inputs(LA))
    (listed,) = json.loads(run("calendars", "list", "--json"))["calendars"]
    assert listed["state"] == "taken back"
