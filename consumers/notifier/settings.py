"""What the notifier reads from its environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import msgspec
from pydantic import Field, SecretStr, field_validator

from consumers.address import PostgresAddress
from consumers.errors import SettingsError
from consumers.notifier.recipients import Channel, Recipients
from consumers.settings import Settings

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{32,86}={0,2}")  # as Standard Webhooks says
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_TEMPLATE = re.compile(_UUID)
_KEY = re.compile(rf"(?:.*-)?{_UUID}-{_UUID}")  # a name, the service, the secret
_NOTIFY = "https://api.notifications.service.gov.uk"


class Security(StrEnum):
    """How an SMTP server is spoken to; in clear only on this machine."""

    STARTTLS = "STARTTLS"
    TLS = "TLS"
    PLAINTEXT = "PLAINTEXT"


class SmtpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the SMTP server is, how it is entered, and who is the sender."""

    host: str
    port: int
    security: Security
    username: str
    password: SecretStr
    sender: str
    ca_file: Path | None


class NotifySettings(msgspec.Struct, frozen=True, kw_only=True):
    """GOV.UK Notify's key and templates; empty where that kind of message is not sent."""

    api_key: SecretStr
    address: str
    email_template: str
    text_template: str


class WebhookSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The secrets by which webhooks are signed, by ``authority/recipient``."""

    secrets: Mapping[str, SecretStr]

    def secret_of(self, la: str, recipient: str) -> str:
        """Return the secret of a recipient; the settings were held to the file before."""
        return self.secrets[f"{la}/{recipient}"].get_secret_value()


class NotifierSettings(Settings):
    """Settings of ``joinedup run notifier``.

    database_url: the store, in the role of the notifier.
    recipients_file: TOML, who is told by what and when; it is read again when it is replaced.
    dashboard_url: the dashboard's address, for the links.
    smtp_*: an SMTP server, where one of the channels is email. smtp_from: the sender's address.
    notify_*: GOV.UK Notify, where one of the channels is notify-email or notify-text.
    webhook_secrets: JSON, ``whsec_…`` by authority/recipient, where one of the channels is webhook.
    """

    database_url: PostgresAddress
    recipients_file: Path
    dashboard_url: str = "http://127.0.0.1:8321"
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Security = Security.STARTTLS
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: str = ""
    smtp_ca_file: Path | None = None
    notify_api_key: SecretStr = SecretStr("")
    notify_url: str = _NOTIFY
    notify_email_template: str = ""
    notify_text_template: str = ""
    webhook_secrets: Mapping[str, SecretStr] = Field(default_factory=dict)

    @field_validator("dashboard_url", "notify_url")
    @classmethod
    def _is_secure(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError("must be an https address, or an http address of this machine")
        return address

    # Notify's client takes the parts of a key by their places, and asserts that they are there.
    @field_validator("notify_api_key")
    @classmethod
    def _is_key(cls, given: SecretStr) -> SecretStr:
        key = given.get_secret_value().strip()
        if key and not _KEY.fullmatch(key):
            raise ValueError("is not a whole key: copy it from Notify, with its name and two UUIDs")
        return SecretStr(key)

    @field_validator("notify_email_template", "notify_text_template")
    @classmethod
    def _is_template(cls, given: str) -> str:
        if given and not _TEMPLATE.fullmatch(given):
            raise ValueError("is not the id of a template: Notify shows it, a UUID, on its page")
        return given

    @field_validator("webhook_secrets")
    @classmethod
    def _are_secrets(cls, given: Mapping[str, SecretStr]) -> Mapping[str, SecretStr]:
        for name, secret in given.items():
            if not _SECRET.fullmatch(secret.get_secret_value()):
                raise ValueError(
                    f"the secret of {name} is not whsec_ and the base64 of 24 to 64 bytes"
                )
        return given

    def smtp(self) -> SmtpSettings:
        """Return the settings of email."""
        return SmtpSettings(
            host=self.smtp_host,
            port=self.smtp_port,
            security=self.smtp_security,
            username=self.smtp_username,
            password=self.smtp_password,
            sender=self.smtp_from,
            ca_file=self.smtp_ca_file,
        )

    def notify(self) -> NotifySettings:
        """Return the settings of GOV.UK Notify."""
        return NotifySettings(
            api_key=self.notify_api_key,
            address=self.notify_url,
            email_template=self.notify_email_template,
            text_template=self.notify_text_template,
        )

    def webhooks(self) -> WebhookSettings:
        """Return the secrets of webhooks."""
        return WebhookSettings(secrets=self.webhook_secrets)

    def hold_to(self, recipients: Recipients) -> Self:
        """Return the settings where every channel that the file uses is set up.

        Raises SettingsError that names what is missing.
        """
        for authority in recipients.authorities.values():
            for one in authority.recipients.values():
                for channel in one.addresses:
                    missing = self._missing(channel, f"{authority.code}/{one.code}")
                    if missing:
                        raise SettingsError(
                            f"Recipient {authority.code}/{one.code} is told by"
                            f" {channel.lower().replace('_', '-')}, which needs {missing}."
                        )
        return self

    def _missing(self, channel: Channel, who: str) -> str:
        """Return what a channel lacks, or nothing."""
        if channel is Channel.EMAIL:
            return self._missing_of_email()
        if channel is Channel.WEBHOOK:
            return "" if who in self.webhook_secrets else f"{who} in JOINEDUP_WEBHOOK_SECRETS"
        if not self.notify_api_key.get_secret_value():
            return "JOINEDUP_NOTIFY_API_KEY"
        if channel is Channel.NOTIFY_TEXT:
            return "" if self.notify_text_template else "JOINEDUP_NOTIFY_TEXT_TEMPLATE"
        return "" if self.notify_email_template else "JOINEDUP_NOTIFY_EMAIL_TEMPLATE"

    def _missing_of_email(self) -> str:
        if not self.smtp_host:
            return "JOINEDUP_SMTP_HOST"
        if not self.smtp_from:
            return "JOINEDUP_SMTP_FROM"
        if self.smtp_security is Security.PLAINTEXT and self.smtp_host not in _LOOPBACK:
            return "TLS: JOINEDUP_SMTP_SECURITY may be PLAINTEXT on this machine alone"
        return ""
