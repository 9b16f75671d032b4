"""CAMHS_WAIT_LONG: a long wait for children's mental health."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import Episode
from journey.duties.shapes import After, Answer, Asked, clock
from journey.duties.subjects import CAMHS_REFERRALS


def _is_general(asked: Asked, referral: Episode) -> bool:
    return referral.told("camhs_pathway") != "EATING_DISORDER"


CONTACT = After(
    subject=CAMHS_REFERRALS.where(_is_general),
    clock=clock.days("contact_days"),
    met_by=(Answer("HealthContactHeld", "referral"), Answer("TreatmentStarted", "referral")),
    period="contact",
    missing="no first contact has been held",
)
TREATMENT = After(
    subject=CAMHS_REFERRALS.where(_is_general),
    clock=clock.days("treatment_days"),
    met_by=(Answer("TreatmentStarted", "referral"),),
    period="treatment",
    missing="treatment has not started",
)


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for the first contact and one for the treatment of each referral."""
    yield from CONTACT.cases(journey, parameters, calendars)
    yield from TREATMENT.cases(journey, parameters, calendars)


DUTY = Duty(
    id="CAMHS_WAIT_LONG",
    meaning=(
        "A child referred to children's mental health is seen, and treatment starts, without a "
        "long wait."
    ),
    trigger="A referral to children's mental health is received, but for eating disorders.",
    satisfying="The first contact is held; and treatment starts.",
    clock="28 days for the first contact, 126 days for treatment, after the referral.",
    severity=Severity.MEDIUM,
    basis=Basis.REVIEW,
    source=(
        "General knowledge: we found no source for a general standard and do not state one as law"
    ),
    parameters={"contact_days": 28, "treatment_days": 126},
    reads=CONTACT.reads | TREATMENT.reads,
    satisfied_by=CONTACT.satisfied_by | TREATMENT.satisfied_by,
    needs=TREATMENT.satisfied_by | CONTACT.satisfied_by,
    cases=cases,
    our_default="28 and 126 days are our own defaults; check them before you rely on them.",
)
