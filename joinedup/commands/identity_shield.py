"""``joinedup identity shield`` and ``unshield``: a child who must not be found by what is known."""

from __future__ import annotations

import time
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from consumers.store.identities import Leaf, leaves_of
from joinedup.commands import read_view
from joinedup.commands.deciding import PublisherEnvFile, speaker
from joinedup.commands.identity_shield_before import before_shield
from joinedup.commands.identity_shield_before import show as show_before
from joinedup.commands.publish_options import Organisation, System
from joinedup.commands.read import AsRole, Authority, EnvFile
from joinedup.commands.reader import Role, cluster_of, note_look, one_child, reader, stop
from joinedup.commands.words import sentence
from journey.cluster import Cluster
from journey.shield import SHIELD_DECIDED, WITHHELD

REFUSED = (
    "The records of a shielded child are linked with no other. If it need not be shielded any"
    " more, first lift that with joinedup identity unshield."
)


class Why(StrEnum):
    """On what a shield rests, or its end; a closed list, since words would tell of a child."""

    ADOPTION = "adoption"
    REFUGE = "refuge"
    COURT_ORDER = "court-order"
    PROTECTION = "protection"
    NO_LONGER_NEEDED = "no-longer-needed"
    DECIDED_WRONGLY = "decided-wrongly"
    OTHER = "other"

    @property
    def code(self) -> str:
        """Return it as the event has it."""
        return self.upper().replace("-", "_")


Child = Annotated[str, typer.Argument(help="A child's key; its first characters are enough.")]
Because = Annotated[Why, typer.Option("--reason", help="On what the decision rests.")]
By = Annotated[
    str, typer.Option("--by", "--approved-by", help="Role or staff number of who decided.")
]


def register(identity: typer.Typer) -> None:
    """Mount the two commands below ``joinedup identity``."""
    identity.command("shield")(shield)
    identity.command("unshield")(unshield)


def shield(
    child: Child,
    la: Authority,
    reason: Because,
    by: By,
    record: Annotated[
        list[str] | None,
        typer.Argument(help="Only these of its records, by their names in identity show."),
    ] = None,
    organisation: Organisation = None,
    system: System = None,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
) -> None:
    """Shield a child: its records are linked with no other, and no detail of it is shown anywhere.

    Links that stand are undone: each record is a child of its own, and its alerts are told of that
    child. Alerts go on being told, without what could lead to where the child is. Who knows of the
    child from before, and is to be told by people, is said once.
    """
    with reader(env_file, la, role) as (settings, store):
        key = one_child(store, child)
        found = leaves_of(cluster_of(store, settings.seal(la), key), [key])
        is_new = not store.is_shielded(key)
        if is_new:
            note_look(settings, la, key, role, "identity shield", None)
        before = before_shield(store, key, found)
    chosen = [one.token for one in found if not record or _is_named(one, record)]
    if len(chosen) < len(record or ()):
        stop("The child has no record of such a name: see joinedup identity show.")
    if not chosen:
        stop("Nothing that stands is known of this child any more: there is nothing to shield.")
    _decide(la, chosen, True, (reason, by), (organisation, system, publisher_env_file))
    if is_new:
        show_before(before, key, la)


def unshield(
    child: Child,
    la: Authority,
    reason: Because,
    by: By,
    organisation: Organisation = None,
    system: System = None,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
) -> None:
    """Lift the shield of a child, and of all records that were shielded together with it.

    What links them counts again: they are one child as before, and their alerts are told in full.
    """
    with reader(env_file, la, role) as (settings, store):
        key = one_child(store, child)
        if not store.is_shielded(key):
            stop("This child is not shielded: there is nothing to lift.")
        cluster = cluster_of(store, settings.seal(la), key)
    chosen = _shielded_together(cluster, key)
    _decide(la, chosen, False, (reason, by), (organisation, system, publisher_env_file))


def show_withheld(found: Iterable[Leaf], *, as_json: bool) -> None:
    """Show of a shielded child's records their names alone, by which they are decided on."""
    names = [one.token for one in found]
    if as_json:
        read_view.as_json({**read_view.withheld_fields(True), "leaves": names})
    else:
        short = ", ".join(name[: read_view.SHORT] for name in names)
        typer.echo(f"{sentence(WITHHELD)} Its records are named {short}.")


def _is_named(one: Leaf, names: Iterable[str]) -> bool:
    return any(one.token.startswith(name) for name in names)


def _shielded_together(cluster: Cluster, child: str) -> list[str]:
    """Return the leaves that the decisions on this child's leaves named, and its own."""
    found = set(cluster.identity.leaves_of(child))
    for event in cluster.records.values():
        leaves = set(event.data.get("leaves") or ())
        if event.type == SHIELD_DECIDED and event.flag("shielded") and leaves & found:
            found |= leaves & cluster.identity.shielded
    return sorted(found)


def _decide(
    la: str,
    leaves: Iterable[str],
    shielded: bool,
    why: tuple[Why, str],
    whose: tuple[str | None, str | None, Path | None],
) -> None:
    """Publish one decision on all of these leaves; of each leaf the last decision counts."""
    moment = time.time_ns() // 1_000_000
    with speaker(la, *whose) as who:
        who.decide(
            SHIELD_DECIDED,
            f"shield/{time.time_ns()}",
            moment,
            leaves=sorted(leaves),
            shielded=shielded,
            reason=why[0].code,
            approved_by=why[1],
        )
    done = "Shielded" if shielded else "Shielded no longer"
    typer.echo(f"{done}, once intake and join have come to it.")
