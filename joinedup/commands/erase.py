"""``joinedup erase``: a child's record goes for good, and a proof stays that names nobody."""

from __future__ import annotations

from typing import Annotated

import typer

from consumers.store.erasing import Erasable, Ordered, erasable, held_children, ordered, proved_keys
from joinedup.commands.deciding import ApprovedBy, PublisherEnvFile
from joinedup.commands.erasing import (
    WHY_NOT,
    Decision,
    Eraser,
    EraserEnvFile,
    NotErased,
    Reason,
    shredding,
    still_hold,
)
from joinedup.commands.publish_options import Organisation, System
from joinedup.commands.read import Authority, EnvFile
from joinedup.commands.reader import Role, one_child, reader, stop
from joinedup.commands.speaking import deciding
from joinedup.commands.status import DEFAULT_ROOT, Root
from journey.erasing import Outcome
from journey.words import counted


def register(app: typer.Typer) -> None:
    """Mount ``joinedup erase`` and ``erase-again``."""
    app.command()(erase)
    app.command("erase-again")(erase_again)


def erase(
    child: Annotated[str, typer.Argument(help="The child's key; its first characters will do.")],
    la: Authority,
    reason: Annotated[Reason, typer.Option(help="On which ground.")],
    approved_by: ApprovedBy,
    together: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY",
            help="Another child, tied to it by their records, who is to go with it on the same"
            " ground; may be given again.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would go, and end.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    organisation: Organisation = None,
    system: System = None,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
    eraser_env_file: EraserEnvFile = None,
    root: Root = DEFAULT_ROOT,
) -> None:
    """Erase all that is known and told of a child, for good, in the log and in the store.

    Intake and join must run. Cut short anywhere, it is completed by running it again.
    """
    with reader(env_file, la, Role.LEAD) as (_, store):
        begun = ordered(store, child)
        key = begun.child if begun else one_child(store, child)
        found = erasable(store, key)
        asked = [key, *(one_child(store, other) for other in together or ())]
        for other in asked[1:]:
            found = found.together(erasable(store, other))
        held = not set(held_children(store)).isdisjoint(asked)
    typer.echo(_what_goes(key, found, begun))
    tied = sorted(set(found.tied) - set(asked))
    if tied:
        typer.echo(f"Tied to: {', '.join(tied)}.")
    if held and dry_run:
        typer.echo("It is held, and would not be erased: see `joinedup hold`.")
    if dry_run:
        return
    if tied:
        stop(WHY_NOT[Outcome.SHARED])
    if held:
        stop(WHY_NOT[Outcome.HELD])
    if not yes:
        typer.confirm("It cannot be brought back. Erase it?", abort=True)
    shred = shredding(eraser_env_file, la)
    with deciding(la, organisation, system, publisher_env_file) as (say, source):
        eraser = Eraser(la, env_file, source, say, shred)
        try:
            if begun is None or found.leaves:
                decision = Decision(reason=reason, approved_by=approved_by, because={})
                done = eraser.erase(key, found, decision)
            else:
                done = eraser.go_on(begun)
        except NotErased as why:
            stop(str(why))
    typer.echo(
        f"Erased. Proof {done.erasure}: {counted(done.places, 'transition')},"
        f" {counted(done.keys, 'key')}, shredded now: {done.shredded}. {still_hold(root)}"
    )


def erase_again(
    la: Authority,
    env_file: EnvFile = None,
    eraser_env_file: EraserEnvFile = None,
) -> None:
    """Shred again the keys of all children erased so far, after a backup was restored.

    Run it once the join has caught up: it goes by the orders and proofs that the join came to.
    """
    shred = shredding(eraser_env_file, la)
    with reader(env_file, la, Role.LEAD) as (_, store):
        keys = proved_keys(store)
    typer.echo(f"{counted(len(keys), 'key')} of erased children, shredded now: {shred(keys)}.")


def _what_goes(key: str, found: Erasable, begun: Ordered | None) -> str:
    if begun is not None and not found.leaves:
        return f"The erasure {begun.erasure} of child {key} was begun and is gone on with."
    return (
        f"Child {key}. Events: {found.events}, of {counted(len(found.leaves), 'record')} of source"
        " systems."
        f" Alerts: {found.alerts}. What was told of them: {found.transitions}."
    )
