"""What a shape works from: the journey, the duty's parameters and the school calendars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from journey.calendars import Calendars, SchoolCalendar
from journey.child import Journey
from journey.duties.episodes import Episode
from journey.duties.schooling import school_of


class Asked(NamedTuple):
    """One asking of one duty."""

    journey: Journey
    parameters: Mapping[str, int | str]
    calendars: Calendars

    def number(self, name: str) -> int:
        """Return a parameter that is a number."""
        return int(self.parameters[name])

    def words(self, name: str) -> list[str]:
        """Return a parameter that is a list of words."""
        return str(self.parameters[name]).split()

    def school(self, one: Episode, day: date) -> SchoolCalendar:
        """Return the calendar to count by for what lasts: its provider's, else the home school's.

        The reader of it reads the rolls.
        """
        named = one.told("provider"), one.told("establishment")
        return school_of(self.journey, self.calendars, day, *named)
