"""The page of all duties, written from the duties: ``python -m journey.duties.document``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from journey.clocks import in_words
from journey.duties import DUTIES, GROUPS, RULES_VERSION, all_duties
from journey.duties.duty import About, Basis, Duty
from journey.duties.examples import EXAMPLES, Example, Given
from journey.duties.findings import FINDINGS, Finding
from journey.duties.parameters import in_words as limit_in_words
from journey.duties.sources import SOURCES, marks

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "duties.md"
FINDINGS_PAGE = DOCS / "review-findings.md"

_BASES = {
    Basis.LAW: "an Act or regulations set the duty and its limit",
    Basis.STATUTORY_GUIDANCE: "guidance that must be had regard to",
    Basis.GUIDANCE: "guidance, a standard or a national target without that force",
    Basis.LOCAL: "differs between local authorities",
    Basis.PROPOSED: "proposed, not in force",
    Basis.REVIEW: "made of a finding of a review or of practice: the number is ours, not a limit",
}
_HEAD = f"""\
<!-- Written by `python -m journey.duties.document` from journey/duties; run it again. -->
# Duties, version {RULES_VERSION}

A duty says who owes a child what by when. An alert is a prompt for a person, not a finding: it
says that the platform has not heard of something. Nothing on this page is legal advice.

**Last day in time.** A limit names the last day on which the thing can be done in time; the
deadline is the midnight (Europe/London) after it. Calendar days, weeks and months are not moved
by weekends or bank holidays; months end with a shorter month. Working days are those of England.
School days are those that the provider, else the home school, else the local authority
published; where nobody did, England's usual school year is assumed and the alert says *assumed
term dates*.

**Met, ended, late.** What is done after the last day meets the duty late. What is done in time
and heard of late met it in time. A duty ends where it no longer applies: its placement, plan or
period of care ended, or the child died, moved out of the area, or turned 18 (25 for EHC plans).
What begins after a move out (the child came back) is owed anew.

**One thing told twice.** Placements of one provider that start on one day are one placement,
whoever tells it; so are reviews, requests and plans of one day. A fact that does not say which
placement, request or plan it is about belongs to the latest begun on or before its day.

**On and off.** What rests on local practice or on a proposal is *off* until a local authority
switches it on. A parameter may be changed; where its number is law, only to a stricter one. Who
changes what, and from when: [rules.md](rules.md).

**Due soon, escalated, held.** Every duty can have three parameters more, all off: `warn_days`
(told as due soon so many days before its deadline), `escalate_days` (escalated so many days after
it) and `inhibited_by` (held while another alert is open on its episode: *may be held by*, below).
No source gives such a number: whoever switches one on, the number is theirs ([rules.md](rules.md)).

**Checks.** Some check that records agree and owe nothing to a child; they say so. That one UPN
stands for two children is no check here: identity takes no such link, and puts it to a person.

**Basis.** What each duty rests on is said with it:
"""
_FINDINGS_HEAD = f"""\
<!-- Written by `python -m journey.duties.document` from its findings.py; run it again. -->
# The review, and what watches for it

What the Ofsted/CQC thematic review of alternative provision (February 2024) found, in our words,
and the duties (version {RULES_VERSION}) by which somebody is told when it happens again. The
review's own list of recommendations was not found; its opening and summaries were.

"""


def page() -> str:
    """Return the whole page in Markdown."""
    contents = [_contents(title, duties) for title, duties in GROUPS.items()]
    parts = [_HEAD + _bases(), *contents, *map(_duty, DUTIES), _sources()]
    return "\n".join(parts)


def findings_page() -> str:
    """Return the page of the review's findings in Markdown."""
    marked = {mark for one in FINDINGS for mark in marks(one.sources)}
    used = "".join(f"- {mark}: {SOURCES[mark]}\n" for mark in SOURCES if mark in marked)
    table = _table("finding | source | duties", map(_finding, FINDINGS))
    return f"{_FINDINGS_HEAD}{table}\n## Sources\n\n{used}"


def _finding(one: Finding) -> str:
    duties = ", ".join(_link(all_duties()[name], "duties.md") for name in one.duties)
    return f"| {one.found} | {one.sources} | {duties} |"


