"""For managers: who has how much, how old it is, how it ended, and how soon people acted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from consumers.store import exports, figures
from consumers.store.figures import Load, Told
from consumers.store.reading import Reading
from consumers.store.sealed import FactSeal
from dashboard.alerts import OUTCOMES, agency_text, duty_of
from dashboard.chart import Chart, Row, chart_of
from dashboard.child import day_given
from dashboard.figures_export import Group, cells_of, load_of, table_of
from dashboard.measures import Figures, Groups, figures_by, figures_of
from dashboard.people import Person
from dashboard.queue import ages
from dashboard.session import Form, Signed, text_of
from dashboard.store import Store
from dashboard.times import moment_text
from dashboard.wiring import pages_of, store_of
from journey.acting_words import OUTCOMES as CLOSED_AS
from journey.moments import day_of, deadline
from journey.transition import Status
from journey.words import code_in_words, counted, day_text
from schemas.catalogue import event_types

BY = {
    "duty": "Duty",
    "agency": "Agency",
    "school": "School or provider",
    "lead": "Lead",
    "team": "Team",
}
WHAT_IT_IS = {
    "duty": "",
    "agency": "An alert counts with each agency whose record can meet its duty.",
    "school": "The school or provider that the record names which started the alert’s clock.",
    "lead": "Who has the alert now, or had it when it ended.",
    "team": "Who was told of the alert, by the file of recipients. It counts with each of them.",
}
WAYS = {**{str(way): words for way, words in OUTCOMES.items()}, "WITHDRAWN": "withdrawn"}
NOBODY, NO_SCHOOL, NO_TEAM = "Nobody", "None named", "Nobody was told"
USUAL_DAYS, LONGEST_DAYS = 91, 366
"""Of a period: our own defaults."""
MOST, MOST_WITH_SCHOOLS, MOST_LEADS, MOST_EXPORTS = 20_000, 5_000, 200, 20
"""How much one page counts. A school's name is sealed, and opened for each alert."""
_WEEKS_DRAWN = 15

router = APIRouter()


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """The days asked for, and by what to group; wrong: what is not in order, or empty."""

    first: date
    last: date
    by: str = "duty"
    wrong: str = ""

    def link(self, by: str) -> str:
        """Return the address of the same days by something else."""
        return "/figures?" + urlencode({"by": by, **fields_of("first", self.first), **self._last})

    @property
    def _last(self) -> dict[str, str]:
        return fields_of("last", self.last)


@router.get("/figures")
def show_figures(request: Request, person: Signed) -> Response:
    """Show the figures of a period, by duty or what else is asked."""
    given = dict(request.query_params)
    shown = figures_shown(store_of(request), person, given)
    status = 422 if shown["period"].wrong else 200
    return pages_of(request).show(request, "figures.html", shown, status=status)


@router.post("/figures/export")
def export_figures(request: Request, person: Signed, form: Form) -> Response:
    """Return the figures as CSV, small numbers left out, once it is on record that they leave."""
    store = store_of(request)
    given = {name: text_of(form, name) for name in form}
    shown = figures_shown(store, person, given)
    period: Period = shown["period"]
    if period.wrong or shown["too_many"]:
        return pages_of(request).show(request, "figures.html", shown, status=422)
    note_export(store, person, period, "csv")
    name = f"joinedup-{person.la}-{period.by}-{period.first}-{period.last}.csv"
    said = table_of(BY[period.by], shown["rows"], shown["all"])
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(said, media_type="text/csv; charset=utf-8", headers=headers)


def figures_as_sent(store: Store, person: Person, given: Mapping[str, str]) -> dict[str, Any] | str:
    """Return the figures as they may leave, once it is on record that they do; or why none do."""
    shown = figures_shown(store, person, given)
    period: Period = shown["period"]
    if period.wrong or shown["too_many"]:
        return period.wrong or f"Choose a shorter period: it has more than {shown['too_many']}"
    note_export(store, person, period, "json")
    return {
        "by": period.by,
        "first": period.first,
        "last": period.last,
        "rows": [Group(name=one.name, figures=cells_of(one)) for one in shown["rows"]],
        "all": Group(name=shown["all"].name, figures=cells_of(shown["all"])),
        "loads": [load_of(one, ages()) for one in shown["loads"]],
        "as_of": shown["as_of"],
    }


def note_export(store: Store, person: Person, period: Period, form: str) -> None:
    """Put on record, for good, that these figures are about to leave; form: csv or json."""
    with store.writing(person) as connection:
        exports.exported_on(
            connection,
            la=person.la,
            reader=person.name,
            role=person.role,
            what=f"{form} {period.by}",
            first=period.first,
            last=period.last,
        )


def figures_shown(store: Store, person: Person, given: Mapping[str, str]) -> dict[str, Any]:
    """Return what is shown of a period; given: the fields of the form, none for the usual days."""
    with store.reading(person) as reading:
        known = reading.known()
        today = day_of(known.kappa)
        period = period_of(given, today)
        most = MOST_WITH_SCHOOLS if period.by == "school" else MOST
        found = [] if period.wrong else _told(reading, period, most + 1)
        too_many = f"{most:,}" if len(found) > most else ""
        alerts = [] if too_many else found
        groups = groups_of(reading, period.by, alerts, store.seal(person))
        loads = figures.caseload(reading, today, MOST_LEADS)
        taken = exports.latest(reading, MOST_EXPORTS)
    rows, every = figures_by(alerts, groups), figures_of("All", alerts)
    return {
        "period": period,
        "given": {**fields_of("first", period.first), **fields_of("last", period.last), **given},
        "by": BY,
        "what_it_is": WHAT_IT_IS[period.by],
        "too_many": too_many,
        "rows": rows,
        "all": every,
        "warned": counted(sum(one.told_at is None for one in alerts), "warning"),
        "ways": [WAYS.get(way, way).capitalize() for way in every.outcomes],
        "closings": [CLOSED_AS.get(code, code) for code in every.closed],
        "loads": loads,
        "ages": ages(),
        "nobody": NOBODY,
        "load_chart": load_chart(loads),
        "told_rows": told_rows(alerts, period),
        "told_chart": told_chart(alerts, period),
        "time_chart": time_chart(rows, period),
        "named": named_by(period),
        "exports": taken,
        "as_of": moment_text(known.kappa) if known.kappa else "",
    }


