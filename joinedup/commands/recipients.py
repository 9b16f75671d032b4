"""``joinedup recipients``: look at the file of who is told of alerts, and try its channels."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from consumers.errors import SettingsError
from consumers.notifier.channels.all import channels_of
from consumers.notifier.messages import Text
from consumers.notifier.planning import Outgoing
from consumers.notifier.recipients import Authority, Channel, Hours, Recipient
from consumers.notifier.recipients_file import CHANNELS, read_recipients
from consumers.notifier.service import now_ms
from consumers.notifier.settings import NotifierSettings
from joinedup.commands.env_files import NOTIFIER, NotifierEnvFile, settings_file
from joinedup.commands.listing import Listing
from joinedup.commands.reader import stop
from journey.duties import all_duties

_NAMES = {channel: name for name, channel in CHANNELS.items()}
_TEST = Text(
    subject="Test message, no alert",
    body="This is a test of how you are told of alerts. There is nothing to do.\n",
    short="Test message, no alert. There is nothing to do.",
)


def register(app: typer.Typer) -> None:
    """Mount ``joinedup recipients``."""
    group = typer.Typer(no_args_is_help=True, help="Who is told of alerts: docs/notifications.md.")
    group.command("check")(check)
    group.command("test")(send_a_test)
    app.add_typer(group, name="recipients")


def check(
    file: Annotated[Path, typer.Argument(help="The file of recipients, TOML.")],
) -> None:
    """Say what a file of recipients says, or what is wrong with it; no address is shown."""
    try:
        found = read_recipients(file)
    except SettingsError as fault:
        stop(str(fault))
    console = Console()
    for authority in found.authorities.values():
        console.print(_table(authority))
        for sentence in _sentences(authority):
            console.print(sentence, soft_wrap=True)
    console.print(f"In order: {len(found.authorities)} authorities, version {found.version[:12]}.")


def send_a_test(
    who: Annotated[
        str, typer.Argument(metavar="LA/CODE", help="The recipient, such as 330/duty-manager.")
    ],
    env_file: NotifierEnvFile = None,
) -> None:
    """Send a test message by each channel of a recipient, and say what became of it.

    The exit code is 1 where a channel did not take it. It is no delivery, and on no record.
    """
    try:
        settings = NotifierSettings.load(settings_file(env_file, NOTIFIER))
        found = read_recipients(settings.recipients_file)
        settings.hold_to(found)
    except SettingsError as fault:
        stop(str(fault))
    la, _, code = who.partition("/")
    recipient = found.recipient(la, code)
    if recipient is None:
        stop(f"There is no recipient {who} in {settings.recipients_file}: see LA/CODE.")
    if not all([_sent(settings, la, recipient, channel) for channel in recipient.addresses]):
        raise typer.Exit(1)


def _sent(settings: NotifierSettings, la: str, recipient: Recipient, channel: Channel) -> bool:
    outgoing = Outgoing(
        la=la,
        recipient=recipient,
        channel=channel,
        urgent=False,
        deliveries=(),
        message_id=str(uuid.uuid4()),
    )
    outcome = channels_of(settings, now_ms)[channel].send(outgoing, _TEST)
    if outcome.reason is not None:
        said = outcome.reason.lower().replace("_", " ")
    else:
        said = "delivered" if outcome.is_final else "accepted: the channel says later what came"
    typer.echo(f"{_NAMES[channel]}: {said}")
    return outcome.reason is None


def _table(authority: Authority) -> Listing:
    table = Listing(title=authority.code, title_justify="left", box=None, pad_edge=False)
    for name in ("recipient", "urgent by", "all else by", "when", "at most"):
        table.add_column(name)
    for one in authority.recipients.values():
        limits = ((one.per_hour, "an hour"), (one.per_day, "a day"))
        table.add_row(
            one.code,
            ", ".join(_NAMES[channel] for channel in one.urgent_by),
            ", ".join(_NAMES[channel] for channel in one.others_by),
            _when(one.hours),
            ", ".join(f"{limit} {span}" for limit, span in limits if limit),
        )
    return table


def _when(hours: Hours) -> str:
    days = "every day" if hours.every_day else "working days"
    digests = ", ".join(f"{one:%H:%M}" for one in hours.digests)
    return f"{hours.opens:%H:%M} to {hours.closes:%H:%M}, {days}" + (
        f"; at {digests}" if digests else ""
    )


def _sentences(authority: Authority) -> Iterator[str]:
    for team in authority.teams:
        count = sum(team.watches(duty) for duty in all_duties())
        yield f"Team {team.name}: {count} duties, told to {', '.join(team.recipients)}."
        for pattern in team.duties:
            if not any(fnmatchcase(duty, pattern) for duty in all_duties()):
                yield f"Of {pattern} there is no duty in this release: see docs/duties.md."
    others = [duty for duty in all_duties() if not authority.of_duty(duty)]
    fallback = ", ".join(authority.fallback)
    if others:
        yield f"{len(others)} duties are of no team and told to the fallback ({fallback})."
    yield (
        f"Told in the place of others: {fallback}; of a critical alert that nobody was told of,"
        f" after {authority.fallback_minutes} minutes."
    )
