"""Five duties with deadlines in calendar days; ``Duties.java`` says the same in Java."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

_BEFORE = 28
"""Days by which the authority may have been told before a placement begins."""


class Fact(NamedTuple):
    """The newest version of one record; a tuple, so that it is short in a changelog.

    day: since 1970, None where the source left it out. ref: the record that it answers. says:
    agencies or codes.
    """

    revision: int
    retracted: bool
    kind: str
    record_id: str
    day: int | None
    ref: str | None
    says: list[str]


class Case(NamedTuple):
    """Something that is owed from a record on, and whether it was done; due: days since 1970."""

    duty: str
    anchor: str
    due: int
    answered: bool


class _Fields(NamedTuple):
    """Which fields of a type the duties look at."""

    day: str
    ref: str | None = None
    says: str | None = None


class _Answered(NamedTuple):
    """A duty that a record opens and another, which names it, answers."""

    duty: str
    opens: str
    days: int
    answers: frozenset[str]


_FIELDS = {
    "AgencyInvolvementStarted": _Fields("started_on", says="agency"),
    "JointPlanAgreed": _Fields("agreed_on", says="contributors"),
    "TransitionProposed": _Fields("proposed_on"),
    "TransitionDecisionRecorded": _Fields("decided_on", "transition"),
    "ApPlacementStarted": _Fields("start_on", says="commissioner_type"),
    "ApPlacementEnded": _Fields("end_on", "placement"),
    "ExitPlanAgreed": _Fields("agreed_on", "placement"),
    "LaNotifiedOfApPlacement": _Fields("notified_on", "placement"),
    "ReferralReceived": _Fields("received_on"),
    "ReferralDecisionRecorded": _Fields("decided_on", "referral"),
}
_ANSWERED = (
    _Answered(
        "AP_TRANSITION_DECISION_DELAYED",
        "TransitionProposed",
        28,
        frozenset({"TransitionDecisionRecorded"}),
    ),
    _Answered(
        "AP_EXIT_PLAN_MISSING",
        "ApPlacementStarted",
        49,
        frozenset({"ExitPlanAgreed", "ApPlacementEnded"}),
    ),
    _Answered(
        "REFERRAL_DECISION_1_DAY",
        "ReferralReceived",
        3,
        frozenset({"ReferralDecisionRecorded"}),
    ),
)


def fact_of(kind: str, record: Mapping[str, Any]) -> Fact | None:
    """Return what the duties look at in a record, None where none looks at such a one."""
    fields = _FIELDS.get(kind)
    if fields is None:
        return None
    said = record[fields.says] if fields.says else None
    return Fact(
        record["revision"],
        record["retracted"],
        kind,
        record["source_record_id"],
        record[fields.day],
        record[fields.ref] if fields.ref else None,
        said if isinstance(said, list) else [said] if said else [],
    )


def cases(facts: Iterable[Fact]) -> list[Case]:
    """Return every case of a child."""
    standing = [one for one in facts if not one.retracted]
    found = [*_joint_plan(standing), *_informed(standing)]
    for duty in _ANSWERED:
        found += _answered(duty, standing)
    return found


def _joint_plan(facts: list[Fact]) -> Iterator[Case]:
    involved = _of(facts, "AgencyInvolvementStarted")
    agencies: set[str] = set()
    for day, one in sorted(involved, key=lambda begun: (begun[0], begun[1].record_id)):
        agencies.update(one.says)
        if len(agencies) > 1:
            agreed = any(agencies <= set(plan.says) for _, plan in _of(facts, "JointPlanAgreed"))
            yield Case("JOINT_PLAN_MISSING", one.record_id, day + 28, agreed)
            return


def _answered(duty: _Answered, facts: list[Fact]) -> Iterator[Case]:
    answered = {one.ref for one in facts if one.kind in duty.answers}
    for day, one in _of(facts, duty.opens):
        yield Case(duty.duty, one.record_id, day + duty.days, one.record_id in answered)


def _informed(facts: list[Fact]) -> Iterator[Case]:
    told = _of(facts, "LaNotifiedOfApPlacement")
    for day, one in _of(facts, "ApPlacementStarted"):
        if "SCHOOL" in one.says:
            done = any(
                on >= day - _BEFORE if word.ref is None else word.ref == one.record_id
                for on, word in told
            )
            yield Case("AP_LA_NOT_INFORMED", one.record_id, day + 7, done)


def _of(facts: list[Fact], kind: str) -> list[tuple[int, Fact]]:
    return [(one.day, one) for one in facts if one.kind == kind and one.day is not None]