def _told(reading: Reading, period: Period, limit: int) -> list[Told]:
    since, until = deadline(period.first - timedelta(days=1)), deadline(period.last)
    return figures.told(reading, since=since, until=until, limit=limit)


def period_of(given: Mapping[str, str], today: date) -> Period:
    """Return the period that is asked for, with what is wrong with it."""
    by = given.get("by", "duty")
    usual = today - timedelta(days=USUAL_DAYS - 1)
    first, last = _day(given, "first", usual), _day(given, "last", today)
    wrong = ""
    if first is None or last is None:
        wrong = "Enter two real days"
    elif last < first:
        wrong = "Enter a last day that is not before the first"
    elif (last - first).days >= LONGEST_DAYS:
        wrong = f"Enter a period of {LONGEST_DAYS} days or fewer"
    if wrong:
        first, last = usual, today
    return Period(
        first=first or usual, last=last or today, by=by if by in BY else "duty", wrong=wrong
    )


def _day(given: Mapping[str, str], name: str, otherwise: date) -> date | None:
    day, month, year = (given.get(f"{name}-{part}", "") for part in ("day", "month", "year"))
    return day_given(day, month, year, otherwise)


def fields_of(name: str, day: date) -> dict[str, str]:
    """Return a day as the three fields of a form."""
    parts = (("day", day.day), ("month", day.month), ("year", day.year))
    return {f"{name}-{part}": str(value) for part, value in parts}


def groups_of(reading: Reading, by: str, alerts: list[Told], seal: FactSeal) -> Groups:
    """Return what says in which groups an alert counts."""
    ids = (one.alert_id for one in alerts)
    if by == "agency":
        return lambda one: agencies_of(one.duty)
    if by == "school":
        named = figures.schools(reading, ids, seal)
        return lambda one: dict.fromkeys(named.get(one.alert_id) or (NO_SCHOOL,))
    if by == "team":
        told = figures.recipients(reading, ids)
        return lambda one: told.get(one.alert_id, (NO_TEAM,))
    if by == "lead":
        return lambda one: (one.assignee or NOBODY,)
    return lambda one: (one.duty,)


def agencies_of(duty: str) -> list[str]:
    """Return the agencies, in words, whose records can meet a duty; else that of the platform."""
    known = event_types()
    found = duty_of(duty)
    named = {known[one].agency for one in (found.satisfied_by if found else ()) if one in known}
    return sorted(agency_text(one).capitalize() for one in named) or ["No agency"]


def load_chart(loads: Iterable[Load]) -> Chart | None:
    """Return the bars of who has how many open alerts, by how old those are."""
    rows: list[Row] = [
        (one.assignee or NOBODY, one.by_age, counted(one.open, "alert")) for one in loads
    ]
    return chart_of("load", "Open alerts by who has them and by days past due", ages(), rows)


def told_rows(alerts: Iterable[Told], period: Period) -> list[tuple[str, int, int]]:
    """Return for each week, or month of a long period, how many were told, and are still open."""
    weeks = (period.last - period.first).days // 7 < _WEEKS_DRAWN
    found = {label: [0, 0] for label in _spans(period, weeks)}
    for one in alerts:
        if one.told_at is not None:
            # One that was warned of may have become overdue after the last day.
            day = min(day_of(one.told_at), period.last)
            counts = found[_span_of(day, period, weeks)]
            counts[0] += 1
            counts[1] += one.status == Status.OPEN
    return [(label, told, is_open) for label, (told, is_open) in found.items()]


def told_chart(alerts: Iterable[Told], period: Period) -> Chart | None:
    """Return the bars of what was told when, and of what of it is still open."""
    rows: list[Row] = [
        (label, (is_open, told - is_open), str(told))
        for label, told, is_open in told_rows(alerts, period)
    ]
    return chart_of("told", "Alerts by when they were told", ("Still open", "Ended"), rows)


def _spans(period: Period, weeks: bool) -> list[str]:
    days = (period.last - period.first).days + 1
    every = (period.first + timedelta(days=n) for n in range(days))
    return list(dict.fromkeys(_span_of(day, period, weeks) for day in every))


def _span_of(day: date, period: Period, weeks: bool) -> str:
    if not weeks:
        return f"{day:%B %Y}"
    whole = (day - period.first).days // 7
    return f"Week from {day_text(period.first + timedelta(days=7 * whole))}"


def named_by(period: Period) -> Callable[[str], str]:
    """Return how a group is named on the page: a duty in words, all else as it is."""
    return code_in_words if period.by == "duty" else str


def time_chart(rows: Iterable[Figures], period: Period) -> Chart | None:
    """Return the bars of the working days within which half and nine in ten of alerts ended."""
    drawn: list[Row] = []
    for one in rows:
        half, most = one.closing.half, one.closing.most
        if half is None:
            continue
        more = most.working_days - half.working_days if most else 0
        words = f"{half.working_days} and {most.working_days if most else 'not yet'}"
        drawn.append((named_by(period)(one.name), (half.working_days, more), words))
    title = "Working days until alerts had ended"
    return chart_of("time", title, ("Half had ended", "Nine in ten had ended"), drawn)
