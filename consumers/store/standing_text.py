"""How an alert stands with people, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from consumers.store.standings import Stands
from journey.acting_words import BY_ITSELF, OUTCOMES, reason_text
from journey.moments import day_of
from journey.standing import Act
from journey.words import day_text

_ASIDE = {
    Act.ACKNOWLEDGE: "Acknowledged by {by} until {until}; it is told again after that{why}.",
    Act.SNOOZE: "Snoozed by {by} until {until}; it is told again after that{why}.",
    Act.CLOSE: "Closed by {by} and still owed: it is told again after {until}{why}.",
}


def sentences_of(stands: Stands | None, *, is_open: bool) -> list[str]:
    """Return how an alert stands with people, the most pressing first; nothing where nobody acted.

    is_open: whether the alert is open, as one that has ended waits for nobody.
    """
    return list(_sentences(stands or Stands(alert_id=""), is_open))


def _sentences(stands: Stands, is_open: bool) -> Iterator[str]:
    if stands.escalated and stands.escalated_by:
        yield f"Escalated by {stands.escalated_by}: {_lower(reason_text(stands.escalated))}."
    elif stands.escalated:
        yield f"Escalated by itself: {BY_ITSELF.get(stands.escalated, stands.escalated.lower())}."
    if stands.aside:
        yield _aside(stands)
    elif stands.outcome:
        outcome = OUTCOMES.get(stands.outcome, stands.outcome)
        yield f"Closed by {stands.closed_by}: {_lower(outcome)}."
    if stands.offered_to:
        yield f"{stands.offered_by} asked {stands.offered_to} to take it on, and has no answer yet."
    if stands.assignee:
        yield f"{stands.assignee} has it."
    elif is_open and stands.alert_id:
        yield "Nobody has it."
    if is_open and stands.alert_id and not stands.seen_by:
        yield "Nobody has seen it since it was last told."


def _aside(stands: Stands) -> str:
    words = {**{one: reason_text(one) for one in [stands.aside_reason] if one}, **OUTCOMES}
    why = words.get(stands.aside_reason, "")
    return _ASIDE[Act(stands.aside)].format(
        by=stands.aside_by,
        until=day_text(last_day(stands)),
        why=f" ({_lower(why)})" if why else "",
    )


def last_day(stands: Stands) -> date:
    """Return the last day on which an alert that is set aside stays so."""
    return day_of((stands.aside_until or 1) - 1)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
