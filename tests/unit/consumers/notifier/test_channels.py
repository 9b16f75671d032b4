"""Each channel says in a code what became of a message, against servers that speak its protocol."""

from __future__ import annotations

import gc
import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from consumers.notifier.channels.channel import Outcome, Sends
from consumers.notifier.channels.govuk_notify import NotifyChannel
from consumers.notifier.channels.smtp import SmtpChannel
from consumers.notifier.channels.webhook import WebhookChannel
from consumers.notifier.delivery import Reason
from consumers.notifier.messages import Text
from consumers.notifier.planning import Outgoing
from consumers.notifier.recipients import Channel
from consumers.notifier.settings import (
    NotifySettings,
    Security,
    SmtpSettings,
    WebhookSettings,
)
from stack.certificates import Certificates
from tests.unit.consumers.notifier.book import LA, a_delivery, a_recipient
from tests.unit.consumers.notifier.servers import LOGIN, MailServer, NotifyServer, WebhookServer

TEXT = Text(subject="1 critical alert", body="1 critical alert.\n", short="1 critical alert.")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = 1_795_000_000_123
BRIEFLY = 0.3  # seconds


def an_outgoing(channel: Channel, address: str) -> Outgoing:
    recipient = a_recipient("lead", addresses={channel: address})
    return Outgoing(
        la=LA,
        recipient=recipient,
        channel=channel,
        urgent=True,
        deliveries=(a_delivery(channel=channel),),
        message_id="5a8c9df5-2d7e-5f0e-9d0c-8f2f64c2a111",
    )


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


@pytest.fixture
def closed() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with MailServer(tmp_path_factory.mktemp("mail")) as server:
        yield server


def by_mail(mail: MailServer, to: str = "lead@example.gov.uk", **changed: Any) -> Outcome:
    settings = SmtpSettings(
        **{
            "host": "127.0.0.1",
            "port": mail.port,
            "security": Security.STARTTLS,
            "username": LOGIN[0],
            "password": SecretStr(LOGIN[1]),
            "sender": "JoinedUp <joinedup@example.gov.uk>",
            "ca_file": mail.ca_file,
            **changed,
        }
    )
    return SmtpChannel(settings, BRIEFLY).send(an_outgoing(Channel.EMAIL, to), TEXT)


def test_an_email_is_taken_over_tls_and_has_one_id_in_each_attempt(mail: MailServer) -> None:
    first, second = by_mail(mail), by_mail(mail)
    assert (first.reason, first.is_final) == (None, True)
    assert first == second
    email = mail.messages[-1]
    assert email["Message-ID"] == "<5a8c9df5-2d7e-5f0e-9d0c-8f2f64c2a111@example.gov.uk>"
    assert email["Auto-Submitted"] == "auto-generated"
    assert email["Importance"] == "high"


def test_an_email_that_is_not_taken_says_why(mail: MailServer, closed: int, silent: int) -> None:
    assert by_mail(mail, "gone@example.gov.uk").reason is Reason.ADDRESS_REFUSED
    wrong = SecretStr("another password")
    assert by_mail(mail, password=wrong).reason is Reason.NOT_SIGNED_IN
    assert by_mail(mail, ca_file=None).reason is Reason.NOT_SECURE
    assert by_mail(mail, security=Security.TLS).reason is Reason.NOT_SECURE
    assert by_mail(mail, port=closed).reason is Reason.UNREACHABLE
    assert by_mail(mail, port=silent).reason is Reason.TIMED_OUT
    mail.answers += ["451 4.3.0 Later", "554 5.7.1 No"]
    assert by_mail(mail).reason is Reason.CHANNEL_FAULT
    assert by_mail(mail).reason is Reason.MESSAGE_REFUSED


@pytest.fixture
def notify() -> Iterator[NotifyServer]:
    with NotifyServer() as server:
        yield server


