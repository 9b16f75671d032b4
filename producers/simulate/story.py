"""What a story is: a child's year told on purpose, and what the platform should say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from producers.simulate.paths.course import live
from producers.simulate.tellings import Telling


@dataclass(frozen=True, kw_only=True)
class Story:
    """One story.

    sentence: what happens and what is told of it. traits: what is true of the child.
    misses: by duty, days late, or None for never. raises: the duties of which an alert should
    come; where an alert is told although nothing was missed, they are more than the misses.
    born: the date of birth, where the story rests on it.
    """

    name: str
    sentence: str
    year_group: int
    traits: tuple[str, ...]
    misses: Mapping[str, int | None] = field(default_factory=dict)
    raises: tuple[str, ...] = ()
    telling: Telling = live
    born: date | None = None

    @property
    def duties(self) -> tuple[str, ...]:
        """Return the duties of which this story should raise an alert, each once."""
        return tuple(sorted({*self.misses, *self.raises}))
