"""Why there is an alert, or none: each duty's answer for a child and a day, in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from consumers.store.reading import Known, Reading
from consumers.store.sealed import FactSeal
from consumers.store.why import Answer, Circumstances, Reason, why
from dashboard.alerts import agency_text, fact_text
from dashboard.times import from_today
from journey.cluster import Cluster
from journey.events import Event
from journey.rulebooks import rulebook_of
from journey.shelf import calendars_of
from journey.words import day_text, sentence

WORDS = {
    Answer.DUE: "Due, and not done",
    Answer.WAITING: "Held: still to hear from a source",
    Answer.BEHIND: "Held behind another alert",
    Answer.DUE_SOON: "Due soon",
    Answer.NOT_YET_DUE: "Not yet due",
    Answer.NOT_WATCHED: "Not watched",
    Answer.MET: "Done",
    Answer.ENDED: "Not owed any more",
    Answer.NOT_TRIGGERED: "Not triggered",
    Answer.OFF: "Not switched on here",
}
"""The answers, in the order in which a page shows them: what asks for something first."""

AHEAD = (Answer.NOT_YET_DUE, Answer.DUE_SOON, Answer.WAITING, Answer.BEHIND)
IDLE = (Answer.NOT_TRIGGERED, Answer.OFF)


class Because(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of one duty in words; alert_id is empty where no alert was told."""

    duty: str
    answer: Answer
    heading: str
    said: str
    meaning: str
    clock: str
    due: date | None
    when: str
    because: tuple[str, ...]
    by: tuple[str, ...]
    looked_at: int
    basis: str
    our_default: str
    alert_id: str
    alert: str


def asked_of(
    store: Reading, child: str, seal: FactSeal, known: Known, on: date
) -> tuple[list[Reason], Cluster | None]:
    """Return every duty's answer for this child and day, by what is known now, and its cluster.

    No answer, and no cluster, where nothing that stands is known of the child any more; nor where
    its records are shielded, since each answer names what leads to where the child is.
    """
    if store.is_shielded(child):
        return [], None
    cluster = store.cluster_of_child(child, seal)
    if cluster is None or child not in cluster.identity.anchors:
        return [], None
    around = Circumstances(
        calendars=calendars_of(known.authority),
        sources=tuple(known.authority.sources.values()),
        kappa=known.kappa,
        told={one["alert_id"]: str(one["status"]) for one in store.alerts(child=child)},
    )
    duties = rulebook_of(known.authority).everything
    return why(cluster.journey(child), on, around, duties), cluster


def in_words_of(reasons: Iterable[Reason], today: date) -> list[Because]:
    """Return the answers in words, what asks for something first, then by due day."""
    order = list(WORDS)
    found = [_one(reason, today) for reason in reasons]
    return sorted(found, key=lambda one: (order.index(one.answer), one.due or date.max, one.duty))


def ahead(reasons: Iterable[Because]) -> list[Because]:
    """Return what is owed and not told yet, the next due first."""
    found = [one for one in reasons if one.answer in AHEAD and one.due and not one.alert]
    return sorted(found, key=lambda one: (one.due or date.max, one.duty))


def _one(reason: Reason, today: date) -> Because:
    duty, case = reason.duty, reason.case
    return Because(
        duty=duty.id,
        answer=reason.answer,
        heading=WORDS[reason.answer],
        said=sentence(reason.sentence),
        meaning=duty.meaning,
        clock=sentence(case.arithmetic) if case else "",
        due=case.due if case else None,
        when=from_today(case.due, today) if case else "",
        because=tuple(_fact(event) for event in reason.because),
        by=tuple(_fact(event) for event in reason.by),
        looked_at=len(reason.looked_at),
        basis=f"{str(duty.basis)[:1].upper()}{str(duty.basis)[1:]} — {duty.source.rstrip('.')}",
        our_default=sentence(duty.our_default) if duty.our_default else "",
        alert_id=(reason.alert_id or "") if reason.alert else "",
        alert=(reason.alert or "").lower(),
    )


def _fact(event: Event) -> str:
    # A health fact is its kind and its day, whatever else it holds.
    who = agency_text(event.agency)
    return f"{fact_text(event.type)} on {day_text(event.occurred_on)} ({who})"
