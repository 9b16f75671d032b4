"""SEPTEMBER_GUARANTEE_OFFER: a suitable offer by 30 September after years 11 and 12."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import fixed_date, years_in_words
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import Dated, dated, same
from journey.duties.outcome import met_by_first, number
from journey.duties.schooling import KNOWN_TO_EDUCATION, first_day, known_in, year_begins
from journey.duties.stops import STOP_FACTS

YEAR_GROUPS = (11, 12)


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for year 11 and one for year 12, where education knows the child then."""
    for group in YEAR_GROUPS:
        begins = year_begins(journey, group)
        known = _known(journey, begins) if begins is not None else ()
        if begins is None or not known:
            continue
        clock = fixed_date(begins + 1, number(parameters, "month"), number(parameters, "day"))
        yield Case(
            anchor=journey.anchor,
            period=years_in_words(begins),
            due=clock.due,
            arithmetic=clock.arithmetic,
            because=known,
            met=met_by_first(_places(journey, group, begins)),
            detail=f"no suitable offer for after year {group}",
        )


def _known(journey: Journey, begins: int) -> tuple[str, ...]:
    """Return the events by which the child is known that year, post-16 courses included."""
    return known_in(journey, begins) or tuple(
        d.event.event_id
        for d in _enrolled(journey)
        if first_day(begins) <= d.day < first_day(begins + 1)
    )


def _places(journey: Journey, group: int, begins: int) -> list[Dated]:
    """Return suitable offers, acceptances and standing enrolments for after this year group.

    In year 12 an enrolment of that year that still stands is a place to go on with.
    """
    since = first_day(begins) if group == YEAR_GROUPS[0] else date(begins, 10, 1)
    offers = dated(journey, "Post16OfferRecorded", "offered_on")
    accepted = dated(journey, "Post16OfferAccepted", "accepted_on")
    standing = [d for d in _enrolled(journey) if _stands(journey, d)]
    return [
        *(d for d in offers if d.event.flag("suitable") and d.day >= since),
        *(d for d in accepted if d.day >= since),
        *(d for d in standing if d.day >= date(begins, 6 if group > YEAR_GROUPS[0] else 9, 1)),
    ]


def _enrolled(journey: Journey) -> list[Dated]:
    return dated(journey, "Post16Enrolled", "enrolled_on")


def _stands(journey: Journey, enrolment: Dated) -> bool:
    """Return whether nothing says that the child left this provider since."""
    provider = same(enrolment.event.text("provider"))
    left = dated(journey, "Post16Withdrawn", "withdrawn_on")
    return not any(
        d.day >= enrolment.day and same(d.event.text("provider")) in ("", provider) for d in left
    )


DUTY = Duty(
    id="SEPTEMBER_GUARANTEE_OFFER",
    meaning=(
        "Every young person who leaves year 11 or year 12 has a suitable offer of education or "
        "training by 30 September."
    ),
    trigger="A child that education knows is in year 11 or year 12.",
    satisfying=(
        "A suitable offer is recorded or accepted, or the young person is enrolled and has not "
        "left."
    ),
    clock="30 September after the school year.",
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source="September Guarantee, DfE statistics [S48] and Leeds council [S49, secondary]",
    parameters={"month": 9, "day": 30},
    reads=frozenset(
        {"Post16OfferRecorded", "Post16OfferAccepted", "Post16Enrolled", "Post16Withdrawn"}
    )
    | KNOWN_TO_EDUCATION
    | STOP_FACTS,
    satisfied_by=frozenset({"Post16OfferRecorded", "Post16OfferAccepted", "Post16Enrolled"}),
    cases=cases,
    person_anchored=True,
)
