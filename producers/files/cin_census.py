"""The children in need census (XML): referrals, assessments, enquiries, plans and conferences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from producers.event import Identifier
from producers.files.cin_episodes import episode
from producers.files.identities import Candidate, Person, usable
from producers.files.kept import Kept
from producers.files.outcomes import BadValue, Context, Noted, Outcome, Row, Skipped
from producers.files.xml_fields import Element, refusing
from producers.files.xml_records import recogniser, records, require_well_formed
from producers.files.xml_subjects import Subject, in_order, not_used, require_authority

_ROOT, _HEADER, _CHILD = "Message", "Header", "Child"
_TYPES = frozenset(
    (
        "ReferralReceived",
        "ReferralClosed",
        "AssessmentStarted",
        "AssessmentAuthorised",
        "Section47Started",
        "IcpcHeld",
        "CinPlanAgreed",
        "CinPlanEnded",
        "CpPlanStarted",
        "CpPlanEnded",
        "ReviewConferenceHeld",
        "ChildDied",
    )
)
_NOT_USED = {
    "AssessmentInternalReviewDate": "an internal review of an assessment is no event",
    "InitialCPCtarget": "a target for a conference is no event; the conference is",
    "PreProceedingsandFGDM": "pre-proceedings and family group decisions are no event",
}

recognises = recogniser(_ROOT, "Children")


def read(files: Sequence[Path], context: Context) -> Iterator[Outcome]:
    """Yield the outcome of every child's record; raises Unreadable."""
    for path in files:
        require_well_formed(path, _ROOT, "children in need census")
    for path, revision in in_order(files, context):
        with Kept() as seen:
            yield from _file(path, context, revision, seen)


def types_in(files: Sequence[Path]) -> frozenset[str]:
    """Return the event types of a census, whatever this year's holds."""
    return _TYPES


def _file(path: Path, context: Context, revision: int, seen: Kept) -> Iterator[Outcome]:
    position = 0
    for name, node in records(path, _HEADER, _CHILD):
        if name == _HEADER:
            require_authority(path, node, context)
            continue
        position += 1
        child = Element(Row(path.name, position), node, context.extract_day)
        yield from refusing(child.row, partial(_child, child, context, revision, seen))


def _child(child: Element, context: Context, revision: int, seen: Kept) -> Iterator[Outcome]:
    about, notes = _about(child.part("ChildIdentifiers"), context, revision)
    if not seen.is_new(about.key):
        raise BadValue("LAchildID", "is that of an earlier child of the census")
    yield from notes
    yield from refusing(child.row, partial(_died, child.part("ChildIdentifiers"), about))
    episodes = list(child.parts("CINdetails"))
    if not episodes:
        yield Skipped(child.row, "a child without an episode")
    told: set[str] = set()
    for given in episodes:
        yield from refusing(child.row, partial(episode, given, about, told))
    yield from not_used(child.row, child.node, _NOT_USED)


def _about(identifiers: Element, context: Context, revision: int) -> tuple[Subject, list[Noted]]:
    key = identifiers.required("LAchildID", "the local authority's id of the child")
    born = identifiers.day("PersonBirthDate")
    candidates = [
        Candidate("LAchildID", Identifier("LA_CHILD_ID", key)),
        Candidate("UPN", Identifier("UPN", identifiers.text("UPN"))),
        Candidate("FormerUPN", Identifier("UPN", identifiers.text("FormerUPN"), "FORMER")),
    ]
    taken, notes = usable(identifiers.row, candidates)
    if not taken or taken[0].scheme != "LA_CHILD_ID":
        raise BadValue("LAchildID", "is no id that tells one child from another")
    person = Person(tuple(taken), born)
    return Subject(identifiers.row, "cin", taken[0].value, person, context, revision), notes


def _died(identifiers: Element, about: Subject) -> Iterator[Outcome]:
    died_on = identifiers.day("PersonDeathDate")
    if died_on is None:
        return
    if about.person.date_of_birth and died_on < about.person.date_of_birth:
        raise BadValue("PersonDeathDate", "is before PersonBirthDate")
    yield about.made("ChildDied", about.record("died"), died_on=died_on)
