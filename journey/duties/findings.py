"""What the Ofsted/CQC review of alternative provision found, and which duties watch for it."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """A finding in our words, where it was read, and the duties that watch for it."""

    found: str
    sources: str
    duties: tuple[str, ...]


def _finding(found: str, sources: str, duties: str) -> Finding:
    return Finding(found, sources, tuple(duties.split()))


FINDINGS: tuple[Finding, ...] = (
    _finding(
        "Health, education and care professionals hardly work together on the way to post-16.",
        "S15",
        "JOINT_PLAN_MISSING JOINT_PLAN_AGENCY_SILENT CORE_GROUP_AGENCY_ABSENT "
        "CP_EXCLUDED_NO_STRATEGY_CHECK",
    ),
    _finding(
        "Decisions to move children on come late.",
        "S15",
        "AP_TRANSITION_DECISION_DELAYED AP_MAX_PERIOD_EXCEEDED",
    ),
    _finding(
        "No clear exit plan, and families not involved.",
        "S15",
        "AP_EXIT_PLAN_MISSING FAMILY_NOT_INVOLVED",
    ),
    _finding(
        "It is unclear who commissions and oversees a placement.",
        "S15",
        "AP_COMMISSIONER_UNCLEAR AP_LA_NOT_INFORMED AP_NAMED_CONTACT_MISSING",
    ),
    _finding(
        "Outcomes are not monitored; commissioners do not know what to measure.",
        "S15, S59",
        "AP_PLACEMENT_PLAN_MISSING AP_REVIEW_OVERDUE AP_OUTCOME_NOT_MEASURED",
    ),
    _finding(
        "Schools do not keep a close eye: no visits, no look at progress.",
        "S59",
        "AP_REVIEW_OVERDUE AP_HOME_SCHOOL_NO_VISIT",
    ),
    _finding(
        "A child abandoned by its home school.",
        "S50",
        "AP_HOME_SCHOOL_NO_VISIT AP_ROLL_REMOVED",
    ),
    _finding(
        "Health partners are often left out of decisions on placements.",
        "S50",
        "HEALTH_ABSENT_FROM_AP_DECISION",
    ),
    _finding(
        "Unregistered provision, several providers for one child, hardly any home school.",
        "S15, S22",
        "AP_UNREGISTERED_FULL_TIME AP_UNREGISTERED_FIVE_PUPILS AP_MULTIPLE_UNREGISTERED "
        "AP_SAFEGUARDING_CHECK_MISSING "
        "AP_UNREGISTERED_SESSIONS_LIMIT AP_UNREGISTERED_12_WEEKS AP_ATTENDANCE_SILENT",
    ),
    _finding(
        "Placed inappropriately, where nobody is resourced for the child, and for long.",
        "S15, S59, S60",
        "AP_MAX_PERIOD_EXCEEDED AP_MAX_PERIOD_NOT_AGREED EHC_AP_SECTION_I_MISMATCH "
        "AP_NEEDS_MISMATCH",
    ),
    _finding(
        "A sudden start after a permanent exclusion, without a visit first.",
        "S59",
        "AP_ENTRY_NO_INDUCTION EXCLUSION_DAY6_PERMANENT EXCLUSION_DAY6_SUSPENSION",
    ),
    _finding(
        "Secondary pupils need more careers guidance.",
        "S15",
        "CAREERS_INTERVIEW_BY_16 CAREERS_AP_GAP COLLEGE_VISIT_NOT_OFFERED",
    ),
    _finding(
        "Children stay to the end of year 11 with no clear plan for what follows.",
        "S15",
        "AP_Y11_NO_POST16_PLAN AP_Y11_STAY_TO_END EHC_PHASE_TRANSFER_POST16",
    ),
    _finding(
        "Support after entry to post-16 is not consistent, and ends abruptly.",
        "S15",
        "POST16_SUPPORT_CLIFF_EDGE POST16_INFORMATION_NOT_TRANSFERRED CAMHS_DISCHARGE_AT_18",
    ),
    _finding(
        "Some cannot sustain their post-16 place.",
        "S15",
        "POST16_NOT_STARTED POST16_NOT_SUSTAINED RPA_LEAVER_NOTICE",
    ),
)
