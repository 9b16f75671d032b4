"""How alerts, children and reasons look on a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from rich.console import Console, Group
from rich.padding import Padding
from rich.text import Text

from consumers.store.reading import Alert, Evidence, Moment
from consumers.store.standing_text import sentences_of
from consumers.store.standings import Stands
from consumers.store.why import Answer, Reason, about_whom
from joinedup.commands.listing import Listing
from joinedup.commands.words import day_text, in_words, sentence
from journey.duties import all_duties
from journey.duties.duty import About, Duty
from journey.events import Event
from journey.moments import day_of
from journey.parking import RECORDS_PARKED
from journey.shield import WITHHELD
from journey.silence import SOURCE_SILENT
from journey.transition import Outcome, Status

__all__ = [
    "Reason",
    "alert_fields",
    "as_json",
    "day_of",
    "reason_fields",
    "show_alerts",
    "show_child",
    "show_why",
    "withheld_fields",
]

SEVERITY = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
AGENCY = {
    "education": "green",
    "health": "magenta",
    "social-care": "blue",
    "joint": "cyan",
}
ANSWER = {
    Answer.DUE: "bold red",
    Answer.WAITING: "yellow",
    Answer.BEHIND: "yellow",
    Answer.DUE_SOON: "yellow",
    Answer.NOT_WATCHED: "yellow",
    Answer.NOT_YET_DUE: "cyan",
    Answer.MET: "green",
    Answer.ENDED: "green",
    Answer.NOT_TRIGGERED: "dim",
    Answer.OFF: "dim",
}
OF_THE_PLATFORM = {duty.id: duty for duty in (SOURCE_SILENT, RECORDS_PARKED)}
IDLE = {Answer.NOT_TRIGGERED: "Not triggered", Answer.OFF: "Not switched on here"}
_NOBODY: Mapping[str, Stands] = {}
SHORT = 8
"""Characters of a child's key that a table shows; they are enough to name the child."""


def as_json(content: Any) -> None:
    """Print JSON, indented."""
    print(msgspec.json.format(msgspec.json.encode(content), indent=2).decode())


def duty_of(name: str) -> Duty | None:
    """Return the duty of this id; None where an older release knew it."""
    return OF_THE_PLATFORM.get(name) or all_duties().get(name)


def alert_fields(
    alert: Alert, evidence: Mapping[str, Evidence], stands: Mapping[str, Stands] = _NOBODY
) -> dict[str, Any]:
    """Return an alert for JSON: its fields, what the duty means, and the events it names.

    stands: how alerts stand with people, by id; null where nobody did anything.
    """
    duty = duty_of(alert["duty"])
    named = (*alert["because"], *alert["met_by"])
    return {
        **alert.fields,
        "opened_at": alert.opened_at,
        "meaning": duty.meaning if duty else None,
        "source_of_duty": duty.source if duty else None,
        "our_default": duty.our_default or None if duty else None,
        "evidence": [evidence[event] for event in named if event in evidence],
        "standing": stands.get(alert["alert_id"]),
    }


def reason_fields(reason: Reason) -> dict[str, Any]:
    """Return the answer of a duty for JSON."""
    duty, case = reason.duty, reason.case
    return {
        "duty": duty.id,
        "answer": reason.answer,
        "sentence": reason.sentence,
        "meaning": duty.meaning,
        "basis": duty.basis,
        "source_of_duty": duty.source,
        "our_default": duty.our_default or None,
        "clock": duty.clock,
        "due": case.due if case else None,
        "arithmetic": case.arithmetic if case else None,
        "detail": (case.detail or None) if case else None,
        "period": (case.period or None) if case else None,
        "alert_id": reason.alert_id,
        "alert": reason.alert,
        "waiting_for": reason.waiting_for,
        "because": [_fact_fields(event) for event in reason.because],
        "by": [_fact_fields(event) for event in reason.by],
        "looked_at": [_fact_fields(event) for event in reason.looked_at],
    }


def _fact_fields(event: Event) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "type": event.type,
        "agency": event.agency,
        "source": event.source,
        "occurred_on": event.occurred_on,
        "known_at": event.kappa,
    }


def show_alerts(
    alerts: Sequence[Alert],
    evidence: Mapping[str, Evidence],
    stands: Mapping[str, Stands],
    limit: int | None,
) -> None:
    """Print alerts with their reasons."""
    console = Console()
    if not alerts:
        console.print("No alert of this kind.")
        return
    console.print(_alerts_table(alerts, evidence, stands, with_child=True))
    console.print(_duties_table(alert["duty"] for alert in alerts))
    more = f" The first {limit} are shown; see --limit." if len(alerts) == limit else ""
    count = "1 alert" if len(alerts) == 1 else f"{len(alerts)} alerts"
    console.print(f"{count}.{more} One child: joinedup child KEY.", style="dim")