def _link(duty: Duty, page: str = "") -> str:
    off = "" if duty.on else " (off)"
    return f"[{duty.id}]({page}#{duty.id.lower()}){off}"


def _bases() -> str:
    return "\n" + "".join(f"- *{basis}*: {meaning}\n" for basis, meaning in _BASES.items())


def _contents(title: str, duties: Iterable[Duty]) -> str:
    rows = (f"| {_link(d)} | {d.clock} | {d.severity} | {d.basis} |" for d in duties)
    return f"**{title}**\n\n" + _table("duty | last day in time | severity | basis", rows)


def _duty(duty: Duty) -> str:
    rows = (f"| {name} | {value} |" for name, value in _facts_of(duty))
    examples = "\n".join(_example(one) for one in EXAMPLES if one.duty == duty.id)
    return f"## {duty.id}\n\n{duty.meaning}\n\n{_table('|', rows)}\n{examples}"


def _facts_of(duty: Duty) -> Iterator[tuple[str, str]]:
    yield "starts with", duty.trigger
    yield "met by", duty.satisfying
    yield "last day in time", duty.clock
    yield "severity", str(duty.severity)
    yield "basis", str(duty.basis)
    yield "source", duty.source
    if duty.our_default:
        yield "ours", duty.our_default
    if duty.parameters:
        yield "parameters", ", ".join(f"`{k}` = {v}" for k, v in duty.parameters.items())
    if duty.limits:
        yield "law allows", ", ".join(limit_in_words(limit) for limit in duty.limits)
    if not duty.on:
        yield "asked", "only where the local authority has switched it on"
    if duty.inhibited_by:
        yield "may be held by", ", ".join(f"`{name}`" for name in sorted(duty.inhibited_by))
    if duty.checks_data:
        yield "kind", "a check that records agree"
    yield "evidence", _types(duty.satisfied_by)
    if duty.needs:
        yield "watched", f"only where somebody sends {_types(duty.needs)}"
    if duty.about is not About.CHILD:
        yield "asked of", f"a {duty.about}, not of a child"
    yield "one alert per", "child and school year" if duty.person_anchored else "occasion"


def _types(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _example(example: Example) -> str:
    born = f"\n- born {in_words(date.fromisoformat(example.born))}" if example.born else ""
    told = "".join(f"\n- {_given(one)}" for one in example.given)
    text = f"**{example.title}.**\n{born}{told}\n\n{_cases(example.expected)}\n"
    if not example.then:
        return text
    after = "".join(f"\n- {_given(one)}" for one in example.then)
    return f"{text}\nand then\n{after}\n\n{_cases(example.expected_then)}\n"


def _given(one: Given) -> str:
    said = ", ".join(f"{name} {_value(value)}" for name, value in one.data.items())
    record = f" `{one.record}`" if one.record else ""
    taken_back = ", taken back" if one.retracted else ""
    known = f", known on {in_words(date.fromisoformat(one.known))}" if one.known else ""
    on = in_words(date.fromisoformat(one.on))
    return f"{on}: `{one.type}`{record}{taken_back}{known}" + (f" ({said})" if said else "")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " + ".join(_value(one) for one in value)
    return str(value)


def _cases(sentences: Iterable[str]) -> str:
    return "\n".join(f"> {one}  " for one in sentences) or "> no case"


def _sources() -> str:
    named = {mark for duty in DUTIES for mark in marks(duty.source + duty.our_default)}
    used: Mapping[str, str] = {mark: SOURCES[mark] for mark in SOURCES if mark in {*named, "S1"}}
    return "## Sources\n\n" + "".join(f"- {mark}: {text}\n" for mark, text in used.items())


def _table(head: str, rows: Iterable[str]) -> str:
    columns = head.count("|") + 1
    return f"| {head} |\n|{'---|' * columns}\n" + "".join(f"{row}\n" for row in rows)


def main() -> None:
    """Write both pages."""
    PAGE.write_text(page(), "utf-8")
    FINDINGS_PAGE.write_text(findings_page(), "utf-8")


if __name__ == "__main__":
    main()
