"""The rulebooks of the local authorities of a shelf: one for each that published rules."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from journey.cluster import CaseState
from journey.duties import all_duties
from journey.duties.duty import Duty
from journey.events import Event
from journey.identity import Review
from journey.parking import RECORDS_PARKED
from journey.rulebook import Published, Rulebook, Supposed, publish
from journey.shelf import Authority, Shelf


def rulebook_of(authority: Authority) -> Rulebook:
    """Return the rules of an authority, over the release's own catalogue."""
    return Rulebook(authority.la, all_duties(), authority.rule_sets)


class Rulebooks:
    """The rules of every local authority; where one published none they are the release's."""

    def __init__(
        self, shelf: Shelf, duties: Iterable[Duty], supposed: Supposed | None = None
    ) -> None:
        """Read what was published from this shelf; ``duties`` is the release's catalogue.

        supposed: a rule set that every authority is taken to have.
        """
        self._shelf = shelf
        self._supposed = supposed
        self._catalogue = {duty.id: duty for duty in duties}
        self._of_the_release = Rulebook("", self._catalogue)
        self._by_la: dict[str, Rulebook] = {}

    def of(self, la: str) -> Rulebook:
        """Return the rules of a local authority."""
        found = self._by_la.get(la)
        if found is None:
            published = self._shelf.authority(la).rule_sets
            if self._supposed is not None:
                published = self._supposed.after(published)
            found = Rulebook(la, self._catalogue, published) if published else self._of_the_release
            self._by_la[la] = found
        return found

    def judge(self, la: str, state: CaseState) -> Duty:
        """Return the duty that judges a case, as the version has it that judges it."""
        return self.named(la, state.duty, state.case.rules)

    def named(self, la: str, duty: str, rules: str) -> Duty:
        """Return the duty of this id as rules of this name have it; the release's where empty."""
        found = self.of(la).judge(duty, rules) if rules else None
        return found or self._catalogue.get(duty, RECORDS_PARKED)

    def take(self, event: Event) -> Published | None:
        """Keep what a record says of rules; return the set that stands now, or stands no more.

        One that is refused is kept too, and put to a person.
        """
        authority = self._shelf.authority(event.la)
        news = publish(authority.rule_sets, event, self._catalogue)
        authority.rule_sets = news.published
        if news.review is not None and not _is_known(authority.reviews, news.review):
            authority.reviews = [*authority.reviews, news.review]
        self._shelf.file_authority(authority)
        if news.of is None or (self._supposed and news.of.since >= self._supposed.since):
            return None
        self._by_la.pop(event.la, None)
        return news.of


def _is_known(reviews: Iterable[Review], review: Review) -> bool:
    """Return whether the same was put to a person before: a record may come again."""
    return any(msgspec.structs.replace(one, kappa=review.kappa) == review for one in reviews)
