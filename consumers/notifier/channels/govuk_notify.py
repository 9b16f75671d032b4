"""Emails and text messages through GOV.UK Notify, by its own client."""

from __future__ import annotations

import logging
import ssl
from typing import Any

import httpx
from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient
from requests.adapters import HTTPAdapter

from consumers.notifier.channels.channel import SECONDS, Outcome
from consumers.notifier.delivery import Reason
from consumers.notifier.messages import Text
from consumers.notifier.planning import Outgoing
from consumers.notifier.recipients import Channel
from consumers.notifier.settings import NotifySettings

_BECAME = {
    "delivered": Outcome(),
    "sent": Outcome(),  # to a number abroad: Notify hears no more of it
    "permanent-failure": Outcome(reason=Reason.ADDRESS_REFUSED),
    "temporary-failure": Outcome(reason=Reason.NOT_DELIVERED),
    "technical-failure": Outcome(reason=Reason.CHANNEL_FAULT),
}
"""By the status of a message; created, sending, pending and whatever comes later are not final."""

# Its warnings quote what Notify answered, which may quote an address.
logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)


class NotifyChannel:
    """Sends by one template each, whose text is what we give it."""

    def __init__(self, settings: NotifySettings, seconds: float = SECONDS) -> None:
        """Take the service's key and templates."""
        self._settings = settings
        self._seconds = seconds
        self._trusting = httpx.create_ssl_context(trust_env=False)

    def send(self, outgoing: Outgoing, text: Text) -> Outcome:
        """Hand the message to Notify, which says later what became of it."""
        address = outgoing.recipient.addresses[outgoing.channel]
        try:
            answer = self._send(outgoing, address, text)
        except APIError as fault:
            return Outcome(reason=_reason(fault))
        return Outcome(is_final=False, reference=str(answer["id"]))

    def became(self, reference: str) -> Outcome | None:
        """Ask Notify; None also where it does not answer, for it is asked again."""
        try:
            answer = self._client().get_notification_by_id(reference)
        except APIError:
            return None
        return _BECAME.get(str(answer.get("status")))

    def _send(self, outgoing: Outgoing, address: str, text: Text) -> dict[str, Any]:
        client, reference = self._client(), outgoing.message_id
        if outgoing.channel is Channel.NOTIFY_TEXT:
            answer = client.send_sms_notification(
                phone_number=address,
                template_id=self._settings.text_template,
                personalisation={"message": text.short},
                reference=reference,
            )
        else:
            answer = client.send_email_notification(
                email_address=address,
                template_id=self._settings.email_template,
                personalisation={"subject": text.subject, "message": text.body},
                reference=reference,
            )
        return dict(answer)

    def _client(self) -> Any:
        # Its session is not to be shared between threads; it says nothing of its types.
        made: Any = NotificationsAPIClient
        client = made(
            self._settings.api_key.get_secret_value(),
            base_url=self._settings.address,
            timeout=self._seconds,
        )
        client.request_session.mount("https://", _Trusting(self._trusting))
        return client


class _Trusting(HTTPAdapter):
    """Connects with certificates of authorities that were read once.

    Read anew for each message they take longer than the message, and a megabyte that may stay until
    Python looks for garbage in circles.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        super().init_poolmanager(*given, ssl_context=self._context, **named)

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=self._context, **named)

    def cert_verify(self, *_: Any) -> None:
        """Leave it to the context: else they are read for each connection."""


def _reason(fault: APIError) -> Reason:
    if fault.response is None:
        return _of_connection(fault.__cause__)
    status = fault.status_code
    if status == 400:
        return Reason.ADDRESS_REFUSED if _is_of_address(fault) else Reason.MESSAGE_REFUSED
    if status in (401, 403):
        return Reason.NOT_SIGNED_IN
    return Reason.TOO_MANY if status == 429 else Reason.CHANNEL_FAULT


def _is_of_address(fault: APIError) -> bool:
    """Return whether Notify refused the address, and not the message.

    By the type of its error, which Notify keeps: of what it validates, only the address is not
    ours. Else its words tell, which it may change; then no more than the reason's name is wrong,
    for either is given up.
    """
    said = fault.message
    errors = said if isinstance(said, list) else [{"message": said}]
    if any(one.get("error") == "ValidationError" for one in errors):
        return True
    words = " ".join(str(one.get("message", "")) for one in errors)
    return "recipient" in words or "international" in words


def _of_connection(cause: BaseException | None) -> Reason:
    """Return why there was no answer; of a connection that broke, nobody knows what came through.

    The client's HTTP library tells it by the names of its exceptions alone.
    """
    if "Timeout" in type(cause).__name__:
        return Reason.TIMED_OUT
    if "SSLError" in type(cause).__name__:
        return Reason.NOT_SECURE
    return Reason.UNREACHABLE if "NewConnectionError" in repr(cause) else Reason.OUTCOME_UNKNOWN
