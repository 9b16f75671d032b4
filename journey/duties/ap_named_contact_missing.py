"""AP_NAMED_CONTACT_MISSING: a placement without a link person at both ends."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import PLACEMENTS

WATCH = After(
    subject=PLACEMENTS,
    clock=clock.school_days("limit_school_days"),
    met_by=(
        Answer("ApContactsNamed", "placement", before="lookback_days", complete="required_fields"),
    ),
    missing="no link person is named",
    in_words={
        "home_school_contact": "the link person of the home school",
        "provider_contact": "the link person of the provider",
    },
)

DUTY = Duty(
    id="AP_NAMED_CONTACT_MISSING",
    meaning=(
        "Home school and provider each have a named link person for a child in alternative "
        "provision. Here one of them, or both, are missing."
    ),
    trigger="A placement in alternative provision starts.",
    satisfying="Both link persons are named.",
    clock="Two school days after the placement starts.",
    severity=Severity.MEDIUM,
    basis=Basis.REVIEW,
    source=(
        "The person to report to in an off-site notice is law (SI 2010/1156, reg 3 [S11]); for "
        "other placements it is general knowledge and the review of alternative provision, Feb "
        "2024 [S15]"
    ),
    parameters={
        "limit_school_days": 2,
        "lookback_days": 28,
        "required_fields": "home_school_contact provider_contact",
    },
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="Two school days, and 28 days before, are our own defaults.",
)
