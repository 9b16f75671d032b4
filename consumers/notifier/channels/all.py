"""Every channel, set up as the notifier's settings say."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from consumers.notifier.channels.channel import Sends
from consumers.notifier.channels.govuk_notify import NotifyChannel
from consumers.notifier.channels.smtp import SmtpChannel
from consumers.notifier.channels.webhook import WebhookChannel
from consumers.notifier.recipients import Channel
from consumers.notifier.settings import NotifierSettings


def channels_of(settings: NotifierSettings, clock: Callable[[], int]) -> Mapping[Channel, Sends]:
    """Return the channels; clock: ms since 1970 UTC. None of them connects before it sends."""
    notify = NotifyChannel(settings.notify())
    return {
        Channel.EMAIL: SmtpChannel(settings.smtp()),
        Channel.NOTIFY_EMAIL: notify,
        Channel.NOTIFY_TEXT: notify,
        Channel.WEBHOOK: WebhookChannel(settings.webhooks(), settings.dashboard_url, clock),
    }
