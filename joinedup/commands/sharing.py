"""``joinedup sharing``: what was shared about a child, with whom, why and on which basis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from consumers.store.looking import Looked, looked
from consumers.store.reading import Alert
from consumers.store.sharing import Account, Shared, account
from joinedup.commands import read_view
from joinedup.commands.child_then import moment_text, show_looked
from joinedup.commands.listing import Listing
from joinedup.commands.read import (
    AsJson,
    AsOf,
    AsRole,
    Authority,
    EnvFile,
    ForPurpose,
    Identifier,
    Key,
    passed,
)
from joinedup.commands.reader import Role, child_of, note_look, reader
from joinedup.commands.words import in_words, sentence
from journey.shield import WITHHELD


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """The account with what stands beside it; as_of: ms since 1970 UTC.

    withheld: of whom and what was taken nothing is told, as the child's records are shielded.
    """

    la: str
    child: str
    as_of: int
    role: Role
    account: Account
    alerts: Sequence[Alert]
    looked: Sequence[Looked]
    withheld: bool


def register(app: typer.Typer) -> None:
    """Mount ``joinedup sharing``."""
    app.command("sharing")(sharing)


def sharing(
    la: Authority,
    key: Key = None,
    identifier: Identifier = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
    role: AsRole = Role.LEAD,
    purpose: ForPurpose = None,
    env_file: EnvFile = None,
) -> None:
    """Show what was shared about a child, by whom, with whom, and under which agreement.

    With the decisions on record to share or to withhold. With --as-of: what was taken, told and
    looked at by then, of the events that are this child's now.
    """
    moment = passed(as_of or datetime.now(UTC))
    with reader(env_file, la, role) as (settings, store):
        found = child_of(settings, store, key, identifier, role)
        note_look(settings, la, found, role, "sharing", purpose)
        told = _Told(
            la=la,
            child=found,
            as_of=moment,
            role=role,
            account=account(store, settings.seal(store.la), found, moment),
            alerts=[one for one in store.alerts(child=found) if one.opened_at <= moment],
            looked=looked(store, found, moment),
            withheld=store.is_shielded(found),
        )
    if as_json:
        read_view.as_json(_document(told))
    else:
        _show(told)


def _document(told: _Told) -> dict[str, Any]:
    return {
        "child": told.child,
        **read_view.withheld_fields(told.withheld),
        "as_of": told.as_of,
        "shared": told.account.shared,
        "erased": told.account.erased,
        "shared_with": {
            "safeguarding_leads_of": told.la,
            "alerts": [
                {"alert_id": one["alert_id"], "duty": one["duty"], "told_at": one.opened_at}
                for one in told.alerts
            ],
            "looked": told.looked if told.role is Role.AUDITOR else None,
        },
        "decisions": told.account.decisions,
    }


def _show(told: _Told) -> None:
    console = Console()
    console.print(Text.assemble("Child ", (told.child, "bold"), ": what was shared"))
    if told.withheld:
        console.print(f"{sentence(WITHHELD)} By whom it was shared leads to where the child is.")
    else:
        console.print(_shared_table(told.account.shared))
    if told.account.erased:
        console.print(f"Erased, and no longer to be told: {told.account.erased}.")
    console.print(f"\nWith whom: the safeguarding leads of local authority {told.la}.")
    if told.alerts:
        console.print(_alerts_table(told.alerts))
    else:
        console.print("No alert was told of this child.")
    show_looked(console, told.role, told.looked)
    if told.withheld:
        return
    if told.account.decisions:
        console.print("\nDecisions to share, or to withhold")
        console.print(_decisions_table(told.account.decisions))
    else:
        console.print("\nNo decision to share or to withhold is on record.")


def _shared_table(shared: Iterable[Shared]) -> Listing:
    table = _table("taken", "from", "category", "what", "happened on", "under")
    for one in shared:
        stands = "" if one.standing == "stands" else f" ({one.standing})"
        table.add_row(
            moment_text(one.taken_at),
            f"{one.organisation}/{one.system}",
            Text(one.category, read_view.AGENCY.get(one.category, "")),
            in_words(one.type) + stands,
            str(one.occurred_on),
            _under(one),
        )
    return table


def _under(one: Shared) -> str:
    under = one.under
    if under is None:
        return "no agreement on record"
    why = ", ".join(map(_words, under.purposes))
    return f"{under.agreement_id} v{under.version}: {_words(under.lawful_basis)}; {why}"


def _alerts_table(alerts: Iterable[Alert]) -> Listing:
    table = _table("told", "alert")
    for one in sorted(alerts, key=lambda alert: (alert.opened_at, alert["alert_id"])):
        table.add_row(moment_text(one.opened_at), str(one["duty"]))
    return table


def _decisions_table(decisions: Iterable[Mapping[str, Any]]) -> Listing:
    table = _table(
        "decided", "by", "to", "what", "decision, and why", "family", "to be looked at again"
    )
    for one in decisions:
        approved = f"; approved by {one['approved_by_role']}" if "approved_by_role" in one else ""
        told = "told" if one["family_told"] else "not told"
        table.add_row(
            str(one["decided_on"]),
            f"{one['decided_by']}, {one['decided_by_role']}",
            str(one["recipient"]),
            ", ".join(map(_words, one["categories"])),
            f"{_words(one['decision'])}: {_words(one['reason'])}{approved}"
            f" ({_words(one['lawful_basis'])}; {_words(one['sharing_purpose'])})",
            f"{told}: {_words(one['family_reason'])}",
            str(one.get("expires_on", "—")),
        )
    return table


def _table(*columns: str) -> Listing:
    return Listing(*columns, box=None, pad_edge=False)


def _words(code: str) -> str:
    return code.lower().replace("_", " ")
