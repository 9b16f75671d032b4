"""What a young person does, as an NCCIS return has it: since when, and when it was confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from producers.files.codes import codes, meanings
from producers.files.nccis_people import About
from producers.files.outcomes import BadValue, Outcome, Refused, Skipped
from producers.files.xml_fields import Element, refusing

_UNKNOWN = "UNKNOWN"
_OLD_ENOUGH = 16
_YEARS_BEFORE_NEET = 15
_COMPULSORY = "an activity of compulsory school age: the census of the school tells of it"


def activity(given: Element, about: About) -> Iterator[Outcome]:
    """Yield the activity and since when it is, its confirmation, and that it is known no longer.

    Raises BadValue where neither what it is nor since when can be read.
    """
    code = given.required("ActivityCode", "a code of the requirement (rule 200)")
    if code in codes("nccis", "compulsory"):
        yield Skipped(given.row, _COMPULSORY)
        return
    status = meanings("nccis", "activity").get(code)
    if status is None:
        raise BadValue("ActivityCode", "is no code of the requirement (rule 201)")
    if about.age < _OLD_ENOUGH:
        raise BadValue("ActivityCode", "is of someone who has left year 11 (rule 229)")
    started_on = given.day("StartDate")
    if started_on is None:
        raise BadValue("StartDate", "is empty; expected a day (rule 202)")
    since, refusals = _since(given, code, started_on, about)
    yield from refusals
    yield about.made("ActivityStatusChanged", "activity", since, changed_on=since, status=status)
    if status != _UNKNOWN:
        yield from refusing(given.row, partial(_confirmed, given, about, started_on, status))
        yield from refusing(given.row, partial(_lapsed, given, about, code))


def _since(given: Element, code: str, started_on: date, about: About) -> tuple[date, list[Refused]]:
    """Return since when the young person does so, NEET from the first day of it on."""
    try:
        return _neet_since(given, code, started_on, about) or started_on, []
    except BadValue as bad:
        return started_on, [bad.at(given.row)]


def _neet_since(given: Element, code: str, started_on: date, about: About) -> date | None:
    since = given.day("NEETStartDate")
    if code not in codes("nccis", "neet"):
        if since is not None:
            raise BadValue("NEETStartDate", "is given with an activity that is not NEET (rule 226)")
        return None
    if since is None:
        raise BadValue("NEETStartDate", "is empty, although the activity is NEET (rule 224)")
    if since > started_on:
        raise BadValue("NEETStartDate", "is after StartDate (rule 225)")
    born = about.person.date_of_birth
    if born and (since.year - _YEARS_BEFORE_NEET, since.month, since.day) < (
        born.year,
        born.month,
        born.day,
    ):
        raise BadValue("NEETStartDate", "is before the 15th birthday (rule 251)")
    return since


def _confirmed(given: Element, about: About, started_on: date, status: str) -> Iterator[Outcome]:
    ascertained, verified = given.day("DateAscertained"), given.day("DateVerified")
    if ascertained is None:
        raise BadValue("DateAscertained", "is empty; expected a day (rule 203)")
    if ascertained < started_on:
        raise BadValue("DateAscertained", "is before StartDate (rule 242)")
    if verified is not None and verified < ascertained:
        raise BadValue("DateVerified", "is before DateAscertained (rule 237)")
    if verified is not None and verified > about.period_end:
        raise BadValue("DateVerified", "is after the end of the period (rule 305)")
    day = verified or ascertained
    yield about.made("ActivityConfirmed", "confirmed", day, confirmed_on=day, status=status)


def _lapsed(given: Element, about: About, code: str) -> Iterator[Outcome]:
    lapsed = given.required("CurrencyLapsed", "Y or N (rule 220)").upper()
    if lapsed not in ("Y", "N"):
        raise BadValue("CurrencyLapsed", "is neither Y nor N (rule 221)")
    try:
        due = given.planned_day("DueToLapseDate")
    except BadValue:
        raise BadValue("DueToLapseDate", "is no date; expected yyyy-mm-dd (rule 244)") from None
    if due is None:
        if lapsed == "Y" or code not in codes("nccis", "neet"):
            raise BadValue("DueToLapseDate", "is empty; expected a day (rule 243)")
        return
    if lapsed == "N":
        if due < about.period_end:
            raise BadValue("CurrencyLapsed", "is N, although it was due to lapse (rule 232)")
        return
    if due > about.period_end:
        raise BadValue("CurrencyLapsed", "is Y, although it was not due to lapse (rule 231)")
    yield about.made("ActivityStatusChanged", "lapsed", due, changed_on=due, status=_UNKNOWN)
