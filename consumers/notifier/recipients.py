"""Who is told, by which channels and when: what the file of recipients says, as values."""

from __future__ import annotations

from datetime import time
from enum import StrEnum
from fnmatch import fnmatchcase

import msgspec


class Channel(StrEnum):
    """How a message leaves; NONE for the record that there is nobody to tell."""

    EMAIL = "EMAIL"
    NOTIFY_EMAIL = "NOTIFY_EMAIL"
    NOTIFY_TEXT = "NOTIFY_TEXT"
    WEBHOOK = "WEBHOOK"
    NONE = "NONE"


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """When a recipient is told what is not urgent, in Europe/London.

    opens, closes: times of day; closes is midnight's end where it is 00:00. every_day: also at
    weekends and on bank holidays of England. digests: times of day at which all that has gathered
    is told in one message; none: within the hours, as it comes.
    """

    opens: time = time(8)
    closes: time = time(18)
    every_day: bool = False
    digests: tuple[time, ...] = ()


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """A person in a role, a mailbox or a system, known by a code.

    urgent_by, others_by: channels for critical alerts, and for all else. addresses: by channel.
    per_hour, per_day: at most so many messages by one channel that are not urgent; 0 for no limit.
    """

    code: str
    addresses: dict[Channel, str]
    urgent_by: tuple[Channel, ...]
    others_by: tuple[Channel, ...]
    hours: Hours = Hours()
    per_hour: int = 0
    per_day: int = 0


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """Who is told of which duties. duties: ids or patterns such as ``AP_*``."""

    name: str
    duties: tuple[str, ...]
    recipients: tuple[str, ...]

    def watches(self, duty: str) -> bool:
        """Return whether an alert of this duty is the team's."""
        return any(fnmatchcase(duty, pattern) for pattern in self.duties)


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """The recipients of one local authority.

    fallback: codes of those who are told in the place of others. fallback_minutes: how long a
    critical alert may have reached nobody before they are.
    """

    code: str
    recipients: dict[str, Recipient]
    teams: tuple[Team, ...]
    fallback: tuple[str, ...]
    fallback_minutes: int = 10

    def of_duty(self, duty: str) -> tuple[str, ...]:
        """Return the codes of those who are told of a duty, each once, in the file's order."""
        listed = [one for team in self.teams if team.watches(duty) for one in team.recipients]
        return tuple(dict.fromkeys(listed))


class Recipients(msgspec.Struct, frozen=True, kw_only=True):
    """All of the file. version: SHA-256 of its bytes, by which a delivery names it."""

    version: str
    authorities: dict[str, Authority] = {}

    def recipient(self, la: str, code: str) -> Recipient | None:
        """Return the recipient of this code, or None where there is none now."""
        authority = self.authorities.get(la)
        return authority.recipients.get(code) if authority else None