def withheld_fields(is_shielded: bool) -> dict[str, str]:
    """Return for JSON that a child's details are withheld; nothing where they are not."""
    return {"withheld": WITHHELD} if is_shielded else {}


def say_due_soon(count: int) -> None:
    """Print how many alerts are not raised yet, and due soon."""
    if count:
        Console().print(f"{count:,} due soon, not missed yet: --state due-soon.", style="dim")


def show_child(
    child: str,
    timeline: Sequence[Moment],
    alerts: Sequence[Alert],
    evidence: Mapping[str, Evidence],
    stands: Mapping[str, Stands] = _NOBODY,
    *,
    withheld: bool = False,
) -> None:
    """Print a child's timeline and alerts, each alert also at the event that started its clock."""
    console = Console()
    about = about_whom(moment.type for moment in timeline)
    console.print(Text.assemble(f"{sentence(about).rstrip('.')} ", (child, "bold")))
    if withheld:
        console.print(f"{sentence(WITHHELD)} The alerts are all told.")
    else:
        console.print(_timeline_table(timeline, _started_by(alerts)))
    if alerts:
        console.print(_alerts_table(alerts, evidence, stands, with_child=False))
        console.print(_duties_table(alert["duty"] for alert in alerts))
    else:
        console.print(f"No alert was ever told of this {about}.")
    console.print(f"Why, or why not: joinedup why {child[:SHORT]} --on DATE", style="dim")


def show_why(child: str, on: date, reasons: Sequence[Reason]) -> None:
    """Print each duty's answer, those that ask for something first."""
    console = Console()
    about = about_whom(fact.type for reason in reasons for fact in reason.looked_at)
    who = f"{sentence(about).rstrip('.')} "
    console.print(Text.assemble(who, (child, "bold"), f" on {day_text(on)}"))
    table = Listing("answer", "duty", box=None, pad_edge=False, padding=(0, 2, 1, 0))
    order = list(ANSWER)
    for reason in sorted(reasons, key=lambda one: order.index(one.answer)):
        if reason.answer not in IDLE:
            table.add_row(Text(reason.answer, ANSWER[reason.answer]), _reason_text(reason))
    console.print(table)
    for answer, words in IDLE.items():
        idle = [reason.duty.id for reason in reasons if reason.answer is answer]
        if idle:
            console.print(Text.assemble((f"{words}: ", "bold"), ", ".join(idle)), style="dim")


def _alerts_table(
    alerts: Iterable[Alert],
    evidence: Mapping[str, Evidence],
    stands: Mapping[str, Stands],
    *,
    with_child: bool,
) -> Listing:
    table = Listing(box=None, pad_edge=False, padding=(0, 2, 1, 0))
    table.add_column("severity")
    if with_child:
        table.add_column("child", no_wrap=True)
    table.add_column("due", no_wrap=True)
    table.add_column("state")
    table.add_column("what is missing, and why it is asked", ratio=1)
    for alert in alerts:
        cells = [Text(alert["severity"], SEVERITY.get(alert["severity"], ""))]
        if with_child:
            cells.append(Text(_whom(alert)))
        cells += [Text(str(alert["due"])), Text(_state(alert))]
        table.add_row(
            *cells, _alert_text(alert, evidence, stands.get(alert.fields.get("alert_id", "")))
        )
    return table


def _whom(alert: Alert) -> str:
    return "—" if alert["duty"] == SOURCE_SILENT.id else str(alert["child"])[:SHORT]


def _what(alert: Alert) -> str:
    """Return the duty, and the source in full where it is about one."""
    about_source = alert["duty"] == SOURCE_SILENT.id
    return f"{alert['duty']} {alert['child']}." if about_source else str(alert["duty"])


def _state(alert: Alert) -> str:
    words = [str(alert["outcome"] or alert["status"]).lower().replace("_", " ")]
    if alert["unconfirmed"]:
        words.append("unconfirmed")
    if alert["identity_in_review"]:
        words.append("identity in review")
    return ", ".join(words)


