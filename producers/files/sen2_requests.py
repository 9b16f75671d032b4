"""A request for an EHC assessment, and what the authority decided about it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from producers.files.codes import codes, meanings
from producers.files.outcomes import BadValue, Outcome, Skipped
from producers.files.xml_fields import Element, refusing
from producers.files.xml_subjects import Subject

_YES, _NO, _WITHDRAWN, _HISTORICAL = "Y", "N", "W", "H"


def request(given: Element, about: Subject) -> Iterator[Outcome]:
    """Yield the request and its decisions; raises BadValue where its day cannot be read.

    A request that the family withdrew is retracted: nothing is owed on it any more.
    """
    decided = _decision(given, "RequestOutcome")
    planned = _decision(given, "AssessmentOutcome")
    if not given.text("ReceivedDate") and _HISTORICAL in (decided, planned):
        yield Skipped(given.row, "a request of an earlier collection, without its day")
        return
    received_on = given.required_day("ReceivedDate")
    record = about.record("request", received_on)
    withdrawn = _WITHDRAWN in (decided, planned)
    source = meanings("sen2", "request_source").get(given.text("RequestSource"))
    yield about.made(
        "EhcNeedsAssessmentRequested",
        record,
        received_on=received_on,
        requested_by=source,
        retracted=withdrawn,
    )
    if not withdrawn:
        yield from refusing(given.row, partial(_to_assess, given, about, record, decided))
        yield from refusing(given.row, partial(_to_plan, given, about, record, planned))


def _to_assess(given: Element, about: Subject, record: str, decided: str) -> Iterator[Outcome]:
    if decided not in (_YES, _NO):
        return
    day = given.required_day("RequestOutcomeDate")
    yield about.made(
        "EhcAssessmentDecisionIssued",
        f"{record}/decision",
        request=record,
        decided_on=day,
        will_assess=decided == _YES,
    )


def _to_plan(given: Element, about: Subject, record: str, planned: str) -> Iterator[Outcome]:
    if planned != _NO:
        return
    day = given.part("Assessment").required_day("AssessmentOutcomeDate")
    yield about.made("EhcNoPlanDecisionIssued", f"{record}/no-plan", request=record, decided_on=day)


def _decision(given: Element, name: str) -> str:
    holder = given if name == "RequestOutcome" else given.part("Assessment")
    code = holder.text(name).upper()
    if code and code not in codes("sen2", "decision"):
        raise BadValue(name, "is no known code; expected Y, N, A, W or H")
    return code
