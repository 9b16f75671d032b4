"""A retention schedule is read from TOML; what cannot be meant is refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from joinedup.commands.retention_file import ScheduleUnreadable, read_schedule
from journey.retention import LOOKED_AFTER, OF_LAW, Period, Start

GOOD = """
version = "2026-11"
[classes.education-record]
years = 25
after = "birth"
source = "Example council, retention schedule 2026"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "schedule.toml"
    file.write_text(text)
    return file


def test_a_schedule_gives_years_to_classes_and_law_gives_the_rest(tmp_path: Path) -> None:
    schedule, name = read_schedule(written(tmp_path, GOOD))
    assert schedule.period("education-record") == Period(
        years=25, start=Start.BIRTH, source="Example council, retention schedule 2026"
    )
    assert schedule.period(LOOKED_AFTER) == OF_LAW
    assert schedule.period("health-record") is None
    version, _, digest = name.partition(" ")
    assert (version, len(digest)) == ("2026-11", 40)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("years = 25", "years = 0", "a whole number from 1 to 150"),
        ("years = 25", "years = true", "a whole number from 1 to 150"),
        ('after = "birth"', 'after = "death"', "one of: birth, last-record"),
        ("education-record", "school-record", "There is no class school-record"),
        ("education-record", LOOKED_AFTER, "kept by law to the 75th anniversary"),
        ('version = "2026-11"', "", "Give version as"),
        ("[classes.education-record]", "[education-record]", "has no education-record"),
        ("years = 25", "years = ", "is not TOML"),
        ("source =", "who =", "education-record has no who"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(ScheduleUnreadable, match=said):
        read_schedule(written(tmp_path, GOOD.replace(old, new)))
