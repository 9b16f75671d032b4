"""Webhooks to an authority's own systems, signed as Standard Webhooks says."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
from standardwebhooks import Webhook

from consumers.notifier.channels.channel import SECONDS, Outcome
from consumers.notifier.delivery import Reason
from consumers.notifier.messages import Text, fields_of
from consumers.notifier.planning import Outgoing
from consumers.notifier.recipients import Channel
from consumers.notifier.settings import WebhookSettings

TYPE = "joinedup.alerts.told"
_GONE = 410


class WebhookChannel:
    """Posts JSON; a receiver that saw the same ``webhook-id`` before need not act on it again."""

    def __init__(
        self,
        settings: WebhookSettings,
        dashboard: str,
        clock: Callable[[], int],
        seconds: float = SECONDS,
    ) -> None:
        """Take the secrets, where links lead, and what tells the time (ms since 1970 UTC)."""
        self._settings = settings
        self._dashboard = dashboard
        self._clock = clock
        self._seconds = seconds
        # Made once: to read every authority's certificate takes longer than a message, and a
        # megabyte that stays until Python looks for garbage in circles.
        self._trusting = httpx.create_ssl_context(trust_env=False)

    def send(self, outgoing: Outgoing, text: Text) -> Outcome:
        """Post the message; any answer of 2xx is that it was delivered."""
        moment = datetime.fromtimestamp(self._clock() / 1000, UTC)
        said = {
            "type": TYPE,
            "timestamp": moment.isoformat(timespec="milliseconds"),
            "data": {"subject": text.subject, **fields_of(outgoing, self._dashboard)},
        }
        content = json.dumps(said, separators=(",", ":"))
        secret = self._settings.secret_of(outgoing.la, outgoing.recipient.code)
        headers = {
            "content-type": "application/json",
            "webhook-id": outgoing.message_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Webhook(secret).sign(outgoing.message_id, moment, content),
        }
        address = outgoing.recipient.addresses[Channel.WEBHOOK]
        try:
            # Where it leads elsewhere, somebody else would be told: no redirect is followed.
            answer = httpx.post(
                address,
                content=content,
                headers=headers,
                timeout=self._seconds,
                verify=self._trusting,
                trust_env=False,
            )
        except httpx.HTTPError as fault:
            return Outcome(reason=_reason(fault))
        return Outcome(reason=_reason_of(answer.status_code), reference=outgoing.message_id)

    def became(self, reference: str) -> Outcome | None:
        """Return that it was delivered, as the answer said."""
        return Outcome(reference=reference)


def _reason(fault: httpx.HTTPError) -> Reason:
    if isinstance(fault, httpx.TimeoutException):
        return Reason.TIMED_OUT
    if "certificate" in str(fault).lower() or "ssl" in str(fault).lower():
        return Reason.NOT_SECURE
    # Of a connection that broke nobody knows whether the message had come through.
    is_refused = isinstance(fault, httpx.ConnectError)
    return Reason.UNREACHABLE if is_refused else Reason.OUTCOME_UNKNOWN


def _reason_of(status: int) -> Reason | None:
    if 200 <= status < 300:
        return None
    if status == _GONE:
        return Reason.ADDRESS_REFUSED
    if status in (401, 403):
        return Reason.NOT_SIGNED_IN
    return Reason.TOO_MANY if status == 429 else Reason.CHANNEL_FAULT
