"""How a replay looks on a terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.text import Text

from consumers.archive.unproved import Unproved
from consumers.replay.comparing import Difference, fields_of
from consumers.replay.replaying import Scope
from consumers.replay.run import Outcome
from consumers.replay.standing import Stood
from consumers.store.reading import Alert, Evidence
from joinedup.commands import read_view, replay_rows_view
from joinedup.commands.listing import Listing
from joinedup.commands.words import day_text, in_words, moment_text
from journey.duties import RULES_VERSION
from journey.events import Event
from journey.moments import day_of
from journey.transition import ENGINE_VERSION, Status, audited

_SHOWN = 50
"""Differences that the terminal lists; JSON lists all."""

_VERIFY_OTHERWISE = "Make an archive again, and replay that one."


def show(
    outcome: Outcome,
    seconds: float,
    scope: Scope,
    child: str | None,
    *,
    as_json: bool,
    rules: str = RULES_VERSION,
    unproved: Unproved | None = None,
) -> None:
    """Print what the replay came to; rules: by which it was judged.

    unproved: erasures that are later than what was read.
    """
    asked = [one for one in outcome.standing if _is_of(one, child)]
    detailed = scope.moment is not None or child is not None
    if as_json:
        alerts = asked if detailed else []
        read_view.as_json(_document(outcome, seconds, alerts, scope, rules, unproved))
        return
    console = Console()
    if detailed:
        _show_alerts(asked, outcome.facts)
    else:
        console.print(_by_duty(asked))
    console.print(_summary(outcome, seconds, rules))
    if scope.moment is not None and outcome.counts.read:
        console.print(
            f"The last record known by then came on {moment_text(outcome.counts.until)};"
            " what fell due from there to the moment asked for is shown too."
        )
    if outcome.compared is not None:
        _show_comparison(console, outcome)
    if unproved is not None:
        console.print(f"{unproved.sentence()} {_VERIFY_OTHERWISE}")


def _is_of(one: Stood, child: str | None) -> bool:
    return child is None or one.transition.child.startswith(child)


def _show_alerts(stood: Sequence[Stood], facts: Mapping[str, Event]) -> None:
    standing = [one for one in stood if one.transition.status in (Status.DUE_SOON, Status.OPEN)]
    read_view.show_alerts([alert_of(one) for one in standing], evidence_of(facts), {}, None)


def _document(
    outcome: Outcome,
    seconds: float,
    asked: Iterable[Stood],
    scope: Scope,
    rules: str,
    unproved: Unproved | None,
) -> dict[str, Any]:
    evidence = evidence_of(outcome.facts)
    return {
        "as_of": scope.moment,
        "engine": ENGINE_VERSION,
        "rules": rules,
        "counts": outcome.counts,
        "seconds": round(seconds, 2),
        "alerts": [read_view.alert_fields(alert_of(one), evidence) for one in asked],
        "compared": outcome.compared,
        "erased": outcome.erased,
        "untold": outcome.untold,
        "told_ahead": outcome.told_ahead,
        "unproved": unproved and unproved._asdict(),
        "rows_compared": outcome.rows,
        "row_differences": outcome.row_differences,
        "differences": [
            {
                **msgspec.to_builtins(one),
                "evidence": [evidence[event] for event in one.events if event in evidence],
            }
            for one in outcome.differences
        ],
    }


def alert_of(one: Stood) -> Alert:
    """Return an alert as the commands that read show it."""
    return Alert(opened_at=one.opened_at, fields=audited(one.transition))


def evidence_of(facts: Mapping[str, Event]) -> dict[str, Evidence]:
    """Return facts, by event id, as the commands that read show them."""
    return {
        name: Evidence(
            event_id=name, type=fact.type, agency=fact.agency, occurred_on=fact.occurred_on
        )
        for name, fact in facts.items()
    }


def _by_duty(stood: Iterable[Stood]) -> Listing:
    counted = Counter((one.transition.duty, one.transition.status) for one in stood)
    words = (status.lower().replace("_", " ") for status in Status)
    table = Listing("duty", *words, box=None, pad_edge=False)
    for duty in sorted({duty for duty, _ in counted}):
        numbers = (counted[duty, status] for status in Status)
        table.add_row(duty, *(f"{number:,}" for number in numbers))
    return table


def _summary(outcome: Outcome, seconds: float, rules: str) -> str:
    counts = outcome.counts
    rate = counts.read / seconds if seconds else 0.0
    apart = [f"{counts.erased:,} erased"] if counts.erased else []
    apart += [f"{counts.parked:,} parked"] if counts.parked else []
    events = ", ".join((f"{counts.events:,} events about a child", *apart))
    return (
        f"Replayed {counts.read:,} records ({events}) in {seconds:.1f} s, {rate:,.0f} each second: "
        f"{counts.transitions:,} transitions of {len(outcome.standing):,} alerts"
        f" (engine {ENGINE_VERSION}, rules {rules})."
    )


def _show_comparison(console: Console, outcome: Outcome) -> None:
    ours = [one for one in outcome.differences if one.older_engine is None]
    older = [one for one in outcome.differences if one.older_engine is not None]
    console.print(_verdict(outcome, len(ours), len(older)))
    for title, found in (("Differences", ours), ("Differences of an older engine", older)):
        if found:
            console.print(_differences_table(title, found[:_SHOWN], outcome.facts))
            if len(found) > _SHOWN:
                console.print(f"The first {_SHOWN} of {len(found):,}; --json lists all.")
    if outcome.row_differences:
        replay_rows_view.show(console, outcome.row_differences, _SHOWN)


def _verdict(outcome: Outcome, ours: int, older: int) -> str:
    if outcome.is_verified:
        said = f"Verified: {_that_follow(outcome.compared or 0)}, byte for byte."
        said += replay_rows_view.counted(outcome.rows)
        if gone := outcome.erased:
            said += f" {gone:,} {'is' if gone == 1 else 'are'} an erased child's, as proved."
        if later := outcome.untold:
            said += (
                f" {later:,} later {'one was' if later == 1 else 'ones were'} not published yet."
            )
        if ahead := outcome.told_ahead:
            said += (
                f" {ahead:,} later {'one is' if ahead == 1 else 'ones are'} of what falls due with"
                " a record that the join is in the midst of: verify again once it has gone on."
            )
        return said
    ours += len(outcome.row_differences)
    differences = "1 difference" if ours == 1 else f"{ours:,} differences"
    apart = f", and {older:,} of an older engine" if older else ""
    both = outcome.compared or 0
    found = "1 transition was" if both == 1 else f"{both:,} transitions were"
    return f"NOT verified: {differences}{apart}; {found} found on both sides."


def _that_follow(compared: int) -> str:
    return "the 1 transition follows" if compared == 1 else f"all {compared:,} transitions follow"


def _differences_table(
    title: str, found: Iterable[Difference], facts: Mapping[str, Event]
) -> Listing:
    table = Listing(
        title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 1, 0)
    )
    table.add_column("difference", no_wrap=True)
    table.add_column("LA")
    table.add_column("transition", no_wrap=True)
    table.add_column("what, and the events behind it", ratio=1)
    for one in found:
        place = f"{one.alert_id[:8]}/{one.number}\nsequence {one.sequence}"
        table.add_row(Text(one.fault, "bold red"), one.la, place, _what(one, facts))
    return table


def _what(one: Difference, facts: Mapping[str, Event]) -> Text:
    kept, replayed = fields_of(one.kept or ""), fields_of(one.replayed or "")
    said = replayed or kept
    lines = [f"{said.get('duty', '')} {said.get('kind', '')}".strip() or "unreadable text"]
    if one.older_engine:
        lines.append(f"Kept by engine {one.older_engine}.")
    if one.kept is not None and one.replayed is not None:
        lines += [
            f"{name}: kept {kept.get(name)!r}, follows {replayed.get(name)!r}"
            for name in sorted(kept.keys() | replayed.keys())
            if kept.get(name) != replayed.get(name)
        ]
    lines += [_event_text(event, facts.get(event)) for event in one.events]
    return Text("\n".join(lines))


def _event_text(event_id: str, fact: Event | None) -> str:
    if fact is None:
        return f"event {event_id}: no standing fact"
    known = day_text(day_of(fact.kappa))
    happened = f"{in_words(fact.type)} on {day_text(fact.occurred_on)}"
    return f"event {event_id}: {happened} ({fact.agency}, {fact.source}), known {known}"
