"""One episode of the children in need census, and all that happened in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from producers.files.codes import codes
from producers.files.outcomes import BadValue, Outcome, Refused, Skipped
from producers.files.xml_fields import Element, refusing
from producers.files.xml_subjects import Subject

_LISTS = {
    "ReferralSource": ("referral_source", "1A to 10"),
    "PrimaryNeedCode": ("need", "N0 to N9"),
    "ReasonForClosure": ("closure", "RC1 to RC9"),
    "InitialCategoryOfAbuse": ("abuse", "NEG, PHY, SAB, EMO or MUL"),
}


def episode(given: Element, about: Subject, told: set[str]) -> Iterator[Outcome]:
    """Yield the referral and what followed it; raises BadValue where it has no day.

    told: the ids of this child's records so far; one that comes again is refused.
    """
    received_on = given.required_day("CINreferralDate")
    referral = _once(about.record("referral", received_on), "CINreferralDate", told)
    source, refusals = _code(given, "ReferralSource")
    need, more = _code(given, "PrimaryNeedCode")
    yield from (*refusals, *more)
    yield about.made(
        "ReferralReceived", referral, received_on=received_on, source_code=source, need_code=need
    )
    yield from refusing(given.row, partial(_closed, given, about, referral, received_on))
    yield from refusing(given.row, partial(_no_action, given))
    # The conference of a child who moved in stands at the episode itself.
    yield from refusing(given.row, partial(_conference, given, about, date.min, told))
    for part, reader in _PARTS.items():
        for one in given.parts(part):
            yield from refusing(given.row, partial(reader, one, about, referral, told), part)


def _closed(given: Element, about: Subject, referral: str, since: date) -> Iterator[Outcome]:
    closed_on = given.day("CINclosureDate")
    reason, refusals = _code(given, "ReasonForClosure")
    if closed_on is None:
        if reason:
            raise BadValue("CINclosureDate", "is empty, although a reason for closure is given")
        return
    _not_before(closed_on, since, "CINclosureDate", "CINreferralDate")
    yield from refusals
    yield about.made(
        "ReferralClosed",
        f"{referral}/closed",
        referral=referral,
        closed_on=closed_on,
        reason_code=reason,
    )


def _no_action(given: Element) -> Iterator[Outcome]:
    if _flag(given, "ReferralNFA"):
        yield Skipped(given.row, "no further action on a referral is given without its day")


def _conference(given: Element, about: Subject, since: date, told: set[str]) -> Iterator[Outcome]:
    held_on = given.day("DateOfInitialCPC")
    if held_on is None:
        return
    _not_before(held_on, since, "DateOfInitialCPC", "S47ActualStartDate")
    record = about.record("icpc", held_on)
    if record not in told:
        told.add(record)
        yield about.made("IcpcHeld", record, held_on=held_on)


def _assessment(given: Element, about: Subject, referral: str, told: set[str]) -> Iterator[Outcome]:
    started_on = given.required_day("AssessmentActualStartDate")
    record = _once(about.record("assessment", started_on), "AssessmentActualStartDate", told)
    yield about.made("AssessmentStarted", record, referral=referral, started_on=started_on)
    authorised_on = given.day("AssessmentAuthorisationDate")
    if authorised_on:
        name = "AssessmentAuthorisationDate"
        _not_before(authorised_on, started_on, name, "AssessmentActualStartDate")
        yield about.made(
            "AssessmentAuthorised",
            f"{record}/authorised",
            referral=referral,
            authorised_on=authorised_on,
        )


def _need_plan(given: Element, about: Subject, referral: str, told: set[str]) -> Iterator[Outcome]:
    started_on = given.required_day("CINPlanStartDate")
    record = _once(about.record("plan", started_on), "CINPlanStartDate", told)
    yield about.made("CinPlanAgreed", record, agreed_on=started_on)
    ended_on = given.day("CINPlanEndDate")
    if ended_on:
        _not_before(ended_on, started_on, "CINPlanEndDate", "CINPlanStartDate")
        yield about.made("CinPlanEnded", f"{record}/ended", plan=record, ended_on=ended_on)


def _enquiry(given: Element, about: Subject, referral: str, told: set[str]) -> Iterator[Outcome]:
    started_on = given.required_day("S47ActualStartDate")
    record = _once(about.record("enquiry", started_on), "S47ActualStartDate", told)
    yield about.made("Section47Started", record, started_on=started_on)
    yield from refusing(
        given.row, partial(_conference, given, about, started_on, told), "Section47"
    )
    if _flag(given, "ICPCnotRequired"):
        yield Skipped(given.row, "that no conference is required is given without its day")


def _protection_plan(
    given: Element, about: Subject, referral: str, told: set[str]
) -> Iterator[Outcome]:
    started_on = given.required_day("CPPstartDate")
    record = _once(about.record("protection", started_on), "CPPstartDate", told)
    category, refusals = _code(given, "InitialCategoryOfAbuse")
    yield from refusals
    yield about.made("CpPlanStarted", record, started_on=started_on, category=category)
    yield from refusing(
        given.row,
        partial(_protection_end, given, about, record, started_on),
        "ChildProtectionPlans",
    )
    for review in given.parts("Reviews"):
        for one in review.each("CPPreviewDate"):
            yield from refusing(
                given.row, partial(_review, one, about, record, started_on, told), "Reviews"
            )


def _protection_end(
    given: Element, about: Subject, record: str, started_on: date
) -> Iterator[Outcome]:
    ended_on = given.day("CPPendDate")
    if ended_on:
        _not_before(ended_on, started_on, "CPPendDate", "CPPstartDate")
        yield about.made("CpPlanEnded", f"{record}/ended", plan=record, ended_on=ended_on)


def _review(
    given: Element, about: Subject, record: str, started_on: date, told: set[str]
) -> Iterator[Outcome]:
    held_on = given.required_day("CPPreviewDate")
    _not_before(held_on, started_on, "CPPreviewDate", "CPPstartDate")
    review = _once(f"{record}/review/{held_on}", "CPPreviewDate", told)
    yield about.made("ReviewConferenceHeld", review, plan=record, held_on=held_on)


_PARTS = {
    "Assessments": _assessment,
    "CINPlanDates": _need_plan,
    "Section47": _enquiry,
    "ChildProtectionPlans": _protection_plan,
}


def _once(record: str, field: str, told: set[str]) -> str:
    if record in told:
        raise BadValue(field, "is that of an earlier one of the child")
    told.add(record)
    return record


def _not_before(day: date, other: date, field: str, before: str) -> None:
    if day < other:
        raise BadValue(field, f"is before {before}")


def _code(given: Element, name: str) -> tuple[str | None, list[Refused]]:
    """Return the code, None where it is absent or, with its refusal, of no list."""
    list_name, expected = _LISTS[name]
    code = given.text(name).upper()
    if not code:
        return None, []
    if code not in codes("cin_census", list_name):
        bad = BadValue(name, f"is no known code; expected one of {expected}")
        return None, [bad.at(given.row)]
    return code, []


def _flag(given: Element, name: str) -> bool:
    value = given.text(name).lower()
    if value and value not in codes("cin_census", "yes") | codes("cin_census", "no"):
        raise BadValue(name, "is neither true nor false")
    return value in codes("cin_census", "yes")
