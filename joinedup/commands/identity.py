"""``joinedup identity``: which records are one child, and a person's word in doubt."""

from __future__ import annotations

import time
from collections.abc import Iterable
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from consumers.store.candidates import Candidate, candidates
from consumers.store.identities import Doubt, Leaf, doubts, leaves_of
from consumers.store.reading import Alert, Reading
from consumers.store.sealed import FactSeal
from consumers.store.taken_back import acted_on, looked_at, taken_back
from joinedup.commands import (
    identity_candidates,
    identity_figures,
    identity_shield,
    identity_view,
    read_view,
    taken_back_view,
)
from joinedup.commands.deciding import ApprovedBy, PublisherEnvFile, Speaker, speaker
from joinedup.commands.publish_options import Organisation, System
from joinedup.commands.read import AsJson, AsRole, Authority, EnvFile, ForPurpose
from joinedup.commands.reader import (
    Purpose,
    ReaderSettings,
    Role,
    cluster_of,
    note_look,
    one_child,
    reader,
    stop,
)
from joinedup.commands.taken_back_view import Gone
from journey.identity import LINK_DECIDED

T = TypeVar("T", Doubt, Candidate)

Child = Annotated[str, typer.Argument(help="A child's key; its first characters are enough.")]
OtherChild = Annotated[str, typer.Argument(help="The other child's key.")]


class Reason(StrEnum):
    """On what a decision rests; a closed list, since words would tell of a child."""

    SOURCES = "sources-confirmed"
    FAMILY = "family-confirmed"
    DOCUMENTS = "documents-seen"
    WRONG = "identifier-wrong"
    SHARED = "identifier-shared"
    ADOPTION = "adoption"
    OTHER = "other"

    @property
    def code(self) -> str:
        """Return it as the event has it."""
        return self.upper().replace("-", "_")


