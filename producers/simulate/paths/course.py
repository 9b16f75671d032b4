"""A child's whole year: which paths it takes, by what is true of the child."""

from __future__ import annotations

from datetime import date, timedelta

from producers.simulate.life import Life, Placement
from producers.simulate.paths.care import be_looked_after
from producers.simulate.paths.ehc import ask_for_plan, hold_plan
from producers.simulate.paths.ending import end_work
from producers.simulate.paths.health import be_treated
from producers.simulate.paths.leaving import look_ahead, stay_on
from producers.simulate.paths.placement import be_placed
from producers.simulate.paths.schooling import be_excluded, be_suspended
from producers.simulate.paths.social_work import be_in_need, be_protected
from producers.simulate.paths.together import work_together
from producers.simulate.population import YEAR_11, YEAR_12
from producers.simulate.school_year import YEAR_END


def live(life: Life, placement: Placement | None = None, since: date | None = None) -> None:
    """Tell the year of this child.

    placement: told already, so not told again. since: the day on which health and social care
    were asked to help, where a story says so.
    """
    child = life.child
    began: dict[str, date] = {}
    if child.full_plan:
        began["EDUCATION"] = hold_plan(life)
    if child.ap:
        placement = placement or be_placed(life)
        began.setdefault("EDUCATION", placement.start)
        be_suspended(life, placement.start)
    if child.request:
        ask_for_plan(life)
    if child.excluded:
        be_excluded(life)
    if child.health:
        began["HEALTH"] = be_treated(life, since)
    social_work = _social_work(life, since)
    if social_work is not None:
        began["SOCIAL_CARE"] = social_work
    involvements = work_together(life, began, placement)
    _move_on(life, placement)
    end_work(life, involvements, began, placement)


def _social_work(life: Life, since: date | None) -> date | None:
    """Tell what children's social care does; return when its work began, None where it has none."""
    began: list[date] = []
    if life.child.need:
        began.append(be_in_need(life, since))
    if life.child.care:
        began.append(be_looked_after(life).started_on)
    if life.child.protection:
        be_protected(life)
    return min((on for on in began if on <= YEAR_END - timedelta(days=60)), default=None)


def _move_on(life: Life, placement: Placement | None) -> None:
    if life.child.year_group == YEAR_11:
        look_ahead(life, placement)
    elif life.child.year_group == YEAR_12:
        stay_on(life)
