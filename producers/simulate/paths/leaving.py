"""The move to post-16: guidance, offer, place and first months."""

from __future__ import annotations

from datetime import date

from producers.simulate.life import Life, Placement
from producers.simulate.school_year import END_OF_AUTUMN, plus_school_days, school_day_until
from producers.simulate.sources import TRACKING

COLLEGE_STARTS = date(2025, 9, 8)
_COLLEGES = ("Wexcombe College", "Two Rivers Training", "St Brannoc Sixth Form")
_GUARANTEE = date(2025, 9, 30)
_YEAR_11_PLAN = date(2025, 1, 31)
_EIGHTEEN_BY_THEN = date(2007, 9, 30)
_ADVISER_LEVEL = 6


def look_ahead(life: Life, placement: Placement | None) -> None:
    """Tell a Year 11 child's guidance interview, plan, offer, place and first months."""
    _be_advised(life, placement)
    provider = life.random.choice(_COLLEGES)
    if placement is not None and placement.end > _YEAR_11_PLAN:
        _plan(life, provider, placement)
    if _be_offered(life, provider, _GUARANTEE):
        _take_up(life, provider)


def stay_on(life: Life) -> None:
    """Tell a Year 12 student's earlier guidance and offer, and the offer for next year."""
    _interview(life, school_day_until(life.between(date(2023, 11, 6), date(2024, 5, 17))))
    _offer(life, life.between(date(2024, 2, 5), date(2024, 6, 14)), "Wexcombe College")
    if life.child.birth > _EIGHTEEN_BY_THEN:
        _be_offered(life, "Wexcombe College", _GUARANTEE)


def _be_advised(life: Life, placement: Placement | None) -> None:
    if placement is None:
        due, first, last = date(2025, 7, 22), date(2024, 11, 4), date(2025, 6, 13)
    else:
        due, first, last = END_OF_AUTUMN, date(2024, 9, 30), date(2024, 12, 11)
    in_time = school_day_until(life.between(first, last))
    interviewed_on = life.met("CAREERS_INTERVIEW_BY_16", 0.05, in_time=in_time, due=due)
    if interviewed_on is not None:
        _interview(life, interviewed_on)


def _interview(life: Life, on: date) -> None:
    life.tell(TRACKING, "CareersInterviewHeld", held_on=on, adviser_level=_ADVISER_LEVEL)


def _plan(life: Life, provider: str, placement: Placement) -> None:
    in_time = school_day_until(life.between(date(2024, 11, 11), date(2025, 1, 27)))
    agreed_on = life.met(
        "AP_Y11_NO_POST16_PLAN", 0.08, in_time=max(in_time, placement.start), due=_YEAR_11_PLAN
    )
    if agreed_on is not None:
        life.tell(
            TRACKING,
            "Post16PlanAgreed",
            agreed_on=agreed_on,
            pathway=life.random.choice(("VOCATIONAL", "ACADEMIC", "APPRENTICESHIP")),
            provider=provider,
            support="MENTOR",
        )


def _be_offered(life: Life, provider: str, due: date) -> bool:
    in_time = school_day_until(life.between(date(2025, 2, 3), date(2025, 6, 20)))
    offered_on = life.met("SEPTEMBER_GUARANTEE_OFFER", 0.03, in_time=in_time, due=due)
    if offered_on is not None:
        _offer(life, offered_on, provider)
    return offered_on == in_time


def _offer(life: Life, on: date, provider: str) -> None:
    life.tell(
        TRACKING,
        "Post16OfferRecorded",
        offered_on=on,
        suitable=True,
        provider=provider,
        guarantee_status="110",
        slack=6,
    )


def _take_up(life: Life, provider: str) -> None:
    life.tell(
        TRACKING,
        "Post16OfferAccepted",
        accepted_on=life.between(date(2025, 6, 23), date(2025, 8, 21)),
        provider=provider,
        start_on=COLLEGE_STARTS,
        slack=3,
    )
    began_on = life.met(
        "POST16_NOT_STARTED",
        0.05,
        in_time=plus_school_days(COLLEGE_STARTS, life.random.randint(0, 5)),
        due=plus_school_days(COLLEGE_STARTS, 10),
    )
    if began_on is None:
        return
    life.tell(TRACKING, "Post16Enrolled", provider=provider, enrolled_on=began_on)
    _participate(life, provider, began_on)
    _be_kept(life, provider)


def _participate(life: Life, provider: str, on: date) -> None:
    life.tell(TRACKING, "Post16ParticipationConfirmed", provider=provider, participating_on=on)


def _be_kept(life: Life, provider: str) -> None:
    lost = life.fails("POST16_NOT_SUSTAINED", 0.05)
    months = (10, 11, 12)
    kept = months[: life.random.randint(0, 1)] if lost else months
    for month in kept:
        _participate(life, provider, date(2025, month, life.random.randint(6, 17)))
    if lost and life.random.random() < 0.5:
        life.tell(
            TRACKING,
            "Post16Withdrawn",
            provider=provider,
            withdrawn_on=date(2025, 9 + len(kept), 24),
            reason_code="OTHER",
        )