def by_notify(server: NotifyServer, address: str = "") -> NotifyChannel:
    settings = NotifySettings(
        api_key=SecretStr(server.api_key),
        address=address or server.address,
        email_template="f33517ff-2a88-4f6e-b855-c550268ce08a",
        text_template="e9ff8cb2-8b3b-4a17-bd6c-54bd3c6b9d33",
    )
    return NotifyChannel(settings, BRIEFLY)


EMAIL = an_outgoing(Channel.NOTIFY_EMAIL, "lead@example.gov.uk")
PHONE = an_outgoing(Channel.NOTIFY_TEXT, "+447700900123")


STATUSES = {
    "created": None,
    "sending": None,
    "pending": None,
    "sent": Outcome(),
    "delivered": Outcome(),
    "permanent-failure": Outcome(reason=Reason.ADDRESS_REFUSED),
    "temporary-failure": Outcome(reason=Reason.NOT_DELIVERED),
    "technical-failure": Outcome(reason=Reason.CHANNEL_FAULT),
    "a new one": None,
}
"""Every status of an email or a text message that Notify's documentation names, and one more."""


def test_notify_accepts_and_says_later(notify: NotifyServer) -> None:
    channel = by_notify(notify)
    email, text = channel.send(EMAIL, TEXT), channel.send(PHONE, TEXT)
    assert (email.reason, email.is_final) == (None, False)
    assert notify.sent[0] == {
        "type": "email",
        "email_address": "lead@example.gov.uk",
        "template_id": "f33517ff-2a88-4f6e-b855-c550268ce08a",
        "personalisation": {"subject": "1 critical alert", "message": "1 critical alert.\n"},
        "reference": EMAIL.message_id,
    }
    assert notify.sent[1]["personalisation"] == {"message": "1 critical alert."}
    assert text.reference is not None
    became = {}
    for status in STATUSES:
        notify.status = status
        became[status] = channel.became(text.reference)
    assert became == STATUSES


@pytest.mark.parametrize(
    ("status", "error", "said", "reason"),
    [
        (400, "ValidationError", "phone_number Not enough digits", Reason.ADDRESS_REFUSED),
        (400, "ValidationError", "words that Notify has changed", Reason.ADDRESS_REFUSED),
        (
            400,
            "BadRequestError",
            "Cannot send to international mobile numbers",
            Reason.ADDRESS_REFUSED,
        ),
        (
            400,
            "BadRequestError",
            "Cannot send to this recipient when service is in trial mode",
            Reason.ADDRESS_REFUSED,
        ),
        (
            400,
            "BadRequestError",
            "Can't send to this recipient using a team-only API key",
            Reason.ADDRESS_REFUSED,
        ),
        (400, "BadRequestError", "Missing personalisation: subject", Reason.MESSAGE_REFUSED),
        (403, "AuthError", "Invalid token: API key not found", Reason.NOT_SIGNED_IN),
        (403, "AuthError", "Error: Your system clock must be accurate", Reason.NOT_SIGNED_IN),
        (429, "RateLimitError", "Exceeded rate limit", Reason.TOO_MANY),
        (429, "TooManyRequestsError", "Exceeded send limits for today", Reason.TOO_MANY),
        (500, "Exception", "Internal server error", Reason.CHANNEL_FAULT),
        (502, "", "<html>a proxy in between, and no JSON</html>", Reason.CHANNEL_FAULT),
        (503, "Exception", "Service unavailable", Reason.CHANNEL_FAULT),
    ],
)
def test_notify_that_refuses_says_why(
    notify: NotifyServer, status: int, error: str, said: str, reason: Reason
) -> None:
    notify.refusals.append((status, error, said))
    assert by_notify(notify).send(PHONE, TEXT).reason is reason


def test_notify_that_does_not_answer_says_so(
    notify: NotifyServer, closed: int, silent: int
) -> None:
    for port, reason in ((closed, Reason.UNREACHABLE), (silent, Reason.TIMED_OUT)):
        channel = by_notify(notify, f"http://127.0.0.1:{port}")
        assert channel.send(EMAIL, TEXT).reason is reason
        assert channel.became("740e5834-3a29-46b4-9a6f-000000000001") is None


