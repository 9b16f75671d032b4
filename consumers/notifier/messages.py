"""What a message says: that there is an alert, how bad it is, the duty's name and a link."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from consumers.notifier.delivery import Cause, Delivery
from consumers.notifier.planning import Outgoing
from consumers.notifier.routing import CRITICAL, WARNING, is_alarm

LINKS = 20
"""How many alerts a message links to one by one; the others are in the queue."""
_SEVERITIES = ("critical", "high", "medium", "low")

_NEWS = {
    WARNING: "due soon: nothing is missed yet",
    "CONFIRMED": "confirmed",
    "AMENDED": "changed",
    "RESOLVED": "resolved",
    "WITHDRAWN": "withdrawn: it was not owed, or was done in time",
    "REASSIGNED": "now of another record",
    "ESCALATED": "now critical",
    "REOPENED": "open again",
    "RETURNED": "told again, as the time for which it was set aside is over",
    "UNSEEN": "nobody has seen it in time",
    "UNASSIGNED": "nobody has taken it on in time",
}
_INSTEAD = {
    Cause.NO_TEAM: "You are told because no team is named for this duty.",
    Cause.GIVEN_UP: "You are told because a message to somebody else could not be delivered.",
    Cause.UNATTENDED: "You are told because nobody attends to it.",
    Cause.NOBODY_TOLD: "You are told because nobody else could be reached in time.",
}


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A message in words. short: one line, for a text message."""

    subject: str
    body: str
    short: str


def text_of(outgoing: Outgoing, dashboard: str) -> Text:
    """Return what a message says; it names no child. dashboard: its address, for the links."""
    listed = sorted(outgoing.deliveries, key=_most_severe_first)
    subject = _subject(listed)
    base = dashboard.rstrip("/")
    lines = [subject + ".", "", *(_line(one, base) for one in listed[:LINKS])]
    if len(listed) > LINKS:
        lines.append(f"and {len(listed) - LINKS} more: {base}/queue")
    lines += [f"\n{sentence}" for sentence in _reasons(listed)]
    lines += ["", "Sign in to see what is missing and why. This message names no child on purpose."]
    where = _address(listed[0], base) if len(listed) == 1 else f"{base}/queue"
    return Text(subject=subject, body="\n".join(lines) + "\n", short=f"{subject}. {where}")


def fields_of(outgoing: Outgoing, dashboard: str) -> dict[str, object]:
    """Return the same for a machine."""
    base = dashboard.rstrip("/")
    return {
        "local_authority": outgoing.la,
        "recipient": outgoing.recipient.code,
        "urgent": outgoing.urgent,
        "alerts": [
            {
                "alert_id": one.alert_id,
                "number": one.number,
                "kind": one.kind,
                "severity": one.severity,
                "duty": one.duty,
                "cause": one.cause,
                "address": _address(one, base),
            }
            for one in outgoing.deliveries
        ],
    }


def _most_severe_first(one: Delivery) -> tuple[bool, int, str, int]:
    rank = _SEVERITIES.index(one.severity) if one.severity in _SEVERITIES else len(_SEVERITIES)
    return not is_alarm(one.kind), rank, one.alert_id, one.number


def _subject(listed: Sequence[Delivery]) -> str:
    alarms = Counter(one.severity for one in listed if is_alarm(one.kind))
    parts = [f"{alarms[name]} {name}" for name in _SEVERITIES if alarms[name]]
    count, warnings = sum(alarms.values()), sum(one.kind == WARNING for one in listed)
    said = [f"{', '.join(parts)} {_plural('alert', count)}"] if count else []
    if warnings:
        said.append(f"{warnings} {_plural('warning', warnings)}")
    if changes := len(listed) - count - warnings:
        said.append(f"{changes} {_plural('change', changes)} to what you were told of")
    return " and ".join(said)


def _line(one: Delivery, base: str) -> str:
    news = _NEWS.get(one.kind)
    severity = one.severity.upper() if one.severity == CRITICAL else one.severity
    said = f"{severity}: {one.duty}" + (f" ({news})" if news else "")
    return f"- {said}\n  {_address(one, base)}"


def _reasons(listed: Iterable[Delivery]) -> list[str]:
    causes = {one.cause for one in listed}
    return [sentence for cause, sentence in _INSTEAD.items() if cause in causes]


def _address(one: Delivery, base: str) -> str:
    return f"{base}/alerts/{one.alert_id}"


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
