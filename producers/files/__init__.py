"""The files that source systems already export, read row by row into events."""

from producers.files.formats import FORMATS, Format, detect, files_of
from producers.files.outcomes import (
    Context,
    Made,
    Noted,
    Outcome,
    Refused,
    Row,
    Skipped,
    Unreadable,
)

__all__ = [
    "FORMATS",
    "Context",
    "Format",
    "Made",
    "Noted",
    "Outcome",
    "Refused",
    "Row",
    "Skipped",
    "Unreadable",
    "detect",
    "files_of",
]
