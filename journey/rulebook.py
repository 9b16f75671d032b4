"""The rules of one local authority: the rule sets that it published, and what follows from them.

A set must be known before its day. One that is known later takes effect on the day after it
became known, so nothing that ever was in force changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from journey.duties.duty import UNLIMITED, Duty, Era
from journey.duties.parameters import ParameterRefused
from journey.events import Event
from journey.identity import Review
from journey.moments import day_of
from journey.rules import DutyChange, RuleSet, changed, faults, name_of, rule_set_of

ONE_DAY = timedelta(days=1)
Rank = tuple[int, bool, str, str]


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A rule set as it became known; kept for ever.

    record, rank: of the record that brought it, or took it back. known_at: ms UTC.
    since: the first day that it judges. rules: None where only its withdrawal is known.
    refused: the code of the first fault, for which it never judges, or empty.
    withdrawn: it was taken back before its day.
    """

    record: str
    rank: Rank
    known_at: int
    since: date
    rules: RuleSet | None = None
    refused: str = ""
    withdrawn: bool = False

    @property
    def stands(self) -> bool:
        """Whether it judges, or will."""
        return self.rules is not None and not self.refused and not self.withdrawn

    @property
    def tightens(self) -> bool:
        """Whether it applies to what is owed already and not yet due on its day."""
        return self.rules is not None and self.rules.applies_to_open_cases


class News(NamedTuple):
    """What a record about rules came to.

    published: every set ever told of. of: the one that now stands, or stands no more.
    review: what a person has to look at, where it was refused.
    """

    published: list[Published]
    of: Published | None = None
    review: Review | None = None


def publish(known: list[Published], event: Event, catalogue: Mapping[str, Duty]) -> News:
    """Take the record that publishes a rule set, or takes one back; it never raises."""
    old = next((one for one in known if one.record == event.record), None)
    if old is not None and event.rank <= old.rank:
        return News(known)
    if event.retracted:
        return _withdraw(known, event, old)
    if old is not None and not old.refused:
        return News(known, review=_review(event, "changed-afterwards"))
    return _judged(known, event, catalogue)


def _judged(known: list[Published], event: Event, catalogue: Mapping[str, Duty]) -> News:
    """Return the news of a set that comes first under its record, or after one refused."""
    known = [one for one in known if one.record != event.record]
    rules = rule_set_of(event.data)
    code = _refusal(known, rules, catalogue)
    today = day_of(event.kappa)
    since = max(rules.takes_effect_on, today + ONE_DAY) if rules else today + ONE_DAY
    one = Published(
        record=event.record,
        rank=event.rank,
        known_at=event.kappa,
        since=since,
        rules=rules,
        refused=code,
    )
    if code:
        return News([*known, one], review=_review(event, code))
    return News([*known, one], one)


def _withdraw(known: list[Published], event: Event, old: Published | None) -> News:
    if old is None:
        # It came before what it takes back, which therefore never stands.
        gone = Published(
            record=event.record,
            rank=event.rank,
            known_at=event.kappa,
            since=day_of(event.kappa),
            withdrawn=True,
        )
        return News([*known, gone])
    if not old.stands:
        return News(known)  # it never judged
    if day_of(event.kappa) >= old.since:
        return News(known, review=_review(event, "in-force"))
    gone = msgspec.structs.replace(old, rank=event.rank, withdrawn=True)
    return News([gone if one is old else one for one in known], gone)


def _refusal(
    known: Iterable[Published], rules: RuleSet | None, catalogue: Mapping[str, Duty]
) -> str:
    if rules is None:
        return "incomplete"
    taken = {one.rules.version for one in known if one.rules and not one.refused}
    if rules.version in taken:
        return "version-taken"
    found = faults(rules, catalogue)
    return found[0].code if found else ""


def _review(event: Event, code: str) -> Review:
    return Review("rules", event.record, event.event_id, code, event.kappa)


class Supposed(NamedTuple):
    """A rule set that is taken to be in force from a day on, in the place of all later ones."""

    rules: RuleSet
    since: date = UNLIMITED

    def after(self, known: Iterable[Published]) -> list[Published]:
        """Return what would stand, by what was published."""
        rank = (0, False, "", "")
        mine = Published(record="", rank=rank, known_at=0, since=self.since, rules=self.rules)
        return [*(one for one in known if one.since < self.since), mine]


