"""How days, event types and phrases are written for people."""

from __future__ import annotations

import re
from datetime import date

SHORT_NAMES = frozenset(
    {"ap", "cin", "cp", "ehc", "eotas", "icpc", "la", "lac", "pep", "sdq", "sen"}
)
SPELT = {"post16": "post-16", "section47": "section 47"}


def day_text(day: date | str) -> str:
    """Return a day as people write it: 3 September 2025."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day.day} {day:%B %Y}"


def in_words(name: str) -> str:
    """Return an event type in words: ApPlacementStarted is "AP placement started"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower().split()
    return " ".join(
        word.upper() if word in SHORT_NAMES else SPELT.get(word, word) for word in words
    )


def sentence(text: str) -> str:
    """Return words as a sentence: a capital letter first, one full stop at the end."""
    return text[:1].upper() + text[1:].rstrip(".") + "."
