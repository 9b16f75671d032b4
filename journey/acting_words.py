"""What people did about an alert, in words."""

from __future__ import annotations

from collections.abc import Mapping

from journey.acting import Effect
from journey.standing import Act
from journey.transition import Kind

REASONS: Mapping[Act, Mapping[str, str]] = {
    Act.SNOOZE: {
        "WAITING_FOR_RECORD": "It is done, and the record of it is on its way",
        "MEETING_IS_BOOKED": "A meeting about it is booked",
        "WAITING_FOR_AGENCY": "Another agency has to act first",
        "FAMILY_ASKED_FOR_TIME": "The family asked for time",
        "OTHER": "Another reason",
    },
    Act.ESCALATE: {
        "NO_ANSWER_FROM_AGENCY": "Another agency does not answer",
        "AGENCIES_DISAGREE": "The agencies disagree",
        "RISK_HAS_GROWN": "The risk to the child has grown",
        "BEYOND_MY_REACH": "It is beyond what I may decide",
        "OTHER": "Another reason",
    },
    Act.COMMENT: {
        "AGENCY_CONTACTED": "An agency was contacted",
        "FAMILY_CONTACTED": "The family was contacted",
        "INFORMATION_RECEIVED": "Information was received",
        "RECORD_LOOKS_WRONG": "A record looks wrong",
        "OTHER": "Something else",
    },
}
"""Why, by act and code."""

OUTCOMES: Mapping[str, str] = {
    "DONE": "It was done",
    "DONE_AND_NOT_RECORDED": "It was done, and no source has recorded it",
    "DOES_NOT_APPLY": "It does not apply to this child",
    "RECORDED_WRONGLY": "What started its clock was recorded wrongly",
    "CANNOT_BE_DONE": "It cannot be done",
    "OTHER": "Something else",
}
"""What came of it, by code."""

ACTS: Mapping[str, str] = {
    Act.SEEN: "Seen",
    Act.ACKNOWLEDGE: "Acknowledged",
    Act.ASSIGN: "Assigned",
    Act.ACCEPT: "Hand-over accepted",
    Act.DECLINE: "Hand-over declined",
    Act.SNOOZE: "Snoozed",
    Act.ESCALATE: "Escalated",
    Act.COMMENT: "Commented",
    Act.CLOSE: "Closed",
}

EFFECTS: Mapping[str, str] = {
    Effect.DONE: "",
    Effect.STILL_OWED: "It is still owed, so the alert stays open and is told again after that",
    Effect.NOT_THERE: "Nothing changed: there is no such alert any more",
    Effect.ENDED: "Nothing changed: the alert had ended before",
    Effect.NOT_YET: "Nothing changed: of a warning there is nothing to set aside yet",
    Effect.MOVED_ON: "Nothing changed: the alert had changed since its author saw it",
    Effect.NOT_OFFERED: "Nothing changed: the alert was not offered to its author any more",
    Effect.OUT_OF_BOUNDS: "Nothing changed: an alert may not be set aside until that day",
    Effect.REPEATED: "It came twice, and counts once",
}
"""What an action came to, where that has to be said."""

BY_ITSELF: Mapping[str, str] = {
    Kind.UNSEEN: "nobody had seen it in time",
    Kind.UNASSIGNED: "nobody had taken it on in time",
}
"""Why an alert escalated by itself."""


def reason_text(code: str) -> str:
    """Return a reason in words, whichever act it was given for; the code where none is known."""
    for reasons in REASONS.values():
        if code in reasons:
            return reasons[code]
    return code
