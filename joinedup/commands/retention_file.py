"""A retention schedule as an authority writes it: a TOML file (docs/retention.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from joinedup.commands.toml_file import NotToml, read_toml
from journey.retention import LAW_YEARS, LOOKED_AFTER, PERIODS, Period, Schedule, Start
from schemas.formats import SOURCE_CODE, WORDS

MOST_YEARS = 150
_OF_THE_SCHEDULE = {"version", "classes"}
_OF_A_CLASS = {"after", "source", "years"}


class ScheduleUnreadable(ValueError):
    """The file is not a retention schedule; the text says what to do."""


def read_schedule(file: Path) -> tuple[Schedule, str]:
    """Return the schedule of a file, and its name with the hash of the file.

    Raises ScheduleUnreadable in a sentence.
    """
    try:
        stated, content = read_toml(file)
    except NotToml as fault:
        raise ScheduleUnreadable(str(fault)) from fault
    _only(stated, _OF_THE_SCHEDULE, "A retention schedule")
    version, classes = stated.get("version"), stated.get("classes")
    if not isinstance(version, str) or not SOURCE_CODE.matches(version):
        _refuse(f"Give version as {SOURCE_CODE.expected}.")
    if not isinstance(classes, dict) or not classes:
        _refuse("Write each class as a table of its own, such as [classes.education-record].")
    periods = {name: _period(name, one) for name, one in classes.items()}
    schedule = Schedule(version=version, periods=periods)
    return schedule, f"{version} {hashlib.sha256(content).hexdigest()[:40]}"


def _period(name: str, stated: Any) -> Period:
    if name not in PERIODS:
        _refuse(f"There is no class {name} to give years to; there are: {', '.join(PERIODS)}.")
    if not isinstance(stated, dict):
        _refuse(f"Write {name} as a table of its own: [classes.{name}].")
    _only(stated, _OF_A_CLASS, name)
    years, after, source = stated.get("years"), stated.get("after"), stated.get("source")
    if type(years) is not int or not 1 <= years <= MOST_YEARS:
        _refuse(f"Give years of {name} as a whole number from 1 to {MOST_YEARS}.")
    if not isinstance(after, str) or after not in [*Start]:
        _refuse(f"Give after of {name} as one of: {', '.join(Start)}.")
    if not isinstance(source, str) or not WORDS.matches(source):
        _refuse(f"Give source of {name}, which says who sets it, as {WORDS.expected}.")
    if name == LOOKED_AFTER and (after != Start.BIRTH or years < LAW_YEARS):
        _refuse(
            f"{LOOKED_AFTER} is kept by law to the {LAW_YEARS}th anniversary of birth at least"
            ' (2010 Regulations, reg 50): give after = "birth" and such years, or leave it out.'
        )
    return Period(years=years, start=Start(after), source=source)


def _only(content: Mapping[str, Any], known: set[str], what: str) -> None:
    if unknown := sorted(content.keys() - known):
        _refuse(f"{what} has no {unknown[0]}; it has: {', '.join(sorted(known))}.")


def _refuse(sentence: str) -> NoReturn:
    raise ScheduleUnreadable(sentence)