def eras_of(known: Iterable[Published]) -> list[Published]:
    """Return the sets that judge, in the order of their days; of one day the last known."""
    by_day = {
        one.since: one for one in sorted(known, key=lambda p: (p.known_at, p.rank)) if one.stands
    }
    return [by_day[day] for day in sorted(by_day)]


def duties_named(one: Published) -> frozenset[str]:
    """Return the ids of the duties of which a set changes anything."""
    return frozenset(change.duty for change in one.rules.changes) if one.rules else frozenset()


class Rulebook:
    """What is asked of the children of one local authority.

    everything: every duty of the catalogue, those that are off too, with its eras.
    asked: by id, the duties that are on, or were, or will be. by_type: those by what they read.
    holds: whether the alert of any of them may be held by that of another.
    named: the ids of the duties of which any set ever changed anything. tightens: whether any of
    those sets did so for what had begun before its time.
    """

    def __init__(
        self, la: str, catalogue: Mapping[str, Duty], known: Sequence[Published] = ()
    ) -> None:
        """Take the release's duties by id, and all that the authority ever published."""
        self.everything = tuple(_duties(la, catalogue, eras_of(known)))
        self.asked = {duty.id: duty for duty in self.everything if duty.on}
        self.by_type: dict[str, tuple[Duty, ...]] = {}
        for duty in self.asked.values():
            for name in duty.reads:
                self.by_type[name] = (*self.by_type.get(name, ()), duty)
        self.holds = any(one.held_by for duty in self.everything for one in _ever(duty))
        taken = [one for one in known if one.rules is not None and not one.refused]
        self.named = frozenset[str]().union(*map(duties_named, taken))
        self.tightens = any(one.tightens for one in taken)
        self._catalogue = catalogue
        self._versions = dict(_versions(la, catalogue, known))

    def reading(self, types: Iterable[str]) -> Collection[Duty]:
        """Return the duties that are asked where there are facts of these types, each once."""
        return {duty.id: duty for name in types for duty in self.by_type.get(name, ())}.values()

    def judge(self, duty: str, rules: str) -> Duty | None:
        """Return a duty as the version of this name has it; None where there is no such duty.

        The name may be an earlier release's: what the authority called it is what counts.
        """
        return self._versions.get((duty, _own_name(rules))) or self._catalogue.get(duty)


def _ever(duty: Duty) -> Iterator[Duty]:
    """Yield all that a duty is, was or will be."""
    yield duty
    yield from (era.duty for era in duty.eras)


def _own_name(rules: str) -> str:
    return rules.partition("+")[2]


def _duties(la: str, catalogue: Mapping[str, Duty], eras: Sequence[Published]) -> Iterator[Duty]:
    if not eras:
        yield from catalogue.values()
        return
    named: dict[str, dict[date, DutyChange]] = {}
    for one in eras:
        for change in one.rules.changes if one.rules else ():
            named.setdefault(change.duty, {})[one.since] = change
    for duty in catalogue.values():
        changes = named.get(duty.id)
        yield _with_eras(la, duty, changes, eras) if changes else duty


def _with_eras(
    la: str, duty: Duty, changes: Mapping[date, DutyChange], eras: Sequence[Published]
) -> Duty:
    found = [Era(UNLIMITED, duty)]
    for one in eras:
        change = changes.get(one.since)
        now = _variant(la, duty, change, one) if change else duty
        if one.since == UNLIMITED:
            found = [Era(UNLIMITED, now)]
        elif now is not found[-1].duty:
            found.append(Era(one.since, now, bool(change) and one.tightens))
    return msgspec.structs.replace(duty, eras=tuple(found), on=any(era.duty.on for era in found))


def _variant(la: str, duty: Duty, change: DutyChange, one: Published) -> Duty:
    version = one.rules.version if one.rules else ""
    try:
        return changed(duty, change, name_of(la, version))
    except ParameterRefused:
        return duty  # accepted under an earlier release, whose law was looser


def _versions(
    la: str, catalogue: Mapping[str, Duty], known: Iterable[Published]
) -> Iterator[tuple[tuple[str, str], Duty]]:
    for one in known:
        if one.rules is None or one.refused:
            continue
        for change in one.rules.changes:
            if change.duty in catalogue:
                duty = _variant(la, catalogue[change.duty], change, one)
                yield (duty.id, _own_name(duty.rules)), duty
