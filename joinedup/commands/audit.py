"""``joinedup audit``: the evidence taken out, signed, and checked by whoever has a public key."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
import psycopg
import typer
from rich.console import Console

from consumers.audit.evidence import export
from consumers.audit.published import published
from consumers.audit.verifying import Verification, verify
from consumers.errors import SettingsError
from consumers.replay.journeys import KafkaTopic
from consumers.settings import AuditorSettings, SealerSettings
from consumers.signing import Signer
from joinedup.commands import read_view
from joinedup.commands.archive import EVIDENCE_IS_WHOLE
from joinedup.commands.audit_heads import hold_heads
from joinedup.commands.env_files import (
    AUDITOR,
    SEALER,
    AuditorEnvFile,
    SealerEnvFile,
    settings_file,
)
from joinedup.commands.listing import Listing
from joinedup.commands.read import AsJson
from joinedup.commands.reader import stop
from joinedup.commands.replay import Authority
from joinedup.commands.replay_sources import in_one_sentence, public_key
from journey.words import counted
from schemas.codec import Codec
from schemas.registry import Registry

_SHOWN = 50


def register(app: typer.Typer) -> None:
    """Mount ``joinedup audit``."""
    group = typer.Typer(
        no_args_is_help=True, help="Take the evidence out, and check what was taken out."
    )
    group.command("export")(export_evidence)
    group.command("checkpoints")(write_checkpoints)
    group.command("verify")(verify_evidence)
    group.command("heads")(hold_heads)
    app.add_typer(group, name="audit")


def export_evidence(
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")],
    la: Authority = None,
    env_file: SealerEnvFile = None,
) -> None:
    """Write what was told and done, who looked, and the signed heads of all chains; all signed."""
    with in_one_sentence():
        settings = SealerSettings.load(settings_file(env_file, SEALER))
        signer = Signer(settings.signing_key_bytes())
        try:
            made = export(settings.database_url.get_secret_value(), folder, la, signer)
        except psycopg.Error as failure:
            stop(
                f"The store does not give it ({type(failure).__name__}): see that it runs, and that"
                " JOINEDUP_DATABASE_URL names the role joinedup_sealer."
            )
    counted = ", ".join(f"{name} {rows:,}" for name, rows in made.rows.items())
    typer.echo(f"{folder}: {counted} rows, signed.\nPublic key: {signer.public_key.hex()}")
    typer.echo(f"Check it: joinedup audit verify {folder} --public-key …")
    typer.echo(EVIDENCE_IS_WHOLE)


def write_checkpoints(
    file: Annotated[Path, typer.Argument(help="A file that does not exist yet.")],
    la: Authority = None,
    env_file: AuditorEnvFile = None,
) -> None:
    """Write the checkpoints that stand on their topic, for `verify --checkpoints`.

    Take them out before the export: what is signed after it, the export cannot have.
    """
    with in_one_sentence():
        settings = AuditorSettings.load(settings_file(env_file, AUDITOR))
        count = _write(settings, file, la)
    typer.echo(f"{file}: {counted(count, 'checkpoint')}, each signed.")
    typer.echo(f"Hold an export against them: joinedup audit verify FOLDER --checkpoints {file}")


def _write(settings: AuditorSettings, file: Path, la: str | None) -> int:
    if not settings.kafka_bootstrap or not settings.registry_url:
        raise SettingsError("Set JOINEDUP_KAFKA_BOOTSTRAP and JOINEDUP_REGISTRY_URL.")
    topics = settings.topics
    count = 0
    with (
        closing(Registry(settings.registry_url, ca_file=settings.registry_ca_file)) as registry,
        KafkaTopic(topics.checkpoints, topics.partitions, settings.kafka()) as topic,
        _new(file) as lines,
    ):
        for one in published(topic, Codec(registry), la):
            lines.write(msgspec.json.encode(one, order="sorted") + b"\n")
            count += 1
    return count


def _new(file: Path) -> BinaryIO:
    try:
        return file.open("xb")
    except OSError as failure:
        stop(f"{file} cannot be written ({failure.strerror}): name a file that is not there yet.")


def verify_evidence(
    folder: Annotated[Path, typer.Argument(help="What `joinedup audit export` wrote.")],
    key: Annotated[
        str,
        typer.Option(
            "--public-key", envvar="JOINEDUP_PUBLIC_KEY", help="The signer's, in hexadecimal."
        ),
    ] = "",
    beside: Annotated[
        list[Path] | None,
        typer.Option(
            "--checkpoints",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Checkpoints from elsewhere, to miss rows that were cut off with theirs: what"
            " `joinedup audit checkpoints` wrote, or checkpoints.jsonl of an earlier export;"
            " may be given again.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check an export without the platform, and name every row that is not as it was.

    The exit code is 1 if anything was changed, dropped, added or put in another order.
    """
    with in_one_sentence():
        found = verify(folder, public_key(key), beside or ())
    if as_json:
        read_view.as_json(msgspec.to_builtins(found))
    else:
        _show(found)
    if found.findings:
        raise typer.Exit(1)


def _show(found: Verification) -> None:
    looked = f"{counted(found.rows, 'row')} and {counted(found.checkpoints, 'checkpoint')}"
    if not found.findings:
        erased = f" Of erased children, as proved: {found.erased:,}." if found.erased else ""
        typer.echo(f"Verified: {looked}, as they were signed.{erased}")
        return
    typer.echo(f"NOT verified: of {looked}, not as they were: {len(found.findings):,}.")
    table = Listing("file", "row", "what", box=None, pad_edge=False)
    for one in found.findings[:_SHOWN]:
        table.add_row(one.file, one.row, one.what)
    Console().print(table)
    if len(found.findings) > _SHOWN:
        typer.echo(f"The first {_SHOWN} of {len(found.findings):,}; --json lists all.")
