"""The file formats that are read, and how a set of files is told to be of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from producers.files import (
    cin_census,
    cpis,
    fhir,
    json_lines,
    mapped_csv,
    nccis,
    nems,
    school_census,
    sen2,
    ssda903,
    xml_records,
    xml_subjects,
)
from producers.files.outcomes import Reader, Unreadable

_CSV = frozenset((".csv",))


def _unnamed(files: Sequence[Path]) -> None:
    """Return that the files name no authority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One file format.

    agency: whose systems export it; None where the events themselves tell.
    types_in: the event types that these files may hold.
    suffixes: of the files that are taken from a folder.
    authority: the local authority that the files themselves name, None where they name none.
    """

    name: str
    title: str
    agency: str | None
    read: Reader
    types_in: Callable[[Sequence[Path]], frozenset[str]]
    recognises: Callable[[Sequence[Path]], bool]
    suffixes: frozenset[str]
    authority: Callable[[Sequence[Path]], str | None] = _unnamed


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format(
            name="events",
            title="events as JSON lines",
            agency=None,
            read=json_lines.read,
            types_in=json_lines.types_in,
            recognises=json_lines.recognises,
            suffixes=json_lines.SUFFIXES,
        ),
        Format(
            name="ssda903",
            title="looked-after children return (SSDA903), CSV or XML",
            agency="social-care",
            read=ssda903.read,
            types_in=ssda903.types_in,
            recognises=ssda903.recognises,
            suffixes=ssda903.SUFFIXES,
        ),
        Format(
            name="school-census",
            title="School Census, COLLECT Blade CSV",
            agency="education",
            read=school_census.read,
            types_in=school_census.types_in,
            recognises=school_census.recognises,
            suffixes=_CSV,
        ),
        Format(
            name="cin-census",
            title="children in need census, XML",
            agency="social-care",
            read=cin_census.read,
            types_in=cin_census.types_in,
            recognises=cin_census.recognises,
            suffixes=xml_records.SUFFIXES,
            authority=xml_subjects.authority_of,
        ),
        Format(
            name="sen2",
            title="SEN2 return, XML",
            agency="education",
            read=sen2.read,
            types_in=sen2.types_in,
            recognises=sen2.recognises,
            suffixes=xml_records.SUFFIXES,
            authority=xml_subjects.authority_of,
        ),
        Format(
            name="nccis",
            title="NCCIS return, XML",
            agency="education",
            read=nccis.read,
            types_in=nccis.types_in,
            recognises=nccis.recognises,
            suffixes=xml_records.SUFFIXES,
            authority=nccis.authority_of,
        ),
        Format(
            name="csv",
            title="CSV with a mapping",
            agency=None,
            read=mapped_csv.read,
            types_in=mapped_csv.types_in,
            recognises=mapped_csv.recognises,
            suffixes=mapped_csv.SUFFIXES,
        ),
        Format(
            name="nems",
            title="NEMS event messages, FHIR STU3",
            agency="health",
            read=nems.read,
            types_in=nems.types_in,
            recognises=nems.recognises,
            suffixes=nems.SUFFIXES,
        ),
        Format(
            name="cpis",
            title="CP-IS records, FHIR R4",
            agency="social-care",
            read=cpis.read,
            types_in=cpis.types_in,
            recognises=cpis.recognises,
            suffixes=cpis.SUFFIXES,
        ),
        Format(
            name="fhir",
            title="FHIR R4, BaRS messages and UK Core resources",
            agency="health",
            read=fhir.read,
            types_in=fhir.types_in,
            recognises=fhir.recognises,
            suffixes=fhir.SUFFIXES,
        ),
    )
}


def detect(paths: Sequence[Path]) -> Format:
    """Return the one format that these files are of; raises Unreadable where it cannot be told."""
    found = [one for one in FORMATS.values() if one.recognises(files_of(paths, one))]
    if len(found) == 1:
        return found[0]
    raise Unreadable(
        "The format cannot be told from the files' names: "
        f"give --format, one of {', '.join(FORMATS)}."
    )


def files_of(paths: Sequence[Path], form: Format) -> list[Path]:
    """Return the files, folders replaced by the files of this format in them, in name order."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (one for one in path.rglob("*") if one.suffix.lower() in form.suffixes)
            found.extend(sorted(one for one in inside if one.is_file()))
        else:
            found.append(path)
    return found
