"""How school calendars are shown: in tables for people, in JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from rich.console import Console

from joinedup.commands import read_view
from joinedup.commands.calendars_file import CalendarFile
from joinedup.commands.listing import Listing
from journey.calendars import Calendars, academic_year
from journey.calendars_compared import Shift
from journey.clocks import years_in_words
from journey.events import Event
from journey.moments import day_of
from journey.terms import Term, terms_of
from journey.words import day_text

WHOLE = "the authority's own"


def show_list(records: Iterable[Event], calendars: Calendars, *, as_json: bool) -> None:
    """Print the records of calendars by school and first day, and whether each counts."""
    rows = [_row(one, calendars) for one in sorted(records, key=_order)]
    if as_json:
        read_view.as_json({"calendars": rows})
        return
    console = Console()
    if not rows:
        console.print("No calendar was published: every year is assumed as England has it.")
        return
    table = Listing("whose", "year", "from", "to", "known on", "source", "state", box=None)
    for row in rows:
        table.add_row(*(str(row[name] or "—") for name in _COLUMNS))
    console.print(table)
    console.print("By which days is counted: joinedup calendars show --school NAME.", style="dim")


_COLUMNS = ("whose", "academic_year", "from_on", "to_on", "known_on", "source", "state")


def _order(one: Event) -> tuple[str, str, str]:
    return (one.text("establishment") or "", str(one.day("from_on")), one.record)


def _row(one: Event, calendars: Calendars) -> dict[str, Any]:
    return {
        "whose": one.text("establishment") or WHOLE,
        "establishment": one.text("establishment"),
        "academic_year": one.text("academic_year"),
        "from_on": one.day("from_on"),
        "to_on": one.day("to_on"),
        "known_on": day_of(one.kappa),
        "source": one.source,
        "state": _state(one, calendars),
    }


def _state(one: Event, calendars: Calendars) -> str:
    if one.retracted:
        return "taken back"
    name = one.text("establishment")
    mine = Calendars.default().with_published(one.data).of(name)
    if not mine:
        return "no school days"
    stands = all(calendars.of(name).get(begins) == year for begins, year in mine.items())
    return "counts" if stands else "another record of this year counts"


def show_year(calendars: Calendars, school: str | None, begins: int, *, as_json: bool) -> None:
    """Print the halves of terms by which is counted in an academic year, and whose they are."""
    serving = calendars.school(school)
    terms = terms_of(serving, begins, halves=True)
    whose = _whose(calendars, school, begins)
    if as_json:
        halves = [_term(one) for one in terms]
        read_view.as_json({"year": begins, "counted_by": whose, "terms": halves})
        return
    console = Console()
    console.print(f"School year {years_in_words(begins)}, counted by {whose}")
    table = Listing("half-term", "from", "to", "school days", box=None, pad_edge=False)
    for one in terms:
        table.add_row(one.name, day_text(one.days[0]), day_text(one.last), str(len(one.days)))
    console.print(table)


def _whose(calendars: Calendars, school: str | None, begins: int) -> str:
    if school is not None and begins in calendars.of(school):
        return f"the calendar of {school}"
    if begins in calendars.of(None):
        return f"{WHOLE} calendar"
    return "assumed term dates: nobody published the year"


def _term(one: Term) -> Mapping[str, Any]:
    return {"name": one.name, "first": one.days[0], "last": one.last, "school_days": len(one.days)}


def show_terms(terms: CalendarFile, children: int) -> None:
    """Print how many school days terms come to, and how many children they serve."""
    console = Console()
    whose = terms.establishment or WHOLE
    if terms.establishment and not children:
        console.print(
            f"No record names {whose}: its calendar serves nobody. See how records write it.",
            style="yellow",
        )
    days = Calendars.default().with_published(terms.payload).of(terms.establishment)
    begins = academic_year(terms.terms[0][0])
    count = len(days[begins].days) if begins in days else 0
    who = "1 child" if children == 1 else f"{children:,} children"
    console.print(f"{whose}, {terms.academic_year}: {count} school days; {who}.")


def show_moves(moved: Mapping[Shift, int]) -> None:
    """Print which open deadlines a calendar would move, and how many of each."""
    console = Console()
    if not moved:
        console.print("No open deadline moves.")
        return
    table = Listing("duty", "was due", "would be due", "how many", box=None, pad_edge=False)
    for one in sorted(moved, key=lambda shift: (shift.duty, shift.was or date.min)):
        table.add_row(one.duty, _day(one.was), _day(one.now), str(moved[one]))
    console.print(table)
    number = sum(moved.values())
    console.print("1 open deadline moves." if number == 1 else f"{number:,} open deadlines move.")


def _day(day: date | None) -> str:
    return day_text(day) if day else "not owed"