@pytest.fixture
def hooks() -> Iterator[WebhookServer]:
    with WebhookServer() as server:
        yield server


def webhooks() -> WebhookChannel:
    settings = WebhookSettings(secrets={f"{LA}/lead": SecretStr(SECRET)})
    return WebhookChannel(settings, "https://joinedup.example.gov.uk", lambda: NOW, BRIEFLY)


def by_webhook(address: str) -> Outcome:
    return webhooks().send(an_outgoing(Channel.WEBHOOK, address), TEXT)


def test_a_webhook_is_signed_as_receivers_check_it(hooks: WebhookServer) -> None:
    assert by_webhook(hooks.address + "/joinedup").reason is None
    ((headers, content),) = hooks.came
    moment = datetime.fromtimestamp(NOW // 1000, UTC)
    assert headers["webhook-timestamp"] == str(NOW // 1000)
    expected = Webhook(SECRET).sign(headers["webhook-id"], moment, content.decode())
    assert headers["webhook-signature"] == expected
    assert json.loads(content)["type"] == "joinedup.alerts.told"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (200, None),
        (302, Reason.CHANNEL_FAULT),
        (401, Reason.NOT_SIGNED_IN),
        (404, Reason.CHANNEL_FAULT),
        (410, Reason.ADDRESS_REFUSED),
        (429, Reason.TOO_MANY),
        (503, Reason.CHANNEL_FAULT),
    ],
)
def test_a_webhook_that_is_refused_says_why(
    hooks: WebhookServer, status: int, reason: Reason | None
) -> None:
    hooks.statuses.append(status)
    assert by_webhook(hooks.address).reason is reason
    assert len(hooks.came) == 1


def test_a_webhook_that_does_not_answer_says_so(mail: MailServer, closed: int, silent: int) -> None:
    assert by_webhook(f"http://127.0.0.1:{closed}").reason is Reason.UNREACHABLE
    assert by_webhook(f"http://127.0.0.1:{silent}").reason is Reason.TIMED_OUT
    assert by_webhook(f"https://127.0.0.1:{mail.port}").reason is Reason.NOT_SECURE


def certificates_left(channel: Sends, message: Outgoing) -> int:
    """Return how often certificates of authorities stay in memory after five messages."""
    gc.collect()
    gc.disable()  # what a message leaves in a circle would wait for the next look
    try:
        before = sum(isinstance(one, ssl.SSLContext) for one in gc.get_objects())
        for _ in range(5):
            channel.send(message, TEXT)
        return sum(isinstance(one, ssl.SSLContext) for one in gc.get_objects()) - before
    finally:
        gc.enable()


def test_messages_that_notify_did_not_take_leave_no_certificates_of_authorities_behind(
    mail: MailServer, notify: NotifyServer
) -> None:
    channel = by_notify(notify, f"https://127.0.0.1:{mail.port}")
    assert certificates_left(channel, PHONE) == 0


def test_messages_by_webhook_leave_no_certificates_of_authorities_behind(
    hooks: WebhookServer,
) -> None:
    message = an_outgoing(Channel.WEBHOOK, hooks.address)
    assert certificates_left(webhooks(), message) == 0
    assert len(hooks.came) == 5


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(folder=tmp_path_factory.mktemp("tls"))


def test_notify_is_told_nothing_unless_an_authority_that_is_trusted_vouches_for_it(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with NotifyServer(certificates.server("notify", ("127.0.0.1",))) as server:
        channel = by_notify(server)
        assert channel.send(PHONE, TEXT).reason is Reason.NOT_SECURE
        assert server.sent == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.authority))
        assert channel.send(PHONE, TEXT).reason is None
        assert len(server.sent) == 1


def test_notify_is_told_nothing_where_the_certificate_is_of_another_name(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.authority))
    with NotifyServer(certificates.server("other", ("elsewhere.example.gov.uk",))) as server:
        assert by_notify(server).send(PHONE, TEXT).reason is Reason.NOT_SECURE
        assert server.sent == []
