"""The monthly NCCIS return (XML): what young people do after year 11, and their SEN provision.

A record is held to the error rules that the Department publishes with the return.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from producers.files.kept import Kept
from producers.files.nccis_activity import activity
from producers.files.nccis_people import Header, header, lead, young_person
from producers.files.nccis_sen import sen
from producers.files.nodes import Node
from producers.files.outcomes import (
    BadValue,
    Context,
    Outcome,
    Refused,
    Row,
    Skipped,
    Unreadable,
)
from producers.files.xml_fields import Element, refusing
from producers.files.xml_records import recogniser, records, require_well_formed
from producers.files.xml_subjects import not_used

_TYPES = frozenset(("ActivityStatusChanged", "ActivityConfirmed", "SenProvisionRecorded"))
_ROOT, _HEADER, _PERSON = "NCCIS", "FileHeader", "YoungPersonsRecord"
_NOT_USED = {
    "GuaranteeStatus": "the September guarantee gives no day of an offer",
    "IntendedDestinationYr11": "an intended destination is no event of the platform",
    "TransferredToLACode": "a transfer to another authority has no day here",
}

recognises = recogniser(_ROOT)


def read(files: Sequence[Path], context: Context) -> Iterator[Outcome]:
    """Yield the outcome of every young person's record; raises Unreadable."""
    for path in files:
        require_well_formed(path, _ROOT, "NCCIS return")
    with Kept() as seen:
        for path in files:
            yield from _file(path, context, seen)


def types_in(files: Sequence[Path]) -> frozenset[str]:
    """Return the event types of a return, whatever this month's holds."""
    return _TYPES


def authority_of(files: Sequence[Path]) -> str | None:
    """Return the first authority that the first return's header names; raises Unreadable."""
    for path in files[:1]:
        for _, node in records(path, _HEADER):
            return next((one.value for one in node.everywhere("LEACode") if one.value), None)
    return None


def _file(path: Path, context: Context, seen: Kept) -> Iterator[Outcome]:
    period: Header | None = None
    position = 0
    for name, node in records(path, _HEADER, _PERSON):
        if name == _HEADER:
            period = period or _header(path, node, context)
            continue
        if period is None:
            raise Unreadable(f"{path.name} has no FileHeader before its first record.")
        position += 1
        record = Element(Row(path.name, position), node, context.extract_day)
        yield from _record(record, period, context, seen)


def _header(path: Path, node: Node, context: Context) -> Header:
    try:
        return header(node, context.extract_day)
    except BadValue as bad:
        raise Unreadable(
            f"{path.name}: {bad.field} {bad.reason}: correct the header, "
            "or give --extracted-at where it is that which is wrong."
        ) from None


def _record(record: Element, period: Header, context: Context, seen: Kept) -> Iterator[Outcome]:
    details = record.part("PersonalDetails")
    try:
        if lead(details, period) != context.local_authority:
            yield Skipped(record.row, "is led by another authority than --la names (rule 15)")
            return
        about, doubts = young_person(details, period, context, seen)
    except BadValue as bad:
        yield bad.at(record.row)
        return
    yield from doubts
    activities = list(record.parts("Cohort"))
    if not activities:
        yield Refused(record.row, "Activities", "is absent or empty (rule 240)")
    for given in activities:
        yield from refusing(record.row, partial(activity, given, about))
    code = activities[0].text("ActivityCode") if activities else ""
    yield from refusing(record.row, partial(sen, record.part("LevelOfNeed"), code, about))
    yield from not_used(record.row, record.node, _NOT_USED)
