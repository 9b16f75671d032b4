"""``joinedup audit heads``: whether all that was signed is still in the store."""

from __future__ import annotations

import msgspec
import typer

from consumers.audit.heads import Held, hold
from consumers.errors import SettingsError
from consumers.replay.journeys import KafkaTopic
from consumers.settings import AuditorSettings
from joinedup.commands import read_view
from joinedup.commands.child_then import moment_text
from joinedup.commands.env_files import AUDITOR, AuditorEnvFile, settings_file
from joinedup.commands.read import AsJson
from joinedup.commands.replay_sources import in_one_sentence, public_key
from journey.words import counted
from schemas.codec import Codec
from schemas.registry import Registry


def hold_heads(env_file: AuditorEnvFile = None, as_json: AsJson = False) -> None:
    """Hold the store against the checkpoints on their topic, which only the sealer can write.

    Shows rows that were cut from the end of the store together with its own checkpoints. The exit
    code is 1 where a row that was signed is not there, or is another.
    """
    with in_one_sentence():
        settings = AuditorSettings.load(settings_file(env_file, AUDITOR))
        if settings.database_url is None or not settings.kafka_bootstrap:
            raise SettingsError("Set JOINEDUP_DATABASE_URL and JOINEDUP_KAFKA_BOOTSTRAP.")
        key, topics = public_key(settings.public_key), settings.topics
        registry = Registry(settings.registry_url, ca_file=settings.registry_ca_file)
        try:
            with KafkaTopic(topics.checkpoints, topics.partitions, settings.kafka()) as topic:
                dsn = settings.database_url.get_secret_value()
                held = hold(dsn, topic, Codec(registry), key)
        finally:
            registry.close()
    if as_json:
        read_view.as_json(msgspec.to_builtins(held))
    else:
        _show(held)
    if held.found or not held.chains:
        raise typer.Exit(1)


def _show(held: Held) -> None:
    for one in held.found:
        typer.echo(
            f"{one.chain} of {one.local_authority}, number {one.number}, signed"
            f" {moment_text(one.at)}: {one.what}."
        )
    if held.found:
        typer.echo("NOT as it was signed. Keep the store as it is, and compare a backup with it.")
    elif not held.chains:
        typer.echo("Nothing was signed yet: see that the sealer runs.", err=True)
    else:
        typer.echo(
            f"{counted(held.chains, 'chain')}, the last signed row of each in the store as it was."
            " Rows that came after are not signed yet."
        )