Because = Annotated[Reason, typer.Option("--reason", help="On what the decision rests.")]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup identity``."""
    identity = typer.Typer(
        help="Which records are one child, and a person's word where that is in doubt.",
        no_args_is_help=True,
    )
    for command in (queue, show, link, unlink, apart):
        identity.command(command.__name__)(command)
    identity_shield.register(identity)
    identity.command("candidates")(identity_candidates.candidates)
    identity.command("figures")(identity_figures.figures)
    app.add_typer(identity, name="identity")


def queue(
    la: Authority, as_json: AsJson = False, role: AsRole = Role.LEAD, env_file: EnvFile = None
) -> None:
    """List what a person has to look at: records that may be one child, and why they are not."""
    with reader(env_file, la, role) as (settings, store):
        seal = settings.seal(la)
        found, forward = doubts(store, seal), candidates(store, seal)
    if as_json:
        read_view.as_json({"doubts": found, "candidates": forward})
    elif not found and not forward:
        typer.echo("No identity is in doubt.")
    else:
        identity_view.queue(Console(), found, forward)


def show(
    what: Annotated[str, typer.Argument(help="A name from the queue, or a child's key.")],
    la: Authority,
    as_json: AsJson = False,
    role: AsRole = Role.LEAD,
    purpose: ForPurpose = None,
    env_file: EnvFile = None,
) -> None:
    """Show the records of the children concerned side by side: what agrees and what does not."""
    with reader(env_file, la, role) as (settings, store):
        seal = settings.seal(la)
        doubt = _named(doubts(store, seal), what)
        candidate = None if doubt else _named(candidates(store, seal), what)
        asked = doubt or candidate
        children = asked.children if asked else (one_child(store, what),)
        found = [one for key in children for one in _leaves(store, seal, key)]
        _note(settings, la, children, role, "identity show", purpose)
        withheld = store.is_shielded(children[0])
        gone = [_with_lookers(store, one) for key in children for one in taken_back(store, key)]
    if withheld:
        identity_shield.show_withheld(found, as_json=as_json)
    elif as_json:
        shown = {"doubt": doubt, "candidate": candidate, "leaves": identity_view.evidence(found)}
        read_view.as_json(shown | {"taken_back": taken_back_view.fields(gone)})
    else:
        console = Console()
        identity_view.side_by_side(console, doubt, found)
        if candidate is not None:
            identity_view.weights(console, candidate)
        taken_back_view.show(console, gone)


def _named(found: Iterable[T], name: str) -> T | None:
    return next((one for one in found if one.name == name), None)


def _with_lookers(store: Reading, alert: Alert) -> Gone:
    name = alert["alert_id"]
    looked, acted = looked_at(store, name), acted_on(store, name)
    return Gone(alert=alert, looked=tuple(looked), acted=tuple(acted))


def link(
    child: Child,
    other: OtherChild,
    la: Authority,
    reason: Because,
    approved_by: ApprovedBy,
    organisation: Organisation = None,
    system: System = None,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
) -> None:
    """Decide that two children are one: their records are joined, and duties asked anew."""
    with reader(env_file, la, role) as (settings, store):
        seal = settings.seal(la)
        one, two = (_earliest(store, seal, key) for key in (child, other))
        if store.is_shielded(one.child) or store.is_shielded(two.child):
            stop(identity_shield.REFUSED)
    if one.child == two.child:
        stop("These are one child already: see joinedup identity show.")
    with speaker(la, organisation, system, publisher_env_file) as who:
        _decide(who, [(one.token, two.token)], "SAME", reason, approved_by)
    _say_where(la, 1)


def apart(
    child: Child,
    other: OtherChild,
    la: Authority,
    reason: Because,
    approved_by: ApprovedBy,
    organisation: Organisation = None,
    system: System = None,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
) -> None:
    """Decide that two children are two, whatever their identifiers come to say."""
    with reader(env_file, la, role) as (settings, store):
        seal = settings.seal(la)
        one, two = (_leaves(store, seal, key) for key in (child, other))
    if one[0].child == two[0].child:
        stop("These are one child: take records out of it with joinedup identity unlink.")
    _part(la, one, two, (reason, approved_by), (organisation, system, publisher_env_file))


def unlink(
    child: Child,
    leaf: Annotated[
        list[str], typer.Argument(help="Records to take out, by their names in identity show.")
    ],
    la: Authority,
    reason: Because,
    approved_by: ApprovedBy,
    organisation: Organisation = None,
    system: System = None,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
) -> None:
    """Undo a wrong link: these records are another child than the rest, and are so for good.

    Both children's timelines and alerts are worked out anew; alerts that were wrong are withdrawn,
    and whoever reads the alerts topic is told of it.
    """
    with reader(env_file, la, role) as (settings, store):
        found = _leaves(store, settings.seal(la), child)
    out = [_one_leaf(found, name) for name in leaf]
    rest = [one for one in found if one not in out]
    if not rest:
        stop("These are all the records of the child: name those that are somebody else's.")
    _part(la, out, rest, (reason, approved_by), (organisation, system, publisher_env_file))


def _part(
    la: str,
    one: Iterable[Leaf],
    two: Iterable[Leaf],
    why: tuple[Reason, str],
    whose: tuple[str | None, str | None, Path | None],
) -> None:
    """Decide of each record of the one that it is not the same child as any of the other."""
    pairs = [(a.token, b.token) for a, b in product(one, two)]
    with speaker(la, *whose) as who:
        _decide(who, pairs, "NOT_SAME", *why)
    _say_where(la, len(pairs))


def _decide(
    who: Speaker, pairs: Iterable[tuple[str, str]], verdict: str, reason: Reason, approved_by: str
) -> None:
    """Publish one decision for each pair of leaves; a later one on the same pair replaces it."""
    for pair in pairs:
        first, second = sorted(pair)
        who.decide(
            LINK_DECIDED,
            f"identity/{first}/{second}",
            time.time_ns() // 1_000_000,
            first=first,
            second=second,
            verdict=verdict,
            reason=reason.code,
            approved_by=approved_by,
        )


def _leaves(store: Reading, seal: FactSeal, key: str) -> list[Leaf]:
    child = one_child(store, key)
    return leaves_of(cluster_of(store, seal, child), [child])


def _earliest(store: Reading, seal: FactSeal, key: str) -> Leaf:
    return _leaves(store, seal, key)[0]


def _one_leaf(found: list[Leaf], name: str) -> Leaf:
    mine = [one for one in found if one.token.startswith(name)]
    if len(mine) != 1:
        stop(f"The child has {len(mine) or 'no'} records whose name begins with {name}.")
    return mine[0]


def _note(
    settings: ReaderSettings,
    la: str,
    children: Iterable[str],
    role: Role,
    command: str,
    purpose: Purpose | None,
) -> None:
    for child in children:
        note_look(settings, la, child, role, command, purpose)


def _say_where(la: str, count: int) -> None:
    orders = "1 decision" if count == 1 else f"{count} decisions"
    typer.echo(
        f"{orders} published. Once intake and join have come to it, see:"
        f" joinedup identity queue --la {la}"
    )
