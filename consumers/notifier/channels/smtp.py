"""Email through the authority's own SMTP server."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime

from consumers.notifier.channels.channel import SECONDS, Outcome
from consumers.notifier.delivery import Reason
from consumers.notifier.messages import Text
from consumers.notifier.planning import Outgoing
from consumers.notifier.settings import Security, SmtpSettings


class SmtpChannel:
    """Sends one email a connection: they are few, and a server ends those that idle."""

    def __init__(self, settings: SmtpSettings, seconds: float = SECONDS) -> None:
        """Take where the server is and how it is entered."""
        self._settings = settings
        self._seconds = seconds

    def send(self, outgoing: Outgoing, text: Text) -> Outcome:
        """Send the email; taken by the server is all that is ever known of it."""
        message = self._message(outgoing, text)
        try:
            with self._connected() as server:
                server.send_message(message)
        except (smtplib.SMTPException, OSError) as fault:
            return Outcome(reason=_reason(fault))
        return Outcome(reference=str(message["Message-ID"]))

    def became(self, reference: str) -> Outcome | None:
        """Return that it was delivered: SMTP says no more than that it was taken."""
        return Outcome(reference=reference)

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        context = ssl.create_default_context(cafile=settings.ca_file)
        if settings.security is Security.TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=self._seconds, context=context
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=self._seconds)
        try:
            if settings.security is Security.STARTTLS:
                server.starttls(context=context)
            if settings.username:
                server.login(settings.username, settings.password.get_secret_value())
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, outgoing: Outgoing, text: Text) -> EmailMessage:
        sender = self._settings.sender
        message = EmailMessage(policy=SMTP)
        message["From"] = sender
        message["To"] = outgoing.recipient.addresses[outgoing.channel]
        message["Subject"] = text.subject
        message["Date"] = format_datetime(localtime())
        # The same in each attempt, so that a mailbox can tell that it is the same message.
        message["Message-ID"] = f"<{outgoing.message_id}@{sender.rpartition('@')[2].rstrip('>')}>"
        message["Auto-Submitted"] = "auto-generated"
        if outgoing.urgent:
            message["Importance"] = "high"
        message.set_content(text.body)
        return message


def _reason(fault: Exception) -> Reason:
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return _of_codes(code for code, _ in fault.recipients.values())
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        return Reason.NOT_SIGNED_IN
    if isinstance(fault, smtplib.SMTPNotSupportedError | ssl.SSLError):
        return Reason.NOT_SECURE
    if isinstance(fault, smtplib.SMTPSenderRefused):
        return Reason.NOT_SIGNED_IN if fault.smtp_code >= 500 else Reason.CHANNEL_FAULT
    if isinstance(fault, smtplib.SMTPDataError):
        return Reason.MESSAGE_REFUSED if fault.smtp_code >= 500 else Reason.CHANNEL_FAULT
    if isinstance(fault, TimeoutError) or isinstance(fault.__context__, TimeoutError):
        return Reason.TIMED_OUT
    if isinstance(fault, smtplib.SMTPServerDisconnected):
        return Reason.OUTCOME_UNKNOWN  # perhaps just after it took the message
    if isinstance(fault, smtplib.SMTPResponseException):
        return Reason.CHANNEL_FAULT
    return Reason.UNREACHABLE


def _of_codes(codes: Iterable[int]) -> Reason:
    return Reason.ADDRESS_REFUSED if any(code >= 500 for code in codes) else Reason.CHANNEL_FAULT
