"""The file of recipients, TOML (docs/notifications.md): read whole, or refused in a sentence."""

from __future__ import annotations

import hashlib
import re
import tomllib
from datetime import time
from pathlib import Path
from typing import Literal, NoReturn

import msgspec

from consumers.errors import SettingsError
from consumers.notifier.recipients import (
    Authority,
    Channel,
    Hours,
    Recipient,
    Recipients,
    Team,
)
from schemas.formats import LOCAL_AUTHORITY, SOURCE_CODE

ChannelName = Literal["email", "notify-email", "notify-text", "webhook"]

CHANNELS = {
    "email": Channel.EMAIL,
    "notify-email": Channel.NOTIFY_EMAIL,
    "notify-text": Channel.NOTIFY_TEXT,
    "webhook": Channel.WEBHOOK,
}
"""The channels as the file, the command and the page write them."""

_EMAIL = re.compile(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+\.[^@\s<>,;:\"]+")
_PHONE = re.compile(r"\+?[0-9 ()-]{7,20}")
_ADDRESS = re.compile(r"https://\S+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/\S*)?")


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class _Hours(_Strict, frozen=True, kw_only=True):
    opens: time = time(8)
    closes: time = time(18)
    days: Literal["working", "every"] = "working"
    digests: tuple[time, ...] = ()


class _Recipient(_Strict, frozen=True, kw_only=True):
    email: str = ""
    phone: str = ""
    webhook: str = ""
    urgent_by: tuple[ChannelName, ...]
    others_by: tuple[ChannelName, ...]
    hours: _Hours = _Hours()
    per_hour: int = 0
    per_day: int = 0


class _Team(_Strict, frozen=True, kw_only=True):
    duties: tuple[str, ...]
    recipients: tuple[str, ...]


class _Authority(_Strict, frozen=True, kw_only=True):
    fallback: tuple[str, ...]
    fallback_minutes: int = 10
    recipients: dict[str, _Recipient]
    teams: dict[str, _Team] = {}


class _File(_Strict, frozen=True, kw_only=True):
    authorities: dict[str, _Authority] = {}


def read_recipients(file: Path) -> Recipients:
    """Return what the file says; raises SettingsError, which quotes no address."""
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise SettingsError(
            f"There is no file of recipients {file} that can be read: write it as"
            " docs/notifications.md shows, or correct JOINEDUP_RECIPIENTS_FILE."
        ) from fault
    try:
        said = msgspec.convert(tomllib.loads(content.decode()), _File)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{file} is not TOML: {fault}.") from None
    except msgspec.ValidationError as fault:
        raise SettingsError(f"{file} is not as docs/notifications.md shows: {fault}.") from None
    except (ValueError, RecursionError):
        # Python reads neither a number of thousands of digits nor a list in a thousand others.
        raise SettingsError(
            f"{file} has a number too long or a list nested too deep to be read: correct it."
        ) from None
    version = hashlib.sha256(content).hexdigest()
    authorities = {la: _authority(la, one) for la, one in said.authorities.items()}
    return Recipients(version=version, authorities=authorities)


def _authority(la: str, said: _Authority) -> Authority:
    if not LOCAL_AUTHORITY.matches(la):
        _refuse(f"authorities.{la}", f"name it by {LOCAL_AUTHORITY.expected}")
    recipients = {code: _recipient(f"{la}/{code}", one) for code, one in said.recipients.items()}
    for name, team in said.teams.items():
        _known(f"{la}, team {name}", team.recipients, recipients)
        if not team.recipients or not team.duties:
            _refuse(f"{la}, team {name}", "it needs duties and recipients")
    _known(f"{la}, fallback", said.fallback, recipients)
    if not said.fallback:
        _refuse(la, "name whom to tell in the place of others as fallback")
    if said.fallback_minutes < 1:
        _refuse(la, "fallback_minutes must be 1 or more")
    return Authority(
        code=la,
        recipients=recipients,
        teams=tuple(
            Team(name=name, duties=one.duties, recipients=one.recipients)
            for name, one in said.teams.items()
        ),
        fallback=said.fallback,
        fallback_minutes=said.fallback_minutes,
    )


def _recipient(where: str, said: _Recipient) -> Recipient:
    code = where.partition("/")[2]
    if not SOURCE_CODE.matches(code):
        _refuse(where, f"its code must be {SOURCE_CODE.expected}")
    if not said.urgent_by or not said.others_by:
        _refuse(where, "name at least one channel in urgent_by and in others_by")
    if said.per_hour < 0 or said.per_day < 0:
        _refuse(where, "a limit is a number of messages, or 0 for none")
    used = {CHANNELS[name] for name in (*said.urgent_by, *said.others_by)}
    return Recipient(
        code=code,
        addresses={channel: _address(where, said, channel) for channel in sorted(used)},
        urgent_by=tuple(CHANNELS[name] for name in said.urgent_by),
        others_by=tuple(CHANNELS[name] for name in said.others_by),
        hours=_hours(where, said.hours),
        per_hour=said.per_hour,
        per_day=said.per_day,
    )


def _address(where: str, said: _Recipient, channel: Channel) -> str:
    if channel is Channel.WEBHOOK:
        given, form, name = said.webhook, _ADDRESS, "webhook: an https address"
    elif channel is Channel.NOTIFY_TEXT:
        given, form, name = said.phone, _PHONE, "phone: a number such as +44 7700 900000"
    else:
        given, form, name = said.email, _EMAIL, "email: an address such as duty@example.gov.uk"
    if not form.fullmatch(given):
        _refuse(where, f"its channels need {name}")
    return given


def _hours(where: str, said: _Hours) -> Hours:
    closes = said.closes if said.closes != time(0) else time.max
    if said.opens >= closes:
        _refuse(where, "its hours must open before they close, on the same day")
    for one in (said.opens, said.closes, *said.digests):
        if one.tzinfo is not None:
            _refuse(where, "write times of day without an offset: they are those of London")
    if any(not said.opens <= one < closes for one in said.digests):
        _refuse(where, "each digest must be within the hours")
    return Hours(
        opens=said.opens,
        closes=said.closes,
        every_day=said.days == "every",
        digests=tuple(sorted(said.digests)),
    )


def _known(where: str, codes: tuple[str, ...], recipients: dict[str, Recipient]) -> None:
    for code in codes:
        if code not in recipients:
            _refuse(where, f"there is no recipient {code} in this authority")


def _refuse(where: str, what: str) -> NoReturn:
    raise SettingsError(f"Recipients of {where}: {what}.")
