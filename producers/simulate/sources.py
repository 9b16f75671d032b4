"""The invented authority's source systems: who they are and what they tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from producers import event

RHYTHM_OF_A_STREAM = 36
"""Hours: a system that speaks each evening may once be half a day late."""
RHYTHM_OF_A_MONTH = 24 * 35
RHYTHM_OF_A_TERM = 24 * 150


class Agency(StrEnum):
    """Whose topic a source publishes to."""

    EDUCATION = "education"
    HEALTH = "health"
    SOCIAL_CARE = "social-care"
    GOVERNANCE = "governance"


@dataclass(frozen=True, kw_only=True)
class Source:
    """One source system.

    rhythm_hours: how long it may be silent. event_types: what it says it will tell.
    """

    organisation: str
    system: str
    agency: Agency
    streaming: bool
    rhythm_hours: int
    event_types: tuple[str, ...]

    @property
    def speaker(self) -> event.Source:
        """Return the source as an event's envelope names it."""
        return event.Source(self.organisation, self.system)

    @property
    def name(self) -> str:
        """Return organisation and system in one word."""
        return f"{self.organisation}/{self.system}"


def _source(
    name: str,
    agency: Agency,
    types: str,
    *,
    rhythm_hours: int = RHYTHM_OF_A_STREAM,
    streaming: bool = True,
) -> Source:
    organisation, system = name.split("/")
    return Source(
        organisation=organisation,
        system=system,
        agency=agency,
        streaming=streaming,
        rhythm_hours=rhythm_hours,
        event_types=tuple(types.split()),
    )


SCHOOLS = _source(
    "wexcombe-schools/mis",
    Agency.EDUCATION,
    "PermanentExclusionRecorded PupilRemovedFromRoll CareersInterviewHeld PrePlacementVisit "
    "LaNotifiedOfApPlacement HomeSchoolVisitRecorded SuspensionStarted "
    "CareersActivityRecorded LaNotifiedOfExclusion SocialWorkerNotified "
    "OffSiteDirectionDetermined OffSiteNoticeServed OffSiteReviewRequested OffSiteReviewHeld "
    "HealthAbsenceDeclared ChildDetailsRecorded",
)
CENSUS = _source(
    "wexcombe-schools/census",
    Agency.EDUCATION,
    "PupilJoinedRoll SenProvisionRecorded SuspensionStarted",
    rhythm_hours=RHYTHM_OF_A_TERM,
    streaming=False,
)
AP_REGISTER = _source(
    "wexcombe-ap-service/register",
    Agency.EDUCATION,
    "ApPlacementStarted ApPlacementExtended ApPlacementEnded ApTimetableSet ApReviewHeld "
    "SessionAttendanceRecorded EducationProvisionStarted ExitPlanAgreed ExitDecisionRecorded "
    "FamilyViewRecorded ChildViewRecorded TransitionProposed TransitionDecisionRecorded "
    "AgencyInvolvementStarted AgencyInvolvementEnded AgencyContributionRecorded ApContactsNamed "
    "ApPersonalisedPlanAgreed OutcomeMeasured HealthConsulted VirtualSchoolHeadConsulted "
    "JointReviewHeld TransitionVisitOffered ProviderSafeguardingConfirmed",
)
SEND = _source(
    "wexcombe-council/send-casework",
    Agency.EDUCATION,
    "EhcNeedsAssessmentRequested EhcAssessmentDecisionIssued EhcNoPlanDecisionIssued "
    "EhcExceptionApplied EhcPlanFinalised EhcReviewCompleted EhcPlanCeased "
    "EhcAdviceRequested EhcAdviceReceived EhcDraftPlanServed FamilyRespondedToDraft "
    "EhcReviewMeetingScheduled EhcReviewPapersCirculated EhcReviewMeetingHeld "
    "EhcReviewReportSubmitted EhcReviewDecisionNotified EhcAmendmentNoticeServed "
    "Post16TransferPlanned EotasAgreed LaAgreedRemoval "
    "AgencyInvolvementStarted AgencyInvolvementEnded AgencyContributionRecorded",
)
TRACKING = _source(
    "wexcombe-council/post16-tracking",
    Agency.EDUCATION,
    "CareersInterviewHeld Post16OfferRecorded Post16OfferAccepted Post16PlanAgreed "
    "Post16Enrolled Post16ParticipationConfirmed Post16Withdrawn TransitionInformationShared "
    "LaNotifiedOfNonParticipation ActivityConfirmed",
)
CASEWORK = _source(
    "wexcombe-council/childrens-casework",
    Agency.SOCIAL_CARE,
    "ReferralReceived ReferralClosed AssessmentAuthorised StrategyDiscussionHeld "
    "Section47Started IcpcHeld IcpcNotRequired CpPlanStarted CpPlanEnded CinPlanAgreed "
    "CinPlanEnded JointPlanAgreed AgencyInvolvementStarted AgencyInvolvementEnded "
    "AgencyContributionRecorded HandoverAccepted ChildMovedOut ChildDied "
    "ReferralDecisionRecorded AssessmentStarted SignificantHarmSuspected Section47Ended "
    "CoreGroupHeld CoreGroupInformed ReviewConferenceHeld CarePlanPrepared LacVisitMade "
    "PepInitiated PepCompleted PepReviewed SdqRecorded PathwayNeedsAssessed PathwayPlanAgreed "
    "PathwayPlanReviewed ChildDetailsRecorded",
)
LOOKED_AFTER = _source(
    "wexcombe-council/ssda903",
    Agency.SOCIAL_CARE,
    "BecameLookedAfter CarePlacementChanged CeasedLookedAfter LacReviewHeld",
    rhythm_hours=RHYTHM_OF_A_MONTH,
    streaming=False,
)
CLINIC = _source(
    "wexcombe-nhs/camhs-record",
    Agency.HEALTH,
    "HealthTransitionPlanAgreed AgencyInvolvementStarted "
    "AgencyInvolvementEnded AgencyContributionRecorded HandoverAccepted HealthAssessmentCompleted "
    "HealthReferralReceived TreatmentStarted AdultServiceAccepted DischargePlanAgreed "
    "LongTermHealthInvolvementOpened TransitionWorkerNamed HealthTransitionReviewed "
    "ChildDetailsRecorded",
)
MESSAGES = _source(
    "wexcombe-nhs/fhir-messages",
    Agency.HEALTH,
    "HealthReferralReceived HealthCarePlanAgreed HealthContactHeld HealthDischarged",
    rhythm_hours=24 * 9,
    streaming=False,
)
CALENDARS = _source(
    "wexcombe-council/term-dates",
    Agency.GOVERNANCE,
    "SchoolCalendarPublished",
    rhythm_hours=24 * 366,
    streaming=False,
)

IDENTITY = _source(
    "wexcombe-council/identity",
    Agency.GOVERNANCE,
    "IdentityCandidateFound",
    rhythm_hours=24 * 366,
    streaming=False,
)

COUNTS = _source(
    "wexcombe-council/provider-counts",
    Agency.GOVERNANCE,
    "ProviderPupilsCounted",
    rhythm_hours=24 * 366,
    streaming=False,
)

SOURCES = (
    SCHOOLS,
    CENSUS,
    AP_REGISTER,
    SEND,
    TRACKING,
    CASEWORK,
    LOOKED_AFTER,
    CLINIC,
    MESSAGES,
    CALENDARS,
    IDENTITY,
    COUNTS,
)
