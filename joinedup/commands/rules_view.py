"""How versions of rules are shown: in tables for people, in JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.text import Text

from joinedup.commands import read_view
from joinedup.commands.listing import Listing
from journey.duties import RULES_VERSION, all_duties
from journey.duties.duty import Duty
from journey.duties.parameters import in_words
from journey.duties.stages import stages_in_words, stages_of
from journey.moments import day_of
from journey.rulebook import Published, eras_of
from journey.rules import REFUSALS, RuleSet, faults
from journey.rules_compared import Difference, effective, title_of

_OURS = "number of a duty whose basis says (ours) may be our own default: docs/duties.md."


def show_list(published: Sequence[Published], today: date, *, as_json: bool) -> None:
    """Print the versions in the order of their days, the release's rules first."""
    rows = [_row(one, published, today) for one in sorted(published, key=_order)]
    if as_json:
        read_view.as_json({"release": RULES_VERSION, "today": today, "versions": rows})
        return
    table = Listing("version", "judges from", "approved by", "why", "known on", "state", box=None)
    nothing = not any(row["state"] == "in force" for row in rows)
    table.add_row(RULES_VERSION, "—", "—", "the release", "—", "in force" if nothing else "")
    for row in rows:
        table.add_row(*(str(row[name] or "—") for name in _COLUMNS))
    console = Console()
    console.print(table)
    console.print("What one comes to: joinedup rules show VERSION.", style="dim")


_COLUMNS = ("version", "since", "approved_by", "reason", "known_on", "state")


def _order(one: Published) -> tuple[date, int]:
    return (one.since, one.known_at)


def _row(one: Published, published: Sequence[Published], today: date) -> dict[str, Any]:
    rules = one.rules
    return {
        "version": rules.version if rules else None,
        "since": one.since if one.stands else None,
        "takes_effect_on": rules.takes_effect_on if rules else None,
        "approved_by": rules.approved_by if rules else None,
        "reason": rules.reason if rules else None,
        "known_on": day_of(one.known_at),
        "state": _state(one, published, today),
        "duties": [change.duty for change in rules.changes] if rules else [],
    }


def _state(one: Published, published: Sequence[Published], today: date) -> str:
    if one.refused:
        return f"refused: {_why(one)}"
    if one.withdrawn:
        return "taken back"
    if one.since > today:
        return "to come"
    current = [era for era in eras_of(published) if era.since <= today]
    return "in force" if current and current[-1] is one else "over"


def _why(one: Published) -> str:
    if one.refused in REFUSALS or one.rules is None:
        return REFUSALS.get(one.refused, one.refused)
    found = faults(one.rules, all_duties())
    return next((f.sentence for f in found if f.code == one.refused), one.refused)


def show_set(rules: RuleSet | None, *, only_changed: bool, as_json: bool) -> None:
    """Print what each duty comes to under a set, or under the release's rules."""
    now, release = effective(rules, all_duties()), all_duties()
    changed = {change.duty for change in rules.changes} if rules else set()
    shown = [duty for name, duty in now.items() if name in changed or not only_changed]
    if as_json:
        duties = [_fields(duty, release[duty.id]) for duty in shown]
        read_view.as_json({**_head(rules), "duties": duties})
        return
    console = Console()
    console.print(Text(title_of(rules), "bold"))
    if rules:
        console.print(f"Approved by {rules.approved_by}: {rules.reason}", style="dim")
    table = Listing("duty", "asked", "severity", "basis", "numbers and words", box=None)
    for duty in shown:
        table.add_row(*_cells(duty, release[duty.id]))
    console.print(table)
    console.print(
        "Bold: the authority changed it. In law: what the law allows stands beside it; any other"
        f" {_OURS}",
        style="dim",
    )


def _head(rules: RuleSet | None) -> dict[str, Any]:
    return {
        "version": rules.version if rules else RULES_VERSION,
        "takes_effect_on": rules.takes_effect_on if rules else None,
        "approved_by": rules.approved_by if rules else None,
        "reason": rules.reason if rules else None,
        "applies_to_open_cases": bool(rules and rules.applies_to_open_cases),
    }


def _fields(duty: Duty, release: Duty) -> dict[str, Any]:
    law = _law(duty)
    return {
        "duty": duty.id,
        "asked": duty.on,
        "severity": duty.severity,
        "basis": duty.basis,
        "our_default": duty.our_default or None,
        "changed": _changed(duty, release),
        "parameters": [
            {
                "name": name,
                "value": value,
                "release": release.parameters[name],
                "law_allows": law.get(name),
            }
            for name, value in duty.parameters.items()
        ],
        "stages": stages_of(duty),
    }


def _changed(duty: Duty, release: Duty) -> list[str]:
    pairs = [("asked", duty.on, release.on), ("severity", duty.severity, release.severity)]
    pairs += [(name, value, release.parameters[name]) for name, value in duty.parameters.items()]
    pairs += [(name, value, None) for name, value in stages_of(duty).items()]
    return [name for name, now, then in pairs if now != then]


def _law(duty: Duty) -> Mapping[str, str]:
    return {name: in_words(limit) for limit in duty.limits for name in limit.names}


def _cells(duty: Duty, release: Duty) -> tuple[Text, ...]:
    changed, law = _changed(duty, release), _law(duty)

    def marked(name: str, text: str, before: str) -> Text:
        if name not in changed:
            return Text(text)
        return Text.assemble((text, "bold"), f" (release: {before})")

    parameters = Text("\n").join(
        Text.assemble(
            f"{name} = ",
            marked(name, str(value), str(release.parameters[name])),
            f" — law: {law[name]}" if name in law else "",
        )
        for name, value in duty.parameters.items()
    )
    if stages := "\n".join(stages_in_words(duty)):
        parameters.append(f"\n{stages}" if parameters else stages, "bold")
    return (
        Text(duty.id, "bold" if changed else ""),
        marked("asked", _yes(duty.on), _yes(release.on)),
        marked("severity", str(duty.severity), str(release.severity)),
        Text(_basis(duty)),
        parameters,
    )


def _basis(duty: Duty) -> str:
    return f"{duty.basis} (ours)" if duty.our_default else str(duty.basis)


def _yes(on: bool) -> str:
    return "yes" if on else "no"


def show_differences(
    found: Iterable[Difference],
    before: RuleSet | None,
    after: RuleSet | None,
    *,
    as_json: bool = False,
) -> None:
    """Print what is otherwise under the second set."""
    listed, duties = list(found), all_duties()
    if as_json:
        changes = [
            one._asdict()
            | {
                "basis": duties[one.duty].basis,
                "our_default": duties[one.duty].our_default or None,
            }
            for one in listed
        ]
        read_view.as_json({"before": _head(before), "after": _head(after), "changes": changes})
        return
    console = Console()
    if not listed:
        console.print(
            f"Nothing is otherwise under {title_of(after)} than under {title_of(before)}."
        )
        return
    titles = (title_of(before), title_of(after))
    table = Listing("duty", "basis", "what", *titles, box=None, pad_edge=False)
    for one in listed:
        after_it = Text(one.after, "bold")
        table.add_row(one.duty, _basis(duties[one.duty]), one.what, one.before, after_it)
    console.print(table)
    if any(duties[one.duty].our_default for one in listed):
        console.print(f"A {_OURS}", style="dim")
