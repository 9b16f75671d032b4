"""How the command line writes days, event types and phrases: as every other face does."""

from __future__ import annotations

from datetime import datetime

from journey.moments import LONDON
from journey.words import day_text, in_words, sentence

__all__ = ["day_text", "in_words", "moment_text", "sentence"]


def moment_text(moment: int) -> str:
    """Return a moment (ms since 1970 UTC) as people in England write it, to the minute."""
    at = datetime.fromtimestamp(moment / 1000, LONDON)
    return f"{day_text(at.date())}, {at:%H:%M}"
