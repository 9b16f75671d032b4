"""The SEN2 person level return (XML): requests for an EHC assessment, plans and their reviews."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from producers.event import Identifier
from producers.files.identities import Candidate, Person, usable
from producers.files.kept import Kept
from producers.files.outcomes import BadValue, Context, Noted, Outcome, Refused, Row, Skipped
from producers.files.sen2_plans import active_plan, named_plan
from producers.files.sen2_requests import request
from producers.files.xml_fields import Element, refusing
from producers.files.xml_records import recogniser, records, require_well_formed
from producers.files.xml_subjects import Subject, in_order, not_used, require_authority

_ROOT, _HEADER, _PERSON = "Message", "Header", "Person"
_TYPES = frozenset(
    (
        "EhcNeedsAssessmentRequested",
        "EhcAssessmentDecisionIssued",
        "EhcNoPlanDecisionIssued",
        "EhcPlanFinalised",
        "EhcPlanCeased",
        "EhcReviewMeetingHeld",
        "EhcReviewDecisionNotified",
        "EhcReviewCompleted",
        "EhcAmendmentNoticeServed",
    )
)
_NOT_USED = {
    "Week20": "an exception to the 20 weeks is given without its ground and its day",
    "PlacementDetail": "a placement under a plan is not told to be alternative provision",
    "TransferLA": "a plan's transfer from another authority has no day here",
    "Exported": "a request passed to another authority has no day here",
    "PhaseTransferDueDate": "a transfer that is due is no event; one that is done is",
}
_NO_NUMBER = (
    "is no UPN, and there is no learner number that can be used; if these are a test file's keys, "
    "--opaque-upn keeps them as the system's own ids"
)

recognises = recogniser(_ROOT, "Persons")


def read(files: Sequence[Path], context: Context) -> Iterator[Outcome]:
    """Yield the outcome of every person's record; raises Unreadable."""
    for path in files:
        require_well_formed(path, _ROOT, "SEN2 return")
    for path, revision in in_order(files, context):
        with Kept() as seen:
            yield from _file(path, context, revision, seen)


def types_in(files: Sequence[Path]) -> frozenset[str]:
    """Return the event types of a return, whatever this year's holds."""
    return _TYPES


def _file(path: Path, context: Context, revision: int, seen: Kept) -> Iterator[Outcome]:
    position = 0
    for name, node in records(path, _HEADER, _PERSON):
        if name == _HEADER:
            require_authority(path, node, context)
            continue
        position += 1
        person = Element(Row(path.name, position), node, context.extract_day)
        yield from refusing(person.row, partial(_person, person, context, revision, seen))


def _person(person: Element, context: Context, revision: int, seen: Kept) -> Iterator[Outcome]:
    about, notes = _about(person, context, revision)
    if not seen.is_new(about.key):
        raise BadValue("UPN", "is that of an earlier person of the return")
    yield from notes
    requests = list(person.parts("Requests"))
    if not requests:
        yield Skipped(person.row, "a person without a request or plan")
    received: set[str] = set()
    for given in requests:
        day = given.text("ReceivedDate")
        if day in received:
            yield Refused(person.row, "ReceivedDate", "is that of an earlier request of the person")
            continue
        received.add(day)
        yield from _request(given, about)
    yield from not_used(person.row, person.node, _NOT_USED)


def _request(given: Element, about: Subject) -> Iterator[Outcome]:
    record = about.record("request", given.text("ReceivedDate"))
    asked = record if given.text("ReceivedDate") else None
    yield from refusing(given.row, partial(request, given, about))
    plan: list[str] = []
    yield from refusing(given.row, partial(named_plan, given, about, asked, plan), "NamedPlan")
    for active in given.parts("ActivePlans"):
        yield from active_plan(active, about, plan[0] if plan else None)


def _about(person: Element, context: Context, revision: int) -> tuple[Subject, list[Noted]]:
    born = person.day("PersonBirthDate")
    taken, notes = usable(person.row, _candidates(person, opaque=context.opaque_upn))
    if not taken:
        raise BadValue("UPN", _NO_NUMBER)
    key = f"{taken[0].scheme.lower()}/{taken[0].value}"
    return Subject(person.row, "sen2", key, Person(tuple(taken), born), context, revision), notes


def _candidates(person: Element, *, opaque: bool) -> list[Candidate]:
    upn, learner = person.text("UPN"), person.text("UniqueLearnerNumber")
    return [
        Candidate("UPN", Identifier("MIS_ID" if opaque else "UPN", upn)),
        Candidate("UniqueLearnerNumber", Identifier("ULN", learner)),
    ]
