"""As what somebody is signed in: it says which pages are theirs, and what they may do there."""

from __future__ import annotations

from enum import StrEnum

from consumers.store.shielding import SHIELD_OFFICER


class Role(StrEnum):
    """What somebody does for their local authority or agency."""

    LEAD = "lead"
    MANAGER = "manager"
    OFFICER = "officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SHIELD_OFFICER = SHIELD_OFFICER


WORDS = {
    Role.LEAD: "safeguarding lead",
    Role.MANAGER: "manager",
    Role.OFFICER: "agency officer",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
    Role.SHIELD_OFFICER: "shield officer",
}
