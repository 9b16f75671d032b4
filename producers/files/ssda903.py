"""The looked-after children return (SSDA903): its CSV tables, or the XML that is their twin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from producers.files import ssda903_tables, ssda903_xml
from producers.files.outcomes import Context, Outcome, Unreadable
from producers.files.xml_records import recogniser

SUFFIXES = frozenset((".csv", ".xml"))
_is_xml = recogniser(ssda903_xml.ROOT)


def read(files: Sequence[Path], context: Context) -> Iterator[Outcome]:
    """Yield the outcome of every row, of either form; raises Unreadable where both are given."""
    documents = [path for path in files if path.suffix.lower() == ".xml"]
    if not documents:
        return ssda903_tables.read(files, context)
    if len(documents) < len(files):
        raise Unreadable(
            "Both CSV tables and XML are among the files: give one of them, "
            "since they say the same of the same children."
        )
    return ssda903_xml.read(documents, context)


def types_in(files: Sequence[Path]) -> frozenset[str]:
    """Return the event types of the tables that are there: no others can be missed."""
    if any(path.suffix.lower() == ".xml" for path in files):
        return ssda903_xml.TYPES
    return ssda903_tables.types_in(files)


def recognises(files: Sequence[Path]) -> bool:
    """Return whether these files are a return of this kind, by their names or first element."""
    return ssda903_tables.recognises(files) or _is_xml(files)