def _alert_text(alert: Alert, evidence: Mapping[str, Evidence], stands: Stands | None) -> Text:
    if alert.fields.get("withheld"):
        said = f" {sentence(alert['detail'])}\nDue by {day_text(alert['due'])}."
        return Text.assemble((_what(alert), "bold"), said)
    missing = f" {sentence(alert['detail'])}" if alert["detail"] else ""
    duty = duty_of(alert["duty"])
    named = duty is not None and duty.about is About.PROVIDER
    lines = [
        (_what(alert), "bold"),
        (missing, ""),
        ("\nThe key is the provider's: joinedup providers list." if named else "", ""),
        (f"\nDue by {day_text(alert['due'])}: {alert['arithmetic']}.", ""),
        (_step(alert), "red"),
    ]
    by = "Ended by" if alert["outcome"] == Outcome.ENDED else "Met by"
    for label, events in (("Because", alert["because"]), (by, alert["met_by"])):
        told = [_evidence_text(evidence[event]) for event in events if event in evidence]
        if told:
            lines.append((f"\n{label}: {'; '.join(told)}.", ""))
    if alert["status"] == Status.WITHDRAWN:
        lines.append(("\nWithdrawn: it does not follow any more from what is known.", "green"))
    is_open = alert["status"] == Status.OPEN
    people = [(f"\n{one}", "cyan") for one in sentences_of(stands, is_open=is_open)]
    return Text.assemble(*lines, *_own_rules(alert), *_doubts(alert), *people)


def _step(alert: Alert) -> str:
    step = alert.fields.get("escalation", 0)
    return f"\nEscalated: step {step} past its deadline." if step else ""


def _own_rules(alert: Alert) -> list[tuple[str, str]]:
    """Return a line where it was judged by rules that are not the release's."""
    rules = str(alert["rules"])
    return [(f"\nBy the authority's own rules {rules}.", "dim")] if "+" in rules else []


def _doubts(alert: Alert) -> list[tuple[str, str]]:
    lines = []
    if alert["waiting_for"]:
        waits = ", ".join(alert["waiting_for"])
        lines.append((f"\nUnconfirmed: nothing was heard in time from {waits}.", "yellow"))
    if alert["unreadable"]:
        lines.append(("\nAbsent or unreadable: a record could not be read.", "yellow"))
    return lines


def _duties_table(names: Iterable[str]) -> Listing:
    """Return what the duties mean and whose they are, each once."""
    table = Listing(title="The duties", title_justify="left", box=None, pad_edge=False)
    table.add_column("duty", no_wrap=True)
    table.add_column("what is owed, and by what right", ratio=1)
    for name in dict.fromkeys(names):
        duty = duty_of(name)
        if duty is not None:
            basis = (f" {_basis_text(duty, duty.basis)}", "dim")
            table.add_row(Text(name, "bold"), Text.assemble(duty.meaning, basis))
    return table


def _basis_text(duty: Duty, basis: str) -> str:
    ours = f" Our default: {duty.our_default.rstrip('.')}." if duty.our_default else ""
    return f"Basis: {basis} — {duty.source.rstrip('.')}.{ours}"


def _evidence_text(event: Evidence | Event) -> str:
    who = event.agency
    if who == "joint" and isinstance(event, Event):
        who = f"joint, told by {event.source}"  # any agency may tell what several do together
    return f"{in_words(event.type)} on {day_text(event.occurred_on)} ({who})"


def _started_by(alerts: Iterable[Alert]) -> dict[str, list[Alert]]:
    found: dict[str, list[Alert]] = {}
    for alert in alerts:
        for event in alert["because"]:
            found.setdefault(event, []).append(alert)
    return found


def _timeline_table(timeline: Iterable[Moment], started: Mapping[str, list[Alert]]) -> Listing:
    table = Listing(
        "day", "agency", "what happened", "known on", "alerts that it leads to", box=None
    )
    for moment in timeline:
        style = "" if moment.standing == "stands" else "dim"
        what = Text(in_words(moment.type), style)
        if moment.standing != "stands":
            what.append(f" ({moment.standing})")
        alerts = Text("\n").join(_mark(alert) for alert in started.get(moment.event_id, []))
        table.add_row(
            Text(moment.occurred_on.isoformat(), style),
            Text(moment.agency, AGENCY.get(moment.agency, "")),
            what,
            Text(day_of(moment.kappa).isoformat(), "dim"),
            alerts,
        )
    return table


def _mark(alert: Alert) -> Text:
    return Text.assemble(
        (alert["duty"], SEVERITY.get(alert["severity"], "")),
        f" due {alert['due']}, {_state(alert)}",
    )


def _reason_text(reason: Reason) -> Group:
    duty, case = reason.duty, reason.case
    lines = [(f"{duty.id}\n", "bold"), (f"{sentence(reason.sentence)}", "")]
    if case is not None:
        lines.append((f"\nClock: {case.arithmetic}.", ""))
    for label, events in (("Because", reason.because), ("By", reason.by)):
        if events:
            lines.append((f"\n{label}: {'; '.join(map(_evidence_text, events))}.", ""))
    if reason.alert:
        lines.append((f"\nIts alert is {reason.alert.lower()}.", ""))
    count = len(reason.looked_at)
    looked = f"\nIt looked at {count} {'event' if count == 1 else 'events'}. "
    lines.append((looked + _basis_text(duty, duty.basis), "dim"))
    return Group(Padding(Text.assemble(*lines), 0))
