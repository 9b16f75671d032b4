"""``joinedup hold``: children who may not be erased, for as long as a person says so."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from consumers.store.erasing import held_children
from joinedup.commands import read_view
from joinedup.commands.deciding import ApprovedBy, PublisherEnvFile
from joinedup.commands.publish_options import Organisation, System
from joinedup.commands.read import AsJson, Authority, EnvFile
from joinedup.commands.reader import Role, one_child, reader
from joinedup.commands.speaking import deciding
from journey.cluster import HOLD
from journey.moments import LONDON
from producers.event import new_event

Child = Annotated[str, typer.Argument(help="The child's key; its first characters are enough.")]
Why = Annotated[
    str, typer.Option("--reason", help="Why, such as the inquiry that asks; names no child.")
]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup hold``."""
    hold = typer.Typer(help="Children who may not be erased.", no_args_is_help=True)
    hold.command("set")(set_hold)
    hold.command("lift")(lift_hold)
    hold.command("list")(list_held)
    app.add_typer(hold, name="hold")


def set_hold(
    child: Child,
    la: Authority,
    reason: Why,
    approved_by: ApprovedBy,
    organisation: Organisation = None,
    system: System = None,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
) -> None:
    """Hold a child: it is not erased, whoever orders it, until the hold is lifted."""
    files, speaker = (env_file, publisher_env_file), (organisation, system)
    _decide(child, la, True, (reason, approved_by), speaker, files)


def lift_hold(
    child: Child,
    la: Authority,
    reason: Why,
    approved_by: ApprovedBy,
    organisation: Organisation = None,
    system: System = None,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
) -> None:
    """Hold a child no longer; by itself that erases nothing."""
    files, speaker = (env_file, publisher_env_file), (organisation, system)
    _decide(child, la, False, (reason, approved_by), speaker, files)


def list_held(la: Authority, as_json: AsJson = False, env_file: EnvFile = None) -> None:
    """List the keys of the children who are held."""
    with reader(env_file, la, Role.LEAD) as (_, store):
        found = held_children(store)
    if as_json:
        read_view.as_json({"held": list(found)})
    else:
        typer.echo("\n".join(found) or "Nobody is held.")


def _decide(
    child: str,
    la: str,
    held: bool,
    why: tuple[str, str],
    speaker: tuple[str | None, str | None],
    files: tuple[Path | None, Path | None],
) -> None:
    with reader(files[0], la, Role.LEAD) as (_, store):
        key = one_child(store, child)
        leaves = sorted(store.leaves(key))
    moment = datetime.now(UTC)
    with deciding(la, *speaker, files[1]) as (say, source):
        say(
            new_event(
                HOLD,
                local_authority=la,
                source=source,
                source_record_id=f"hold/{time.time_ns()}",
                revision=1,
                recorded_at=moment,
                occurred_at=moment,
                child=key,
                leaves=leaves,
                held=held,
                reason=why[0],
                approved_by=why[1],
                decided_on=moment.astimezone(LONDON).date(),
            )
        )
    done = "Held" if held else "Held no longer"
    typer.echo(f"{done}, once intake and join have come to it: joinedup hold list --la {la}")
