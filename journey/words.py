"""How days, event types and phrases are written for people."""

from __future__ import annotations

import re
from datetime import date

SHORT_NAMES = frozenset(
    {"ap", "cin", "cp", "ehc", "eotas", "icpc", "la", "lac", "pep", "sdq", "sen"}
)
SPELT = {"post16": "post-16", "section47": "section 47"}
_SHORT_IN_DUTIES = frozenset(
    {"camhs", "ed", "i", "iha", "neet", "pfa", "rcpc", "rha", "rpa", "vsh"}
)
_SPELT_IN_DUTIES = {
    "16y3m": "16 years 3 months",
    "data": "data:",
    "day6": "day 6",
    "september": "September",
    "y9": "year 9",
    "y11": "year 11",
    "year9": "year 9",
}


def day_text(day: date | str) -> str:
    """Return a day as people write it: 3 September 2025."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day.day} {day:%B %Y}"


def counted(count: int, unit: str, units: str = "") -> str:
    """Return a count with its unit: "1 alert", "2,000 alerts", "3 children"."""
    return f"{count:,} {unit}" if count == 1 else f"{count:,} {units or f'{unit}s'}"


def in_words(name: str) -> str:
    """Return an event type in words: ApPlacementStarted is "AP placement started"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower().split()
    return " ".join(
        word.upper() if word in SHORT_NAMES else SPELT.get(word, word) for word in words
    )


def code_in_words(name: str) -> str:
    """Return a duty's id, or another code, as people read it: "EHC plan 20 weeks"."""
    words = [_of_code(word) for word in name.lower().split("_")]
    said = " ".join(words)
    return said[:1].upper() + said[1:]


def _of_code(word: str) -> str:
    if word in SHORT_NAMES or word in _SHORT_IN_DUTIES:
        return word.upper()
    return SPELT.get(word) or _SPELT_IN_DUTIES.get(word, word)


def sentence(text: str) -> str:
    """Return words as a sentence: a capital letter first, one full stop at the end."""
    return text[:1].upper() + text[1:].rstrip(".") + "."
