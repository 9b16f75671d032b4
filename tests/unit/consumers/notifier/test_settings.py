"""The notifier's settings name what a channel lacks, and hide what is secret."""

from __future__ import annotations

from typing import Any

import pytest

from consumers.errors import SettingsError
from consumers.notifier.recipients import Channel
from consumers.notifier.settings import NotifierSettings
from tests.unit.consumers.notifier.book import LA, a_book, a_recipient

SERVICE, NOTIFY_SECRET = (
    "26785a09-ab16-4eb0-8407-a37497a57506",
    "3d844edf-8d35-48ac-975b-e847b4f122b0",
)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
COMPLETE = {
    "kafka_bootstrap": "127.0.0.1:9092",
    "registry_url": "http://127.0.0.1:8081",
    "database_url": "postgresql://not-to-be-shown@127.0.0.1/store",
    "recipients_file": "recipients.toml",
    "smtp_host": "smtp.example.gov.uk",
    "smtp_from": "joinedup@example.gov.uk",
    "smtp_password": "not-to-be-shown",
    "notify_api_key": f"a_key-{SERVICE}-{NOTIFY_SECRET}",
    "notify_email_template": "f33517ff-2a88-4f6e-b855-c550268ce08a",
    "notify_text_template": "e9ff8cb2-8b3b-4a17-bd6c-54bd3c6b9d33",
    "webhook_secrets": {f"{LA}/lead": SECRET},
}
ALL = a_book(a_recipient("lead", addresses=dict.fromkeys(set(Channel) - {Channel.NONE}, "x")))


def settings(**changed: Any) -> NotifierSettings:
    return NotifierSettings.load(**{**COMPLETE, **changed})


def test_where_every_channel_is_set_up_all_recipients_can_be_told() -> None:
    assert settings().hold_to(ALL) == settings()


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"smtp_host": ""}, "JOINEDUP_SMTP_HOST"),
        ({"smtp_from": ""}, "JOINEDUP_SMTP_FROM"),
        ({"smtp_security": "PLAINTEXT"}, "TLS"),
        ({"notify_api_key": ""}, "JOINEDUP_NOTIFY_API_KEY"),
        ({"notify_email_template": ""}, "JOINEDUP_NOTIFY_EMAIL_TEMPLATE"),
        ({"notify_text_template": ""}, "JOINEDUP_NOTIFY_TEXT_TEMPLATE"),
        ({"webhook_secrets": {}}, f"{LA}/lead in JOINEDUP_WEBHOOK_SECRETS"),
    ],
)
def test_what_a_channel_lacks_is_named(changed: dict[str, Any], missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        settings(**changed).hold_to(ALL)


@pytest.mark.parametrize("name", ["dashboard_url", "notify_url"])
def test_an_address_in_clear_is_of_this_machine_alone(name: str) -> None:
    with pytest.raises(SettingsError, match=f"JOINEDUP_{name.upper()}: .*must be an https"):
        settings(**{name: "http://example.gov.uk"})
    assert settings(**{name: "http://127.0.0.1:8321"})


def test_a_secret_that_is_none_is_named_and_not_shown() -> None:
    with pytest.raises(SettingsError, match=f"{LA}/lead is not whsec_") as refused:
        settings(webhook_secrets={f"{LA}/lead": "whsec_not-to-be-shown!"})
    assert "not-to-be-shown" not in str(refused.value)


@pytest.mark.parametrize(
    "key",
    ["not-to-be-shown", NOTIFY_SECRET, f"{SERVICE}-not-to-be-shown", f"a_key-{SERVICE}"],
)
def test_half_a_key_of_notify_is_refused_before_a_message_is_and_not_shown(key: str) -> None:
    with pytest.raises(SettingsError, match=r"JOINEDUP_NOTIFY_API_KEY: .*not a whole key") as no:
        settings(notify_api_key=key)
    assert key not in str(no.value)


def test_a_key_of_notify_may_end_in_a_blank_as_it_was_copied() -> None:
    key = str(COMPLETE["notify_api_key"])
    assert settings(notify_api_key=f"{key}\n").notify_api_key.get_secret_value() == key


@pytest.mark.parametrize("name", ["notify_email_template", "notify_text_template"])
def test_a_template_is_named_by_its_id(name: str) -> None:
    with pytest.raises(SettingsError, match=f"JOINEDUP_{name.upper()}: .*not the id of a template"):
        settings(**{name: "Alerts by email"})


def test_no_secret_is_in_what_is_printed() -> None:
    shown = repr(settings()) + repr(settings().smtp()) + repr(settings().notify())
    shown += repr(settings().webhooks())
    assert "not-to-be-shown" not in shown
    assert SECRET not in shown
    assert NOTIFY_SECRET not in shown
