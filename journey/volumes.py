"""How much came of each source, day by day, and how much of it could not be taken."""

from __future__ import annotations

import msgspec

from journey.moments import day_of

DAYS = 35
"""So many days with any record are kept; older ones are in the totals only."""

UNSAID = "unsaid"
"""The reason of a gap of a release that did not say it here."""

NOBODY = ""
"""In the place of a source: records that no source could be held to."""


class Day(msgspec.Struct, kw_only=True):
    """Records of one day (London, by known time). came: all of them; refused: of these."""

    came: int = 0
    refused: int = 0


class Volumes(msgspec.Struct, kw_only=True):
    """What came of one source about children.

    days: by day, as ISO text. reasons: refused records by reason code, of all time.
    """

    came: int = 0
    refused: int = 0
    days: dict[str, Day] = {}
    reasons: dict[str, int] = {}

    def count(self, kappa: int, refused_for: str = "") -> None:
        """Count a record that became known at this moment (ms UTC); refused for this reason."""
        name = day_of(kappa).isoformat()
        day = self.days.get(name)
        if day is None:
            day = self.days[name] = Day()
            if len(self.days) > DAYS:
                del self.days[min(self.days)]
        self.came += 1
        day.came += 1
        if refused_for:
            self.refused += 1
            day.refused += 1
            self.reasons[refused_for] = self.reasons.get(refused_for, 0) + 1

    def since(self, first: str) -> Day:
        """Return what came from this day (ISO text) on, as far back as days are kept."""
        days = [day for name, day in self.days.items() if name >= first]
        return Day(came=sum(one.came for one in days), refused=sum(one.refused for one in days))
