"""``joinedup identity candidates``: puts records that may be one child before a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from consumers.errors import ServiceLost
from consumers.matching.finding import Leaf, Opener, Said, put_forward, said_of
from consumers.matching.model import MODEL, THRESHOLD, Weighed
from consumers.settings import MatcherSettings
from consumers.store.reading import reading
from consumers.tokens import Tokens
from joinedup.commands.deciding import PublisherEnvFile, speaker
from joinedup.commands.env_files import settings_file
from joinedup.commands.publish_options import Organisation, System
from joinedup.commands.read import Authority
from joinedup.commands.replay_sources import from_kafka, in_one_sentence, keys_of
from journey.identity import CANDIDATE_FOUND
from journey.moments import LONDON
from producers.event import Event, Source, milliseconds, new_event
from schemas.codec import Codec
from schemas.registry import Registry

DEFAULT_ENV_FILE = Path(".local/env/matcher.env")

_LEAVES = "SELECT encode(leaf, 'hex'), child, shielded FROM leaves WHERE la = %(la)s"

Threshold = Annotated[
    float, typer.Option(help="Weight from which a pair is put forward; else the shipped one.")
]

EnvFile = Annotated[
    Path | None, typer.Option(help=f"Settings to compare with; else {DEFAULT_ENV_FILE} if there.")
]


def candidates(
    la: Authority,
    threshold: Threshold = THRESHOLD,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and publish nothing.")] = False,
    organisation: Organisation = None,
    system: System = None,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
) -> None:
    """Compare records that share no identifier, and put those that may be one child in the queue.

    By name, date of birth and postcode, where a source sent them. They are opened in memory, and
    neither shown nor written anywhere. Nothing is linked: a person decides.
    """
    said, found = compared(la, env_file, threshold)
    new = [one for one in found if (one.first, one.second) not in said.forward]
    if new and not dry_run:
        with speaker(la, organisation, system, publisher_env_file) as who:
            for one in new:
                who.say(candidate_found(who.la, who.source, one, datetime.now(UTC)))
    _tell(la, len(said.details), found, len(new), dry_run)


def compared(
    la: str, env_file: Path | None, threshold: float = THRESHOLD
) -> tuple[Said, list[Weighed]]:
    """Return what the authority's records say of each other, and the pairs to be looked at."""
    with in_one_sentence():
        settings = MatcherSettings.load(settings_file(env_file, DEFAULT_ENV_FILE))
        leaves = _leaves(settings, la)
        said = _said(la, settings)
        return said, put_forward(said, leaves, threshold)


def _leaves(settings: MatcherSettings, la: str) -> dict[str, Leaf]:
    try:
        with reading(settings.database_url.get_secret_value(), la) as store:
            rows = store.rows(_LEAVES)
    except psycopg.OperationalError:
        raise ServiceLost(
            "The store does not answer: see `joinedup status`, or JOINEDUP_DATABASE_URL."
        ) from None
    except psycopg.errors.InsufficientPrivilege:
        raise ServiceLost(
            "The store refuses: JOINEDUP_DATABASE_URL must name the role joinedup_matcher."
        ) from None
    return {leaf: Leaf(child=child, shielded=shielded) for leaf, child, shielded in rows}


def _said(la: str, settings: MatcherSettings) -> Said:
    with from_kafka(settings, la=la) as sources:
        opener = Opener(
            sources.journeys,
            Codec(Registry(settings.registry_url, ca_file=settings.registry_ca_file)),
            Tokens(settings.pseudonym_key_bytes()),
            keys_of(settings, la),
        )
        return said_of(opener.opened(sources.partition_of(la), la))


def candidate_found(la: str, source: Source, one: Weighed, moment: datetime) -> Event:
    """Return that two leaves are put forward; a later comparison of the same two replaces it."""
    return new_event(
        CANDIDATE_FOUND,
        local_authority=la,
        source=source,
        source_record_id=f"candidate/{one.first}/{one.second}",
        revision=milliseconds(moment),
        recorded_at=moment,
        occurred_at=moment,
        first=one.first,
        second=one.second,
        model=MODEL,
        weight=one.weight,
        because=[f"{said.field}/{said.level}/{said.weight}" for said in one.because],
        found_on=moment.astimezone(LONDON).date(),
    )


def _tell(la: str, compared: int, found: Sequence[Weighed], new: int, dry_run: bool) -> None:
    pairs = "1 pair" if len(found) == 1 else f"{len(found):,} pairs"
    typer.echo(f"Compared: {compared:,} records. Put forward: {pairs}, of which {new:,} are new.")
    if new and not dry_run:
        typer.echo(
            f"Once intake and join have come to them, see: joinedup identity queue --la {la}"
        )
