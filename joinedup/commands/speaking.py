"""Who speaks to the platform from the command line, and how its commands fail."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import typer
from pydantic import SecretStr, ValidationError

from consumers.errors import SettingsError
from joinedup.commands.sources import settings_file_of
from producers.event import Event, Source
from producers.files import Unreadable
from producers.publisher import Publisher
from producers.results import Accepted, Rejected
from producers.settings import PublisherSettings, read_settings
from producers.speakers import NoSpeaker
from schemas.sources import SourceRegistry, SourcesInvalid
from stack.environment import read_environment

REFUSED, WRONG, UNDELIVERED = 1, 2, 3
"""Exit codes: something was refused; the command cannot be done; an outage outlasted the bound."""


def source_of(
    settings: PublisherSettings,
    organisation: str | None,
    system: str | None,
    agency: str | None,
    la: str,
) -> Source:
    """Return the source that is named or, where only one may speak for the LA, that one."""
    organisation = organisation or settings.organisation
    system = system or settings.system
    if organisation and system:
        return Source(organisation, system)
    if settings.sources_file is None:
        fail("Say who speaks, with --organisation and --system.", WRONG)
    found = [
        one
        for one in SourceRegistry.load(settings.sources_file)
        if la in one.local_authorities
        and (agency is None or one.agency == agency)
        and organisation in (None, one.organisation)
        and system in (None, one.system)
    ]
    if not found:
        fail(
            f"No source of the sources file may speak for {la} here: add it with `joinedup source"
            f" add{f' --agency {agency}' if agency else ''}`, or see --la and --agency.",
            WRONG,
        )
    if len(found) > 1:
        fail(
            f"{len(found)} sources of the sources file may speak for {la} here: name one with"
            " --organisation and --system.",
            WRONG,
        )
    return Source(found[0].organisation, found[0].system)


def own_settings(
    settings: PublisherSettings, source: Source, env_file: Path | None
) -> PublisherSettings:
    """Return the settings with the source's own Kafka user, where this machine keeps it.

    Ends the command where the authority's certificate is not there: the client of Kafka would try
    until its time is over, and say that the broker did not answer.
    """
    authority = settings.kafka_ca_file
    if authority is not None and not authority.is_file():
        fail(
            f"There is no file {authority}: let JOINEDUP_KAFKA_CA_FILE name the ca.pem that the"
            " operator gave you.",
            WRONG,
        )
    if env_file is not None or settings.sources_file is None:
        return settings
    own = settings_file_of(settings.sources_file, source.organisation, source.system)
    if not own.exists():
        return settings
    its = read_environment(own)
    password = SecretStr(its["JOINEDUP_KAFKA_PASSWORD"])
    login = {"kafka_username": its["JOINEDUP_KAFKA_USERNAME"], "kafka_password": password}
    return settings.model_copy(update=login)


@contextmanager
def faults_as_sentences() -> Iterator[None]:
    """End the command with a sentence where its files, settings or sources are not in order."""
    # The Kafka client reports each attempt to connect; what matters is in the account.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        yield
    except (Unreadable, NoSpeaker, SourcesInvalid, SettingsError) as fault:
        fail(str(fault), WRONG)
    except ValidationError as fault:
        names = ", ".join(f"JOINEDUP_{one['loc'][0]}".upper() for one in fault.errors())
        fail(f"The setting {names} is not in order: see docs/publishing.md.", WRONG)


def send(publisher: Publisher, event: Event, timestamp: datetime | None, *, otherwise: str) -> None:
    """Publish an event; where it is not accepted, end the command with what that means and why.

    timestamp: the record's time in a simulated topic set, None in a live one.
    """
    result = publisher.publish(event, timestamp=timestamp)
    if not isinstance(result, Accepted):
        code = REFUSED if isinstance(result, Rejected) else UNDELIVERED
        fail(f"{otherwise}: {result}", code)


def fail(sentence: str, code: int) -> NoReturn:
    """Say what cannot be done and end the command."""
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


Say = Callable[[Event], None]


@contextmanager
def deciding(
    la: str, organisation: str | None, system: str | None, env_file: Path | None
) -> Iterator[tuple[Say, Source]]:
    """Yield what publishes a decision, and as whom."""
    with faults_as_sentences():
        settings = read_settings(env_file)
        source = source_of(settings, organisation, system, "governance", la)
        settings = own_settings(settings, source, env_file)
        with Publisher(settings) as publisher:

            def say(event: Event) -> None:
                moment = datetime.now(UTC) if settings.simulated else None
                said = "It was not accepted; once that is mended, run it again to go on"
                send(publisher, event, moment, otherwise=said)

            yield say, source
