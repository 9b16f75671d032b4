"""``joinedup archive`` and ``restore``: topics as signed files, and a lost store made again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from rich.console import Console

from consumers.archive.making import Making, Topic
from consumers.archive.manifest import ALERTS, JOURNEYS, Manifest
from consumers.join.database import connect
from consumers.replay.journeys import KafkaTopic
from consumers.replay.restoring import restore
from consumers.settings import JoinSettings, SealerSettings
from consumers.signing import Signer
from consumers.store.sealed import FactSeal
from consumers.tokens import Tokens
from joinedup.commands.env_files import JOIN, SEALER, JoinEnvFile, SealerEnvFile, settings_file
from joinedup.commands.reader import stop
from joinedup.commands.replay import ArchiveFolder
from joinedup.commands.replay_progress import following
from joinedup.commands.replay_sources import Origin, in_one_sentence, keys_of
from schemas.codec import Codec
from schemas.registry import Registry

EVIDENCE_IS_WHOLE = (
    "What was told of a child before it was shielded stands in it in full, since evidence leaves"
    " nothing out: give it to nobody who may not know where a shielded child is."
)

RESTORE_OTHERWISE = (
    "Nothing was written: restore from the topics (leave out --archive) or from an archive made"
    " since; where there is neither, from a backup of the store."
)


def register(app: typer.Typer) -> None:
    """Mount the commands of archives."""
    app.command()(archive)
    app.command("restore")(restore_store)


def archive(
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")],
    env_file: SealerEnvFile = None,
) -> None:
    """Write journeys and alerts to Avro files with a signed manifest, for replay without Kafka.

    No key is in it: what is sealed stays sealed, and a child erased later is erased there too.
    """
    with in_one_sentence(), ExitStack() as stack:
        settings = SealerSettings.load(settings_file(env_file, SEALER))
        signer = Signer(settings.signing_key_bytes())
        registry = Registry(settings.registry_url, ca_file=settings.registry_ca_file)
        stack.callback(registry.close)
        topics, kafka = settings.topics, settings.kafka()
        names = {JOURNEYS: topics.journeys, ALERTS: topics.alerts}
        read: Mapping[str, Topic] = {
            name: stack.enter_context(KafkaTopic(topic, topics.partitions, kafka))
            for name, topic in names.items()
        }
        total = sum(sum(topic.ends().values()) for topic in read.values())
        making = Making(topics, registry.every_schema(), Codec(registry))
        with following(Console(stderr=True), "Archiving", total) as moved:
            manifest = making.make(folder, read, signer, moved)
    typer.echo(_said(folder, manifest, signer))
    typer.echo(EVIDENCE_IS_WHOLE)


def restore_store(
    archive: ArchiveFolder = None,
    public_key: Annotated[
        str,
        typer.Option(
            envvar="JOINEDUP_PUBLIC_KEY", help="The archive's signer's public key, in hexadecimal."
        ),
    ] = "",
    env_file: JoinEnvFile = None,
) -> None:
    """Make a lost store again from journeys, on Kafka or in an archive, as the join made it.

    The store's database must exist and be migrated, as `joinedup up` does, and the key store must
    be the old one. What the store has already is kept: a restore that was cut short goes on.
    """
    with in_one_sentence(), ExitStack() as stack:
        settings = JoinSettings.load(settings_file(env_file, JOIN))
        origin = Origin(settings, archive, public_key)
        sources = stack.enter_context(origin.opened())
        if missing := sources.unproved(None):
            stop(f"{missing.sentence()} {RESTORE_OTHERWISE}")
        reading = stack.enter_context(origin.ahead(sources))
        seal = FactSeal(keys_of(settings), Tokens(settings.pseudonym_key_bytes()))
        total = sum(sources.journeys.ends().values())
        try:
            with (
                connect(settings.database_url.get_secret_value()) as connection,
                following(Console(stderr=True), "Restoring", total) as moved,
            ):
                taken = restore(connection, seal, sources.journeys, reading, moved)
        except psycopg.Error as failure:
            stop(
                f"The store does not take it ({type(failure).__name__}): see that it runs, is"
                " migrated, and that JOINEDUP_DATABASE_URL names the role joinedup_join."
            )
    typer.echo(
        f"Restored from {taken:,} records. Check it: joinedup replay --verify; then start the join."
    )


def _said(folder: Path, manifest: Manifest, signer: Signer) -> str:
    records = sum(one.records for one in manifest.files)
    size = sum(one.size for one in manifest.files) / 2**20
    return (
        f"{folder}: {records:,} records in {len(manifest.files)} files, {size:.1f} MiB, and"
        f" {len(manifest.schemas)} schemas, signed.\nPublic key: {signer.public_key.hex()}\n"
        f"Check and replay it: JOINEDUP_PUBLIC_KEY=… joinedup replay --archive {folder} --verify"
    )
